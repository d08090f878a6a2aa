from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.telegram.answers import answer_blocks, related_blocks, source_page
from bot.telegram.html import pack, plain
from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.records import Answer, AnswerKind, Citation, Copy, Detail
from tests.bot.telegram.strict import units, visible

ABSTAINED = "今天天气怎么样"
ALL = "一共有哪些整改任务"
QUESTIONS = [
    "列出全部任务",
    ALL,
    "市公安局牵头哪些任务",
    "烤烟用煤整改时限",
    "烤烟用煤谁负责",
    "重型货车谁负责",
    "散乱污企业整改措施",
    "哪些任务没有截止日期",
    "PM2.5浓度下降多少",
    "第14项整改目标",
    "余伟负责哪些任务",
    "漯发〔2020〕13号是什么时候印发的",
    "哪些任务需要除外的单位",
    ABSTAINED,
]
PLAN = "关于印发《漯河市贯彻落实省委“三散”污染治理专项督察反馈意见整改方案》的通知"


def citation(quote: str, *, document: str = "d", heading: tuple[str, ...] = ("一",)) -> Citation:
    return Citation(document, "题<1>", "文〔1〕", "f.txt", heading, quote, 0, 1, 0, 1)


def seen(messages: tuple[str, ...]) -> str:
    """What a person sees of messages, checked to be what Telegram takes."""
    texts = [visible(message) for message in messages]
    assert all(0 < units(text) <= 4096 for text in texts)
    return "\n".join(texts)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_word_of_an_answer_and_of_its_quotes_is_seen(engine: LocalEngine, question: str):
    answer, _ = ask(engine, question)
    text = seen(pack(answer_blocks(answer, as_of=date(2021, 3, 1))))
    assert text.startswith(answer.text.split("\n")[0])
    for words in [*answer.text.split("\n"), *(detail.text for detail in answer.details)]:
        assert words in text
    assert answer.citations or answer.abstained
    for one in answer.citations:
        assert one.quote in text
        assert one.title in text


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_quote_is_of_one_message(engine: LocalEngine, question: str):
    answer, _ = ask(engine, question)
    messages = [visible(message) for message in pack(answer_blocks(answer))]
    for one in answer.citations:
        assert any(one.quote in message for message in messages)


def test_an_answer_about_one_task_reads_from_the_top(engine: LocalEngine):
    answer, _ = ask(engine, "烤烟用煤整改时限")
    (message,) = pack(answer_blocks(answer, as_of=date(2021, 3, 1)))
    lines = message.split("\n")
    assert lines[:2] == ["<b>2022年年底</b>", ""]
    assert lines[3:8] == [
        "<b>阶段</b>:",
        "· 2020年完成市区周边11个乡镇的改造任务(至 2020-12-31)",
        "· 2021年底前完成总改造任务的80%(至 2021-12-31)",
        "· 2022年底前完成剩余20%改造任务(至 2022-12-31)",
        "· 每年6月底前,市烟草公司组织烟叶烘烤技术培训",
    ]
    assert lines[11:17] == [
        "<b>距离</b>:截至 2021-03-01,距 2022-12-31 还有 670 天",
        "",
        "<b>依据</b>",
        f"<b>[1]</b> 《{PLAN}》 漯发〔2020〕13号",
        "附件 › 三、散煤治理领域还存在较多漏洞(3项) › 17",
        "<blockquote>整改时限:2022年年底</blockquote>",
    ]
    assert lines[17] == "<b>[2]</b> 同上"


def test_a_list_of_31_is_complete_and_numbered_over_several_messages(engine: LocalEngine):
    answer, _ = ask(engine, ALL)
    messages = pack(answer_blocks(answer))
    assert messages[0].startswith("<b>共31项:</b>\n<b>第1项</b> ")
    assert len(messages) == 2
    text = "\n".join(messages)
    assert [f"<b>第{number}项</b>" in text for number in range(1, 32)] == [True] * 31
    assert [f"<b>[{number}]</b>" in text for number in range(1, 63)] == [True] * 62
    assert "(共 62 处)" in text
    assert all("同上" not in message.split("\n")[0] for message in messages)


