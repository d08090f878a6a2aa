"""A sentence-transformers cross-encoder: it reads a question and a passage together."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import EncoderError
from index.hub import load_model, reason_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_BATCH = 32


class CrossEncoder:
    """A cross-encoder by its name or folder; it is loaded when it first scores."""

    def __init__(self, name: str, *, batch: int = _BATCH) -> None:
        self.name = name
        self._batch = batch
        self._loading = threading.Lock()
        self._model: Any = None

    def scores(self, query: str, passages: Sequence[str]) -> list[float]:
        """Return how well each passage answers the question: higher is better, on no scale.

        :raises MissingExtra: sentence-transformers is not installed.
        :raises EncoderError: the model cannot be had or loaded, failed, or is of another kind.
        """
        if not passages:
            return []
        model = self._loaded()
        pairs = [(query, passage) for passage in passages]
        try:
            found = model.predict(
                pairs,
                batch_size=self._batch,
                # What a sigmoid makes of sure scores are ties.
                activation_fn=_nothing(),
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        except Exception as exc:  # torch and the model's own code raise anything
            raise EncoderError(f"重排模型 {self.name} 出错:{reason_line(exc)}") from exc
        return self._checked(np.asarray(found, np.float32), len(passages))

    def _checked(self, found: NDArray[np.float32], wanted: int) -> list[float]:
        if found.shape != (wanted,):
            raise EncoderError(
                f"{self.name} 不是重排模型:{wanted} 对文字应给出 {wanted} 个分数,"
                f"实为 {found.shape};请换一个 cross-encoder"
            )
        if not np.isfinite(found).all():
            raise EncoderError(f"重排模型 {self.name} 给出的分数含有无效数值,请换一个模型")
        return [float(one) for one in found]

    def _loaded(self) -> Any:
        with self._loading:
            if self._model is None:
                self._model = load_model(self.name, "重排模型", "--rerank", _make)
            return self._model


def _make(name: str, **options: Any) -> Any:
    from sentence_transformers import CrossEncoder as Model

    return Model(name, **options)


def _nothing() -> Any:
    import torch

    return torch.nn.Identity()
