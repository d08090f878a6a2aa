"""Any sentence-transformers model as an encoder; torch is imported when one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import EncoderError
from index.encoder import unit_rows
from index.hub import load_model, reason_line
from index.prompts import prompts_of, split_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_BATCH = 32  # fits a small GPU and keeps a CPU busy


class SentenceEncoder:
    """A sentence-transformers model, with a prompt each for questions and passages.

    It runs where the library finds best: on a GPU where there is one.
    """

    def __init__(
        self,
        name: str,
        *,
        batch: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Load a model by its name or folder; `progress` hears (done, total) of passages.

        :raises MissingExtra: sentence-transformers is not installed.
        :raises EncoderError: the model is not here and cannot be had, or cannot be loaded.
        """
        self.name = name
        model, said = split_name(name)
        self._model = load_model(model, "编码器", "--encoder", _make)
        self.prompts = prompts_of(model, dict(self._model.prompts), said)
        self._batch = batch or _BATCH
        self._progress = progress
        self.dimensions = len(self._encode(self._model.encode_query, ["字"], "")[0])

    @property
    def device(self) -> str:
        """Where the model runs: cpu, cuda:0, mps."""
        return str(self._model.device)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each question.

        :raises EncoderError: the model failed.
        """
        return self._all(self._model.encode_query, texts, self.prompts.query or "", None)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each passage.

        :raises EncoderError: the model failed.
        """
        prompt = self.prompts.passage or ""
        return self._all(self._model.encode_document, texts, prompt, self._progress)

    def _all(
        self,
        encode: Callable[..., Any],
        texts: Sequence[str],
        prompt: str,
        progress: Callable[[int, int], None] | None,
    ) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        # A batch is as slow as its longest text, so that those of one length go together; the
        # longest first, so that memory that does not suffice is told at once.
        order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        for start in range(0, len(texts), self._batch):
            places = order[start : start + self._batch]
            rows[places] = self._encode(encode, [texts[place] for place in places], prompt)
            if progress:
                progress(start + len(places), len(texts))
        return unit_rows(rows)

    def _encode(
        self, encode: Callable[..., Any], texts: Sequence[str], prompt: str
    ) -> NDArray[np.float32]:
        try:
            rows = encode(
                list(texts),
                prompt=prompt,
                batch_size=self._batch,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        except Exception as exc:  # torch and the model's own code raise anything
            raise EncoderError(f"编码器 {self.name} 出错:{reason_line(exc)}") from exc
        return np.asarray(rows, np.float32)


def _make(name: str, **options: Any) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(name, **options)
