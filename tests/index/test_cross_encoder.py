import sys
from pathlib import Path

import pytest

from corpus.errors import EncoderError, MissingExtra
from index.cross_encoder import CrossEncoder
from tests.index.tiny_models import lay_cross_encoder, needs_models

# Libraries of that size warn about themselves.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
PASSAGES = ["烤烟用煤现象比较普遍", "秸秆露天焚烧", "查处黑加油站"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_cross_encoder(tmp_path_factory.mktemp("cross"))


@needs_models
def test_scores_are_those_of_the_model_before_any_squashing(folder: Path):
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    found = CrossEncoder(str(folder), batch=2).scores("烤烟用煤", PASSAGES)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    pairs = tokenizer(["烤烟用煤"] * 3, PASSAGES, return_tensors="pt", padding=True)
    with torch.no_grad():
        expected = model(**pairs).logits[:, 0].tolist()
    assert found == pytest.approx(expected, abs=1e-5)
    assert len(set(found)) == 3


def test_nothing_to_score_loads_nothing():
    assert CrossEncoder("no/such-model").scores("煤", []) == []


@needs_models
def test_a_model_of_another_kind_is_refused(tmp_path: Path):
    several = lay_cross_encoder(tmp_path / "several", labels=3)
    with pytest.raises(EncoderError, match=r"不是重排模型:3 对文字应给出 3 个分数,实为 \(3, 3\)"):
        CrossEncoder(str(several)).scores("煤", PASSAGES)


@needs_models
def test_a_model_that_is_not_here_is_one_line_with_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("index.hub._hub_answers", lambda: False)
    with pytest.raises(EncoderError, match=r"本机没有重排模型 .*--rerank 写明它的文件夹"):
        CrossEncoder("gongjian-tests/no-such-model").scores("煤", PASSAGES)


@needs_models
def test_a_model_that_fails_is_an_error_of_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch):
    model = CrossEncoder(str(folder))
    model.scores("煤", PASSAGES)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("out of\nmemory")

    monkeypatch.setattr(model._model, "predict", fail)
    with pytest.raises(EncoderError, match="out of memory"):
        model.scores("煤", PASSAGES)
    monkeypatch.setattr(model._model, "predict", lambda *_, **__: [float("nan")] * 3)
    with pytest.raises(EncoderError, match="无效数值"):
        model.scores("煤", PASSAGES)


def test_without_the_extra_the_way_to_it_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtra, match=r"pip install 'gongjian\[models\]'"):
        CrossEncoder("any/model").scores("煤", PASSAGES)
