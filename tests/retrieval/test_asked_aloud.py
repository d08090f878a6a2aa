"""Questions as people ask them aloud are read like those in writing."""

from __future__ import annotations

import pytest

from index.local import LocalEngine
from retrieval.bridging import bridges
from retrieval.coverage import terms
from retrieval.question import Field, content, read_question


@pytest.mark.parametrize(
    ("aloud", "written"),
    [
        ("工地扬尘咋治", "工地扬尘怎么治"),
        ("改得咋样", "改得怎么样"),
        ("咋个治法", "怎么治法"),
        ("多会儿验收", "什么时候验收"),
        ("哪会儿验收", "什么时候验收"),
        ("几时验收", "什么时候验收"),
        ("为啥停产", "为什么停产"),
        ("几时段限行", "几时段限行"),
        ("许多会议开了", "许多会议开了"),
    ],
)
def test_spoken_words_of_asking_are_read_as_they_are_written(aloud: str, written: str) -> None:
    assert read_question(aloud).folded == written


def test_a_spoken_word_of_asking_is_no_part_of_what_is_asked_about() -> None:
    assert content(read_question("散煤咋整治").folded) == content("散煤怎么整治")


@pytest.mark.parametrize(
    ("asked", "about"),
    [
        ("国三车能不能上路", "国三车 上路"),
        ("有没有奖励", "奖励"),
        ("可不可以举报", "举报"),
        ("企业要不要搬迁", "企业 搬迁"),
        ("超标车辆罚不罚", "超标车辆 罚"),
        ("支不支持举报", "支持举报"),
        ("不得不停产", "不得不停产"),
    ],
)
def test_asking_by_either_or_is_no_part_of_what_is_asked_about(asked: str, about: str) -> None:
    assert content(asked) == about


def test_a_deadline_is_asked_for_aloud_too() -> None:
    assert read_question("黑加油站多会儿整改完成").fields == (Field.DEADLINE,)


def test_a_long_spoken_word_is_found_where_the_cuts_go_through_it() -> None:
    # Cut as 大车/过/起/灰尘: 灰 is not an end.
    (bridge,) = bridges("大车过起灰尘")
    assert (bridge.word, bridge.start, bridge.end) == ("大车过起灰", 0, 5)


def test_a_short_word_is_found_only_whole() -> None:
    assert [bridge.word for bridge in bridges("黑加油站")] == []


def test_a_shorter_whole_word_is_found_where_a_longer_one_is_no_whole_word() -> None:
    # 灰土路 is a word of the thesaurus too, but the cuts are 灰土/路面.
    assert [bridge.word for bridge in bridges("灰土路面")] == ["灰土"]


def test_a_spoken_word_is_found_where_a_guessed_word_runs_across_its_end() -> None:
    # The cuts with guessing are 转错/账能/要/回来.
    assert [bridge.word for bridge in bridges("转错账能要回来吗")] == ["转错账", "要回来"]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("宅基地能收吗", ["宅基地"]),
        ("社保交了十年", ["社保", "十年"]),
        ("散煤能烧", ["散煤"]),
    ],
)
def test_a_word_cut_amiss_is_not_asked_for(
    engine: LocalEngine, asked: str, wanted: list[str]
) -> None:
    assert [term.word for term in terms(engine, content(asked))] == wanted
