"""How fast clean text is read: repair, outline and ledger, on one core.

Run as `python -m eval.text.speed FOLDER [--characters N] [--json]`, FOLDER a BEIR folder of clean
passages, joined here into documents of a page to a book's length. Each stage is timed over
all documents, the best of three passes; OpenCC alone over the same text, which every reading
has to do at least once, is the yardstick.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from corpus.formats.jsonl import beir_fields, json_value, numbered_lines
from corpus.ledger.reading import read_ledger
from corpus.passages import cut_passages
from corpus.reading import read_documents
from corpus.records import Document
from corpus.repairs.chinese import to_simplified
from corpus.repairs.steps import repair
from corpus.structure.header import read_header
from corpus.structure.outline import read_heading
from corpus.structure.split import split_documents

_LENGTHS = (5_000, 12_000, 20_000, 50_000)  # characters of the documents, in turn
_PASSES = 3
_CHARACTERS = 3_000_000


@dataclass(frozen=True, slots=True)
class Speed:
    """A stage and how many characters a second it takes in."""

    stage: str
    characters_per_s: float


def clean_documents(corpus: Path, characters: int) -> list[str]:
    """Join the passages of a BEIR corpus, a paragraph each, into documents.

    :raises LoadError: the corpus cannot be read.
    """
    texts = list(_joined(corpus))
    kept, total = [], 0
    for text in texts:
        if total >= characters:
            break
        kept.append(text)
        total += len(text)
    return kept


def _joined(corpus: Path) -> Iterator[str]:
    lines: list[str] = []
    length = made = 0
    for place, line in numbered_lines(corpus):
        _, title, text = beir_fields(json_value(line, place), place)
        lines += [title, text]
        length += len(title) + len(text)
        if length >= _LENGTHS[made % len(_LENGTHS)]:
            yield "\n".join(lines)
            lines, length, made = [], 0, made + 1
    if lines:
        yield "\n".join(lines)


def measure(texts: list[str]) -> list[Speed]:
    """Time each stage over all texts."""
    documents = [
        Document(id=str(number), title="", text=text, raw=text, source="")
        for number, text in enumerate(texts)
    ]
    total = sum(map(len, texts))
    return [Speed(name, total / _best(stage, documents)) for name, stage in _STAGES.items()]


def _three(document: Document) -> None:
    repair(document.raw)
    _outline(document.text)
    read_ledger(document)


def _outline(text: str) -> None:
    for line in text.splitlines():
        if stripped := line.strip():
            read_heading(stripped)


_STAGES: dict[str, Callable[[Document], object]] = {
    "OpenCC alone": lambda document: to_simplified(document.text),
    "split": lambda document: split_documents(document.text),
    "repair": lambda document: repair(document.raw),
    "head": lambda document: read_header(document.text),
    "outline": lambda document: _outline(document.text),
    "ledger": read_ledger,
    "passages": lambda document: cut_passages(document, ()),
    "repair, outline, ledger": _three,
    "whole reading": lambda document: read_documents(document.raw, "speed"),
}


def _best(work: Callable[[Document], object], documents: list[Document]) -> float:
    """The shortest of some passes: what else the machine does only ever adds."""
    times = []
    for _ in range(_PASSES):
        started = time.process_time()
        for document in documents:
            work(document)
        times.append(time.process_time() - started)
    return min(times)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--characters", default=_CHARACTERS, show_default=True, help="How much text.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def main(folder: Path, characters: int, as_json: bool) -> None:
    """Measure on the passages of FOLDER and print characters a second by stage."""
    found = [
        path for name in ("corpus.jsonl.gz", "corpus.jsonl") if (path := folder / name).exists()
    ]
    if not found:
        raise click.UsageError(f"no corpus.jsonl in {folder}")
    texts = clean_documents(found[0], characters)
    speeds = measure(texts)
    total = sum(map(len, texts))
    if as_json:
        data: dict[str, Any] = {"documents": len(texts), "characters": total}
        data |= {one.stage: round(one.characters_per_s) for one in speeds}
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        return
    sys.stdout.write(f"{len(texts)} documents, {total} characters\n")
    for one in speeds:
        sys.stdout.write(f"{one.stage:<24} {one.characters_per_s / 1e6:8.2f} M characters/s\n")


if __name__ == "__main__":
    main()
