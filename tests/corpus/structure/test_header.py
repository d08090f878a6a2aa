import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from corpus.structure.header import read_header

CASES = json.loads((Path(__file__).parents[2] / "cases" / "heads.json").read_text("utf-8"))


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_document_says_of_itself(case: dict[str, object]):
    read = {key: _plain(value) for key, value in asdict(read_header(str(case["text"]))).items()}
    expected = case["expected"]
    assert {key: read[key] for key in expected} == expected


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_blank_lines_between_the_lines_change_nothing(case: dict[str, object]):
    text = str(case["text"])
    assert read_header(text.replace("\n", "\n\n")) == read_header(text)


@pytest.mark.parametrize("text", ["", "\n \n", "一", "：", "附件", "2020年", "第1号", "关于"])
def test_hardly_any_text_is_read_too(text: str):
    assert read_header(text).issued_on is None


def test_the_page_around_a_text_dates_a_news_report_and_nothing_else():
    page = ["首页 > 新闻", "发布时间：2023-05-12 17:30 来源：市水利局"]
    body = "\n5月11日，市水利局召开会议，安排部署今年防汛工作。"
    news = read_header("市水利局召开防汛工作会议" + body, page)
    assert news.issued_on == date(2023, 5, 12)
    assert read_header("关于防汛工作的通知" + body, page).issued_on is None
    assert read_header("在防汛工作会上的讲话" + body, page).issued_on is None
