"""Static encoders in the model2vec format: a table of token vectors, averaged over a text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import EncoderError
from index.encoder import unit_rows
from index.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

_CONFIG, _TOKENIZER, _TABLE = "config.json", "tokenizer.json", "model.safetensors"
_EMBEDDINGS = "embeddings"
# A setting of ours beside model2vec's: the encoder was trained on folded text.
FOLDED = "folded"
_MAX_LENGTH = 512  # model2vec's own limit where a model names none
_UNKNOWN_ID = re.compile(r'(?<!\\)"unk_id"\s*:\s*(\d+)')
_BATCH = 1024  # texts averaged at once: bounds memory, not speed


class StaticEncoder:
    """An encoder that is a table: no network, no torch, microseconds a text."""

    def __init__(self, folder: Path, *, name: str | None = None) -> None:
        """Open the encoder in a folder; `name` is what it calls itself, by default the path.

        :raises EncoderError: a file is missing or damaged, or the table does not fit.
        """
        self.name = name or str(folder.resolve())
        config = _config(folder)
        self._tokenizer, self._unknown = _tokenizer(folder, config)
        self._table = _table(folder)
        self.dimensions = int(self._table.shape[1])
        self._folded = bool(config.get(FOLDED))
        if self._tokenizer.get_vocab_size() > len(self._table):
            raise EncoderError(f"静态编码器 {folder} 的词表比向量多,请换一个完整的模型文件夹")

    @staticmethod
    def lies_in(folder: Path) -> bool:
        """Tell whether a folder holds a static encoder."""
        if not all((folder / name).is_file() for name in (_CONFIG, _TOKENIZER, _TABLE)):
            return False
        # A transformer's folder may hold the same three files; only its table differs.
        with (folder / _TABLE).open("rb") as file:
            header = file.read(8 + min(int.from_bytes(file.read(8), "little"), 1 << 20))
        return f'"{_EMBEDDINGS}"'.encode() in header

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each question."""
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each passage."""
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _BATCH):
            for row, ids in enumerate(self._ids(texts[start : start + _BATCH]), start):
                if ids:
                    rows[row] = self._table[ids].mean(axis=0, dtype=np.float32)
        return unit_rows(rows)

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        ready = [fold(text) for text in texts] if self._folded else list(texts)
        found = self._tokenizer.encode_batch_fast(ready, add_special_tokens=False)
        return [[i for i in one.ids if i != self._unknown] for one in found]


def _config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise _unusable(folder / _CONFIG, exc) from exc
    if not isinstance(config, dict):
        raise EncoderError(f"静态编码器的文件 {folder / _CONFIG} 不能用:应为 JSON 对象")
    return config


def _tokenizer(folder: Path, config: dict[str, Any]) -> tuple[Tokenizer, int | None]:
    from tokenizers import Tokenizer

    try:
        text = (folder / _TOKENIZER).read_text(encoding="utf-8")
        tokenizer = Tokenizer.from_str(text)
    except Exception as exc:  # the library raises bare Exception
        raise _unusable(folder / _TOKENIZER, exc) from exc
    tokenizer.no_padding()
    limit = config.get("max_length", _MAX_LENGTH)
    if limit:
        tokenizer.enable_truncation(int(limit))
    else:
        tokenizer.no_truncation()
    return tokenizer, _unknown(tokenizer, text)


def _unknown(tokenizer: Tokenizer, text: str) -> int | None:
    token = getattr(tokenizer.model, "unk_token", None)
    if token is not None:
        return tokenizer.token_to_id(token)
    # A Unigram model does not show its unknown id, and parsing the vocabulary again for it
    # would take longer than all the rest of opening.
    found = _UNKNOWN_ID.search(text)
    return int(found[1]) if found else None


def _table(folder: Path) -> NDArray[np.float32]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(folder / _TABLE)
        table = np.asarray(tensors[_EMBEDDINGS], np.float32)
        # A model with a quantised vocabulary shares rows between tokens and weighs them.
        if "mapping" in tensors:
            table = table[tensors["mapping"]]
        if "weights" in tensors:
            table = table * np.asarray(tensors["weights"], np.float32)[:, None]
    except (OSError, LookupError, ValueError, SafetensorError) as exc:
        raise _unusable(folder / _TABLE, exc) from exc
    if table.ndim != 2:
        raise EncoderError(f"静态编码器的文件 {folder / _TABLE} 不能用:应为二维,实为 {table.shape}")
    return table


def _unusable(path: Path, exc: Exception) -> EncoderError:
    reason = " ".join(str(exc).split())
    return EncoderError(f"静态编码器的文件 {path} 不能用:{reason};请换一个完整的模型文件夹")
