"""Questions, and the buttons under their answers."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.handling.feedback import feedback_lines
from bot.handling.needs import AnswerNeed, SourceNeed
from bot.records import PreparedAnswer, Reply
from bot.state.tables import Dialog, StoredAnswer
from bot.telegram.answers import related_blocks
from bot.telegram.html import escape
from corpus.errors import QuestionError
from eval.adding import NewQuestion, add_question
from eval.records import QuestionKind
from eval.relevance import Evidence
from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.records import AnswerKind
from tests.bot.handling.town import (
    LEAD,
    MEMBER,
    NOW,
    OTHER,
    POLICE_GROUP,
    Town,
    answer,
    button,
    citation,
    labels,
    only,
    said,
    task,
)

QUESTION = "烤烟用煤整改时限"
GONE = Reply(toast="这个按钮已失效,请重新提问", alarm=True)


def stored(town: Town) -> StoredAnswer:
    rows = town.session.scalars(select(StoredAnswer).order_by(StoredAnswer.id)).all()
    return rows[-1]


def test_a_question_is_asked_for_its_chat_topic_and_person_on_the_office_s_day(town: Town):
    town.now = NOW.replace(hour=16, minute=30)  # half past midnight at the office
    town.send(LEAD, f" {QUESTION} ")
    assert town.needs == [AnswerNeed("3:0:3", QUESTION, date(2026, 3, 6))]
    town.send(LEAD, "那责任单位呢", POLICE_GROUP, thread=7)
    assert town.needs[1] == AnswerNeed("-100:7:3", "那责任单位呢", date(2026, 3, 6))


def test_an_answer_is_said_in_reply_and_kept_with_what_its_buttons_need(town: Town):
    town.answers[QUESTION] = answer(cited=2, tasks=(task(),))
    reply = town.send(LEAD, QUESTION)
    message = only(reply)
    assert message.text.startswith("<b>2022年年底</b>")
    assert (message.to.chat, message.reply_to, message.edits) == (3, 501, 0)
    assert labels(reply) == [["原文[1]", "原文[2]"], ["相关任务", "有用", "有误"]]
    row = stored(town)
    assert (row.chat, row.user, row.question, row.verdict) == (3, 3, QUESTION, "")
    assert row.data["answer"]["tasks"] == [17]
    assert row.data["version"] == "v1"


def test_the_command_asks_too_and_without_words_shows_how(town: Town):
    assert said(town.send(MEMBER, f"/ask@gongjian_bot {QUESTION}", POLICE_GROUP)).startswith(
        "<b>2022年年底</b>"
    )
    assert said(town.send(MEMBER, "/ask")) == (
        "把问题写在命令后面,例如:<code>/ask 烤烟用煤整改时限</code>"
    )
    assert town.needs[1] is None


def test_talk_among_people_is_no_question(town: Town):
    assert town.send(LEAD, QUESTION, POLICE_GROUP, reply_to_message=None) == Reply()
    assert town.needs == [None]


def test_one_quote_has_one_button_without_a_number(town: Town):
    assert labels(town.send(LEAD, QUESTION)) == [["原文"], ["有用", "有误"]]


def test_every_document_gets_a_source_button_before_any_gets_a_second(town: Town):
    documents = ["a", "a", "a", "a", "b", "c", "b"]
    quotes = tuple(citation(f"第{n}句", document) for n, document in enumerate(documents))
    town.answers[QUESTION] = answer(citations=quotes)
    first = labels(town.send(LEAD, QUESTION))[0]
    assert first == ["原文[1]", "原文[2]", "原文[5]", "原文[6]"]


def test_a_long_answer_comes_in_order_with_the_buttons_under_its_end(town: Town):
    lines = "\n".join(f"第{number}项 {'任务' * 60}" for number in range(1, 81))
    town.answers["全部任务"] = answer("共80项:\n" + lines, kind=AnswerKind.LIST, tasks=(task(),))
    reply = town.send(LEAD, "全部任务")
    assert len(reply.messages) > 2
    assert [message.key for message in reply.messages] == [
        f"u:1:1:{place}" for place in range(len(reply.messages))
    ]
    assert [bool(message.buttons) for message in reply.messages] == [
        *[False] * (len(reply.messages) - 1),
        True,
    ]
    numbers = [said(reply).index(f"第{number}项") for number in range(1, 81)]
    assert numbers == sorted(numbers)


def test_a_refusal_to_answer_offers_the_nearest_passage_as_no_more_than_that(town: Town):
    town.answers["今天天气"] = answer(
        "现有文件中没有找到这个问题的答案。", kind=AnswerKind.NONE, cited=3
    )
    reply = town.send(LEAD, "今天天气")
    assert "最接近的段落(不是答案)" in said(reply)
    assert labels(reply) == [["最接近的原文"], ["有误"]]
    town.answers["今天天气"] = answer("没有", kind=AnswerKind.NONE, cited=0)
    assert labels(town.send(LEAD, "今天天气")) == [["有误"]]


def test_why_there_is_no_answer_is_said_in_its_own_words(town: Town):
    town.prepared = QuestionError("问题太长(3000 字),请压缩到 2000 字以内")
    assert said(town.send(LEAD, "长")) == "问题太长(3000 字),请压缩到 2000 字以内"
    town.prepared = PreparedAnswer("问", None, date(2026, 3, 5), apology="现在太忙 <请稍后>")
    assert said(town.send(LEAD, "问")) == "现在太忙 &lt;请稍后&gt;"
    town.prepared = "nothing that was agreed on"
    assert said(town.send(LEAD, "问")) == "这个问题没能处理,请再问一遍。"
    assert town.session.scalars(select(StoredAnswer)).all() == []


def test_a_source_opens_beside_the_answer_and_its_pages_turn_in_place(town: Town):
    opened = town.press(LEAD, button(town.send(LEAD, QUESTION), "原文"))
    assert town.needs[-1] == SourceNeed("d1", 10, 20, 0)
    assert (only(opened).text, only(opened).edits) == ("d1 第 2 页", 0)
    assert labels(opened) == [["上一页", "下一页"]]
    last = town.press(LEAD, button(opened, "下一页"), below=701)
    assert town.needs[-1] == SourceNeed("d1", 10, 20, 3)
    assert (only(last).edits, labels(last)) == (701, [["上一页"]])
    first = town.press(LEAD, button(opened, "上一页"), below=701)
    assert (only(first).text, labels(first)) == ("d1 第 1 页", [["下一页"]])


def test_related_tasks_are_those_of_the_time_of_the_answer(town: Town):
    town.answers[QUESTION] = answer(tasks=(task(17), task(18)))
    reply = town.press(LEAD, button(town.send(LEAD, QUESTION), "相关任务"))
    assert only(reply).text == "\n".join(related_blocks((task(17), task(18))))


@pytest.mark.parametrize("label", ["原文", "相关任务", "有用", "有误"])
def test_a_button_works_only_in_the_chat_of_its_answer(town: Town, label: str):
    town.answers[QUESTION] = answer(tasks=(task(),))
    data = button(town.send(LEAD, QUESTION, POLICE_GROUP), label)
    assert town.press(LEAD, data) == GONE  # the asker, elsewhere
    assert town.press(OTHER, data, POLICE_GROUP) == Reply()  # of another unit
    assert stored(town).verdict == ""
    reply = town.press(MEMBER, data, POLICE_GROUP)  # a colleague, there
    assert not reply.alarm
    assert reply.messages or reply.toast


@pytest.mark.parametrize("kind", ["s:{}:0:0", "r:{}", "v:{}:1", "m:skip_wrong:{}", "m:reask:{}"])
@pytest.mark.parametrize("token", ["0", "zzz", "00{}", "z" * 12, "z" * 40])
def test_a_token_of_no_answer_is_refused(town: Town, kind: str, token: str):
    town.send(LEAD, QUESTION)
    forged = token.format(stored(town).id)
    assert town.press(LEAD, kind.format(forged)) == GONE
    assert stored(town).verdict == ""


def test_a_quote_that_the_answer_does_not_have_is_refused(town: Town):
    town.send(LEAD, QUESTION)
    assert town.press(LEAD, f"s:{stored(town).id}:1:0") == GONE
    assert town.needs[-1] is None


def test_a_verdict_is_kept_with_its_time_and_may_change(town: Town):
    reply = town.send(LEAD, QUESTION)
    assert town.press(LEAD, button(reply, "有用")) == Reply(toast="已记下")
    assert (stored(town).verdict, stored(town).judged_at) == ("useful", NOW)
    town.now += timedelta(minutes=5)
    wrong = town.press(LEAD, button(reply, "有误"))
    assert (stored(town).verdict, stored(town).judged_at) == ("wrong", NOW + timedelta(minutes=5))
    assert said(wrong) == (
        "已记下:“烤烟用煤整改时限”答得有误。请写一句哪里不对、应该是什么,或按“跳过”。"
    )
    assert wrong.toast == "已记下"
    # Pressed twice it does not ask twice.
    assert town.press(LEAD, button(reply, "有误")) == Reply(toast="已记下")
    assert town.press(LEAD, button(reply, "有用")) == Reply(toast="已记下")
    assert stored(town).verdict == "useful"
    assert town.session.scalars(select(Dialog)).all() == []


def test_what_was_wrong_is_kept_in_the_cadre_s_words(town: Town):
    town.press(LEAD, button(town.send(LEAD, QUESTION), "有误"))
    assert said(town.send(LEAD, document=b"x")) == "请用文字说明哪里不对,或用 /cancel 跳过。"
    reply = town.send(LEAD, "应该是2021年底 <见通知>")
    assert said(reply) == "已记下,谢谢。会据此改进。"
    assert stored(town).data["comment"] == "应该是2021年底 <见通知>"
    assert town.needs[-1] is None
    # The next text is a question again.
    assert said(town.send(LEAD, QUESTION)).startswith("<b>2022年年底</b>")


def test_saying_what_was_wrong_may_be_skipped(town: Town):
    wrong = town.press(LEAD, button(town.send(LEAD, QUESTION), "有误"))
    skipped = town.press(LEAD, button(wrong, "跳过"), below=702)
    assert (only(skipped).text, only(skipped).edits) == ("已记下,谢谢。", 702)
    assert town.press(LEAD, button(wrong, "跳过")) == Reply(toast="已处理")
    assert stored(town).verdict == "wrong"
    assert said(town.send(LEAD, QUESTION)).startswith("<b>2022年年底</b>")


def test_a_remark_that_was_the_next_question_is_answered_once(town: Town):
    town.answers["食用菌用煤呢"] = answer("另一个答案")
    town.press(LEAD, button(town.send(LEAD, QUESTION), "有误"))
    data = button(town.send(LEAD, "食用菌用煤呢"), "这是新问题,请回答")
    assert said(town.press(LEAD, data)).startswith("<b>另一个答案</b>")
    assert town.needs[-1] == AnswerNeed("3:0:3", "食用菌用煤呢", date(2026, 3, 5))
    judged, asked = town.session.scalars(select(StoredAnswer).order_by(StoredAnswer.id)).all()
    assert (judged.verdict, judged.data["comment"]) == ("wrong", "")
    assert asked.question == "食用菌用煤呢"
    assert town.press(LEAD, data) == Reply(toast="已处理", alarm=True)


def test_in_a_group_a_remark_is_an_answer_to_the_bot_and_belongs_to_who_wrote_it(town: Town):
    reply = town.send(LEAD, QUESTION, POLICE_GROUP)
    wrong = town.press(LEAD, button(reply, "有误"), POLICE_GROUP)
    assert "请回复本条消息,写一句哪里不对" in said(wrong)
    assert said(town.send(MEMBER, QUESTION, POLICE_GROUP)).startswith("<b>2022年年底</b>")
    data = button(town.send(LEAD, "日期不对", POLICE_GROUP), "这是新问题,请回答")
    assert town.press(MEMBER, data, POLICE_GROUP) == Reply(toast="已处理", alarm=True)


def test_words_of_a_question_cannot_break_the_markup(town: Town):
    reply = town.send(LEAD, "<b>烤烟</i> & 用煤")
    wrong = town.press(LEAD, button(reply, "有误"))
    assert escape("<b>烤烟</i> & 用煤") in said(wrong)
    assert "<b>烤烟" not in said(wrong)


def test_feedback_names_nobody_and_leaves_the_right_answer_of_a_wrong_one_open(town: Town):
    town.send(LEAD, "第17项说什么")
    town.press(LEAD, button(town.send(LEAD, "时限呢"), "有误"))
    town.send(LEAD, "应是2021年")
    town.send(LEAD, "没有评价的问题")
    (line,) = feedback_lines(town.session)
    assert line == {
        "verdict": "wrong",
        "comment": "应是2021年",
        "add": {"question": "时限呢"},
        "command": "gongjian eval add '时限呢'",
        "before": ["第17项说什么"],
        "said": "2022年年底",
        "kind": "field",
        "quotes": ["整改时限:2022年年底"],
        "version": "v1",
        "asked_at": "2026-03-05T02:00:00+00:00",
        "judged_at": "2026-03-05T02:00:00+00:00",
    }


def test_useful_feedback_is_a_new_question_with_its_answer(town: Town):
    quotes = (citation("整改时限:2022年年底"), citation("责任单位:市农业农村局牵头"))
    town.answers["问 题"] = answer(
        citations=quotes, tasks=(task(),), value={"due": date(2022, 12, 31)}
    )
    town.press(LEAD, button(town.send(LEAD, "问 题"), "有用"))
    (line,) = feedback_lines(town.session)
    assert line["add"] == {
        "question": "问 题",
        "kind": "field",
        "answers": ["2022年年底"],
        "items": [],
        "quotes": ["整改时限:2022年年底"],
        "source": "004.txt",
        "tasks": [17],
        "due": "2022-12-31",
    }
    assert line["command"] == (
        "gongjian eval add '问 题' --kind field --answer '2022年年底' --quote '整改时限:2022年年底'"
        " --file 004.txt --task 17 --due 2022-12-31"
    )


def test_feedback_on_answers_of_the_shipped_corpus_becomes_questions_of_a_set(
    town: Town, engine: LocalEngine, tmp_path
):
    questions = ["烤烟用煤整改时限", "市公安局牵头哪些任务", "烤烟用煤责任领导"]
    for question in questions:
        town.answers[question], _ = ask(engine, question)
        town.press(LEAD, button(town.send(LEAD, question), "有用"))
    evidence, path = Evidence(engine), tmp_path / "mine.jsonl"
    for line in feedback_lines(town.session):
        given = line["add"]
        new = NewQuestion(
            **{
                name: tuple(value) if isinstance(value, list) else value
                for name, value in given.items()
            }
            | {
                "kind": QuestionKind(given["kind"]),
                "due": given["due"] and date.fromisoformat(given["due"]),
            }
        )
        add_question(new, evidence, path, [])
    assert [line["add"]["kind"] for line in feedback_lines(town.session)] == [
        "field",
        "list",
        "field",
    ]
    assert len(path.read_text("utf-8").splitlines()) == 3
