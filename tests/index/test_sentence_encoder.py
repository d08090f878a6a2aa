import importlib.util
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import EncoderError, MissingExtra
from index.encoder import open_encoder
from index.local import LocalEngine
from index.records import SourceFile
from tests.index.support import NEEDLES, TEXTS, make

needs_models = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None and os.environ.get("CI") != "true",
    reason="sentence-transformers is not installed (pip install 'gongjian[models]')",
)
# Libraries of that size warn about themselves.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny transformer with random weights and a vocabulary of the test's characters."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    characters = sorted(set("".join(TEXTS.values())) - {"\n"})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    layer = Transformer(str(folder))
    whole = SentenceTransformer(
        modules=[layer, Pooling(32)], prompts={"query": "问:", "document": ""}, device="cpu"
    )
    whole.save(str(folder / "st"))
    return folder / "st"


@needs_models
def test_an_index_is_built_and_searched_with_a_transformer(
    model: Path, tmp_path: Path, files: list[SourceFile]
):
    make(tmp_path / "home", files, encoder=str(model))
    engine = LocalEngine.open(tmp_path / "home")
    assert engine.manifest.encoder.dimensions == 32
    for name, needle in NEEDLES.items():
        line = next(one for one in TEXTS[name].splitlines() if needle in one)
        found = engine.dense(f"{TEXTS[name].splitlines()[0]}\n{line}", 3)
        assert needle in " ".join(p.text for p in engine.passages(one.id for one in found))


@needs_models
def test_rows_are_those_of_the_model_with_its_prompts(model: Path):
    from sentence_transformers import SentenceTransformer

    encoder = open_encoder(str(model))
    reference = SentenceTransformer(str(model))
    texts = list(TEXTS.values())
    for ours, prompt in (
        (encoder.encode_queries(texts), "问:"),
        (encoder.encode_passages(texts), ""),
    ):
        theirs = reference.encode(texts, prompt=prompt, normalize_embeddings=True)
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert not np.allclose(encoder.encode_queries(texts), encoder.encode_passages(texts))


@needs_models
def test_progress_is_told_batch_by_batch(model: Path):
    from index.sentence_encoder import SentenceEncoder

    heard: list[tuple[int, int]] = []
    encoder = SentenceEncoder(str(model), batch=2, progress=lambda *now: heard.append(now))
    encoder.encode_passages(["煤"] * 5)
    assert heard == [(2, 5), (4, 5), (5, 5)]


@needs_models
def test_a_model_that_is_not_here_is_one_clear_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("index.sentence_encoder._hub_answers", lambda: False)
    with pytest.raises(EncoderError, match="no-such-model") as caught:
        open_encoder("gongjian-tests/no-such-model")
    assert "\n" not in str(caught.value)


@needs_models
def test_a_model_that_fails_is_an_encoder_error(model: Path, monkeypatch: pytest.MonkeyPatch):
    encoder = open_encoder(str(model))

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("out of\nmemory")

    monkeypatch.setattr(encoder._model, "encode_query", fail)
    with pytest.raises(EncoderError, match="out of memory"):
        encoder.encode_queries(["煤"])


def test_without_the_extra_the_way_to_it_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtra, match=r"pip install 'gongjian\[models\]'"):
        open_encoder("any/model")
