"""Transformers small enough to be built for a test: random weights, the test's own characters."""

import importlib.util
import os
from pathlib import Path

import pytest

from tests.index.support import TEXTS

needs_models = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None and os.environ.get("CI") != "true",
    reason="sentence-transformers is not installed (pip install 'gongjian[models]')",
)
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def lay_transformer(folder: Path, prompts: dict[str, str]) -> Path:
    """Save a sentence-transformers model; return its folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertModel

    config = _lay_tokenizer(folder)
    torch.manual_seed(0)
    BertModel(config).save_pretrained(folder)
    layers = [Transformer(str(folder)), Pooling(32)]
    SentenceTransformer(modules=layers, prompts=prompts, device="cpu").save(str(folder / "st"))
    return folder / "st"


def lay_cross_encoder(folder: Path, *, labels: int = 1) -> Path:
    """Save a cross-encoder; return its folder."""
    import torch
    from transformers import BertForSequenceClassification

    folder.mkdir(parents=True, exist_ok=True)
    # Weights as small as they usually begin would tell no two passages apart.
    config = _lay_tokenizer(folder, num_labels=labels, initializer_range=1.0)
    torch.manual_seed(1)
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def _lay_tokenizer(folder: Path, **options: float):
    from transformers import BertConfig, BertTokenizerFast

    characters = sorted(set("".join(TEXTS.values())) - {"\n"})
    vocabulary = [*_SPECIAL, *characters]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=512,
        **options,
    )
