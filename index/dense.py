"""The dense part of a version: vectors of passages, and which encoder they came from."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import EncoderError, EncoderMismatch
from index.encoder import Encoder, checked, open_encoder, probe
from index.files import read_array
from index.records import EncoderRecord
from index.vectors import read_vectors, write_vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from index.files import Staging
    from index.store import Version

_FOLDER, _HASHES = "dense", "hashes.npy"
_BATCH = 2048
# Rounding differs between machines; another model differs in the first digit.
_SAME_PROBE = 1e-3


def record_of(encoder: Encoder) -> EncoderRecord:
    """Describe an encoder for the manifest.

    :raises EncoderError: the model failed, or its vectors are unusable.
    """
    return EncoderRecord(encoder.name, encoder.dimensions, probe(encoder))


def same(one: EncoderRecord, other: EncoderRecord) -> bool:
    """Tell whether two records are of one encoder."""
    if (one.name, one.dimensions) != (other.name, other.dimensions):
        return False
    return np.allclose(one.probe, other.probe, atol=_SAME_PROBE)


def write_dense(
    staging: Staging,
    encoder: Encoder,
    texts: Sequence[str],
    known: Version | None,
    progress: Callable[[str, int, int], None],
) -> int:
    """Encode texts and write their vectors; return how many were `known` from a version.

    :raises EncoderError: the model failed, or its vectors are unusable.
    :raises OSError: they could not be written.
    """
    hashes = [_hash(text) for text in texts]
    vectors = np.zeros((len(texts), encoder.dimensions), np.float32)
    new = _take_over(vectors, hashes, known)
    for start in range(0, len(new), _BATCH):
        rows = new[start : start + _BATCH]
        progress("vectors", start, len(new))
        found = encoder.encode_passages([texts[row] for row in rows])
        vectors[rows] = checked(encoder, found, len(rows))
    progress("vectors", len(new), len(new))
    write_vectors(staging, _FOLDER, vectors)
    keys = np.frombuffer(b"".join(hashes), np.uint64).reshape(len(hashes), 2)
    staging.write_array(f"{_FOLDER}/{_HASHES}", keys)
    return len(texts) - len(new)


def encoder_of(version: Version, given: Encoder | str | None) -> Encoder:
    """Return the encoder a version was made with: the `given` one, or by its name.

    :raises EncoderMismatch: it is another, or is not to be had.
    :raises MissingExtra: it needs sentence-transformers, which is not installed.
    """
    wanted = version.manifest.encoder
    try:
        if given is None or isinstance(given, str):
            encoder = open_encoder(given or wanted.name)
        else:
            encoder = given
        found = record_of(encoder)
    except EncoderError as exc:
        raise EncoderMismatch(f"索引用编码器 {wanted.name} 建成,现在用不了:{exc}") from exc
    if not same(found, wanted):
        raise EncoderMismatch(
            f"索引用编码器 {wanted.name}({wanted.dimensions} 维)建成,"
            f"现在的是 {found.name}({found.dimensions} 维),两者的向量不同;"
            "请换回原来的编码器,或运行 gongjian index 重建索引"
        )
    return encoder


def _take_over(
    vectors: NDArray[np.float32], hashes: Sequence[bytes], known: Version | None
) -> list[int]:
    """Fill in the rows of vectors that a version has; return the others."""
    if known is None:
        return list(range(len(hashes)))
    passages, dimensions = known.manifest.counts.passages, known.manifest.encoder.dimensions
    before = read_vectors(known.dense, passages=passages, dimensions=dimensions)
    keys = read_array(known.dense / _HASHES, "uint64", (passages, 2))
    places = {key.tobytes(): row for row, key in enumerate(keys)}
    old = [(row, places[key]) for row, key in enumerate(hashes) if key in places]
    if old:
        here, there = map(list, zip(*old, strict=True))
        vectors[here] = before[there]
    return [row for row, key in enumerate(hashes) if key not in places]


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
