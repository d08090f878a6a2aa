"""Text becomes tokens: words and character bigrams, with what must stay whole kept whole.

Matching is done on a folded form (width, simplified characters, case); what is stored and
quoted is never folded. `fold` keeps every offset, so a place in folded text is the same
place in the original.
"""

from __future__ import annotations

import functools
import hashlib
import re
import threading
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from index.marks import HAN, marks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from opencc import OpenCC

# Raised whenever the same text would give other tokens: an older index is then refused.
_RULES = 1
_DICTIONARY = Path(__file__).with_name("dictionary.txt")
_DICTIONARY_TAG = "n"
_PERSON = "nr"
_LOADING = threading.Lock()

# Compatibility forms that differ from the plain character only in looks. Circled and raised
# digits are left alone: `①20` must not become `120`.
_LOOKS = ("<wide>", "<narrow>", "<noBreak>", "<compat>")
_RUN = re.compile(f"[{HAN}]+")
_HAN = re.compile(f"[{HAN}]")
# Layout puts blanks between digits and characters ("2020 年 1 月"); line ends are real ends.
_BLANK = r"[^\S\r\n]+"
_GAP = re.compile(
    rf"(?<=[{HAN}〔〕【】\[\]()《》“”、]){_BLANK}(?=[{HAN}0-9〔〕【】\[\]()《》“”、])"
    rf"|(?<=[0-9]){_BLANK}(?=[{HAN}〔〕【】\[\]()%])"
)


def fold(text: str) -> str:
    """Return the form used for matching: half-width, simplified, lower case, same length."""
    return _simplify(text.translate(_looks()))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text by what they are, each in the order of the text."""

    marks: list[str]
    words: list[str]
    bigrams: list[str]


def tokenize(text: str) -> list[str]:
    """Return the tokens of a text: marks kept whole, words, then character bigrams."""
    tokens = tokens_by_kind(text)
    return [*tokens.marks, *tokens.words, *tokens.bigrams]


def tokens_by_kind(text: str) -> Tokens:
    """Return the tokens of a text, kind by kind: an evaluation leaves kinds out."""
    squeezed = _GAP.sub("", fold(text))
    return Tokens(
        marks=marks(squeezed),
        words=[word for word in segment(squeezed) if _HAN.match(word)],
        bigrams=["".join(pair) for run in _RUN.findall(squeezed) for pair in pairwise(run)],
    )


def segment(folded: str, *, guess: bool = True) -> list[str]:
    """Cut folded text into words, punctuation and blanks included.

    Without guessing, what the dictionary does not have falls apart into characters.
    """
    return list(_segmenter()(folded, guess))


def person_names(folded: str) -> list[tuple[int, int]]:
    """Return where folded text names people, by the tags of the dictionary and its name model."""
    import rjieba

    _segmenter()
    found, start = [], 0
    for word, tag in rjieba.tag(folded):
        if tag == _PERSON and len(word) > 1:
            found.append((start, start + len(word)))
        start += len(word)
    return found


@functools.cache
def tokenizer_version() -> str:
    """Name the rules and the dictionary: two indexes of one name have the same tokens."""
    digest = hashlib.sha256(_DICTIONARY.read_bytes()).hexdigest()
    return f"{_RULES}-{digest[:12]}"


@functools.cache
def _segmenter() -> Callable[[str, bool], Sequence[str]]:
    # rjieba loads its own dictionary on import; a second instance would cost as much again,
    # so the domain's words join the one that is there. Adding while another thread cuts is an
    # error in rjieba, hence the lock, and words cut whole already are not added again.
    import rjieba

    with _LOADING:
        for word in _DICTIONARY.read_text(encoding="utf-8").split():
            if rjieba.cut(word) != [word]:
                rjieba.add_word(word, None, _DICTIONARY_TAG)
    cut: Callable[[str, bool], Sequence[str]] = rjieba.cut
    return cut


class _Looks(dict[int, str]):
    """A `str.translate` table that works out each character once."""

    def __missing__(self, code: int) -> str:
        self[code] = plain = _plain(chr(code))
        return plain


def _plain(char: str) -> str:
    if unicodedata.category(char) == "Cs":
        return "\ufffd"  # a lone surrogate, from undecodable input: nothing can encode it
    tag = unicodedata.decomposition(char).partition(" ")[0]
    if tag and (tag in _LOOKS or not tag.startswith("<")):
        char = _if_one(unicodedata.normalize("NFKC", char), char)
    return _if_one(char.lower(), char)


def _if_one(folded: str, char: str) -> str:
    return folded if len(folded) == 1 else char


@functools.cache
def _looks() -> _Looks:
    return _Looks()


@functools.cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


def _simplify(text: str) -> str:
    simplified: str = _converter().convert(text)
    if len(simplified) == len(text):
        return simplified
    return "".join(map(_simplify_char, text))


@functools.cache
def _simplify_char(char: str) -> str:
    return _if_one(_converter().convert(char), char)
