"""Counts the characters and pairs of clean text for the repair of glyphs: a build step.

Run as `python -m eval.text.train_glyphs --statutes CORPUS [--passages CORPUS] [--out FILE]`.
Every tenth law of the statutes (by the hash of its name) is left out: `eval.text.glyphs`
measures on those. The shipped documents are counted too, but the corrupted speech;
`--without-shipped` leaves them out, to measure on them.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from corpus.repairs.chinese import to_simplified
from corpus.repairs.language import BASIC_PLANE, LOG_STEPS, MODEL, WIDE, code_points

_ARTICLE = re.compile("第[一二三四五六七八九十百千零〇]+条.*$")
_HELD_OUT = 10
# A character seen less often is unknown; a pair seen less often tells nothing.
_LEAST_CHARACTER = 2
_LEAST_PAIR = 2
_OTHER_SYMBOLS = 60
# A character seen less often is a stranger to clean text, unless it is traditional.
_LEAST_FAMILIAR = 4
# Plans and speeches are few beside the statutes, and what is to be mended is like them.
_SHIPPED_WEIGHT = 5
# So many wrong characters in one make a document corrupted.
_CORRUPTED = 3 / 1000
_HAN_FIRST, _HAN_LAST = 0x4E00, 0x9FFF


def read_passages(path: Path) -> Iterator[tuple[str, str]]:
    """Yield title and text of each passage of a BEIR corpus."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            yield fields["title"], fields["text"]


def law_of(title: str) -> str:
    """The law whose article the title names."""
    return _ARTICLE.sub("", title)


def is_held_out(law: str) -> bool:
    """Whether the law is kept for measuring."""
    return int(md5(law.encode(), usedforsecurity=False).hexdigest(), 16) % _HELD_OUT == 0


def shipped_texts() -> list[str]:
    """The clean texts of the shipped documents, all but those whose glyphs had to be mended."""
    from corpus.formats.decoding import read_text
    from corpus.repairs.glyphs import SEEN
    from corpus.repairs.steps import STEPS, repair
    from corpus.sources import SHIPPED
    from corpus.structure.split import split_documents

    steps = tuple(step for step in STEPS if step.name != "glyph")
    texts = []
    for path in sorted(SHIPPED.glob("*.txt")):
        file = read_text(path)
        for start, end in split_documents(file)[0]:
            text = repair(file[start:end], steps=steps).text
            if sum(char in SEEN for char in text) < _CORRUPTED * len(text):
                texts.append(text)
    return texts


def count(texts: list[str]) -> dict[str, NDArray[Any]]:
    """Count symbols and pairs, as `corpus.repairs.language` reads them."""
    codes = code_points("\n".join(texts))
    ones = np.bincount(codes, minlength=BASIC_PLANE)
    points = np.arange(BASIC_PLANE)
    is_han = (points >= _HAN_FIRST) & (points <= _HAN_LAST)
    han = points[is_han & (ones >= _LEAST_CHARACTER)]
    others = points[~is_han][np.argsort(-ones[~is_han], kind="stable")[:_OTHER_SYMBOLS]]
    symbols = np.sort(np.concatenate([han, others]))
    symbol_of = np.full(BASIC_PLANE, len(symbols), np.int64)
    symbol_of[symbols] = np.arange(len(symbols))
    size, unknown = len(symbols) + 1, len(symbols)
    row = symbol_of[codes]
    known = (row[:-1] != unknown) & (row[1:] != unknown)
    keys, pairs = np.unique((row[:-1] * size + row[1:])[known], return_counts=True)
    keys, pairs = keys[pairs >= _LEAST_PAIR], pairs[pairs >= _LEAST_PAIR]
    gaps = np.diff(keys, prepend=0)
    return {
        "symbols": symbols.astype(np.uint16),
        "counts": _logarithms(np.bincount(row, minlength=size)),
        "gaps": np.minimum(gaps, WIDE).astype(np.uint8),
        "wide_gaps": gaps[gaps >= WIDE].astype(np.uint32),
        "pairs": _logarithms(pairs),
        "strangers": _strangers(ones),
    }


def _strangers(ones: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Han characters that clean text does not hold, written one way or the other."""
    points = [point for point in range(_HAN_FIRST, _HAN_LAST + 1) if ones[point] < _LEAST_FAMILIAR]
    text = "".join(map(chr, points))
    simplified = to_simplified(text)
    kept = [point for point, new in zip(points, simplified, strict=True) if chr(point) == new]
    return np.array(kept, np.uint16)


def _logarithms(counts: NDArray[np.int64]) -> NDArray[np.uint8]:
    scaled = np.round(np.log2(np.maximum(counts, 1)) * LOG_STEPS)
    return np.clip(scaled, 0, 255).astype(np.uint8)


@click.command()
@click.option("--statutes", type=click.Path(path_type=Path), required=True)
@click.option("--passages", type=click.Path(path_type=Path), help="more clean text, traditional")
@click.option("--without-shipped", is_flag=True, help="to measure on the shipped documents")
@click.option("--out", type=click.Path(path_type=Path), default=MODEL)
def main(statutes: Path, passages: Path | None, without_shipped: bool, out: Path) -> None:
    """Count what the options name and write the counts."""
    articles = read_passages(statutes)
    texts = [text for title, text in articles if not is_held_out(law_of(title))]
    if passages:
        texts += [to_simplified(text) for _, text in read_passages(passages)]
    if not without_shipped:
        texts += shipped_texts() * _SHIPPED_WEIGHT
    np.savez_compressed(out, allow_pickle=False, **count(texts))
    click.echo(f"{out}: {out.stat().st_size} bytes from {sum(map(len, texts))} characters")


if __name__ == "__main__":
    main()
