"""The dense part of a segment: vectors of passages, and which encoder they came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import EncoderError, EncoderMismatch
from index.encoder import Encoder, checked, open_encoder, probe
from index.kept import only
from index.records import EncoderRecord
from index.segment import DENSE, HASHES
from index.vectors import merge_vectors, write_vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from index.files import Staging
    from index.kept import Kept
    from index.segment import Segment

_BATCH = 2048
# Rounding differs between machines; another model differs in the first digit.
_SAME_PROBE = 1e-3


@dataclass(frozen=True, slots=True)
class Vectorizer:
    """An encoder at work: texts whose vectors `known` segments hold are not encoded again.

    `tell` hears how many texts of a segment were encoded, of how many.
    """

    encoder: Encoder
    record: EncoderRecord
    known: Sequence[Segment] = ()
    tell: Callable[[int, int], None] = lambda done, total: None


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


def write_dense(staging: Staging, texts: Sequence[str], vectorizer: Vectorizer) -> int:
    """Encode texts and write their vectors; return how many were known.

    :raises EncoderError: the model failed, or its vectors are unusable.
    :raises OSError: they could not be written.
    """
    encoder = vectorizer.encoder
    hashes = _hashes(texts)
    vectors = np.zeros((len(texts), encoder.dimensions), np.float32)
    new = _take_over(vectors, hashes, vectorizer.known)
    for start in range(0, len(new), _BATCH):
        rows = new[start : start + _BATCH]
        vectorizer.tell(start, len(new))
        found = encoder.encode_passages([texts[row] for row in rows])
        vectors[rows] = checked(encoder, found, len(rows))
    vectorizer.tell(len(new), len(new))
    write_vectors(staging, DENSE, vectors)
    staging.write_array(f"{DENSE}/{HASHES}", hashes)
    return len(texts) - len(new)


def merge_dense(staging: Staging, parts: Sequence[tuple[Segment, Kept]]) -> None:
    """Write the vectors of several segments as one's; each with the passages that go on.

    :raises OSError: they could not be written.
    """
    merge_vectors(staging, DENSE, [(one.raw_vectors(), kept) for one, kept in parts])
    hashes = [only(one.hashes(), kept) for one, kept in parts]
    staging.write_array(f"{DENSE}/{HASHES}", np.concatenate(hashes))


def encoder_for(wanted: EncoderRecord, given: Encoder | str | None) -> Encoder:
    """Return the encoder that vectors were made with: the `given` one, or by its name.

    :raises EncoderMismatch: it is another, or is not to be had.
    :raises MissingExtra: it needs sentence-transformers, which is not installed.
    """
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
    vectors: NDArray[np.float32], hashes: NDArray[np.uint64], known: Sequence[Segment]
) -> NDArray[np.int64]:
    """Fill in the rows of vectors that segments have; return the others."""
    new = np.arange(len(hashes))
    for segment in known:
        theirs = segment.hashes()
        if not len(new) or not len(theirs):
            continue
        order = np.argsort(theirs[:, 0], kind="stable")
        places = np.searchsorted(theirs[:, 0], hashes[new, 0], sorter=order)
        rows = order[np.minimum(places, len(order) - 1)]
        same = (theirs[rows] == hashes[new]).all(axis=1)
        vectors[new[same]] = segment.raw_vectors()[rows[same]]
        new = new[~same]
    return new


def _hashes(texts: Sequence[str]) -> NDArray[np.uint64]:
    digests = (
        hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
        for text in texts
    )
    return np.frombuffer(b"".join(digests), np.uint64).reshape(-1, 2)
