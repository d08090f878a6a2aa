import json
from pathlib import Path

import pytest

from corpus.structure.header import read_header
from corpus.structure.split import split_documents

CASES = json.loads((Path(__file__).parents[2] / "cases" / "splits.json").read_text("utf-8"))
NAMES = [case["name"] for case in CASES]


def titles(text: str) -> list[str]:
    ranges, _ = split_documents(text)
    return [read_header(text[start:end]).title for start, end in ranges]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_file_is_cut_where_its_documents_begin(case: dict[str, object]):
    assert titles(str(case["text"])) == case["titles"]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_blank_lines_and_ends_of_lines_change_nothing(case: dict[str, object]):
    assert titles(str(case["text"]).replace("\n", "\r\n\r\n")) == case["titles"]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_ranges_leave_nothing_out(case: dict[str, object]):
    text = str(case["text"])
    ranges, _ = split_documents(text)
    assert "".join(text[start:end] for start, end in ranges) == text
    assert all(start < end for start, end in ranges)
