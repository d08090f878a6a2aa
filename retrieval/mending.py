"""Questions mended against the corpus's own words: heijiayouzhan, 拉圾分类.

A question that finds nothing may be spelt in pinyin or with characters that only sound right. What
stands nowhere in the corpus, and sounds as a word that does, is read as that word, and said to be.
The sounds are compared without tones and without what many people do not tell apart (zh z, ng n).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from index.engine import Engine
from index.tokens import fold, segment
from retrieval.coverage import squeeze

# The words of a larger corpus are not gathered while somebody waits.
_MOST_PASSAGES = 20_000
_LONGEST = 6
_LONGEST_SOUND = 6 * _LONGEST
_HAN = "\u4e00-\u9fff"
_WORD = re.compile(f"[{_HAN}]{{2,{_LONGEST}}}")
_RUN = re.compile(f"[{_HAN}]+")
# Syllables may be written apart: dian dai mei.
_LATIN = re.compile("[a-z]{2,}(?: [a-z]{2,})*")
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"))


@dataclass(frozen=True, slots=True)
class Mended:
    """A question as it is read, and what was read for what."""

    text: str
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The text of a corpus, and its words by how they sound, the commonest first."""

    text: str
    sounds: dict[str, str]


def mend(engine: Engine, text: str) -> Mended | None:
    """Read a question by how it sounds; None where nothing in it is better read so."""
    if engine.manifest.counts.passages > _MOST_PASSAGES:
        return None
    lexicon = _lexicon(engine)
    folded = fold(text)
    changes: list[tuple[str, str]] = []
    for pattern, read in ((_LATIN, _spelt), (_RUN, _misspelt)):
        pieces: list[str] = []
        place = 0
        for match in pattern.finditer(folded):
            better, changed = read(lexicon, match.group())
            changes += changed
            pieces += (folded[place : match.start()], better)
            place = match.end()
        folded = "".join([*pieces, folded[place:]])
    return Mended(folded, tuple(changes)) if changes else None


def _spelt(lexicon: _Lexicon, run: str) -> tuple[str, list[tuple[str, str]]]:
    """Read a run of letters as the fewest words that sound so; as it is where there are none."""
    sound = _alike(run.replace(" ", ""))
    best: list[list[str] | None] = [[], *[None] * len(sound)]
    for end in range(1, len(sound) + 1):
        for start in range(max(0, end - _LONGEST_SOUND), end):
            before, word = best[start], lexicon.sounds.get(sound[start:end])
            if before is None or word is None:
                continue
            found = best[end]
            if found is None or len(before) + 1 < len(found):
                best[end] = [*before, word]
    words = best[-1]
    if not words or squeeze(run) in lexicon.text:
        return run, []
    return "".join(words), [(run, "".join(words))]


def _misspelt(lexicon: _Lexicon, run: str) -> tuple[str, list[tuple[str, str]]]:
    """Replace pieces of a run that stand nowhere by words that sound so, the longest first.

    A piece is of whole words: 车底 in 货车底数 is none.
    """
    changes = []
    sounds = _syllables(run)
    cuts = {0, *accumulate(map(len, segment(run)))}
    place = 0
    while place < len(run) - 1:
        longest = min(_LONGEST, len(run) - place) if place in cuts else 0
        for length in range(longest, 1, -1):
            if place + length not in cuts:
                continue
            piece = run[place : place + length]
            word = lexicon.sounds.get("".join(sounds[place : place + length]))
            if word and _likely(lexicon, piece, word):
                changes.append((piece, word))
                run = run[:place] + word + run[place + length :]
                place += length - 1
                break
        place += 1
    return run, changes


def _likely(lexicon: _Lexicon, piece: str, word: str) -> bool:
    """Whether a piece is that word misspelt: it stands nowhere, and some of it is right."""
    return len(piece) == len(word) and piece not in lexicon.text and bool(set(piece) & set(word))


@lru_cache(maxsize=2)  # an engine never changes; that of a version before may still answer
def _lexicon(engine: Engine) -> _Lexicon:
    counts: Counter[str] = Counter()
    texts = []
    for text in _texts(engine):
        texts.append(squeeze(text))
        counts.update(word for word in segment(fold(text)) if _WORD.fullmatch(word))
    sounds: dict[str, str] = {}
    for word, _ in counts.most_common():
        sounds.setdefault("".join(_syllables(word)), word)
    return _Lexicon("\n".join(texts), sounds)


def _texts(engine: Engine) -> Iterator[str]:
    for document in engine.documents():
        yield document.title
        for passage in engine.passages_of(document.id):
            yield passage.text


def _syllables(words: str) -> list[str]:
    """How each character sounds in these words, without tone."""
    from pypinyin import lazy_pinyin

    return [_alike(sound) for sound in lazy_pinyin(words)]


def _alike(sound: str) -> str:
    for one, other in _ALIKE:
        sound = sound.replace(one, other)
    return sound
