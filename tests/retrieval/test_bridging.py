"""People's words lead to the documents' words, and only whole words do."""

from pathlib import Path

import pytest

import retrieval.bridging
from index.local import LocalEngine
from index.tokens import fold
from retrieval.bridging import bridges
from retrieval.coverage import coverage, squeeze, terms
from retrieval.records import Mode
from retrieval.search import bridged, search

LINES = (
    (Path(retrieval.bridging.__file__).with_name("thesaurus.tsv")).read_text("utf-8").splitlines()
)


def test_the_thesaurus_is_sound():
    assert len(LINES) >= 300
    words = []
    for line in LINES:
        word, tab, official = line.partition("\t")
        assert tab, line
        assert 2 <= len(word) <= 12, line
        assert all(official.split(" ")), line
        assert fold(word) not in map(fold, official.split(" ")), line
        words.append(fold(word))
    assert len(set(words)) == len(words)


def test_a_word_of_people_is_led_to_that_of_documents():
    found = {bridge.word: bridge.official for bridge in bridges(fold("种蘑菇的大货车"))}
    assert "食用菌" in found["种蘑菇"]
    assert "重型货车" in found["大货车"]


def test_a_part_of_a_longer_word_is_no_word():
    assert "油站" not in [bridge.word for bridge in bridges("黑加油站打击仍存漏洞")]
    assert "油站" in [bridge.word for bridge in bridges("这个油站")]


def test_a_term_is_there_where_its_official_word_is(engine: LocalEngine):
    wanted = terms(engine, "种蘑菇")
    assert coverage(wanted, squeeze("食用菌养殖用煤")) == pytest.approx(0.9)
    assert coverage(wanted, squeeze("种蘑菇")) == 1.0
    assert coverage(wanted, squeeze("烤烟")) == 0.0


def test_what_the_corpus_does_not_write_is_not_asked_for(engine: LocalEngine):
    assert bridged(engine, "烟花爆竹") == "烟花爆竹"
    assert bridged(engine, "种蘑菇").startswith("种蘑菇 食用菌")
    assert bridged(engine, "散煤") == "散煤"


def test_a_search_in_people_s_words_finds_the_passage(engine: LocalEngine):
    def found(mode: Mode) -> bool:
        return any("食用菌" in hit.passage.text for hit in search(engine, "种蘑菇", 5, mode=mode))

    assert found(Mode.HYBRID)
    assert not found(Mode.LEXICAL)  # which is left as it is, to be compared with
