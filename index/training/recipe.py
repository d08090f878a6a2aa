"""The recipe: texts first, then people's questions, then the mean of what was learned twice.

The first part sees only texts and can serve every fold of an evaluation; the second sees the
questions it may. Every number comes from a seed, every rate from the count of steps, so the same
input gives the same encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import MissingExtra
from index.piece_encoder import Weights, rounded
from index.pieces import Pieces
from index.training.learner import Batch, Learner, State
from index.training.pairs import Pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.training.records import Asked, Lay, Text

Tell = Callable[[int, int, float], None]

DIMENSIONS = 256
SHARED = 8192  # places for pairs that the vocabulary lacks
SEED = 20_201_231
_SHARPNESS, _CONTEXT = 3.0, 0.5  # to begin with
_RAREST = 3.0  # times the mean rarity: what is rarer is noise as often as a name
_BATCH, _RATE, _STEPS, _ADAPTING = 1024, 0.1, 220, 60
_FAINTEST = 1e-4  # what a piece weighs at least: logarithms end there
_HEARD = 0.5  # of a passage's pieces, so that no single one is leant on
# Of so many pairs the passage loses what the question says: what is left must tell by itself.
_HIDDEN = 0.35
_OWN = 0.1  # of a batch from the texts that come last, which are few and the product's own
_RISING, _FALLEN = 20, 0.95  # a rate rises over so many steps, then falls by a share of itself
_CHUNK = 2048


@dataclass(frozen=True, slots=True)
class Adapting:
    """How long, how fast and from which seed texts are learned."""

    steps: int
    rate: float
    batch: int
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class _Course:
    """One way to learn from real questions beside cut ones."""

    seed: int
    steps: int
    rate: float
    real: int
    cut: int
    hard: int  # passages that only look like the answer, for each real question
    kept: float  # of a real question's pieces


# They differ in more than their seed. On a fold, each alone reached .44 to .46 MRR, the mean of two
# .49, of three .50: what they overdo, they overdo apart.
_COURSES = (
    _Course(3, 60, 0.1, real=192, cut=384, hard=2, kept=0.85),
    _Course(5, 100, 0.15, real=320, cut=192, hard=2, kept=0.85),
    _Course(7, 100, 0.1, real=192, cut=384, hard=4, kept=0.7),
    _Course(11, 80, 0.12, real=256, cut=256, hard=3, kept=0.8),
)
_PASSAGE_KEPT = 0.7


class Trainer:
    """Texts cut into pieces once, to train on as often as is wanted.

    The last `own` texts are the product's own field, and are drawn more often than their share.
    """

    def __init__(
        self,
        vocabulary: str,
        texts: Sequence[Text],
        lay: Lay,
        *,
        own: int = 0,
        shared: int = SHARED,
    ) -> None:
        """Cut the texts.

        :raises MissingExtra: torch is not installed.
        """
        require_torch()
        self._vocabulary, self._shared = vocabulary, shared
        self._pieces = Pieces(vocabulary, shared)
        self._texts, self._lay, self._own = texts, lay, own
        self._contexts = self._counts([text.context for text in texts])
        self._bodies = self._counts([text.body for text in texts])

    def learn_texts(
        self,
        begun: State | None = None,
        tell: Tell | None = None,
        *,
        course: Adapting | None = None,
    ) -> State:
        """Learn from questions cut from the texts, from nothing or from what is learned."""
        course = course or Adapting(steps=_ADAPTING if begun else _STEPS, rate=_RATE, batch=_BATCH)
        rng = np.random.default_rng(course.seed)
        pairs = Pairs(self._texts, self._lay, rng)
        learner = Learner(begun or self._beginning(rng), course.rate)
        steps = course.steps
        for step, pace in _paces(steps):
            rows = self._rows(course.batch, rng)
            asked, contexts = self._cut(pairs, rows)
            bodies = _without(_heard(self._bodies[rows], _HEARD, rng), asked, _HIDDEN, rng)
            batch = Batch(asked, contexts, bodies, _others(rows))
            loss = learner.step(batch, pace)
            if tell:
                tell(step, steps, loss)
        return learner.state()

    def learn_questions(
        self, begun: State, questions: Sequence[Asked], tell: Tell | None = None
    ) -> State:
        """Learn from real questions, in each course from the same beginning; return the mean."""
        return State.average([self._course(one, begun, questions, tell) for one in _COURSES])

    @staticmethod
    def state_of(weights: Weights) -> State:
        """Return what shipped weights say, to go on from."""
        table = weights.rows * weights.scales[:, None]
        asks = np.log(np.maximum(weights.asks, _FAINTEST)).astype(np.float32)
        return State(table, asks, weights.turn.copy(), weights.context, _SHARPNESS)

    def weights(self, state: State) -> Weights:
        """Return what was learned in the form that is shipped."""
        return rounded(
            self._vocabulary,
            self._shared,
            state.table,
            asks=np.exp(state.asks),
            turn=state.turn,
            context=state.context,
        )

    def _course(
        self, course: _Course, begun: State, questions: Sequence[Asked], tell: Tell | None
    ) -> State:
        rng = np.random.default_rng(SEED + course.seed)
        pairs = Pairs(self._texts, self._lay, rng)
        learner = Learner(begun, course.rate)
        asked = self._counts([one.question for one in questions])
        for step, pace in _paces(course.steps):
            drawn = rng.permutation(len(questions))[: course.real]
            chosen = [questions[int(one)] for one in drawn]
            gold = np.array([rng.choice(one.gold) for one in chosen])
            hard = [rng.choice(one.hard, min(course.hard, len(one.hard)), False) for one in chosen]
            cut = self._rows(course.cut, rng)
            said, contexts = self._cut(pairs, cut)
            rows = np.concatenate([gold, cut, *hard]).astype(np.int64)
            looks = self._contexts[rows[len(gold) + len(cut) :]]
            batch = Batch(
                _stack([_heard(asked[drawn], course.kept, rng), said]),
                _stack([self._contexts[gold], contexts, looks]),
                _heard(self._bodies[rows], _PASSAGE_KEPT, rng),
                _answers(chosen, rows, len(gold) + len(cut)),
            )
            loss = learner.step(batch, pace)
            if tell:
                tell(step, course.steps, loss)
        return learner.state()

    def _beginning(self, rng: np.random.Generator) -> State:
        """Random rows, longer for rarer pieces."""
        seen = np.bincount(self._bodies.indices, minlength=self._pieces.size)
        texts = len(self._texts)
        kept = np.minimum(seen, texts - 1)
        rarity = np.log(1 + (texts - kept + 0.5) / (kept + 0.5))
        rarity = np.minimum(rarity / np.average(rarity, weights=seen + 1), _RAREST)
        table = rng.standard_normal((self._pieces.size, DIMENSIONS), np.float32)
        table *= (rarity / DIMENSIONS**0.5).astype(np.float32)[:, None]
        asks = np.zeros(self._pieces.size, np.float32)
        return State(table, asks, np.eye(DIMENSIONS, dtype=np.float32), _CONTEXT, _SHARPNESS)

    def _rows(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        texts, own = len(self._texts), self._own
        if not 0 < own < texts:
            return rng.integers(0, texts, count)
        few = max(1, int(count * _OWN))
        others = rng.integers(0, texts - own, count - few)
        return np.concatenate([others, rng.integers(texts - own, texts, few)])

    def _cut(self, pairs: Pairs, rows: NDArray[np.int64]) -> tuple[Any, Any]:
        """Questions for rows, and the contexts of those that may have one."""
        drawn = [pairs.draw(int(row)) for row in rows]
        contexts = self._contexts[rows]
        told = np.repeat([with_context for _, with_context in drawn], np.diff(contexts.indptr))
        return self._counts([question for question, _ in drawn]), _keep(contexts, told)

    def _counts(self, texts: Sequence[str]) -> Any:
        from scipy import sparse

        parts = []
        for start in range(0, len(texts), _CHUNK):
            bags = self._pieces.bags(texts[start : start + _CHUNK])
            ones = np.ones(len(bags.ids), np.float32)
            shape = len(bags.starts) - 1, self._pieces.size
            parts.append(sparse.csr_matrix((ones, bags.ids, bags.starts), shape=shape))
        return _stack(parts)


def require_torch() -> None:
    """Import torch, such that it adds in one order.

    :raises MissingExtra: it is not installed.
    """
    try:
        import torch
    except ImportError as exc:
        raise MissingExtra("训练编码器需要 torch,请先安装:pip install 'gongjian[models]'") from exc
    torch.set_num_threads(1)  # sums in one order, whatever the machine


def _paces(steps: int) -> Iterator[tuple[int, float]]:
    """Yield each step with its share of the rate: a short rise, then a straight fall."""
    for step in range(steps):
        yield step, min(1.0, (step + 1) / _RISING) * (1 - _FALLEN * step / steps)


def _stack(parts: Sequence[Any]) -> Any:
    from scipy import sparse

    return sparse.vstack(parts, format="csr")


def _keep(counts: Any, kept: NDArray[np.bool_]) -> Any:
    from scipy import sparse

    ends = np.concatenate([[0], np.cumsum(kept)])
    parts = counts.data[kept], counts.indices[kept], ends[counts.indptr]
    return sparse.csr_matrix(parts, shape=counts.shape)


def _heard(counts: Any, share: float, rng: np.random.Generator) -> Any:
    """A random share of the pieces."""
    return _keep(counts, rng.random(counts.nnz) < share)


def _without(bodies: Any, asked: Any, share: float, rng: np.random.Generator) -> Any:
    """In a share of the rows, the pieces that the question does not say."""
    hiding = rng.random(bodies.shape[0]) < share
    rows, width = np.arange(bodies.shape[0]), bodies.shape[1]
    owners = np.repeat(rows, np.diff(asked.indptr))
    said = np.unique((owners * width + asked.indices)[hiding[owners]])
    held = np.repeat(rows, np.diff(bodies.indptr)) * width + bodies.indices
    return _keep(bodies, ~np.isin(held, said))


def _others(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where the same text stands again."""
    same: NDArray[np.bool_] = rows[:, None] == rows[None, :]
    np.fill_diagonal(same, False)
    return same


def _answers(questions: Sequence[Asked], rows: NDArray[np.int64], asked: int) -> NDArray[np.bool_]:
    """Where a text answers a question that it was not drawn for."""
    too: NDArray[np.bool_] = rows[:asked, None] == rows[None, :]
    for place, one in enumerate(questions):
        too[place] = np.isin(rows, one.gold)
    np.fill_diagonal(too, False)
    return too
