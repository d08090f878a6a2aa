"""Two things asked at once are both answered: of a document, and of a task."""

import pytest

from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.records import AnswerKind


@pytest.mark.parametrize(
    "question",
    [
        "漯发〔2020〕13号的文号、印发日期各是什么",
        "三散污染治理专项督察反馈意见整改方案的发文字号以及成文日期",
        "督察整改方案什么时候印发的,文号多少",
    ],
)
def test_number_and_day_of_a_document_are_both_told(engine: LocalEngine, question: str):
    found, _ = ask(engine, question)
    assert found.kind is AnswerKind.FACT
    assert found.text == "文号:漯发〔2020〕13号\n印发日期:2020年7月23日"
    assert [one.quote for one in found.citations] == ["漯发〔2020〕13号", "2020年7月23日"]
    assert str(found.value["date"]) == "2020-07-23"


def test_what_a_document_does_not_say_is_said_to_be_missing(engine: LocalEngine):
    found, _ = ask(engine, "漯发〔2020〕13号的文号和抄送机关")
    assert found.text == "文号:漯发〔2020〕13号\n抄送机关:文中没有写明"


def test_one_thing_asked_is_told_without_its_name(engine: LocalEngine):
    assert ask(engine, "漯发〔2020〕13号的成文日期")[0].text == "2020年7月23日"


@pytest.mark.parametrize(
    "question",
    ["第17项牵头单位和整改时限", "烤烟用煤这项谁牵头,最晚什么时候完成", "烤烟用煤的时限及牵头部门"],
)
def test_lead_and_deadline_of_a_task_are_both_told(engine: LocalEngine, question: str):
    found, _ = ask(engine, question)
    assert found.text == ("整改时限:2022年年底;牵头单位:市农业农村局、市烟草专卖局(市烟草公司)")
    assert str(found.value["due"]) == "2022-12-31"


def test_fields_follow_each_other_without_a_doubled_stop(engine: LocalEngine):
    found, _ = ask(engine, "第17项的整改目标和责任领导")
    assert "。;" not in found.text
    assert found.text.startswith("责任领导:余伟")
    assert ";整改目标:" in found.text
