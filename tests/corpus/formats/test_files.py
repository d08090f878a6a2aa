import io
import os
import random
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from corpus.edits import apply_edits, raw_span
from corpus.errors import LoadError
from corpus.formats.files import read_raw
from corpus.placing import page_at
from corpus.reading import is_document, is_readable, read_file
from corpus.records import Document, Reading
from tests.corpus.formats.paper import PageBreak, body, pdf, table
from tests.corpus.formats.words import docx, p, tbl

ROWS = [
    ["序号", "问题", "责任单位", "整改时限"],
    ["1", "散煤治理不到位", "市公安局", "2020年8月底前"],
    ["2", "扬尘治理不到位", "市住建局", "2021年6月底前"],
]
TITLE = "关于印发整改方案的通知"
PIPES = [f"| {' | '.join(row)} |" for row in ROWS]
FILES = {
    ".txt": "\n".join([TITLE, *("\t".join(row) for row in ROWS)]).encode("gb18030"),
    ".md": "\n".join([f"# {TITLE}", "", PIPES[0], "|---|---|---|---|", *PIPES[1:], ""]).encode(),
    ".html": (
        f"<html><head><title>{TITLE}</title></head><body><div id='nav'><a>首页</a><a>新闻</a></div><h1>{TITLE}</h1><table>"
        + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
        + "</table></body></html>"
    ).encode(),
    ".docx": docx(p(TITLE) + tbl(*ROWS), header1=p("内部资料")),
    ".pdf": pdf(
        *body(TITLE), table(ROWS, [40, 150, 100, 100]), PageBreak(), *body("附件"), foot="- %d -"
    ),
}


def read(folder: Path, name: str, data: bytes) -> Reading:
    (folder / name).write_bytes(data)
    return read_file(folder / name, name)


def check(document: Document) -> None:
    """The invariants every document keeps, whatever it came in."""
    assert apply_edits(document.raw, document.edits) == document.text
    for cell in (cell for found in document.tables for row in found.rows for cell in row.cells):
        assert 0 <= cell.start <= cell.end <= len(document.text)
    starts = [page.start for page in document.pages]
    assert starts == sorted(starts)
    for at in range(0, len(document.text), 7):
        start, end = raw_span(document, at, at + 1)
        assert 0 <= start <= end <= document.raw_start + len(document.raw)


@pytest.mark.parametrize("suffix", FILES)
def test_one_ledger_is_read_alike_from_every_kind_of_file(suffix: str, tmp_path: Path):
    reading = read(tmp_path, f"方案{suffix}", FILES[suffix])
    (document,) = reading.documents
    check(document)
    assert document.title == TITLE
    (found,) = document.tables
    assert [
        [document.text[cell.start : cell.end] for cell in row.cells] for row in found.rows
    ] == ROWS
    assert [(task.number, task.problem, task.lead_units, task.deadline and str(task.deadline.due)) for task in reading.tasks] == [
        (1, "散煤治理不到位", ("市公安局",), "2020-08-31"),
        (2, "扬尘治理不到位", ("市住建局",), "2021-06-30"),
    ]  # fmt: skip
    assert "内部资料" not in document.text
    assert "首页" not in document.text