def test_an_abstained_answer_says_that_its_passages_are_no_answer(engine: LocalEngine):
    answer, _ = ask(engine, ABSTAINED)
    text = seen(pack(answer_blocks(answer)))
    assert text.startswith("现有文件中没有找到这个问题的答案。\n\n最接近的段落(不是答案)\n[1] ")
    assert "依据" not in text


def test_a_refusal_points_to_the_command_of_the_bot():
    said = "请写明是哪一项任务;全部任务见 gongjian tasks。"
    answer = Answer("时限", AnswerKind.NONE, said, (), 0.0)
    assert answer_blocks(answer) == ("<b>请写明是哪一项任务;全部任务见 /tasks。</b>",)


def test_long_quotes_open_at_a_touch_and_are_whole():
    answer = Answer("问", AnswerKind.FACT, "答", (citation("字" * 301), citation("字" * 300)), 1.0)
    blocks = "\n".join(answer_blocks(answer))
    assert f"<blockquote expandable>{'字' * 301}</blockquote>" in blocks
    assert f"<blockquote>{'字' * 300}</blockquote>" in blocks


def test_a_place_is_named_again_when_the_document_or_the_heading_changes():
    cited = (
        citation("甲"),
        citation("乙", heading=("二", "<2>")),
        citation("丙", heading=("二", "<2>")),
        citation("丁", document="e", heading=()),
        citation("戊", document="e", heading=()),
    )
    answer = replace(
        Answer("问", AnswerKind.FACT, "答", cited, 1.0),
        also_in=(Copy("x", "甲", "x.txt"), Copy("y", "乙", "y.txt"), Copy("z", "乙", "z.txt")),
    )
    assert visible("\n".join(answer_blocks(answer))).split("\n") == [
        "答",
        "",
        "依据",
        "[1] 《题<1>》 文〔1〕",
        "一",
        "甲",
        "[2] 二 › <2>",
        "乙",
        "[3] 同上",
        "丙",
        "[4] 《题<1>》 文〔1〕",
        "丁",
        "[5] 同上",
        "戊",
        "",
        "同文:《甲》、《乙》(2 份)",
    ]


texts = st.text(min_size=1, max_size=40) | st.text(alphabet="<>&\"'\n😀。", min_size=1)


@given(texts, st.lists(texts, min_size=1, max_size=9), st.integers(1, 300))
def test_quotes_and_answers_of_any_characters_are_never_altered(
    text: str, quotes: list[str], times: int
):
    answer = Answer(
        question=text,
        kind=AnswerKind.FACT,
        text=text,
        citations=tuple(citation(quote) for quote in [*quotes, quotes[0] * times]),
        confidence=1.0,
        details=(Detail(text, text), Detail("二", text), Detail("二", text)),
    )
    blocks = answer_blocks(answer)
    assert text in visible("\n".join(blocks))
    for quote in [*quotes, quotes[0] * times]:
        assert sum(quote in visible(block) for block in blocks) > 0
    seen(pack(blocks))


def test_related_tasks_are_told_each_in_one_block(engine: LocalEngine):
    answer, _ = ask(engine, "重型货车谁负责")
    tasks = [*answer.tasks, *(task for task in engine.tasks() if task.number == 17)]
    blocks = related_blocks(tasks)
    assert blocks[:2] == ("<b>相关任务</b>(共 5 项)", "")
    assert [block.split("</b>")[0] for block in blocks[2::2]] == [
        f"<b>第{number}项" for number in (28, 29, 30, 31, 17)
    ]
    last = visible(blocks[-1]).split("\n")
    assert last[1:3] == [
        "时限:2022年年底(至 2022-12-31)",
        "牵头:市农业农村局、市烟草专卖局(市烟草公司)",
    ]
    assert last[4].startswith("领导:余伟(市委常委")
    assert last[5:7] == ["阶段:", "· 2020年完成市区周边11个乡镇的改造任务(至 2020-12-31)"]
    assert "市商务局(推断)" in blocks[4]
    assert "<b>注意</b>:“市商务局”为推断" in blocks[4]
    seen(pack(blocks))


