"""Questions spelt in pinyin or by ear are read by how they sound, and that is said."""

import pytest

from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.mending import mend


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("heijiayouzhan由谁牵头", "黑加油站由谁牵头"),
        ("san mei整改时限", "散煤整改时限"),
        ("公业围城的整改时限", "工业围城的整改时限"),
        ("扬陈办视频监控平台", "扬尘办视频监控平台"),
        ("南环路破孙什么时候修完", "南环路破损什么时候修完"),
    ],
)
def test_what_sounds_as_a_word_of_the_corpus_is_read_as_it(
    engine: LocalEngine, text: str, read: str
):
    mended = mend(engine, text)
    assert mended is not None
    assert mended.text == read
    (change,) = mended.changes
    assert text.replace(*change) == read


@pytest.mark.parametrize(
    "text",
    [
        "烤烟用煤整改时限",  # right as it is
        "PM2.5年均浓度",  # a code, not pinyin
        "hello world",
        "重型火车底数不清",  # 火车 stands in the corpus, 车底 is no word
        "许昌市散煤整改",  # another city sounds like nothing here
        "",
        "?",
        "xqz" * 600,
        "的" * 2000,
    ],
)
def test_what_is_right_or_sounds_as_nothing_is_left(engine: LocalEngine, text: str):
    assert mend(engine, text) is None


def test_a_mended_question_is_answered_and_says_how_it_was_read(engine: LocalEngine):
    found, _ = ask(engine, "heijiayouzhan打击仍有漏动,责任领导有谁")
    assert not found.abstained
    assert found.question == "heijiayouzhan打击仍有漏动,责任领导有谁"
    (reading,) = [detail.text for detail in found.details if detail.label == "读法"]
    assert reading == "“heijiayouzhan”读作“黑加油站”、“漏动”读作“漏洞”"


def test_a_question_that_is_answered_as_it_stands_is_not_mended(engine: LocalEngine):
    found, _ = ask(engine, "烤烟用煤整改时限")
    assert "读法" not in [detail.label for detail in found.details]


def test_what_is_not_there_is_refused_however_it_is_spelt(engine: LocalEngine):
    assert ask(engine, "huoxing基地建在哪里")[0].abstained
    assert ask(engine, "zhoukou市散煤整改时限")[0].abstained
