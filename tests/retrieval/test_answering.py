import re
from datetime import date
from pathlib import Path

import pytest

from corpus.errors import QuestionError
from corpus.formats.decoding import read_text
from corpus.sources import SHIPPED
from index.local import LocalEngine
from retrieval.answering import LONGEST_QUESTION, Context, ask
from retrieval.coverage import squeeze
from retrieval.records import Answer, AnswerKind, Mode
from retrieval.search import search

ASKED = (
    "烤烟用煤整改时限",
    "黑加油站由谁牵头",
    "南环路大修筹到了多少钱？",
    "登封市要求毁坏森林等七种情形怎么追责",
    "南京2018年空气质量优良率要达到多少",
    "市公安局牵头哪些任务",
    "徐汇川分管哪些任务",
    "违法排污怎么处理",
    "漯发〔2020〕13号是什么文件",
    "北京市烤烟用煤整改时限",
)


def numbers(tasks: Answer) -> list[int]:
    return [task.number for task in tasks.tasks]


def answer(engine: LocalEngine, text: str) -> Answer:
    return ask(engine, text)[0]


def test_the_deadline_comes_first_with_its_stages_and_units(engine: LocalEngine):
    found = answer(engine, "烤烟用煤整改时限")
    assert found.kind is AnswerKind.FIELD
    assert found.text == "2022年年底"
    assert found.value["due"] == date(2022, 12, 31)
    assert numbers(found) == [17]
    details = {detail.label: detail.text for detail in found.details}
    stages = [detail.text for detail in found.details if detail.label == "阶段"]
    assert stages[:3] == [
        "2020年完成市区周边11个乡镇的改造任务(至 2020-12-31)",
        "2021年底前完成总改造任务的80%(至 2021-12-31)",
        "2022年底前完成剩余20%改造任务(至 2022-12-31)",
    ]
    assert details["牵头"] == "市农业农村局、市烟草专卖局(市烟草公司)"
    assert details["配合"].startswith("市市场监管局、市畜牧局")
    first = found.citations[0]
    assert first.quote == "整改时限:2022年年底"
    assert first.number == "漯发〔2020〕13号"
    assert first.heading[0] == "附件"
    assert first.heading[-1] == "17"


@pytest.mark.parametrize("text", ASKED)
def test_every_quote_stands_where_its_citation_says(engine: LocalEngine, text: str):
    found = answer(engine, text)
    assert found.citations
    for citation in found.citations:
        document = engine.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote
        file = read_text(SHIPPED / citation.source)
        raw = file[citation.raw_start : citation.raw_end]
        if not any(
            edit.end > citation.raw_start - document.raw_start
            and edit.start < citation.raw_end - document.raw_start
            for edit in document.edits
        ):
            assert raw == citation.quote
        assert raw.strip()[-1:] == raw[-1:]


@pytest.mark.parametrize(
    ("text", "expected", "items"),
    [
        ("第14项什么时候完成", "2020年8月底前", [14]),
        ("第十七项任务的时限", "2022年年底", [17]),
        ("第三十一项谁牵头", "市公安局、市交通运输局", [31]),
        ("落后产能什么时候淘汰完", "2020年年底", [4]),
        ("漯发〔2020〕13号第17项整改时限", "2022年年底", [17]),
        ("漯发13号文第17项谁牵头", "市农业农村局、市烟草专卖局(市烟草公司)", [17]),
        ("2020年方案第17项整改时限", "2022年年底", [17]),
        ("工地视频监控平台没有回放功能改完没有", "已整改到位", [22]),
        ("第22项整改到位了吗", "已整改到位", [22]),
        ("工地视频监控平台不能录像由哪个单位负责", "市住房和城乡建设局", [22]),
        (
            "烤烟用煤谁分管",
            "余伟(市委常委、统战部部长、市政府党组成员)、乔彦强(市政府副市长)",
            [17],
        ),
        ("源汇区叶岗村散煤销售点由谁牵头", "市市场监管局", [18]),
        ("淘汰落后产能的整改目标", "全面淘汰落后产能,化解过剩产能。", [4]),
    ],
)
def test_field_answers(engine: LocalEngine, text: str, expected: str, items: list[int]):
    found = answer(engine, text)
    assert numbers(found) == items
    assert found.text == expected


