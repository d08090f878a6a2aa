"""Tokens of a corpus, made once and kept: systems on the same tokens get the very same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from eval.bench.perturbing import entries
from eval.bench.records import Cut


def cutter(cut: Cut) -> Callable[[str], list[str]]:
    """Return what makes tokens of a text; none of them holds a blank.

    :raises MissingExtra: jieba is not installed.
    """
    words = _words(cut)

    def tokens(text: str) -> list[str]:
        # What is kept whole may hold a blank; tokens are kept with blanks between them.
        return ["".join(word.split()) for word in words(text)]

    return tokens


def _words(cut: Cut) -> Callable[[str], list[str]]:
    if cut is Cut.JIEBA:
        from eval.systems.rank_bm25 import jieba_words

        return jieba_words()
    from index.tokens import tokenize

    return tokenize


def write_cuts(corpus: Path, target: Path, cut: Cut) -> None:
    """Write the id and the tokens of every entry, a line each.

    :raises LoadError: the corpus cannot be read.
    :raises MissingExtra: jieba is not installed.
    """
    tokens = cutter(cut)
    with target.open("w", encoding="utf-8") as out:
        for entry in entries(corpus):
            out.write(f"{entry.id}\t{' '.join(tokens(entry.searched))}\n")


def read_cuts(cuts: Path | None) -> Iterator[tuple[str, list[str]]]:
    """Yield the id and the tokens of every entry, in the order of the corpus.

    :raises ValueError: there is no file to read.
    """
    if cuts is None:
        raise ValueError("a system on tokens was given none")
    with cuts.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            identifier, _, tokens = line.rstrip("\n").rpartition("\t")
            yield identifier, tokens.split(" ") if tokens else []
