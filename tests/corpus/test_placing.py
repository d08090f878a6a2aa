"""Where tables and pages stand in the clean text."""

from pathlib import Path

import pytest

from corpus.placing import columns_at, page_at, place_pages, place_tables
from corpus.reading import read_file
from corpus.records import Cell, Document, Edit, Page, Row, Table

LEDGER = """# 台账

| 序号 | 问题 | 牵头 单位 | 完成时限 |
|---|---|---|---|
| 1 | 油气回收停用 | 县商务局 | 2022年底 |
| 2 | 脱硫不正常 | 县工信局 | 十四五末 |
"""


@pytest.fixture
def read(tmp_path: Path):
    def from_markdown(text: str) -> Document:
        path = tmp_path / "a.md"
        path.write_text(text, "utf-8")
        return read_file(path, "a.md").documents[0]

    return from_markdown


def columns(document: Document, words: str) -> tuple[str, ...]:
    start = document.text.index(words)
    return columns_at(document.text, document.tables, start, start + len(words))


@pytest.mark.parametrize(
    ("words", "heads"),
    [
        ("2022年底", ("完成时限",)),
        ("县工信局", ("牵头单位",)),
        ("县商务局\t2022年底", ("牵头单位", "完成时限")),
        ("完成时限", ()),  # the head itself
        ("2022", ()),  # part of a cell
    ],
)
def test_cells_stand_under_the_heads_of_their_columns(read, words, heads):
    assert columns(read(LEDGER), words) == heads


def test_a_table_of_names_and_values_has_no_head(read):
    document = read("| 问题 | 油气回收停用 |\n|---|---|\n| 时限 | 2022年底 |\n")
    assert columns(document, "2022年底") == ()


def test_a_page_holds_what_begins_on_it():
    pages = (Page(3, 0), Page(4, 10))
    assert [page_at(pages, offset) for offset in (0, 9, 10, 99)] == [3, 3, 4, 4]
    assert page_at((), 5) is None


def table(*rows: list[tuple[int, int]]) -> Table:
    return Table(tuple(Row(tuple(Cell(*cell) for cell in row)) for row in rows))


def test_cells_follow_the_edits_and_a_deleted_one_is_empty():
    # raw: "甲\t乙丙\n丁\t戊" within a file that begins 10 characters earlier
    tables = [table([(10, 11), (12, 14)], [(15, 16), (17, 18)])]
    edits = [Edit(0, 1, "", "r"), Edit(3, 4, "丙丙", "r")]
    (placed,) = place_tables(tables, edits, 10, 18)
    assert placed == table([(0, 0), (1, 4)], [(5, 6), (7, 8)])


def test_a_table_over_two_documents_keeps_in_each_the_rows_inside():
    tables = [table([(0, 1), (2, 3)], [(4, 5), (6, 7)])]
    assert place_tables(tables, [], 0, 4) == (table([(0, 1), (2, 3)]),)
    assert place_tables(tables, [], 4, 7) == (table([(0, 1), (2, 3)]),)
    assert place_tables(tables, [], 7, 9) == ()


def test_a_document_that_begins_within_a_page_knows_its_number():
    pages = [Page(1, 0), Page(2, 100), Page(3, 200)]
    assert place_pages(pages, [Edit(10, 20, "", "r")], 150, 260) == (Page(2, 0), Page(3, 40))
    assert place_pages((), [], 0, 9) == ()
