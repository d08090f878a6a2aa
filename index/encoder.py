"""What an encoder is, and how one is had by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from corpus.errors import EncoderError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

# Said by every kind of model; another model under the same name gives another vector.
_PROBE = "散煤治理整改时限是什么时候?"
_PROBE_LENGTH = 8


class Encoder(Protocol):
    """Texts to vectors, such that what means the same lies close.

    `name` is what `open_encoder` takes to have the same encoder again. Rows have length 1,
    or 0 for a text the encoder knows nothing of.
    """

    @property
    def name(self) -> str:
        """What the encoder is called: a model's name, or the folder it lies in."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each question.

        :raises EncoderError: the model failed.
        """

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each passage.

        :raises EncoderError: the model failed.
        """


def open_encoder(
    name: str,
    *,
    batch: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Encoder:
    """Open the shipped encoder, a folder of its kind or model2vec's, or any other by its name.

    :param batch: how many texts a transformer is given at once, by default what suits most.
    :param progress: hears (done, total) of the passages of a call, where a call is slow.
    :raises EncoderError: there is no such model here, or it cannot be loaded.
    :raises MissingExtra: it needs sentence-transformers, which is not installed.
    """
    from index.piece_encoder import SHIPPED, SHIPPED_NAME, PieceEncoder

    if name == SHIPPED_NAME:
        return PieceEncoder(SHIPPED, name=SHIPPED_NAME)
    folder = Path(name)
    if PieceEncoder.lies_in(folder):
        return PieceEncoder(folder)
    from index.sentence_encoder import SentenceEncoder
    from index.static_encoder import StaticEncoder

    if StaticEncoder.lies_in(folder):
        return StaticEncoder(folder)
    return SentenceEncoder(name, batch=batch, progress=progress)


def probe(encoder: Encoder) -> tuple[float, ...]:
    """Return the start of a fixed text's vector, to know the model again by.

    :raises EncoderError: the model failed, or its vectors are unusable.
    """
    vector = checked(encoder, encoder.encode_queries([_PROBE]), 1)[0]
    return tuple(round(float(value), 6) for value in vector[:_PROBE_LENGTH])


def checked(encoder: Encoder, vectors: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    """Return vectors if there is a finite row of the right length for each text.

    :raises EncoderError: there is not.
    """
    if vectors.shape != (rows, encoder.dimensions):
        raise EncoderError(
            f"编码器 {encoder.name} 应给出 {(rows, encoder.dimensions)} 的向量,实为 {vectors.shape}"
        )
    if not np.isfinite(vectors).all():
        raise EncoderError(f"编码器 {encoder.name} 给出的向量含有无效数值,请换一个编码器")
    return np.ascontiguousarray(vectors, np.float32)


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows of length 1; a row of zeros stays one."""
    # Values past all measure are left to `checked`, which names the encoder.
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-32), np.float32)
