"""A document is asked about itself: number, day, issuer, addressees, attachments, copies."""

from datetime import date

import pytest

from bot.indexing import collect, run_build
from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.records import Answer, AnswerKind

_DUST = """漯河市财政局
漯河市生态环境局 文件
漯财〔2021〕5号 漯环〔2021〕9号
关于加强扬尘污染
管控资金管理的通知
各县区财政局、生态环境局，市直有关单位：
请认真执行，2021年底前完成支付。
附件：1.扬尘管控资金分配表
2.扬尘管控资金绩效目标
漯河市财政局
漯河市生态环境局
二〇二一年三月九日
抄送：市审计局。
"""
_STRAW = """漯政〔2021〕6号
漯河市人民政府
关于做好秸秆禁烧工作的通知
各县区人民政府：
各县区要落实网格化管理，今年夏收期间实现零火点。
漯河市人民政府
2021年5月12日
"""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> LocalEngine:
    folder, home = tmp_path_factory.mktemp("papers"), tmp_path_factory.mktemp("home")
    (folder / "dust.txt").write_text(_DUST, "utf-8")
    (folder / "straw.txt").write_text(_STRAW, "utf-8")
    files, _ = collect([folder])
    run_build(files, home, None)
    return LocalEngine.open(home)


def answer(engine: LocalEngine, text: str) -> Answer:
    return ask(engine, text)[0]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("扬尘污染管控资金管理的通知主送机关", "各县区财政局、生态环境局，市直有关单位"),
        ("漯环〔2021〕9号主送给谁", "各县区财政局、生态环境局，市直有关单位"),
        ("扬尘污染管控资金管理的通知抄送给谁", "抄送：市审计局。"),
        ("漯财〔2021〕5号的成文日期", "二〇二一年三月九日"),
        ("秸秆禁烧工作的通知发文字号", "漯政〔2021〕6号"),
        ("秸秆禁烧工作的通知是谁印发的", "漯河市人民政府"),
        ("漯财〔2021〕5号是什么文件", "关于加强扬尘污染\n管控资金管理的通知"),
    ],
)
def test_what_a_document_says_of_itself_is_quoted(
    two: LocalEngine, question: str, expected: str
) -> None:
    found = answer(two, question)
    assert found.citations[0].quote == expected
    assert not found.abstained


def test_attachments_are_a_complete_list(two: LocalEngine) -> None:
    found = answer(two, "扬尘污染管控资金管理的通知有哪些附件")
    assert found.kind is AnswerKind.LIST
    assert found.text == "扬尘管控资金分配表\n扬尘管控资金绩效目标"
    assert found.total == 2


def test_the_day_of_issue_is_a_value_too(two: LocalEngine) -> None:
    assert answer(two, "漯财〔2021〕5号的成文日期").value == {"date": date(2021, 3, 9)}


@pytest.mark.parametrize("what", ["有哪些附件", "抄送给谁"])
def test_what_a_document_does_not_say_is_refused(two: LocalEngine, what: str) -> None:
    assert answer(two, f"秸秆禁烧工作的通知{what}").abstained


def test_the_year_of_a_quoted_word_is_told(two: LocalEngine) -> None:
    found = answer(two, "夏收期间要实现什么目标")
    assert "今年夏收期间实现零火点" in found.text
    assert ("年份", "今年指2021年") in [(one.label, one.text) for one in found.details]