def test_several_tasks_are_shown_as_several_and_guessed_units_as_guessed(engine: LocalEngine):
    found = answer(engine, "黑加油站由谁牵头")
    assert numbers(found) == [8, 15]
    assert found.text.startswith("有2项任务符合")
    assert found.text.count("市商务局(推断)") == 2
    assert any(detail.label == "注意" and "推断" in detail.text for detail in found.details)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("市公安局牵头哪些任务", [15, 28, 29, 30, 31]),
        ("已经整改到位的任务有哪些", [22, 23]),
        ("2020年年底前到期的任务有哪些", [4, 14]),
        ("2020年8月31日前到期的任务有哪些", [14]),
        ("2022年要完成的任务有哪些", [17]),
        ("2019年底前到期的任务有哪些", []),
        ("市纪委监委牵头哪些任务", [9]),
        ("杨骁负责的任务", [9]),
        ("市生态环境局牵头的任务", [2, 11, 12, 13, 14, 24, 27]),
        ("公安牵头哪几项", [15, 28, 29, 30, 31]),
        ("市纪委监委牵头的有几项", [9]),
        ("市城市管理局参与的任务有哪些", [19, 28, 29, 30, 31]),
        ("2020年9月前要完成的整改有哪些", [14]),
        ("有固定截止日期的任务有哪些", [4, 14, 17]),
        ("市畜牧局配合什么", [17]),
        ("市委办公室牵头哪些任务", [1]),
        ("市应急管理局牵头哪些任务", []),
        ("2022年底到期的任务有哪些", [17]),
        ("2020年9月以前到期的任务", [14]),
        ("市公安局2020年底前完成的任务有哪些", []),
        ("散尘污染治理有哪些任务", [19, 20, 21, 22]),
        ("涉及散煤的任务有哪些", [16, 17, 18]),
        ("李军信分管哪些任务", [26]),
        ("一共有多少项整改任务", list(range(1, 32))),
        ("城管局在清单里一共配合了几项", [28, 29, 30, 31]),
        ("市交通运输局不管牵头还是配合,加起来有多少项任务", [8, 15, 16, 20, 26, 28, 29, 30, 31]),
        ("市应急局不牵头、只配合的是哪几项", [8, 15]),
        ("第四部分列了哪几项任务", [19, 20, 21, 22]),
        ("最后一部分有几项任务", [28, 29, 30, 31]),
        ("第二部分里没有具体完成日期的任务是哪一项", [15]),
        ("余伟、乔彦强都是责任领导的任务有哪些", [14, 16, 17, 18]),
        ("只有徐汇川一位领导负责的任务有哪几项", [19, 20, 21, 22]),
        ("市生态环境局牵头、余伟不负责的任务有哪些", [13, 24]),
        ("没有牵头单位的任务有几项", [3, 6, 10, 22]),
        ("常务副市长高喜东负责、市发展改革委牵头的任务有哪些", [4, 23, 25]),
        ("整改时限是持续推进的任务有哪些", [25]),
        ("余伟没有分管的任务有哪些", [1, 3, 5, 6, 7, 9, 10, 13, 19, 20, 21, 22, 24, 26]),
        ("余伟没分管、徐汇川分管的任务有哪些", [19, 20, 21, 22, 26]),
        ("余伟未分管而高喜东分管的任务有哪些", [5, 6, 7, 13, 24]),
        ("高喜东没有分管、余伟分管的任务有哪些", [17]),
        ("市公安局牵头但市工信局不配合的任务有哪些", [15]),
        ("市生态环境局牵头、没有市工信局配合的任务有哪些", [13, 24, 27]),
        ("市生态环境局牵头、市公安局不参与的任务有哪些", [2, 11, 12, 13, 14, 24, 27]),
        ("第六部分没有市生态环境局的任务有哪些", []),
        ("市公安局和市交通运输局共同牵头的任务有哪些", [28, 29, 30, 31]),
        ("市公安局、市交通运输局都牵头的任务有哪些", [28, 29, 30, 31]),
        ("市公安局和市交通运输局一起牵头的有几项", [28, 29, 30, 31]),
        ("市公安局或市交通运输局牵头的任务有哪些", [15, 20, 26, 28, 29, 30, 31]),
        (
            "徐汇川或者李军信分管的任务有几项",
            [2, 4, 11, 14, 15, 16, 19, 20, 21, 22, 25, 26, 28, 29, 30, 31],
        ),
        ("市农业农村局牵头或配合的任务有哪些", [14, 16, 17, 18]),
        ("11月底前要完成的任务有哪些", [14]),
        ("哪些任务6月底前要完成", []),
        ("年底前要完成的任务有哪些", [4, 14]),
        ("三季度要完成的任务有哪些", [14]),
        ("下半年到期的任务有哪些", [4, 14]),
        ("2020年6月到12月之间到期的任务有哪些", [4, 14]),
        ("2020年到2022年到期的任务有哪些", [4, 14, 17]),
        ("散尘领域有哪些任务要长期坚持", [19, 20, 21]),
        ("还没完成的任务有几项", [*range(1, 22), *range(24, 32)]),
        ("市公安居牵头哪些任务", [15, 28, 29, 30, 31]),
    ],
)
def test_lists_are_complete_and_counted(engine: LocalEngine, text: str, items: list[int]):
    found = answer(engine, text)
    assert found.kind is AnswerKind.LIST
    assert numbers(found) == items
    assert found.total == len(items)
    assert found.text.startswith(f"共{len(items)}项")


