"""Train a static encoder on the passages themselves: seconds, no model download, no GPU.

The vocabulary is the words of the passages and their characters, cut by a Unigram model
over their counts. The vectors come from latent semantic analysis: passages by pieces,
weighted by rarity, reduced by a randomised SVD with a fixed seed. A word also carries some
of its characters, so that words nobody wrote before still lie near their kin.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from index.static_encoder import FOLDED
from index.tokens import fold, segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

# Enough to know a field's language; what a larger corpus has beyond, it has again and again.
_SAMPLE = 20_000
_WORDS = 20_000
_DIMENSIONS = 256
_OVERSAMPLING = 16
_POWER_ITERATIONS = 1
_NOISE = 1e-10  # strength, relative to the strongest, below which a direction is rounding
_SEED = 20_200_713
_CHARACTER_SHARE = 0.3  # of a word's vector that its characters make
_UNKNOWN = "[UNK]"
# Whole runs of Han, or of letters and digits; all else separates.
_PIECES = r"\p{Han}+|[\p{L}\p{N}&&[^\p{Han}]]+(?:[.\-][\p{L}\p{N}&&[^\p{Han}]]+)*"


def train_static(texts: Sequence[str]) -> dict[str, bytes]:
    """Return the files of a model2vec folder, trained on texts; the same texts, the same bytes."""
    from safetensors.numpy import save

    sample = [fold(text) for text in texts[:: max(1, math.ceil(len(texts) / _SAMPLE))]]
    tokenizer = _tokenizer(sample)
    table = _table(tokenizer, sample)
    config = {
        "model_type": "model2vec",
        "normalize": True,
        "max_length": None,
        "hidden_dim": table.shape[1],
        FOLDED: True,
    }
    return {
        "config.json": json.dumps(config, indent=1).encode(),
        "tokenizer.json": tokenizer.to_str().encode(),
        "model.safetensors": save({"embeddings": table}),
    }


def _tokenizer(sample: Sequence[str]) -> Tokenizer:
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    # A tokenizer that knows nothing yet does the splitting, so that both split alike.
    splitter = pre_tokenizers.Split(Regex(_PIECES), "removed", invert=True)
    counts: Counter[str] = Counter()
    for text in sample:
        runs = [run for run, _ in splitter.pre_tokenize_str(text)]
        counts.update(word for run in runs for word in segment(run))
    scores = _scores(counts)
    unknown = (_UNKNOWN, min(scores.values(), default=0.0) - 10)
    tokenizer = Tokenizer(models.Unigram([unknown, *scores.items()], unk_id=0))
    tokenizer.pre_tokenizer = splitter
    return tokenizer


def _scores(counts: Counter[str]) -> dict[str, float]:
    """Return log probabilities of the commonest words and of every character."""
    words = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_WORDS]
    total = sum(counts.values())
    scores = {word: math.log(count / total) for word, count in words}
    # As a piece, a character that is no word must cost more than any word holding it.
    rare = math.log(0.1 / total) if total else 0.0
    for char in sorted({char for word in counts for char in word}):
        scores.setdefault(char, rare)
    return scores


def _table(tokenizer: Tokenizer, sample: Sequence[str]) -> NDArray[np.float32]:
    from scipy import sparse
    from threadpoolctl import threadpool_limits

    pieces = tokenizer.get_vocab_size()
    ids = [one.ids for one in tokenizer.encode_batch_fast(list(sample), add_special_tokens=False)]
    rows = np.repeat(np.arange(len(ids)), [len(one) for one in ids])
    columns = np.fromiter((i for one in ids for i in one), np.int64, len(rows))
    counts = sparse.csr_array(
        (np.ones(len(rows), np.float32), (rows, columns)), shape=(len(ids), pieces)
    )
    found = np.bincount(counts.indices, minlength=pieces)
    rarity = np.log(1 + (len(ids) - found + 0.5) / (found + 0.5)).astype(np.float32)
    carry = _carry(tokenizer, pieces) @ sparse.diags_array(rarity)
    weighted = counts @ carry
    lengths = np.sqrt(np.maximum(weighted.multiply(weighted).sum(axis=1), 1e-12))
    scaled = sparse.diags_array((1 / lengths).astype(np.float32)) @ weighted
    # BLAS threads wait for each other busily: where another program takes a core, the few
    # tenths of a second that one thread needs become many seconds with two.
    with threadpool_limits(1, user_api="blas"):
        axes = _axes(scaled)
    return np.ascontiguousarray(carry @ axes, np.float32)


def _carry(tokenizer: Tokenizer, pieces: int) -> Any:
    """Return the matrix that gives each piece itself and a share of its characters."""
    from scipy import sparse

    vocabulary = tokenizer.get_vocab()
    entries = [
        (row, vocabulary[char], _CHARACTER_SHARE / len(word))
        for word, row in sorted(vocabulary.items(), key=lambda item: item[1])
        if len(word) > 1 and word != _UNKNOWN
        for char in word
    ]
    rows, columns, shares = (
        (np.array(part) for part in zip(*entries, strict=True))
        if entries
        else (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    )
    part = sparse.csr_array((shares.astype(np.float32), (rows, columns)), shape=(pieces, pieces))
    return sparse.eye_array(pieces, dtype=np.float32, format="csr") + part


def _axes(matrix: Any) -> NDArray[np.float32]:
    """Return the leading right singular vectors, by randomised SVD, signs made definite."""
    width = min(*matrix.shape, _DIMENSIONS + _OVERSAMPLING)
    noise = np.random.default_rng(_SEED).standard_normal((matrix.shape[1], width))
    basis = np.linalg.qr(matrix @ noise.astype(np.float32))[0]
    for _ in range(_POWER_ITERATIONS):
        basis = np.linalg.qr(matrix.T @ basis)[0]
        basis = np.linalg.qr(matrix @ basis)[0]
    reduced = np.asarray(matrix.T @ basis, np.float64)
    # The left vectors of the small side give the right ones of the large at a fraction of
    # what decomposing it costs.
    strengths, small = np.linalg.eigh(reduced.T @ reduced)
    order = np.argsort(-strengths)[:_DIMENSIONS]
    order = order[strengths[order] > strengths[order[0]] * _NOISE]
    if not len(order):  # not one piece in the whole sample
        return np.zeros((matrix.shape[1], 1), np.float32)
    right = (reduced @ small[:, order]) / np.sqrt(strengths[order])
    peaks = right[np.abs(right).argmax(axis=0), np.arange(right.shape[1])]
    return np.asarray(right * np.where(peaks < 0, -1, 1), np.float32)
