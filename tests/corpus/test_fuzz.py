"""Damaged documents and arbitrary dirty text: what every reading must hold."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import LoadError
from corpus.reading import read_documents
from corpus.records import Document, Passage, Reading, Span
from tests.corpus.fuzz import _DIRT, check_reading, run, shipped_texts

# Words that real lists and speeches are made of, and the dirt that is found in them.
_WORDS = (
    "会议", "會議", "整改", "1.烤烟用煤", "(1)完成改造", "责任单位:市公安局牵头,市财政局配合。", "整改时限:2022年年底",
    "整改目标:清零。", "整改措施:", "责任领导:余 伟 市委常委", "一、散煤治理(2项)", "3月底前", "《方案》", "习近平", "\u3000\u3000",
)  # fmt: skip
_WORD = re.compile("会议|整改|责任|年年底|散煤|习近平|《方案》")
_PATH = re.compile("当前位置.*")  # where a page stands on its site is no text of it
_CODED = [dirt for dirt in _DIRT if dirt != "\ud800"]  # decoding lets no lone surrogate through
dirty_text = st.lists(
    st.sampled_from([*_WORDS, *_CODED]) | st.text(max_size=6), min_size=1, max_size=60
).map("".join)


@settings(max_examples=80, deadline=None)
@given(dirty_text)
def test_edits_and_spans_round_trip_on_arbitrary_dirty_text(text: str):
    try:
        reading = read_documents(text, "a.txt")
    except LoadError:
        assert not _WORD.search(_PATH.sub("", text))  # nothing was there to be read
    else:
        check_reading(reading)


@pytest.mark.parametrize("seed", [20260701, 20260702])
def test_damaged_files_give_load_errors_or_sound_readings(seed: int, tmp_path: Path):
    counts = run(shipped_texts(), 25, seed, tmp_path)
    assert counts["read"] > 8  # most of the damage leaves something to read


def test_the_checks_notice_a_span_that_misses_its_text():
    document = Document("d", "题", "正文一段", "正文一段", "a.txt")
    passage = Passage("d:0", Span("d", 0, 2), (), "paragraph", "一段")
    with pytest.raises(AssertionError, match="is not its text"):
        check_reading(Reading((document,), (passage,), ()))


def test_the_checks_notice_edits_that_do_not_lead_to_the_text():
    document = Document("d", "题", "正文", "正文一段", "a.txt")
    with pytest.raises(AssertionError, match="do not lead"):
        check_reading(Reading((document,), (), ()))