@pytest.mark.parametrize(
    "text",
    [
        "北京市烤烟用煤整改时限",
        "信阳市散煤整改时限",
        "南阳市黑加油站由谁牵头",
        "漯河市2019年PM10年均浓度是多少",
        "医保报销比例是多少",
        "漯河市食品安全专项整治时限",
        "北京市第17项任务整改时限",
        "2025年第17项整改时限",
        "北京市公安局牵头哪些任务",
        "临颍县公安局牵头哪些任务",
        "2023年市公安局牵头哪些任务",
        "登封市一共有多少项任务",
        "南京市徐汇川负责哪些任务",
        "河南省散煤整改时限",
        "2021年散煤整改时限",
        "二〇二三年烤烟用煤整改时限",
        "23年烤烟用煤整改时限",
        "登封市谁牵头黑加油站",
        "河长制谁牵头",
        "漯河长江岸线有多长",
        "登封煤炭消费总量要削减多少",
        "登封长江岸线开发利用率",
        "南京2020年煤炭消费总量控制在多少",
        "漯河2021年煤炭消费总量控制目标",
        "2022年铁路货运量增长多少",
        "第0项整改时限",
        "漯发〔2021〕13号第17项谁牵头",
        "南环路大修的施工单位是哪家",
        "散煤销售点罚款多少元",
        "煤炭消费总量控制目标由谁负责",
        "农村生活污水谁牵头",
        "领导小组什么时候成立",
        "第-1项时限",
        "谁牵头",
        "第99项谁牵头",
        "豫发〔2021〕5号是什么文件",
        "市财政局负责哪些任务",
        "不是由市公安局牵头的任务有哪些",
        "督察反馈的31项问题什么时候整改完成",
        "责任领导呢",
        "的了吗呢",
    ],
)
def test_what_the_corpus_does_not_hold_is_not_answered(engine: LocalEngine, text: str):
    found = answer(engine, text)
    assert found.abstained
    assert found.text.endswith("。")
    assert found.value == {}
    assert found.tasks == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("整改方案什么时候印发的", "2020年7月23日"),
        ("贯彻落实省委三散督察反馈意见整改方案的文号", "漯发〔2020〕13号"),
        ("漯河市污染防治攻坚战战报的印发日期", "2020 年 1 月 2 日"),
        ("登封市污染防治攻坚会议的发文字号", None),  # it has none
        ("讲话的印发日期", None),  # of several documents none is meant
    ],
)
def test_a_document_is_asked_for_its_number_and_date(
    engine: LocalEngine, text: str, words: str | None
):
    found = answer(engine, text)
    assert found.abstained == (words is None)
    if words:
        assert found.text == words
        assert found.citations[0].quote == words


