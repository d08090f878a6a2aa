"""How well corrupted glyphs are mended in text that was clean: fonts are drawn by lot.

Run as `python -m eval.text.glyphs STATUTES [--passages CORPUS] [--laws N] [--json]`, STATUTES and
CORPUS BEIR corpora. The texts are laws held out of the counts, and the shipped plans and
speeches, with counts made here without them. Each is corrupted as a subset font's table does: some
runs of its characters, sorted, are counted up by one. Shown for each share of runs: wrong
characters, the share mended and right ones changed; with the pairs seen before, without them,
and by those pairs alone.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from corpus.edits import apply_edits
from corpus.repairs.chinese import to_simplified
from corpus.repairs.glyphs import SEEN, find_glyphs
from corpus.repairs.language import read_counts
from corpus.repairs.mapping import HAN_FIRST, HAN_LAST, SHIFTS
from eval.text.train_glyphs import count, is_held_out, law_of, read_passages, shipped_texts

_SHARES = (0.1, 0.3, 0.6)
_LENGTHS = (1_500, 3_000, 6_000, 20_000)
_LONGEST_RUNS = (2, 3, 3, 4, 5, 6, 8)
_WIDEST_GAPS = (6, 8, 12, 20)


@dataclass(frozen=True, slots=True)
class Mending:
    """Of a corrupted text: how many characters were wrong, were mended, were right and changed."""

    wrong: int = 0
    mended: int = 0
    harmed: int = 0

    def plus(self, other: Mending) -> Mending:
        """The sums of both."""
        return Mending(
            self.wrong + other.wrong, self.mended + other.mended, self.harmed + other.harmed
        )


def draw_font(text: str, draw: random.Random, share: float) -> dict[str, str]:
    """Draw a font for the characters of `text`, which of them it shows as which."""
    used = sorted({char for char in text if HAN_FIRST <= ord(char) <= HAN_LAST})
    widest = draw.choice(_WIDEST_GAPS)
    shown: dict[str, str] = {}
    place = 0
    while place < len(used):
        run = _run(used[place : place + draw.choice(_LONGEST_RUNS)], widest)
        if draw.random() < share:
            shown |= {char: chr(ord(run[0]) + step) for step, char in enumerate(run)}
        place += len(run)
    return {char: other for char, other in shown.items() if char != other}


def _run(chars: list[str], widest: int) -> list[str]:
    run = chars[:1]
    for char in chars[1:]:
        if ord(char) - ord(run[-1]) > widest or ord(char) - ord(run[0]) - len(run) >= SHIFTS:
            break
        run.append(char)
    return run


def corrupt(text: str, font: Mapping[str, str]) -> str:
    """Return `text` as `font` shows it."""
    return "".join(font.get(char, char) for char in text)


def compare(clean: str, dirty: str, result: str) -> Mending:
    """Count what became of `dirty`, which was `clean`."""
    triples = list(zip(clean, dirty, result, strict=True))
    return Mending(
        sum(right != wrong for right, wrong, _ in triples),
        sum(right != wrong and right == now for right, wrong, now in triples),
        sum(right == wrong and right != now for right, wrong, now in triples),
    )


def held_out_texts(statutes: Path, laws: int) -> Iterator[str]:
    """Yield some laws that the counts do not know, cut to varied lengths."""
    articles: dict[str, list[str]] = defaultdict(list)
    for title, text in read_passages(statutes):
        if is_held_out(law_of(title)):
            articles[law_of(title)].append(text)
    texts = ["\n".join(articles[law]) for law in sorted(articles)]
    draw = random.Random(laws)
    texts = [text for text in texts if len(text) >= min(_LENGTHS)]
    for number, text in enumerate(draw.sample(texts, min(laws, len(texts)))):
        yield text[: _LENGTHS[number % len(_LENGTHS)]]


def measure(texts: list[str], mend: Callable[[str], str]) -> dict[float, Mending]:
    """Corrupt every text with every share of runs and count what `mend` mends."""
    found = {}
    for share in _SHARES:
        total = Mending()
        for number, text in enumerate(texts):
            dirty = corrupt(text, draw_font(text, random.Random(f"{number} {share}"), share))
            total = total.plus(compare(text, dirty, mend(dirty)))
        found[share] = total
    return found


@click.command()
@click.argument("statutes", type=click.Path(path_type=Path, exists=True))
@click.option("--passages", type=click.Path(path_type=Path, exists=True))
@click.option("--laws", default=40, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(statutes: Path, passages: Path | None, laws: int, as_json: bool) -> None:
    """Corrupt clean texts and show how much is mended."""
    known = [text for title, text in read_passages(statutes) if not is_held_out(law_of(title))]
    known += [to_simplified(text) for _, text in read_passages(passages)] if passages else []
    language = read_counts(count(known))
    ways: dict[str, Callable[[str], str]] = {
        "inferred": lambda text: apply_edits(text, find_glyphs(text, language=language)),
        "without pairs": lambda text: apply_edits(
            text, find_glyphs(text, language=language, seen={})
        ),
        "pairs alone": lambda text: corrupt(text, SEEN),
    }
    for name, texts in (
        ("laws", list(held_out_texts(statutes, laws))),
        ("shipped", shipped_texts()),
    ):
        for way, mend in ways.items():
            for share, one in measure(texts, mend).items():
                _show(as_json, name, way, share, one)


def _show(as_json: bool, texts: str, way: str, share: float, one: Mending) -> None:
    mended = one.mended / max(1, one.wrong)
    if as_json:
        row = {"texts": texts, "way": way, "runs": share, "wrong": one.wrong}
        row |= {"mended": round(mended, 4), "harmed": one.harmed}
        click.echo(json.dumps(row))
        return
    click.echo(
        f"{texts:8} {way:14} {share:4.0%} of runs: {one.wrong:6} wrong, {mended:7.2%} mended,"
        f" {one.harmed:4} right ones changed"
    )


if __name__ == "__main__":
    main()
