"""One step of learning: the gradient through sums of pieces, without a graph over the table.

A batch touches a third of the pieces. Their rows are gathered, added up by a sparse product, and
only the sums go through torch; the table is then moved by AdaGrad with one memory a row (Duchi
et al. 2011), which keeps rare pieces moving and costs one pass over the rows touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_TURN_RATE, _REST_RATE = 2e-4, 1e-3
_ASKS_SHARE = 0.3  # of a row's rate: a weight moves a whole row
_SHARPEST = 80.0  # a softer cap than none: sharper and single pairs rule
_EVEN = 1e-9


@dataclass(slots=True)
class State:
    """What is learned; `sharpness` is the logarithm that cosines are multiplied by."""

    table: NDArray[np.float32]
    asks: NDArray[np.float32]  # logarithms
    turn: NDArray[np.float32]
    context: float
    sharpness: float

    @classmethod
    def average(cls, states: list[State]) -> State:
        """Return the mean of states that began alike: flatter, and better, than any of them."""
        return cls(
            table=np.mean([one.table for one in states], axis=0, dtype=np.float32),
            asks=np.mean([one.asks for one in states], axis=0, dtype=np.float32),
            turn=np.mean([one.turn for one in states], axis=0, dtype=np.float32),
            context=sum(one.context for one in states) / len(states),
            sharpness=sum(one.sharpness for one in states) / len(states),
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions and candidates as counts of pieces; question `i` is answered by candidate `i`.

    `answers_too` marks what else answers a question, and must not be held against it.
    """

    questions: Any
    contexts: Any
    bodies: Any
    answers_too: NDArray[np.bool_]


class Learner:
    """Holds a state and moves it a batch at a time."""

    def __init__(self, state: State, rate: float) -> None:
        import torch

        self._torch = torch
        self._rate = rate
        self._table, self._asks = state.table.copy(), state.asks.copy()
        self._rows_moved = np.zeros(len(state.table), np.float32)
        self._asks_moved = np.zeros(len(state.table), np.float32)
        self._turn = torch.tensor(state.turn, requires_grad=True)
        self._context = torch.tensor(state.context, requires_grad=True)
        self._sharpness = torch.tensor(state.sharpness, requires_grad=True)
        self._rest = torch.optim.Adam(
            [
                {"params": [self._context, self._sharpness], "lr": _REST_RATE},
                {"params": [self._turn], "lr": _TURN_RATE},
            ]
        )

    def state(self) -> State:
        """Return a copy of what is learned."""
        return State(
            table=self._table.copy(),
            asks=self._asks.copy(),
            turn=self._turn.detach().numpy().copy(),
            context=self._context.item(),
            sharpness=self._sharpness.item(),
        )

    def step(self, batch: Batch, pace: float) -> float:
        """Learn from a batch at a share of the rate; return the loss."""
        from scipy import sparse

        asked, held = batch.questions, sparse.vstack([batch.contexts, batch.bodies], format="csr")
        touched = np.zeros(len(self._table), np.bool_)
        touched[asked.indices] = touched[held.indices] = True
        rows = np.flatnonzero(touched)
        place = np.cumsum(touched, dtype=np.int32) - 1
        table = self._table[rows]
        weighed = asked.data * np.exp(self._asks)[asked.indices]
        questions = _over(place, asked, weighed, len(rows))
        candidates = _over(place, held, held.data, len(rows))
        loss, by_question, by_candidate = self._through(
            questions @ table, candidates @ table, batch, pace
        )
        self._move(rows, table, questions.T @ by_question, candidates.T @ by_candidate, pace)
        return loss

    def _through(
        self,
        asked: NDArray[np.float32],
        held: NDArray[np.float32],
        batch: Batch,
        pace: float,
    ) -> tuple[float, NDArray[np.float32], NDArray[np.float32]]:
        """Return the loss and its gradients by the sums; move what is no table."""
        torch = self._torch
        unit: Callable[..., Any] = torch.nn.functional.normalize
        q = torch.from_numpy(asked).requires_grad_()
        p = torch.from_numpy(held).requires_grad_()
        count = batch.contexts.shape[0]
        questions = unit(q @ self._turn, dim=1)
        candidates = unit(self._context * unit(p[:count], dim=1) + unit(p[count:], dim=1), dim=1)
        scores = questions @ candidates.T * self._sharpness.exp().clamp(max=_SHARPEST)
        scores = scores.masked_fill(torch.from_numpy(batch.answers_too), -1e4)
        loss = torch.nn.functional.cross_entropy(scores, torch.arange(len(questions)))
        self._rest.zero_grad()
        loss.backward()
        for group, rate in zip(self._rest.param_groups, (_REST_RATE, _TURN_RATE), strict=True):
            group["lr"] = rate * pace
        self._rest.step()
        return loss.item(), q.grad.numpy(), p.grad.numpy()

    def _move(
        self,
        rows: NDArray[np.int64],
        table: NDArray[np.float32],
        by_question: NDArray[np.float32],
        by_candidate: NDArray[np.float32],
        pace: float,
    ) -> None:
        rate = self._rate * pace
        weights = np.einsum("ij,ij->i", table, by_question)
        gradient = by_candidate + by_question
        self._rows_moved[rows] += np.einsum("ij,ij->i", gradient, gradient) / table.shape[1]
        self._asks_moved[rows] += weights * weights
        moved = np.sqrt(self._rows_moved[rows]) + _EVEN
        self._table[rows] = table - rate * gradient / moved[:, None]
        self._asks[rows] -= _ASKS_SHARE * rate * weights / (np.sqrt(self._asks_moved[rows]) + _EVEN)


def _over(place: NDArray[np.int32], counts: Any, values: NDArray[np.float32], width: int) -> Any:
    """The same counts over the touched rows alone."""
    from scipy import sparse

    shape = counts.shape[0], width
    return sparse.csr_matrix((values, place[counts.indices], counts.indptr), shape=shape)