def test_nearest_passages_never_hold_the_deadline_of_another_task(engine: LocalEngine):
    found = answer(engine, "北京市烤烟用煤整改时限")
    assert "没有关于北京的文件" in found.text
    assert all("整改时限" not in citation.quote for citation in found.citations)


@pytest.mark.parametrize(
    ("text", "words", "due", "item"),
    [
        (
            "市区周边11个乡镇烤烟电代煤什么时候完成",
            "2020年完成市区周边11个乡镇",
            date(2020, 12, 31),
            17,
        ),
        ("G107城区段病害处理时限", "8月底前完成G107城区段", date(2020, 8, 31), 20),
        ("龙江路城区段病害处理时限", "7月底前完成龙江路城区段", date(2020, 7, 31), 20),
        ("城乡结合部垃圾露天堆放什么时候解决", "2020年6月底前", date(2020, 6, 30), 19),
        ("国三货车什么时候淘汰", "2020年力争", None, 26),
    ],
)
def test_a_step_has_its_own_date_and_the_whole_task_s_beside_it(
    engine: LocalEngine, text: str, words: str, due: date | None, item: int
):
    found = answer(engine, text)
    assert numbers(found) == [item]
    assert words in found.text
    assert "整项任务的时限" in found.text
    assert found.value["due"] == due
    assert words in found.citations[0].quote


def test_item_ranges_name_every_item_between(engine: LocalEngine):
    assert numbers(answer(engine, "第5项到第8项的责任领导")) == [5, 6, 7, 8]
    assert numbers(answer(engine, "第16至18项的牵头单位")) == [16, 17, 18]
    assert numbers(answer(engine, "第16项和第18项的牵头单位")) == [16, 18]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("第19项领导是谁", "徐汇川"),
        ("第4项的领导", "高喜东"),
        ("烤烟用煤领导是谁", "余伟"),
        ("工业围城的领导有哪几位", "高喜东"),
    ],
)
def test_leaders_are_asked_for_by_the_bare_word(engine: LocalEngine, text: str, words: str):
    assert answer(engine, text).text.startswith(words)


def test_of_two_steps_that_whose_words_end_the_subject_is_meant(engine: LocalEngine):
    assert answer(engine, "产业集群综合整治什么时候完成").text.startswith("8月底前完成综合整治")
    assert "3月底前制定完成" in answer(engine, "产业集群整治方案什么时候前制定完成").text


def test_another_document_s_number_is_not_taken_for_this_one_s(engine: LocalEngine):
    assert answer(engine, "漯发〔2019〕13号").abstained
    assert answer(engine, "漯发〔2020〕14号的主要内容").abstained


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("吕娜什么职务", "市委常委、组织部部长、市政府党组成员"),
        ("舞阳县县长是谁", "张书民"),
        ("漯河市长是谁", "刘尚进"),
        ("市公安局局长是谁", "李军信"),
    ],
)
def test_who_holds_a_post(engine: LocalEngine, text: str, expected: str):
    found = answer(engine, text)
    assert found.text == expected
    assert found.citations[0].quote.startswith("责任领导:")


