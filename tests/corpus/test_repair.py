from functools import cache

import pytest

from corpus.edits import Revision, apply_edits, revise
from corpus.formats.decoding import read_text
from corpus.ledger.reading import read_ledger
from corpus.reading import read_documents
from corpus.records import Document, Edit
from corpus.repairs.chinese import find_traditional
from corpus.repairs.layout import find_bold_marks, find_broken_lines
from corpus.repairs.pinyin import find_pinyin
from corpus.repairs.spam import SPAM_MARK
from corpus.repairs.steps import repair
from corpus.sources import SHIPPED
from corpus.structure.split import split_documents


@cache
def documents(prefix: str) -> tuple[Document, ...]:
    path = next(SHIPPED.glob(f"{prefix}*"))
    return read_documents(read_text(path), path.name).documents


def mended(text: str, edits: list[Edit]) -> str:
    return apply_edits(text, edits)


@pytest.mark.parametrize("prefix", ["000", "001", "002", "003", "004"])
def test_the_edits_of_every_shipped_document_lead_from_the_file_to_its_text(prefix: str):
    path = next(SHIPPED.glob(f"{prefix}*"))
    file = read_text(path)
    position = 0
    for document in documents(prefix):
        assert document.raw_start == position
        assert file[position : position + len(document.raw)] == document.raw
        assert apply_edits(document.raw, document.edits) == document.text
        position += len(document.raw)
    assert position == len(file)


def test_the_482_injected_readings_go_and_the_genuine_parenthesis_stays():
    (document,) = documents("001")
    raw = document.raw
    assert len(find_pinyin(raw)) == 482
    assert "围河(库)造地" in document.text
    assert not [edit for edit in find_pinyin(document.text) if edit]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("會(hui)議", "會議"),
        ("关(guan)(guan)乎", "关乎"),
        ("網(wǎng)絡", "網絡"),
        ("绿(lv)色", "绿色"),
        ("会(hao)议", "会(hao)议"),
        ("浓度(PM)", "浓度(PM)"),
        ("行(hang)业(ye)", "行业"),
        ("方案(草案)", "方案(草案)"),
    ],
)
def test_only_a_reading_of_the_character_before_it_is_an_injection(text: str, expected: str):
    injected = "會(hui)議(yi)指(zhi)出,"
    assert mended(injected + text, find_pinyin(injected + text)) == "會議指出," + expected


@pytest.mark.parametrize(
    "text", ["锂(li)电池", "锂(Li)、钠(Na)、钙(Ca)、锌(Xin)", "氪(ke)与氙(xian)两种气体"]
)
def test_a_gloss_is_no_injection(text: str):
    assert find_pinyin(text) == []


def test_traditional_text_becomes_simplified_where_it_is_traditional():
    (document,) = documents("001")
    assert document.text.startswith(
        "近日,登封市召开污染防治攻坚会议,传达学习省、郑州市生态环境保护工作会议精神"
    )
    assert "二是着眼长远促转型" in document.text


@pytest.mark.parametrize(
    "text", ["成效显著,著名企业家的著作", "乾隆年间修建的乾元殿", "里程碑式的后果"]
)
def test_simplified_text_is_left_alone(text: str):
    assert find_traditional(text) == []


def test_ten_speeches_come_out_of_one_file_with_their_own_titles():
    titles = [speech.title for speech in documents("002")]
    assert titles == [
        "在全市打好污染防治攻坚战动员大会上的主持词",
        "在全市打好污染防治攻坚战动员大会上的主持词",
        "在全镇深入打好污染防治攻坚战动员大会上的讲话",
        "在全市打好污染防治攻坚战动员大会上的讲话",
        "在 XX 县环境污染防治攻坚战动员大会上的讲话",
        "在全市环境污染防治攻坚战动员大会上的讲话",
        "在全市环境污染防治攻坚战动员大会上的讲话",
        "在全市“三大攻坚战”推进大会上的发言",
        "在全市“三大攻坚战”推进大会上的发言",
        "在 2021 年全市环境污染防治攻坚战动员大会上的讲话",
    ]


def test_the_plan_knows_its_number_title_issuer_and_date():
    (plan,) = documents("004")
    assert plan.number == "漯发〔2020〕13号"
    assert plan.title.startswith("关于印发《漯河市贯彻落实省委")
    assert plan.issuer == "中共漯河市委 漯河市人民政府"
    assert str(plan.issued_on) == "2020-07-23"


def test_spam_in_a_name_is_marked_and_kept_on_record():
    (plan,) = documents("004")
    spam = [edit for edit in plan.edits if edit.reason == "spam"]
    assert len(spam) == 5
    assert {edit.replacement for edit in spam} == {SPAM_MARK}
    assert f"责任单位:市{SPAM_MARK}牵头,市发展改革委" in plan.text
    assert "体育" not in plan.text


@pytest.mark.parametrize(
    "text", ["市体育局网站公布体育彩票公益金使用情况", "2020年体育中考方案在官网下载"]
)
def test_sport_in_running_text_is_no_spam(text: str):
    assert repair(text).text == text


