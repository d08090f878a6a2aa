"""Any sentence-transformers model as an encoder; torch is imported when one is asked for."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import numpy as np

from corpus.errors import EncoderError, MissingExtra
from index.encoder import unit_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_PATIENCE_S = 5.0
_BATCH = 32  # fits a small GPU and keeps a CPU busy


class SentenceEncoder:
    """A sentence-transformers model, with its own prompts for questions and passages."""

    def __init__(
        self,
        name: str,
        *,
        batch: int = _BATCH,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Load a model by its name or folder; `progress` hears (done, total) of passages.

        :raises MissingExtra: sentence-transformers is not installed.
        :raises EncoderError: the model is not here and cannot be had, or cannot be loaded.
        """
        self.name = name
        self._model = _load(name)
        self._batch = batch
        self._progress = progress
        self.dimensions = len(self._encode(self._model.encode_query, ["字"])[0])

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each question.

        :raises EncoderError: the model failed.
        """
        return self._all(self._model.encode_query, texts, None)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each passage.

        :raises EncoderError: the model failed.
        """
        return self._all(self._model.encode_document, texts, self._progress)

    def _all(
        self,
        encode: Callable[..., Any],
        texts: Sequence[str],
        progress: Callable[[int, int], None] | None,
    ) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), self._batch):
            stop = min(start + self._batch, len(texts))
            rows[start:stop] = self._encode(encode, texts[start:stop])
            if progress:
                progress(stop, len(texts))
        return unit_rows(rows)

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str]) -> NDArray[np.float32]:
        try:
            rows = encode(
                list(texts), batch_size=self._batch, show_progress_bar=False, convert_to_numpy=True
            )
        except Exception as exc:  # torch and the model's own code raise anything
            raise EncoderError(f"编码器 {self.name} 出错:{_line(exc)}") from exc
        return np.asarray(rows, np.float32)


def _load(name: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as exc:
        raise MissingExtra(
            f"编码器 {name} 需要 sentence-transformers,请先安装:pip install 'gongjian[models]'"
        ) from exc
    # What is on this machine is used without asking the network, which may not be there and
    # would be tried for a minute.
    with contextlib.suppress(Exception):
        return SentenceTransformer(name, local_files_only=True)
    if not _hub_answers():
        raise EncoderError(
            f"本机没有编码器 {name},也连不上模型库;"
            "请在能上网的机器上下载,再用 --encoder 写明它的文件夹"
        )
    try:
        return SentenceTransformer(name)
    except Exception as exc:  # missing files, no network, foreign formats: anything
        raise EncoderError(
            f"编码器 {name} 无法载入,请检查名称或改用本机上的模型文件夹:{_line(exc)}"
        ) from exc


def _hub_answers() -> bool:
    """Whether the model hub can be reached; its own client would try for a minute.

    Behind a proxy there is no telling without asking, so the client may try.
    """
    from huggingface_hub.constants import ENDPOINT

    if getproxies():
        return True
    address = urlsplit(ENDPOINT)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        with socket.create_connection((address.hostname, port), timeout=_PATIENCE_S):
            return True
    except OSError:
        return False


def _line(exc: Exception) -> str:
    return " ".join(str(exc).split())[:200] or type(exc).__name__