def test_a_guessed_unit_is_marked_in_a_list_too(engine: LocalEngine):
    found = answer(engine, "商务局牵头哪些任务")
    assert found.text.count("推断") == 2
    assert any(detail.label == "注意" for detail in found.details)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("立行立改的问题什么时候验收", "2020年6月底前验收"),
        ("产业集群整治方案什么时候制定完成", "3月底前制定完成"),
        ("3.5T以上重型货车是哪个部门的统计口径", "交警部门"),
        ("2019年漯河多少县区没有环保问责", "半数"),
        ("烟叶烘烤技术培训什么时候搞", "每年6月底前"),
        ("南环路什么时候开工", "6月份开工"),
    ],
)
def test_what_only_looks_like_a_question_for_the_ledger_is_a_fact(
    engine: LocalEngine, text: str, words: str
):
    found = answer(engine, text)
    assert found.kind is AnswerKind.FACT
    assert words in found.text


def test_a_refusal_does_not_forget_what_was_spoken_of(engine: LocalEngine):
    _, context = ask(engine, "工业围城谁牵头")
    _, context = ask(engine, "火星基地在哪里建设", context)
    found, context = ask(engine, "什么时候改完", context)
    assert numbers(found) == [25]
    _, context = ask(engine, "南环路什么时候通车", context)
    found, _ = ask(engine, "谁负责", context)
    assert numbers(found) == [20]


def test_the_second_task_of_a_list_and_a_new_subject(engine: LocalEngine):
    _, context = ask(engine, "市公安局牵头哪些任务")
    found, context = ask(engine, "第二个的责任领导", context)
    assert numbers(found) == [28]
    found, context = ask(engine, "那烤烟用煤呢", context)
    assert numbers(found) == [17]
    assert found.text.startswith("余伟")


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (["市公安局牵头哪些任务", "最后一个的时限", "第一个谁牵头"], [[15, 28, 29, 30, 31], [31], [15]]),
        (["产业集群治理等待观望,舞阳县是谁负责", "郾城区呢"], ["张书民", "李新伟"]),
        (["扬尘办视频监控平台不能回放,谁牵头", "现在整改到什么程度了", "领导是谁"], ["市住房和城乡建设局", "已整改到位", "徐汇川"]),
        (["工业围城整改目标", "这一项由哪几位市领导负责"], [[25], [25]]),
        (["发改委牵头的工业围城整改,配合单位有哪些", "时限是怎么写的"], [[25], [25]]),
        (["南京段长江干流岸线有多长", "占全省多少"], ["197 公里", "28%"]),
        (["市公安局牵头哪些任务", "那市农业农村局呢", "市公安局呢"], [[15, 28, 29, 30, 31], [17], [15, 28, 29, 30, 31]]),
        (["2020年底前到期的任务", "8月底前呢"], [[4, 14], [14]]),
        (["散煤治理领域有哪些任务", "散尘呢", "那市公安局呢"], [[16, 17, 18], [19, 20, 21, 22], "共0项"]),
        (["余伟分管哪些任务", "那市体育局呢"], ["共17项", "没有市体育局的任务"]),
        (["市公安局牵头哪些任务", "那郑州呢"], ["共5项", "没有关于郑州的任务"]),
    ],
)  # fmt: skip
def test_what_follows_is_understood_by_what_was_said(
    engine: LocalEngine, turns: list[str], expected: list
):
    context = Context()
    for text, wanted in zip(turns, expected, strict=True):
        found, context = ask(engine, text, context)
        if isinstance(wanted, str):
            assert wanted in found.text
        else:
            assert numbers(found) == wanted


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("发展路径要实现哪“三个转变”", ["质量提升", "源头治理", "综合运用多种手段"]),
        ("从主观上找差距,有哪些意识有待加强", ["责任意识", "担当意识", "紧迫意识", "攻坚意识"]),
    ],
)
def test_parts_that_are_announced_are_told_whole_and_each_is_cited(
    engine: LocalEngine, text: str, parts: list[str]
):
    found = answer(engine, text)
    assert found.total == len(parts) == len(found.text.splitlines())
    for line, words, citation in zip(found.text.splitlines(), parts, found.citations, strict=False):
        assert words in line
        assert citation.quote == line


