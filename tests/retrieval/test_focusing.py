import pytest

from retrieval.coverage import Term
from retrieval.expecting import expected
from retrieval.focusing import LONGEST, focus

SENTENCE = (
    "2019年12月30日,市长刘尚进在《关于2019年污染防治攻坚战情况的报告》上作出批示,全市上下坚持以“三铁”精神"
    "打好污染防治攻坚战,空气质量六项因子除臭氧外全面改善,耕地安全利用率为100%,均居历史最好水平。"
)


def said(text: str, question: str, *words: str, years: tuple[str, ...] = ()) -> str:
    expectation = expected(question)
    start, end = focus(
        text,
        [Term(word, 1.0) for word in words],
        lambda part: expectation is None or expectation.met_by(part),
        years,
    )
    return text[start:end].strip(",。")


@pytest.mark.parametrize(
    ("question", "words", "answer"),
    [
        ("哪天作出批示", ("刘尚进", "批示"), "2019年12月30日"),
        ("耕地安全利用率是多少", ("耕地", "安全利用"), "耕地安全利用率为100%"),
        ("全市上下坚持什么精神", ("全市上下", "坚持"), "“三铁”精神"),
    ],
)
def test_the_clauses_that_hold_what_is_asked_for_are_said(question, words, answer):
    found = said(SENTENCE, question, *words)
    assert answer in found
    assert len(found) <= LONGEST


def test_the_clauses_of_the_year_that_is_asked_for_are_said():
    text = "2020年完成11个乡镇的改造任务,为全市烤房电代煤改造工作打下基础,2021年底前完成改造任务的80%,2022年底前完成剩余改造任务,不留死角。"
    found = said(text, "2021年完成多少", "改造", years=("2021",))
    assert "2021年底前完成改造任务的80%" in found
    assert "11个乡镇" not in found


def test_a_year_named_once_holds_for_what_follows():
    text = "2018年,优良率要达到75%以上,细颗粒物年均浓度要下降到40微克每立方米以下,断面优于三类水质比例稳定在63.6%以上,煤炭消费总量要削减250万吨。"
    found = said(text, "2018年煤炭消费总量削减多少吨", "煤炭", "消费总量", years=("2018",))
    assert found.endswith("煤炭消费总量要削减250万吨")


def test_a_text_without_clauses_is_said_whole():
    assert focus("烤烟用煤", [], lambda _: True) == (0, 4)
    assert focus("", [], lambda _: True) == (0, 0)


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("县委书记是谁", "县委书记李建涛主持", "县委书记高度重视"),
        ("谁是组长", "成立由蒿慧杰任组长的领导小组", "督察组对我市开展督察,组长另行通知"),
        ("利用率分别是多少", "利用率均为100%", "2019年12月30日"),
        ("几月几号批示的", "12月31日批示", "2019年作出批示"),
        ("凭什么精神打攻坚战", "以“三铁”精神", "今年以来"),
    ],
)
def test_what_is_expected_is_told_from_what_only_looks_like_it(question, holds, lacks):
    expectation = expected(question)
    assert expectation is not None
    assert expectation.met_by(holds)
    assert not expectation.met_by(lacks)
