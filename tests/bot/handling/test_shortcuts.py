"""What is answered without the documents, and that everything else is asked of them."""

import pytest
from sqlalchemy import select

from bot.handling.joining import EXAMPLES, FOLLOW_UP
from bot.handling.smalltalk import Talk, number_alone, talk_in
from bot.records import TaskState
from bot.state.tables import LedgerTask, StoredAnswer
from retrieval.answering import ask
from retrieval.records import AnswerKind
from tests.bot.handling.play import FARM, LI, WU, ZHANG, Play, add_task
from tests.bot.handling.town import LEAD, POLICE_GROUP, Town, only, said

EXAMPLE = "<code>烤烟用煤整改时限</code>"


@pytest.mark.parametrize(
    ("words", "talk"),
    [
        ("你好", Talk.GREETING),
        (" 您好!! ", Talk.GREETING),
        ("Hello~", Talk.GREETING),
        ("在吗?", Talk.GREETING),
        ("谢谢。", Talk.THANKS),
        ("好的,谢谢", Talk.THANKS),
        ("收到👍", Talk.THANKS),
        ("OK", Talk.THANKS),
        ("再见", Talk.FAREWELL),
        ("我们单位有哪些任务?", Talk.TASKS),
        ("我的任务", Talk.TASKS),
        ("本单位任务", Talk.TASKS),
        ("本周到期的任务", Talk.DUE),
        ("本月到期", Talk.DUE),
        ("超期的任务", Talk.DUE),
        ("逾期", Talk.DUE),
        ("?", Talk.NOTHING),
        ("。。。", Talk.NOTHING),
        ("👍", Talk.NOTHING),
        ("a", Talk.NOTHING),
        ("A", Talk.NOTHING),
        ("煤", None),
        ("你好,烤烟用煤整改时限", None),
        ("谢谢,责任单位呢", None),
        ("市公安局的任务", None),
        ("本周到期的任务由谁牵头", None),
        ("3.5", None),
    ],
)
def test_only_what_stands_alone_is_no_question(words, talk):
    assert talk_in(words) is talk


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("17", 17),
        ("１７", 17),
        ("第17项", 17),
        ("第 17 项任务。", 17),
        ("17项", 17),
        ("第17项的责任单位", None),
        ("3.5", None),
        ("2020-12-31", None),
        ("2020年", None),
        ("-1", None),
        ("", None),
        ("²³x", None),
    ],
)
def test_a_number_is_one_only_where_nothing_else_is_written(words, number):
    assert number_alone(words) == number


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("你好", f"您好,我在。请直接写问题,例如:{EXAMPLE}"),
        ("谢谢", f"不客气。还有要问的,请直接写问题,例如:{EXAMPLE}"),
        ("再见", f"再见。需要时请直接写问题,例如:{EXAMPLE}"),
        ("?", f"请写出要问的内容,例如:{EXAMPLE}"),
    ],
)
@pytest.mark.parametrize("how", ["{}", "/ask {}"])
def test_a_greeting_is_answered_in_one_sentence_and_not_asked(town: Town, words, begins, how):
    reply = town.send(LEAD, how.format(words))
    assert only(reply).text == begins
    assert [b.text for line in only(reply).buttons for b in line] == ["看任务"]
    assert town.needs == [None]
    assert town.session.scalars(select(StoredAnswer)).all() == []


@pytest.mark.parametrize("words", ["你好,烤烟用煤整改时限", "17", "煤", "市公安局的任务"])
def test_whatever_else_is_written_is_asked_as_it_is(town: Town, words):
    assert said(town.send(LEAD, words)).startswith("<b>2022年年底</b>")
    assert town.needs[0].question == words


def test_what_is_greeted_in_a_group_is_answered_there(town: Town):
    assert only(town.send(LEAD, "在吗", POLICE_GROUP)).to.chat == POLICE_GROUP


@pytest.mark.parametrize("words", ["我们单位有哪些任务", "本周到期的任务", "逾期"])
def test_a_unit_asking_for_its_tasks_gets_its_list(play: Play, words):
    play.issued()
    play.send(ZHANG, "/tasks")
    listed = play.last(ZHANG)
    play.send(ZHANG, words)
    assert play.last(ZHANG).html == listed.html
    assert play.last(ZHANG).labels == listed.labels
    assert play.needs[-1] is None


def test_the_office_asking_what_is_due_gets_the_words_of_the_board(play: Play):
    play.issued()
    play.send(LI, "超期的任务有哪些?")
    assert play.text(LI).startswith("截至 2026-03-05,共 1 项任务")
    assert play.last(LI).labels == [["时限图", "各项任务"]]
    play.press(LI, "时限图")
    assert "截至 2026-03-05" in play.chats[LI][-2].text


def test_a_number_of_the_ledger_opens_its_card(play: Play):
    play.issued()
    for words in ("17", "第17项"):
        play.send(ZHANG, words)
        assert "第17项" in play.text(ZHANG)
        assert play.last(ZHANG).has("签收")
        assert play.needs[-1] is None


def test_of_several_plans_with_the_number_one_chooses(play: Play):
    play.issued()
    more = {"source_key": "other#17", "state": TaskState.ISSUED, "parts": ((FARM, "lead"),)}
    play.database.write(lambda s: add_task(s, 17, issued_at=play.now, **more))
    play.send(ZHANG, "17")
    assert play.text(ZHANG).startswith("有 2 份方案都有第17项,请选择:")


def test_a_number_that_one_may_not_see_is_a_question(play: Play):
    play.issued()
    for user, words in ((ZHANG, "18"), (WU, "17")):
        play.send(user, words)
        assert play.needs[-1].question == words
    assert len(play.all(LedgerTask)) == 1


def test_the_examples_and_the_follow_up_of_the_help_work_today(engine, town: Town):
    answers, context = [], None
    for question in (EXAMPLES[0], FOLLOW_UP):
        found, context = ask(engine, question, context)
        answers.append(found)
    assert [a.kind is AnswerKind.NONE for a in answers] == [False, False]
    assert "农业农村局" in answers[1].text
    assert all(ask(engine, example)[0].kind is not AnswerKind.NONE for example in EXAMPLES)
    words = said(town.send(LEAD, "/help"))
    assert f"问完“{EXAMPLES[0]}”,可以追问“{FOLLOW_UP}”。" in words
    assert "那市公安局呢" not in words
