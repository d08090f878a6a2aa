"""The shipped encoder adapted to a corpus: its texts alone, and figures on what was held out.

Whoever adapts an encoder has the passages and lacks the questions. So that is what is held out: of
a tenth of the passages, which headings they stand under, and one sentence each. An encoder is
adapted to what is left, and headings and sentences are put to it and to the shipped one, to find
the passages they came from. What is written is adapted by the same recipe to everything, as what
is shipped is trained on all questions after the folds have been measured.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import LoadError
from index.piece_encoder import PieceEncoder, Weights
from index.training.recipe import SEED, Adapting, Trainer
from index.training.records import Asked, Lay, Text

if TYPE_CHECKING:
    from corpus.records import Passage

LEAST = 20  # passages, fewer of which teach nothing and measure nothing
STEPS = 60
_BATCH, _TIMES, _RATE = 1024, 4, 0.1
_HELD_OUT = 10  # one heading in so many
_MOST = 500  # questions of a kind
_TOP = 10
# 第三条, 17., (一): what a heading is numbered with is no question.
_NUMBERING = re.compile(
    r"^(?:第[一二三四五六七八九十百千零〇\d]+[编章节条款项]|[(（]?[一二三四五六七八九十\d]+[)）]?[.、．,，]?)\s*"
)
_SHORTEST = 4
HEADINGS, SENTENCES = "headings", "sentences"
_SENTENCE = re.compile(r"[^。；！？\n;!?]+[。；！？\n;!?]*")
_LEFT = 2  # sentences that a passage must keep

Hear = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Figures:
    """How well questions found the passages that answer them."""

    hit1: float
    mrr10: float
    found10: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A kind of held-out question: how many, and what the encoder was worth before and after."""

    kind: str
    questions: int
    before: Figures
    after: Figures


@dataclass(frozen=True, slots=True)
class Adapted:
    """What came of adapting: the weights for all passages, and the figures of the twin."""

    weights: Weights
    course: Adapting
    passages: int
    held_out: int
    compared: tuple[Compared, ...]


def course_for(passages: int, *, epochs: int | None = None, seed: int = SEED) -> Adapting:
    """Return the course for so many passages: `epochs` times all of them, or the usual steps."""
    batch = min(_BATCH, _TIMES * passages)
    steps = STEPS if epochs is None else math.ceil(epochs * passages / batch)
    return Adapting(steps, _RATE, batch, seed)


def adapt(
    encoder: PieceEncoder,
    passages: Sequence[Passage],
    lay: Lay,
    course: Adapting,
    hear: Hear = lambda *_: None,
) -> Adapted:
    """Adapt an encoder to passages; the same passages and course give the same bytes here.

    :param hear: hears (part, done, total); parts: measure, all.
    :raises MissingExtra: torch is not installed.
    :raises LoadError: there are too few passages.
    """
    if len(passages) < LEAST:
        raise LoadError(f"只有 {len(passages)} 段文字,至少要有 {LEAST} 段才能训练编码器")
    held = held_out(passages, course.seed)
    left, sentences = without_questions(passages, held, course.seed)
    twin = _learned(encoder, left, lay, course, lambda *now: hear("measure", *now))
    bodies = [one.body for one in left]
    asked = ((HEADINGS, by_heading(passages, held)), (SENTENCES, sentences[:_MOST]))
    both = (encoder, PieceEncoder.over(twin, "adapted"))
    compared = tuple(
        Compared(kind, len(some), *(figures(one, some, bodies) for one in both))
        for kind, some in asked
        if some
    )
    texts = [Text(one.context, one.text) for one in passages]
    weights = _learned(encoder, texts, lay, course, lambda *now: hear("all", *now))
    return Adapted(weights, course, len(passages), sum(held), compared)


def held_out(passages: Sequence[Passage], seed: int) -> list[bool]:
    """Tell of each passage whether it is held out: all under a heading, or none of them."""
    groups = [_group(one) for one in passages]
    by_lot = sorted(set(groups), key=lambda group: _lot(f"{seed} {group}"))
    drawn = set(by_lot[: math.ceil(len(by_lot) / _HELD_OUT)])
    return [group in drawn for group in groups]


def _group(passage: Passage) -> str:
    """What is held out together: passages of a heading; without one, of a context or a text."""
    if passage.heading:
        return f"{passage.span.document_id} {'/'.join(passage.heading)}"
    return passage.context or passage.text


def _lot(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()


def _learned(
    encoder: PieceEncoder,
    texts: Sequence[Text],
    lay: Lay,
    course: Adapting,
    hear: Callable[[int, int], None],
) -> Weights:
    weights = encoder.weights
    trainer = Trainer(weights.vocabulary, texts, lay, shared=weights.shared)
    begun = trainer.state_of(weights)
    learned = trainer.learn_texts(begun, lambda step, of, _: hear(step + 1, of), course=course)
    return trainer.weights(learned)


def without_questions(
    passages: Sequence[Passage], held: Sequence[bool], seed: int
) -> tuple[list[Text], list[Asked]]:
    """Return what is left to learn from, and the sentences that were taken out, as questions."""
    rng = np.random.default_rng(seed)
    left, asked = [], []
    for row, (passage, out) in enumerate(zip(passages, held, strict=True)):
        if not out:
            left.append(Text(passage.context, passage.text))
            continue
        sentences = _SENTENCE.findall(passage.text)
        taken = int(rng.integers(len(sentences))) if len(sentences) > _LEFT else None
        if taken is not None and len(sentences[taken].strip()) >= _SHORTEST:
            asked.append(Asked(sentences.pop(taken).strip(), [row], ()))
        left.append(Text("", "".join(sentences) or passage.text))
    return left, asked


def by_heading(passages: Sequence[Passage], held: Sequence[bool]) -> list[Asked]:
    """Held-out headings as questions; they must find what stands under them, not themselves."""
    under: dict[tuple[str, ...], list[int]] = {}
    for row, (passage, out) in enumerate(zip(passages, held, strict=True)):
        if out and passage.heading:
            under.setdefault((passage.span.document_id, *passage.heading), []).append(row)
    asked = []
    for path, rows in under.items():
        question = _NUMBERING.sub("", path[-1]).strip()
        rows = [row for row in rows if _NUMBERING.sub("", passages[row].text).strip() != question]
        if len(question) >= _SHORTEST and rows:
            asked.append(Asked(question, rows, ()))
    return asked[:_MOST]


def figures(encoder: PieceEncoder, asked: Sequence[Asked], texts: Sequence[str]) -> Figures:
    """Return how well questions find one of the texts that answer them, among all texts."""
    rows = encoder.encode_passages(texts)
    ranks = []
    for one, question in zip(
        asked, encoder.encode_queries([one.question for one in asked]), strict=True
    ):
        cosines = rows @ question
        # What is as near as the best answer stands before it: nothing is won by ties.
        nearer = np.flatnonzero(cosines >= cosines[list(one.gold)].max())
        ranks.append(1 + len(set(nearer.tolist()) - set(one.gold)))
    return Figures(
        hit1=_mean([rank == 1 for rank in ranks]),
        mrr10=_mean([1 / rank if rank <= _TOP else 0.0 for rank in ranks]),
        found10=_mean([rank <= _TOP for rank in ranks]),
    )


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4)
