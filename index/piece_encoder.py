"""The encoder that this project trains and ships: a table of pieces, added up over a text.

A piece's row is one byte a value, with a scale a row. What a piece weighs in a question is learned
apart from what it weighs in a passage (怎么办 says little in the one, and hardly stands in the
other), and a question's sum is turned towards how documents say it. A passage's context and its
text are each of length one before they are mixed, so that a title is heard beside a long text.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import EncoderError
from index.encoder import unit_rows
from index.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from numpy.typing import NDArray

    from index.pieces import Bags

CONFIG, VOCABULARY, TENSORS = "pieces.json", "vocabulary.txt", "model.safetensors"
# By this sentence-transformers knows which module reads the folder.
_MODULES = "modules.json"
FILES = (CONFIG, VOCABULARY, TENSORS, _MODULES)
_MODULE = {"idx": 0, "name": "0", "path": "", "type": "index.piece_module.PieceModule"}
MODEL_TYPE = "gongjian-pieces"
SHIPPED = Path(__file__).with_name("models") / "official"
SHIPPED_NAME = "official"  # what an index calls the shipped encoder, wherever it is installed
_BATCH = 512  # texts added up at once: bounds memory
# Few texts touch few rows; with more, the whole table as floats is made once and kept.
_FEW = 64
_LARGEST = 127  # of a signed byte, on both sides of 0
_SMALLEST = 1e-6  # half floats tell nothing smaller from 0


@dataclass(frozen=True, slots=True)
class Weights:
    """What a piece encoder has learned.

    `rows` times `scales` is the table; `asks` is what a piece weighs in a question, `turn` the
    matrix a question's sum is multiplied by, `context` how much a context counts beside a text.
    """

    vocabulary: str
    shared: int
    rows: NDArray[np.int8]
    scales: NDArray[np.float32]
    asks: NDArray[np.float32]
    turn: NDArray[np.float32]
    context: float


class PieceEncoder:
    """The encoder over a folder's weights: numpy alone, a few hundredths of a millisecond."""

    def __init__(self, folder: Path, *, name: str | None = None) -> None:
        """Open the encoder in a folder; `name` is what it calls itself, by default the path.

        :raises EncoderError: a file is missing or damaged, or they do not fit together.
        """
        weights = read_weights(folder)
        try:
            pieces = Pieces(weights.vocabulary, weights.shared)
        except ValueError as exc:
            raise _unusable(folder / VOCABULARY, exc) from exc
        if pieces.size != len(weights.rows):
            raise EncoderError(f"编码器 {folder} 的词表与向量数目不符,请换一个完整的模型文件夹")
        self._hold(weights, pieces, name or str(folder.resolve()))

    @classmethod
    def over(cls, weights: Weights, name: str) -> Self:
        """The encoder over weights that lie in no folder.

        :raises ValueError: the vocabulary is damaged.
        """
        encoder = cls.__new__(cls)
        encoder._hold(weights, Pieces(weights.vocabulary, weights.shared), name)
        return encoder

    def _hold(self, weights: Weights, pieces: Pieces, name: str) -> None:
        self.name, self.weights, self.pieces = name, weights, pieces
        self.dimensions = int(weights.rows.shape[1])
        self._making = threading.Lock()
        self._table: NDArray[np.float32] | None = None

    @staticmethod
    def lies_in(folder: Path) -> bool:
        """Tell whether a folder holds a piece encoder."""
        try:
            config = json.loads((folder / CONFIG).read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return isinstance(config, dict) and config.get("model_type") == MODEL_TYPE

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each question."""
        sums = [
            self._sums(texts[start : start + _BATCH], asked=True)
            for start in range(0, len(texts), _BATCH)
        ]
        return unit_rows(_stacked(sums, self.dimensions) @ self.weights.turn)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each passage; its first line, if it has more, is its context."""
        rows = [
            self._passages(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)
        ]
        return _stacked(rows, self.dimensions)

    def _passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        parts = [text.partition("\n") for text in texts]
        bodies = self._sums([rest or first for first, _, rest in parts], asked=False)
        contexts = self._sums([first if rest else "" for first, _, rest in parts], asked=False)
        return unit_rows(unit_rows(bodies) + self.weights.context * unit_rows(contexts))

    def _sums(self, texts: Sequence[str], *, asked: bool) -> NDArray[np.float32]:
        """Add up the rows of each text's pieces."""
        bags = self.pieces.bags(texts)
        if len(texts) <= _FEW and self._table is None:
            return self._few(bags, asked=asked)
        from scipy import sparse

        values = np.ones(len(bags.ids), np.float32)
        if asked:
            values = self.weights.asks[bags.ids]
        shape = (len(texts), self.pieces.size)
        counts = sparse.csr_array((values, bags.ids, bags.starts), shape=shape)
        return np.asarray(counts @ self._whole(), np.float32)

    def _few(self, bags: Bags, *, asked: bool) -> NDArray[np.float32]:
        values = self.weights.scales[bags.ids]
        if asked:
            values = values * self.weights.asks[bags.ids]
        rows = self.weights.rows[bags.ids]
        sums = np.zeros((len(bags.starts) - 1, self.dimensions), np.float32)
        for text, start in enumerate(bags.starts[:-1]):
            stop = bags.starts[text + 1]
            sums[text] = values[start:stop] @ rows[start:stop].astype(np.float32)
        return sums

    def _whole(self) -> NDArray[np.float32]:
        with self._making:
            if self._table is None:
                self._table = self.weights.rows * self.weights.scales[:, None]
            return self._table


def read_weights(folder: Path) -> Weights:
    """Read the weights in a folder.

    :raises EncoderError: a file is missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
        vocabulary = (folder / VOCABULARY).read_text("utf-8")
        tensors = load_file(folder / TENSORS)
        weights = Weights(
            vocabulary=vocabulary.rstrip("\n"),
            shared=int(config["shared"]),
            rows=tensors["rows"],
            scales=tensors["scales"].astype(np.float32),
            asks=tensors["asks"].astype(np.float32),
            turn=tensors["turn"].astype(np.float32),
            context=float(config["context"]),
        )
    except (OSError, LookupError, TypeError, ValueError, SafetensorError) as exc:
        raise _unusable(folder, exc) from exc
    pieces, dimensions = weights.rows.shape if weights.rows.ndim == 2 else (0, 0)
    shapes = weights.scales.shape, weights.asks.shape, weights.turn.shape
    if weights.rows.dtype != np.int8 or shapes != ((pieces,), (pieces,), (dimensions,) * 2):
        raise EncoderError(f"编码器 {folder} 的各个数组大小不符,请换一个完整的模型文件夹")
    return weights


def weight_files(weights: Weights) -> dict[str, bytes]:
    """Return the files of a folder that holds the weights; the same weights, the same bytes."""
    from safetensors.numpy import save

    config = {
        "model_type": MODEL_TYPE,
        "dimensions": int(weights.rows.shape[1]),
        "shared": weights.shared,
        "context": round(weights.context, 6),
    }
    tensors: dict[str, NDArray[Any]] = {
        "rows": np.ascontiguousarray(weights.rows),
        "scales": weights.scales.astype(np.float16),
        "asks": weights.asks.astype(np.float16),
        "turn": weights.turn.astype(np.float16),
    }
    return {
        CONFIG: json.dumps(config, indent=1).encode() + b"\n",
        _MODULES: json.dumps([_MODULE], indent=1).encode() + b"\n",
        VOCABULARY: weights.vocabulary.encode() + b"\n",
        TENSORS: save(tensors),
    }


def rounded(
    vocabulary: str,
    shared: int,
    table: NDArray[np.float32],
    *,
    asks: NDArray[np.float32],
    turn: NDArray[np.float32],
    context: float,
) -> Weights:
    """Return weights with the rows of a table rounded to bytes, each by its own largest value."""
    scales = np.maximum(np.abs(table).max(axis=1), _SMALLEST) / _LARGEST
    # What is kept of a scale is what rows are rounded by.
    scales = scales.astype(np.float16).astype(np.float32)
    rows = np.rint(table / np.maximum(scales, _SMALLEST)[:, None])
    clipped = np.clip(rows, -_LARGEST, _LARGEST).astype(np.int8)
    return Weights(vocabulary, shared, clipped, scales, asks, turn, context)


def _stacked(parts: Sequence[NDArray[np.float32]], dimensions: int) -> NDArray[np.float32]:
    return np.concatenate(parts) if parts else np.zeros((0, dimensions), np.float32)


def _unusable(path: Path, exc: Exception) -> EncoderError:
    reason = " ".join(str(exc).split())
    return EncoderError(f"编码器的文件 {path} 不能用:{reason};请换一个完整的模型文件夹")