def test_all_tasks_are_told_within_the_limits(engine: LocalEngine):
    text = seen(pack(related_blocks(engine.tasks())))
    assert text.count("\n牵头:") == 31


def test_no_related_tasks_are_said_to_be_none():
    assert related_blocks([]) == ("没有相关任务。",)


def test_the_source_shows_the_quote_marked_where_it_stands(engine: LocalEngine):
    answer, _ = ask(engine, "烤烟用煤整改时限")
    one = answer.citations[0]
    page = source_page(engine, one.document_id, one.start, one.end, 0)
    assert (page.page, page.pages) == (14, 22)
    (message,) = pack(page.blocks)
    lines = message.split("\n")
    assert lines[:4] == [
        f"<b>原文</b> 《{PLAN}》",
        "漯发〔2020〕13号 · 中共漯河市委 漯河市人民政府 · 2020-07-23",
        "<b>位置</b>:附件 › 三、散煤治理领域还存在较多漏洞(3项) › 17",
        "",
    ]
    assert "<b><u>整改时限:2022年年底</u></b>" in lines
    assert message.count("<u>") == 1
    assert lines[-2:] == ["", "<b>第 14/22 页</b>"]


def test_next_and_previous_lead_through_the_whole_document(engine: LocalEngine):
    for summary in engine.documents():
        document = engine.document(summary.id)
        pages = source_page(engine, summary.id, 0, 5, 0).pages
        told = [source_page(engine, summary.id, 0, 5, number + 1) for number in range(pages)]
        assert [page.page for page in told] == list(range(1, pages + 1))
        bodies = [plain(page.blocks[-3]) for page in told]
        assert "".join("".join(bodies).split()) == "".join(document.text.split())
        assert max(map(len, bodies)) <= 1400


def test_another_page_says_where_the_quote_is(engine: LocalEngine):
    one = ask(engine, "烤烟用煤整改时限")[0].citations[0]
    before = source_page(engine, one.document_id, one.start, one.end, 13)
    assert "<u>" not in "".join(before.blocks)
    assert before.blocks[-1] == "<b>第 13/22 页</b>(引文在第 14 页)"


@pytest.mark.parametrize(("asked", "shown"), [(-5, 1), (1, 1), (22, 22), (10**12, 22)])
def test_a_page_beyond_the_document_is_its_first_or_last(
    engine: LocalEngine, asked: int, shown: int
):
    assert source_page(engine, "fd9d00aac715", 0, 5, asked).page == shown


def test_a_quote_over_two_pages_is_marked_on_both(engine: LocalEngine):
    text = engine.document("fd9d00aac715").text
    pages = [source_page(engine, "fd9d00aac715", 0, len(text), number) for number in (0, 22)]
    assert [page.page for page in pages] == [1, 22]
    assert [page.blocks[-1].endswith("(引文跨页)") for page in pages] == [True, True]
    assert all("<b><u>" in "".join(page.blocks) for page in pages)


@settings(max_examples=30)
@given(st.integers(-10, 25000), st.integers(-10, 25000), st.integers(0, 30))
def test_no_place_and_no_page_breaks_the_source(
    engine: LocalEngine, start: int, end: int, page: int
):
    shown = source_page(engine, "fd9d00aac715", start, end, page)
    assert 1 <= shown.page <= shown.pages == 22
    seen(pack(shown.blocks))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_citation_is_marked_verbatim_in_its_source(engine: LocalEngine, question: str):
    for one in ask(engine, question)[0].citations[:9]:
        page = source_page(engine, one.document_id, one.start, one.end, 0)
        body = page.blocks[-3]
        marked = plain(body[body.index("<u>") : body.index("</u>")])
        if not page.blocks[-1].endswith("(引文跨页)"):
            assert marked == one.quote
        else:
            assert one.quote.startswith(marked.rstrip())
