"""Reads damaged documents and checks what every reading must hold.

Run as `python -m tests.corpus.fuzz [--rounds N] [--seed N] [FILE ...]`: the files (the shipped
corpus) truncated, shuffled, cut into each other, given other encodings and line ends, dirt
strewn in. Nothing but `LoadError` may come out, and no span may miss its text.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from corpus.edits import apply_edits, raw_span
from corpus.errors import LoadError
from corpus.formats.decoding import decode
from corpus.reading import read_file
from corpus.records import Deadline, Document, Passage, Reading, Span, Task
from corpus.sources import SHIPPED

_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "big5hkscs")
_NAMES = ("a.txt", "a.md", "a.html")
_DIRT = (
    "(hui)", "(gong)(gong)", "癿", "収", "劢", "丌", "**", "XX", "□□", "〞", "\u200b", "\ufeff", "\x0c",
    "⼯", "５０％", "1.", "(1)", "一、", "(三)", "第12项", "整改目标:", "责任单位:", "整改时限:", "附件", "\t",
    "|", "\n", "\n\n", "\r\n", "2020年8月底前", "每月5日前", "6个月内", "<td>", "</p>", "&nbsp;", "# ",
    "365体育在线投注_浏览器下载APP", "当前位置:首页", "牵头", "配合", "、", "。", "漯发〔2020〕13号", "\ud800",
)  # fmt: skip


def broken(violation: str) -> None:
    """Report what does not hold."""
    raise AssertionError(violation)


def check_reading(reading: Reading) -> None:
    """Check what every reading must hold: edits, spans, passages, tasks."""
    documents = {document.id: document for document in reading.documents}
    if len(documents) != len(reading.documents):
        broken("a document id is there twice")
    for document in reading.documents:
        _check_document(document)
    for passage in reading.passages:
        _check_passage(documents[passage.span.document_id], passage)
    for task in reading.tasks:
        _check_task(documents[task.document_id], task)


def _check_document(document: Document) -> None:
    if apply_edits(document.raw, document.edits) != document.text:
        broken("edits do not lead from raw to text")
    if any(before.end > after.start for before, after in pairwise(document.edits)):
        broken("edits overlap")
    if not document.title.strip():
        broken("no title")
    places = [(cell.start, cell.end) for t in document.tables for r in t.rows for cell in r.cells]
    for start, end in [*places, *((page.start, page.start) for page in document.pages)]:
        if not 0 <= start <= end <= len(document.text):
            broken(f"a cell or page at {start}-{end} lies outside")


def _check_span(document: Document, span: Span) -> str:
    if span.document_id != document.id:
        broken("a span of another document")
    if not 0 <= span.start < span.end <= len(document.text):
        broken(f"span {span.start}-{span.end} of {len(document.text)}")
    start, end = raw_span(document, span.start, span.end)
    if not document.raw_start <= start <= end <= document.raw_start + len(document.raw):
        broken(f"raw span {start}-{end}")
    return document.text[span.start : span.end]


def _check_passage(document: Document, passage: Passage) -> None:
    if _check_span(document, passage.span) != passage.text or not passage.text.strip():
        broken(f"passage {passage.id} is not its text")


def _check_task(document: Document, task: Task) -> None:
    for span in task.spans.values():
        _check_span(document, span)
    for deadline in filter(None, (task.deadline, *task.milestones)):
        _check_deadline(document, deadline)
    for words in (task.problem, task.target, *task.measures):
        if words not in document.text:
            broken(f"task {task.number}: words that the document does not have")


def _check_deadline(document: Document, deadline: Deadline) -> None:
    if _check_span(document, deadline.span) != deadline.text:
        broken(f"deadline {deadline.text!r} misses its text")
    if (deadline.due is None) == (deadline.kind == "fixed"):
        broken(f"{deadline.kind} deadline with due {deadline.due}")
    if (deadline.recurrence is None) == (deadline.kind == "recurring"):
        broken(f"{deadline.kind} deadline with rule {deadline.recurrence}")


def mutations(texts: list[str], rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield names and bytes of damaged files, without end."""
    while True:
        text = rng.choice(texts)
        for _ in range(rng.randint(1, 4)):
            text = _damaged(text, texts, rng)
        encoding = rng.choice(_ENCODINGS)
        data = text.encode(encoding, "replace" if encoding != "utf-8" else "surrogatepass")
        if rng.random() < 0.2:
            data = _bytes_damaged(data, rng)
        yield rng.choice(_NAMES), data


def _damaged(text: str, texts: list[str], rng: random.Random) -> str:
    start = rng.randrange(len(text) + 1)
    length = rng.choice((1, 30, 400, 3000))
    match rng.randrange(6):
        case 0:
            return text[start : start + rng.choice((50, 500, 5000))]
        case 1:
            lines = text[start : start + 4000].splitlines(keepends=True)
            rng.shuffle(lines)
            return "".join(lines)
        case 2:
            other = rng.choice(texts)
            there = rng.randrange(len(other))
            return text[:start] + other[there : there + length] + text[start:]
        case 3:
            places = sorted(rng.randrange(len(text) + 1) for _ in range(rng.randint(1, 40)))
            pieces = [text[a:b] for a, b in pairwise([0, *places, len(text)])]
            return "".join(p for piece in pieces for p in (piece, rng.choice(_DIRT)))
        case 4:
            return text[:start] + text[start : start + length] * rng.randint(2, 4) + text[start:]
        case _:
            return text.replace("\n", rng.choice(("", " ", "\r\n", "\n\n", "\r")))


def _bytes_damaged(data: bytes, rng: random.Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(rng.randint(1, 20)):
        if spoiled:
            spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
    return bytes(spoiled[: rng.randrange(len(spoiled) + 1)] if rng.random() < 0.5 else spoiled)


def run(texts: list[str], rounds: int, seed: int, folder: Path) -> Counter[str]:
    """Read damaged files one after the other; return how many were read and refused.

    :raises AssertionError: something does not hold; the file that shows it is left in `folder`.
    """
    counts: Counter[str] = Counter()
    rng = random.Random(seed)
    for number, (name, data) in zip(range(rounds), mutations(texts, rng), strict=False):
        path = folder / name
        path.write_bytes(data)
        try:
            check_reading(read_file(path, name))
        except LoadError:
            counts["refused"] += 1
        except Exception as exc:
            raise AssertionError(f"round {number} of seed {seed}: {path}: {exc!r}") from exc
        else:
            counts["read"] += 1
    return counts


def shipped_texts() -> list[str]:
    """The decoded files of the shipped corpus."""
    return [decode(path.read_bytes(), path.name) for path in sorted(SHIPPED.glob("*.txt"))]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    texts = [decode(path.read_bytes(), path.name) for path in options.files] or shipped_texts()
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    counts = run(texts, options.rounds, options.seed, folder)
    sys.stdout.write(f"{options.rounds} rounds: {dict(counts)}; nothing broke\n")


if __name__ == "__main__":
    main()