@pytest.mark.parametrize(
    "text",
    [
        "南环路大修全长多少公里",  # the passage has months and money, no length
        "散乱污企业取缔后安置了多少人",
        "市烟草公司的联系电话",
        "漯河市污染防治攻坚战战报第3期说了什么",
    ],
)
def test_what_is_counted_must_be_counted_in_the_answer(engine: LocalEngine, text: str):
    assert answer(engine, text).abstained


@pytest.mark.parametrize("text", ["列出全部任务", "全部任务有哪些", "所有任务", "任务清单"])
def test_a_question_for_everything_lists_everything(engine: LocalEngine, text: str):
    assert numbers(answer(engine, text)) == list(range(1, 32))


def test_a_task_asked_for_in_other_words_is_told_with_a_word_of_caution(engine: LocalEngine):
    found = answer(engine, "乡下路面坑洼没人修，多久搞完")
    assert numbers(found) == [20]
    assert found.text == "立行立改、长期坚持"
    assert [detail.text for detail in found.details if detail.label == "注意"] == [
        "问法与文件用词不同,是按意思对应到这一项的,请核对"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "学校食堂漏水，多久修好",
        "污水厂老板跑路了，这事哪位副市长管",
        "城里的环卫工加班工资，多久发完",
    ],
)
def test_what_no_task_stands_out_for_is_refused(engine: LocalEngine, text: str):
    assert answer(engine, text).abstained


def test_units_are_told_as_the_plan_writes_them(engine: LocalEngine):
    found = answer(engine, "第1项的配合单位")
    assert found.text.endswith("各县区(功能区)党委(党工委)、人民政府(管委会)")
    assert all(part in found.citations[0].quote for part in found.text.split("、"))


def test_a_conversation_remembers_what_it_is_about(engine: LocalEngine):
    context = Context()
    texts = []
    for text in ("烤烟用煤整改时限", "责任单位呢", "那责任领导呢?"):
        found, context = ask(engine, text, context)
        texts.append((numbers(found), found.text))
    assert [items for items, _ in texts] == [[17], [17], [17]]
    assert "市农业农村局" in texts[1][1]
    assert texts[2][1].startswith("余伟")


def test_a_reprint_is_named_beside_the_copy_that_is_quoted(engine: LocalEngine):
    found = answer(engine, "当前和今后一个时期我们面临怎样的环保新挑战")
    assert found.kind is AnswerKind.FACT
    assert found.also_in
    assert found.citations[0].document_id not in {copy.document_id for copy in found.also_in}


@pytest.mark.parametrize("text", ["", "  \n", "问" * (LONGEST_QUESTION + 1)])
def test_an_empty_or_absurd_question_is_refused(engine: LocalEngine, text: str):
    with pytest.raises(QuestionError):
        ask(engine, text)


@pytest.mark.parametrize("mode", list(Mode))
def test_every_mode_finds_the_passage(engine: LocalEngine, mode: Mode):
    hits = search(engine, "食用菌养殖违规使用散煤", 5, mode=mode)
    assert any("食用菌" in squeeze(hit.passage.text) for hit in hits[:2])
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_search_for_nothing_finds_nothing(engine: LocalEngine):
    assert search(engine, "  ", 5) == []
    with pytest.raises(ValueError, match="at least 1"):
        search(engine, "散煤", 0)


def test_questions_about_a_corpus_without_tasks(tmp_path: Path):
    from bot.indexing import collect, run_build

    (tmp_path / "a.txt").write_text(
        "第一条 为保护环境,制定本办法。\n第二条 城市公园每日八时开放。", "utf-8"
    )
    run_build(collect([tmp_path / "a.txt"])[0], tmp_path / "home", None)
    engine = LocalEngine.open(tmp_path / "home")
    assert "八时开放" in answer(engine, "城市公园每天几时开放").text
    assert answer(engine, "烤烟用煤整改时限").abstained


FIELD_WORDS = ("整改时限", "由谁牵头", "配合单位", "责任单位", "责任领导", "整改目标", "整改措施")
# Counts and item numbers are the answer's own; everything else must have been read somewhere.
OWN_NUMBERS = r"有\d+项任务符合|共\d+项|第-?\d+项"


