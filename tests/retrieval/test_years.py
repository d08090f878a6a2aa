"""今年 in an answer is told beside the quoted words, and only where its year is known."""

from datetime import date

import pytest

from corpus.records import Document
from retrieval.records import Answer, AnswerKind, Citation, Detail
from retrieval.years import with_years

ISSUED = Document("a", "整改通知", "", "", "a.txt", issued_on=date(2020, 12, 23), year=2020)
NUMBERED = Document("b", "攻坚方案", "", "", "b.txt", number="漯政〔2018〕5号", year=2018)
TITLED = Document("c", "2021年会上的讲话", "", "", "c.txt", year=2021)
UNKNOWN = Document("d", "讲话", "", "", "d.txt")


class Shelf:
    """An engine of which only the documents are asked for."""

    def document(self, identifier: str) -> Document:
        return {one.id: one for one in (ISSUED, NUMBERED, TITLED, UNKNOWN)}[identifier]


def answered(text: str, *documents: Document, kind: AnswerKind = AnswerKind.FACT) -> list[str]:
    citations = tuple(
        Citation(one.id, one.title, None, one.source, (), text, 0, len(text), 0, len(text))
        for one in documents
    )
    answer = Answer("问", kind, text, citations, 1.0, details=(Detail("文件", "题"),))
    after = with_years(Shelf(), answer)  # type: ignore[arg-type]
    assert (after.text, after.citations) == (answer.text, answer.citations)
    assert after.details[0] == answer.details[0]
    return [detail.text for detail in after.details[1:]]


@pytest.mark.parametrize(
    ("document", "text", "expected"),
    [
        (ISSUED, "今年目标定的是75%", ["今年指2020年"]),
        (ISSUED, "去年完成80%,明年完成剩余任务", ["去年指2019年", "明年指2021年"]),
        (ISSUED, "上半年下降5%", ["上半年指2020年上半年"]),
        (ISSUED, "本月完成,下月验收", ["本月指2020年12月", "下月指2021年1月"]),
        (NUMBERED, "今年完成,本月开工", ["今年指2018年"]),
        (TITLED, "今年要新建3座水厂", ["今年指2021年(推断)"]),
        (TITLED, "与去年上半年相比增加", ["去年指2020年(推断)"]),
    ],
)
def test_a_relative_year_is_told(document: Document, text: str, expected: list[str]) -> None:
    assert answered(text, document) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2019年上半年下降5%",
        "2020年底前完成",
        "目前年均浓度达标",
        "以后年度继续",
        "今年轻干部",
        "立行立改",
    ],
)
def test_what_is_no_relative_year_is_left_alone(text: str) -> None:
    assert answered(text, ISSUED) == []


def test_nothing_is_told_where_the_year_is_not_known_or_nothing_is_answered() -> None:
    assert answered("今年目标定的是75%", UNKNOWN) == []
    assert answered("今年没有收入", ISSUED, kind=AnswerKind.NONE) == []


def test_documents_of_different_years_are_told_apart() -> None:
    assert answered("今年要完成", ISSUED, NUMBERED) == [
        "今年指2020年(《整改通知》)",
        "今年指2018年(《攻坚方案》)",
    ]
    assert answered("今年要完成", ISSUED, UNKNOWN) == ["今年指2020年"]
