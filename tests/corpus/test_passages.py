import json
from functools import cache
from pathlib import Path

import pytest

from corpus.edits import raw_span
from corpus.errors import LoadError
from corpus.formats.decoding import read_text
from corpus.reading import read_file
from corpus.records import Reading
from corpus.sources import SHIPPED

PREFIXES = ["000", "001", "002", "003", "004"]


@cache
def reading(prefix: str) -> Reading:
    path = next(SHIPPED.glob(f"{prefix}*"))
    return read_file(path, path.name)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_passage_is_the_text_of_its_span(prefix: str):
    documents = {document.id: document for document in reading(prefix).documents}
    for passage in reading(prefix).passages:
        document = documents[passage.span.document_id]
        assert document.text[passage.span.start : passage.span.end] == passage.text
        assert passage.text.strip()


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_character_but_white_space_stands_in_a_passage(prefix: str):
    for document in reading(prefix).documents:
        covered = bytearray(len(document.text))
        for passage in reading(prefix).passages:
            if passage.span.document_id == document.id:
                width = passage.span.end - passage.span.start
                covered[passage.span.start : passage.span.end] = b"\1" * width
        lost = [c for c, seen in zip(document.text, covered, strict=True) if not seen]
        assert not "".join(lost).strip()


@pytest.mark.parametrize("prefix", PREFIXES)
def test_passages_lead_back_to_the_file(prefix: str):
    file = read_text(next(SHIPPED.glob(f"{prefix}*")))
    documents = {document.id: document for document in reading(prefix).documents}
    for passage in reading(prefix).passages:
        document = documents[passage.span.document_id]
        start, end = raw_span(document, passage.span.start, passage.span.end)
        assert document.raw_start <= start < end <= document.raw_start + len(document.raw)
        if not document.edits:
            assert file[start:end] == passage.text


def test_no_passage_is_too_long_to_be_read_as_evidence():
    lengths = [len(passage.text) for prefix in PREFIXES for passage in reading(prefix).passages]
    assert max(lengths) <= 500
    assert len(lengths) == len([length for length in lengths if length])


def test_a_field_of_a_task_knows_its_heading_path_and_its_problem():
    (deadline,) = [
        passage
        for passage in reading("004").passages
        if passage.kind == "task.deadline" and (passage.task or "").endswith("#17")
    ]
    assert deadline.text == "整改时限:2022年年底"
    assert deadline.heading[0] == "附件"
    assert deadline.heading[1].startswith("三、散煤治理领域还存在较多漏洞")
    assert deadline.heading[2] == "17"
    assert "烤烟用煤" in deadline.context


def test_headings_are_joined_with_what_they_head():
    texts = [passage.text for passage in reading("003").passages]
    assert any(text.startswith("一是敢于直面问题。\n2025年以来") for text in texts)


def test_each_line_of_a_beir_corpus_is_one_document_and_one_passage(tmp_path: Path):
    path = tmp_path / "corpus.jsonl"
    rows = [
        {"_id": "a1", "title": "大气法第一条", "text": "为保护环境,制定本法。"},
        {"_id": "a2", "text": "防治大氣污染。"},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    read = read_file(path, "corpus.jsonl")
    assert [document.id for document in read.documents] == ["a1", "a2"]
    assert [passage.text for passage in read.passages] == [
        "为保护环境,制定本法。",
        "防治大气污染。",
    ]


@pytest.mark.parametrize("line", ["{", '{"_id": "x"}', '["a"]', '{"_id": 1, "text": 2}'])
def test_a_bad_line_of_a_beir_corpus_is_named(tmp_path: Path, line: str):
    path = tmp_path / "corpus.jsonl"
    path.write_text('{"_id": "a", "text": "好"}\n' + line, "utf-8")
    with pytest.raises(LoadError, match="第 2 行"):
        read_file(path, "corpus.jsonl")


def test_a_kind_of_file_that_cannot_be_read_is_refused(tmp_path: Path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"PK")
    with pytest.raises(LoadError, match=r"不能读取这种文件"):
        read_file(path, "表.xlsx")


@pytest.mark.parametrize("toml", ["[", '["a.txt"]\ntitel = "x"', '["a.txt"]\ntitle = 3'])
def test_a_bad_sources_file_is_refused(tmp_path: Path, toml: str):
    (tmp_path / "sources.toml").write_text(toml, "utf-8")
    (tmp_path / "a.txt").write_text("正文。", "utf-8")
    with pytest.raises(LoadError, match=r"sources\.toml"):
        read_file(tmp_path / "a.txt", "a.txt")


@pytest.mark.parametrize(
    "line",
    [
        '{"_id": "", "text": "好"}',
        '{"_id": null, "text": "好"}',
        '{"_id": "x", "text": ""}',
        '{"_id": "x", "title": {"a": 1}, "text": "好"}',
        '{"_id": "x", "text": "\\ud800"}',
        "[" * 100_000,
    ],
)
def test_a_strange_line_of_a_beir_corpus_is_a_load_error(tmp_path: Path, line: str):
    path = tmp_path / "corpus.jsonl"
    path.write_text('{"_id": "a", "text": "好"}\n' + line, "utf-8")
    with pytest.raises(LoadError, match="第 2 行"):
        read_file(path, "corpus.jsonl")


@pytest.mark.parametrize("damage", [b"", b"not gzip at all", None])
def test_a_damaged_gzip_is_a_load_error(tmp_path: Path, damage: bytes | None):
    import gzip

    path = tmp_path / "corpus.jsonl.gz"
    whole = bytearray(gzip.compress(b'{"_id": "a", "text": "x"}\n' * 500))
    whole[20:40] = bytes(20)
    path.write_bytes(bytes(whole) if damage is None else damage)
    with pytest.raises(LoadError):
        read_file(path, "corpus.jsonl.gz")


def test_line_ends_of_another_system_change_nothing_but_the_raw_offsets(tmp_path: Path):
    source = next(SHIPPED.glob("002*"))
    path = tmp_path / source.name
    path.write_bytes(read_text(source).replace("\n", "\r\n").encode())
    here, there = reading("002"), read_file(path, source.name)
    assert [item.title for item in there.documents] == [item.title for item in here.documents]
    assert [item.text for item in there.documents] == [item.text for item in here.documents]
    assert [item.text for item in there.passages] == [item.text for item in here.passages]


@pytest.mark.parametrize(
    "text",
    [
        "中" * 60_000,
        "a" * 60_000,
        "1" * 60_000,
        "36500体育" * 8_000,
        "、" * 60_000,
        "(" * 60_000,
        "(a)" * 20_000,
    ],
)
def test_no_text_takes_long_to_read(tmp_path: Path, text: str):
    from index.tokens import tokenize

    path = tmp_path / "long.txt"
    path.write_text(text, "utf-8")
    for passage in read_file(path, "long.txt").passages:
        tokenize(passage.text)