def unsupported(found: Answer) -> list[str]:
    """Numbers, dates and units of an answer that stand in none of its citations."""
    quotes = squeeze("\n".join(citation.quote for citation in found.citations))
    said = re.sub(OWN_NUMBERS, "", found.text)
    numbers_said = re.findall(r"\d+(?:\.\d+)?%?", squeeze(said))
    units = [
        unit
        for task in found.tasks
        for unit in (*task.lead_units, *task.cooperating_units)
        if unit in found.text and f"{unit}(推断)" not in found.text
    ]
    named = [unit for unit in units if not all(part in quotes for part in unit_parts(unit))]
    return [number for number in numbers_said if number not in quotes] + named


def unit_parts(unit: str) -> list[str]:
    """The parts of a unit's name; 各县区(功能区) may stand once before two bodies."""
    return [part for part in re.split(r"(?<=\))", squeeze(unit)) if part]


@pytest.mark.parametrize("words", FIELD_WORDS)
def test_every_number_and_unit_of_a_field_answer_stands_in_its_citations(
    engine: LocalEngine, words: str
):
    for task in engine.tasks():
        found = answer(engine, f"第{task.number}项的{words}")
        assert numbers(found) == [task.number]
        assert unsupported(found) == [], (task.number, words)


@pytest.mark.parametrize("text", ASKED)
def test_every_number_of_an_answer_stands_in_its_citations(engine: LocalEngine, text: str):
    found = answer(engine, text)
    assert found.abstained or unsupported(found) == []


PLAN = """信环委〔2023〕7号
信阳市生态环境保护委员会
关于印发《信阳市督察反馈问题整改方案》的通知
各县区人民政府，市直各有关单位：
现印发给你们，请认真组织实施。
2023年3月15日
一、整改任务
（一）浉河区污水管网建设滞后，老城区雨污混流。
整改目标：2023年底前完成老城区雨污分流改造。
整改时限：2023年12月底前
责任单位：市住房和城乡建设局牵头，浉河区人民政府、市水利局配合。
责任人：张 强 副市长
（二）秸秆露天焚烧屡禁不止，散煤复燃时有发生。
整改目标：火点数量同比下降50%以上。
整改时限：2023年10月底前
责任单位：市农业农村局牵头，市生态环境局配合。
责任人：王 军 副市长
"""


@pytest.fixture(scope="module")
def two_plans(tmp_path_factory: pytest.TempPathFactory) -> LocalEngine:
    """The shipped corpus and another city's plan."""
    from bot.indexing import collect, run_build

    folder = tmp_path_factory.mktemp("plans")
    (folder / "信阳.txt").write_text(PLAN, "utf-8")
    files = [*collect([])[0], *collect([folder / "信阳.txt"])[0]]
    run_build(files, folder / "home", None)
    return LocalEngine.open(folder / "home")


@pytest.mark.parametrize(
    ("text", "plans"),
    [
        ("第2项谁牵头", {"漯发〔2020〕13号", "信环委〔2023〕7号"}),
        ("信阳市第2项谁牵头", {"信环委〔2023〕7号"}),
        ("漯河市第2项谁牵头", {"漯发〔2020〕13号"}),
        ("信阳散煤复燃整改时限", {"信环委〔2023〕7号"}),
        ("信阳市生态环境局配合哪些任务", {"信环委〔2023〕7号"}),
        ("信阳一共有多少项任务", {"信环委〔2023〕7号"}),
        ("市水利局配合哪些任务", {"信环委〔2023〕7号"}),
        ("烤烟用煤整改时限", {"漯发〔2020〕13号"}),
    ],
)
def test_two_plans_are_told_apart_by_place_and_both_shown_without_one(
    two_plans: LocalEngine, text: str, plans: set[str]
):
    found = answer(two_plans, text)
    assert {two_plans.document(task.document_id).number for task in found.tasks} == plans
    if len(plans) > 1:
        assert all(plan in found.text for plan in plans)