def test_bold_marks_go_and_masks_stay():
    text = (
        "批示：**全市要紧盯目标，**\n下一步。**一要**统一思想。达到**%,全市浓度**微克,美丽幸福**。"
    )
    assert mended(text, find_bold_marks(text)) == (
        "批示：全市要紧盯目标，\n下一步。一要统一思想。达到**%,全市浓度**微克,美丽幸福**。"
    )


def test_a_sentence_broken_by_a_page_is_joined_and_paragraphs_stay_apart():
    text = (
        "一、肯定成绩,正视问题,坚定打好环境污染防治攻坚战的信心决心\n\n"
        "今年以来全市上下坚决贯彻上级部署,重点行业深度治理取得了很大的\n\n"
        " 成效,群众满意度不断提升。\n\n下一步工作安排如下,请各单位抓好落实:\n\n同志们,谢谢大家。"
    )
    joined = mended(text, find_broken_lines(text))
    assert "取得了很大的成效" in joined
    assert joined.count("\n\n") == 3


def test_lines_of_a_text_without_blank_lines_are_never_joined():
    text = "责任领导:余 伟 市委常委、统战部部长、市政府党组成员、市总工会主席\n徐汇川 市政府副市长"
    assert find_broken_lines(text) == []


@pytest.mark.parametrize(
    ("raw", "text", "reason"),
    [
        ("甲\r\n乙", "甲\n乙", "newline"),
        ("散\u200b煤", "散煤", "invisible"),
        ("２０２０年", "2020年", "width"),
        ("⼯作", "工作", "radical"),
        ("正文。\n上一篇:无\n", "正文。\n", "boilerplate"),
    ],
)
def test_each_repair_is_recorded_with_its_reason(raw: str, text: str, reason: str):
    revision = repair(raw)
    assert revision.text == text
    assert {edit.reason for edit in revision.edits} == {reason}


def test_a_repair_on_top_of_a_repair_names_both_reasons():
    revision = revise(Revision("２漢", "２漢"), [Edit(0, 1, "2", "width")])
    revision = revise(revision, [Edit(0, 2, "2汉", "traditional")])
    assert revision.edits == (Edit(0, 2, "2汉", "width+traditional"),)


def ledger(text: str) -> list[tuple]:
    (document,) = read_documents(text, "f.txt").documents
    return [
        (task.number, task.target, task.measures, task.leaders, task.lead_units, task.deadline.text)
        for task in read_ledger(document)
        if task.deadline
    ]


def test_blank_lines_between_the_lines_of_a_plan_change_nothing_in_its_ledger():
    text = read_text(next(SHIPPED.glob("004*")))
    assert len(ledger(text)) == 31
    assert ledger(text.replace("\n", "\n\n")) == ledger(text)


def test_a_field_that_comes_back_is_no_page_title():
    items = "\n".join(
        f"{number}.问题{number}。\n整改目标:完成{'治理' * 90}。\n整改时限:按国家规定\n"
        for number in range(1, 7)
    )
    ranges, title = split_documents("一、整改任务(6项)\n" + items)
    assert (len(ranges), title) == (1, None)


def test_a_running_head_does_not_split_a_plan():
    text = read_text(next(SHIPPED.glob("004*")))
    pages = [text[start : start + 800] for start in range(0, len(text), 800)]
    ranges, _ = split_documents("\n漯河市整改方案\n".join(pages))
    assert len(ranges) == 1


@pytest.mark.parametrize(
    "text",
    [
        "版权所有者应当依法登记作品。",
        "欢迎来到我市投资的企业可通过一网通办平台办理登记。",
        "姓名： **明，**华",
        "2020体育彩票网站由市体育局负责",
        "锂(Li)电池",
    ],
)
def test_text_that_only_looks_damaged_is_left_alone(text: str):
    assert repair(text).edits == ()


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("⻓江⻛险", "长江风险"),
        ("２．５微克", "2.5微克"),
        ("2．2022年6月底前", "2．2022年6月底前"),
        ("⺠生", "民生"),
    ],
)
def test_radicals_and_width(raw: str, text: str):
    assert repair(raw).text == text


@pytest.mark.parametrize(
    ("head", "number", "day"),
    [
        (
            "漯发〔2020〕13号\n关于开展检查的通知\n各县区:\n请执行。\n2020年7月23日",
            "漯发〔2020〕13号",
            "2020-07-23",
        ),
        (
            "漯政〔2021〕5号 签发人:王某\n关于开展检查的通知\n二〇二一年三月十五日",
            "漯政〔2021〕5号",
            "2021-03-15",
        ),
        ("关于开展检查的通知\n二○二一年十二月三十一日\n正文。", None, "2021-12-31"),
    ],
)
def test_numbers_and_dates_at_the_head(head: str, number: str | None, day: str | None):
    (document,) = read_documents(head, "f.txt").documents
    assert document.number == number
    assert (str(document.issued_on) if document.issued_on else None) == day
