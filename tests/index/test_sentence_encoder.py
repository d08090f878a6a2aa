import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.cli import main
from corpus.errors import EncoderError, MissingExtra
from index.encoder import open_encoder
from index.local import LocalEngine
from index.prompts import Prompts, split_name, with_prompts
from index.records import SourceFile
from index.sentence_encoder import SentenceEncoder
from tests.index.support import NEEDLES, TEXTS, make
from tests.index.tiny_models import lay_transformer, needs_models

# Libraries of that size warn about themselves.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_transformer(tmp_path_factory.mktemp("bert"), {"query": "问:", "document": ""})


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of a family that needs prompts, and does not say so itself."""
    folder = tmp_path_factory.mktemp("plain") / "bge-small-zh-v1.5"
    shutil.copytree(lay_transformer(tmp_path_factory.mktemp("bert"), {}), folder)
    return folder


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
    heard: list[tuple[int, int]] = []
    encoder = SentenceEncoder(str(model), batch=2, progress=lambda *now: heard.append(now))
    encoder.encode_passages(["煤"] * 5)
    assert heard == [(2, 5), (4, 5), (5, 5)]


@needs_models
def test_a_model_that_is_not_here_is_one_clear_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("index.hub._hub_answers", lambda: False)
    with pytest.raises(EncoderError, match="no-such-model") as caught:
        open_encoder("gongjian-tests/no-such-model")
    assert "\n" not in str(caught.value)


@needs_models
@pytest.mark.parametrize("name", ["/no/such/folder", "./absent", "a/b/c"])
def test_a_folder_that_is_not_there_is_told_as_one(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("index.hub._hub_answers", lambda: pytest.fail("the hub has no folders"))
    with pytest.raises(EncoderError, match=f"没有编码器的文件夹 {name},请检查路径"):
        open_encoder(name)


@needs_models
def test_a_damaged_folder_is_told_as_one(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("index.hub._hub_answers", lambda: pytest.fail("the hub has no folders"))
    broken = tmp_path / "broken"
    shutil.copytree(model, broken)
    (broken / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(EncoderError, match=f"{broken} 无法载入") as caught:
        open_encoder(str(broken))
    assert "\n" not in str(caught.value)


@needs_models
def test_a_family_that_needs_prompts_and_does_not_say_so_gets_them(plain: Path, model: Path):
    known = SentenceEncoder(str(plain))
    assert known.prompts == Prompts("为这个句子生成表示以用于检索相关文章：", "")
    assert SentenceEncoder(str(model)).prompts == Prompts("问:", "")
    said = SentenceEncoder(with_prompts(str(plain), Prompts("", "文:")))
    assert said.prompts == Prompts("", "文:")
    text = ["烤烟用煤"]
    reference = known._model.encode("文:烤烟用煤", normalize_embeddings=True)
    np.testing.assert_allclose(said.encode_passages(text)[0], reference, atol=1e-5)
    assert not np.allclose(said.encode_queries(text), known.encode_queries(text))


@needs_models
def test_prompts_stay_with_the_index(plain: Path, tmp_path: Path, files: list[SourceFile]):
    name = with_prompts(str(plain), Prompts(query="查:"))
    make(tmp_path / "home", files, encoder=name)
    engine = LocalEngine.open(tmp_path / "home")
    assert engine.manifest.encoder.name == name
    assert engine.dense("烤烟用煤", 1)
    assert make(tmp_path / "home", files, encoder=name).published is False
    other = with_prompts(str(plain), Prompts(query="问:"))
    assert make(tmp_path / "home", files, encoder=other).vectors_reused == 0


def test_prompts_said_in_another_way_are_refused():
    with pytest.raises(EncoderError, match=r"query=提示语&passage=提示语"):
        split_name("any/model?prompt=x")
    assert split_name("any/model") == ("any/model", Prompts())
    both = Prompts("问 & 答?", "")
    named = with_prompts("any/model", both)
    assert split_name(named) == ("any/model", both)
    assert split_name(with_prompts(named, Prompts(passage="文:"))) == (
        "any/model",
        Prompts("问 & 答?", "文:"),
    )
    assert with_prompts(named, Prompts()) == named


@needs_models
def test_the_command_takes_prompts_and_batch_and_draws_no_bars(
    plain: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    text = tmp_path / "a.txt"
    text.write_text("关于烤烟的通知\n烤烟用煤现象比较普遍。", "utf-8")
    batches: list[int] = []
    init = SentenceEncoder.__init__

    def hearing(self, name, *, batch=None, progress=None):
        batches.append(batch)
        init(self, name, batch=batch, progress=progress)

    monkeypatch.setattr(SentenceEncoder, "__init__", hearing)
    given = ("--encoder", str(plain), "--query-prompt", "问:", "--batch", "4")
    with pytest.raises(SystemExit) as stopped:
        main(["index", str(text), *given])
    assert (stopped.value.code or 0, batches) == (0, [4])
    assert "Loading" not in capfd.readouterr().err
    name = LocalEngine.open(tmp_path / "home").manifest.encoder.name
    assert split_name(name) == (str(plain), Prompts("问:"))
    with pytest.raises(SystemExit) as stopped:
        main(["index", str(text), "--query-prompt", "问:"])
    assert stopped.value.code == 1
    assert "提示语要和编码器一起写" in capfd.readouterr().err


@needs_models
def test_unchanged_passages_are_not_encoded_again(
    model: Path, tmp_path: Path, files: list[SourceFile]
):
    make(tmp_path / "home", files, encoder=str(model))
    files[0].path.write_text(TEXTS["plan.txt"] + "\n新增一行。", "utf-8")
    report = make(tmp_path / "home", files, encoder=str(model))
    assert report.vectors_reused == report.counts.passages - 1


@needs_models
def test_the_order_of_texts_changes_no_row(model: Path):
    encoder = SentenceEncoder(str(model), batch=2)
    texts = ["煤", "烤烟用煤现象比较普遍", "秸秆禁烧", "加油站", "秸秆"]
    rows = encoder.encode_passages(texts)
    for text, row in zip(texts, rows, strict=True):
        np.testing.assert_allclose(encoder.encode_passages([text])[0], row, atol=1e-5)
    assert encoder.device == "cpu" or encoder.device.startswith(("cuda", "mps"))


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