def test_a_citation_from_a_pdf_knows_its_page(tmp_path: Path):
    (document,) = read(tmp_path, "方案.pdf", FILES[".pdf"]).documents
    assert [
        page_at(document.pages, document.text.index(words)) for words in ("关于", "扬尘", "附件")
    ] == [1, 1, 2]
    assert page_at((), 5) is None


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("甲.txt", ".docx"), ("乙.docx", ".pdf"), ("丙.pdf", ".html"), ("丁.txt", ".html"), ("戊.md", ".docx"), ("己", ".pdf"), ("庚.bin", ".docx")],
)  # fmt: skip
def test_a_file_is_read_as_what_it_is_or_refused_whatever_its_name(
    name: str, suffix: str, tmp_path: Path
):
    if name == "丙.pdf":
        with pytest.raises(LoadError, match="不是 pdf"):
            read(tmp_path, name, FILES[suffix])
    else:
        assert len(read(tmp_path, name, FILES[suffix]).tasks) == 2


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("空.docx", b"", "空的"),
        ("空.pdf", b" \n", "空的"),
        ("隐.txt", "\u200b\u200b".encode(), "空的|没有正文"),
        ("图.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 90, r"是图片.*OCR"),
        ("旧.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 90, r"doc 或 wps.*另存为 docx"),
        ("旧.doc", rb"{\rtf1\ansi}", r"RTF.*另存为 docx"),
        ("存.mht", b"From: <Saved>\r\nMIME-Version: 1.0\r\n", "另存为 html"),
        ("码.py", b"print(1)", "不能读取这种文件"),
        ("数.csv", "甲,乙".encode(), "不能读取这种文件"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(name: str, data: bytes, words: str, tmp_path: Path):
    with pytest.raises(LoadError, match=words):
        read(tmp_path, name, data)


def test_folders_pipes_and_files_that_are_not_there_are_named(tmp_path: Path):
    os.mkfifo(tmp_path / "管.txt")
    for path, words in [
        (tmp_path, "是文件夹"),
        (tmp_path / "管.txt", "不是普通文件"),
        (tmp_path / "无.pdf", "没有这个文件"),
    ]:
        with pytest.raises(LoadError, match=words):
            read_raw(path)


def test_a_file_too_large_is_refused_unread(tmp_path: Path):
    path = tmp_path / "大.pdf"
    with path.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    with pytest.raises(LoadError, match="文件太大"):
        read_raw(path)


def test_the_suffixes_that_are_read():
    assert [name for name in ("a.TXT", "a.htm", "a.Docx", "a.PDF", "a.markdown", "corpus.jsonl.gz") if is_readable(Path(name))] == [
        "a.TXT", "a.htm", "a.Docx", "a.PDF", "a.markdown", "corpus.jsonl.gz",
    ]  # fmt: skip
    assert not is_readable(Path("a.doc"))
    assert is_document(Path("a.doc"))  # in a folder it is refused aloud, not passed over
    assert not is_document(Path("a.jpg"))


def damaged(data: bytes, rng: random.Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(rng.choice((1, 3, 30))):
        spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
    start, end = sorted(rng.randrange(len(spoiled)) for _ in range(2))
    match rng.randrange(5):
        case 0:
            return bytes(spoiled[:end])
        case 1:
            return bytes(spoiled[:start] + spoiled[end:])
        case 2:
            return bytes(spoiled[start:end] + spoiled[:start] + spoiled[end:])
        case 3:
            return bytes(spoiled[:end] + spoiled[start:])
        case _:
            return bytes(spoiled)


def rezipped(data: bytes, rng: random.Random) -> bytes:
    """A docx whose parts are damaged, in an archive that is whole."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if rng.random() < 0.5:
                text = part.decode("utf-8", "replace")
                words = text.split("<")
                at = rng.randrange(len(words))
                words[at : at + 1] = rng.choice(
                    ([], [words[at]] * 2, [rng.choice(words), words[at]])
                )
                part = "<".join(words).encode()
            new.writestr(name, part)
    return stream.getvalue()


@pytest.mark.parametrize("suffix", FILES)
def test_whatever_the_damage_a_file_is_read_soundly_or_refused(suffix: str, tmp_path: Path):
    rng = random.Random(f"20260703{suffix}")
    outcomes: Counter[str] = Counter()
    for _ in range(25):
        data = FILES[suffix]
        data = (
            rezipped(data, rng) if suffix == ".docx" and rng.random() < 0.8 else damaged(data, rng)
        )
        name = "损" + (suffix if rng.random() < 0.8 else rng.choice(list(FILES)))
        try:
            reading = read(tmp_path, name, data)
        except LoadError:
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        for document in reading.documents:
            check(document)
    assert set(outcomes) == {"read", "refused"} or outcomes["read"] == 25


def test_a_library_that_is_missing_is_no_damage(tmp_path: Path, monkeypatch):
    def broken(data: bytes, name: str) -> None:
        raise ImportError("No module named 'trafilatura'")

    monkeypatch.setattr("corpus.formats.html.read_html", broken)
    path = tmp_path / "方案.html"
    path.write_bytes(FILES[".html"])
    with pytest.raises(LoadError, match="缺少读取这种文件的组件"):
        read_raw(path)
