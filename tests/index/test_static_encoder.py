import json
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from corpus.errors import EncoderError
from index.encoder import open_encoder
from index.static_encoder import StaticEncoder
from index.tokens import fold
from tests.index.support import TEXTS, lay_model2vec

LINES = [line for text in TEXTS.values() for line in text.splitlines()]
SAMPLE = [*LINES, "烤烟", "没见过的词", "PM2.5 超标", "龘", "", "长" * 3000]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_model2vec(tmp_path_factory.mktemp("model"), LINES)


def edit_config(folder: Path, **values: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def copy(model: Path, folder: Path) -> Path:
    folder.mkdir()
    for path in model.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.mark.parametrize("limit", [None, 512])
def test_vectors_are_those_of_model2vec(model: Path, tmp_path: Path, limit: int | None):
    model2vec = pytest.importorskip("model2vec")
    folder = copy(model, tmp_path / "m")
    edit_config(folder, max_length=limit)
    texts = SAMPLE if limit is None else SAMPLE[:-1]  # it cuts very long texts by characters first
    theirs = model2vec.StaticModel.from_pretrained(folder).encode([fold(text) for text in texts])
    ours = StaticEncoder(folder).encode_passages(texts)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_an_unfolded_model_gets_the_text_as_it_is(model: Path, tmp_path: Path):
    model2vec = pytest.importorskip("model2vec")
    folder = copy(model, tmp_path / "m")
    edit_config(folder, folded=False)
    theirs = model2vec.StaticModel.from_pretrained(folder).encode(["ＰＭ２.５", "揚塵治理"])
    np.testing.assert_allclose(
        StaticEncoder(folder).encode_queries(["ＰＭ２.５", "揚塵治理"]), theirs, atol=1e-6
    )


def test_a_model_reads_no_further_than_its_limit(model: Path, tmp_path: Path):
    folder = copy(model, tmp_path / "m")
    edit_config(folder, max_length=1)
    first, both = StaticEncoder(folder).encode_queries(["烤烟", "烤烟 秸秆"])
    np.testing.assert_array_equal(first, both)


def test_a_quantised_vocabulary_is_read_like_model2vec_reads_it(model: Path, tmp_path: Path):
    model2vec = pytest.importorskip("model2vec")
    folder = copy(model, tmp_path / "m")
    table = load_file(folder / "model.safetensors")["embeddings"]
    mapping = np.arange(len(table), dtype=np.int32) // 2
    weights = np.linspace(0.5, 2, len(table)).astype(np.float32)
    save_file(
        {"embeddings": table[: mapping.max() + 1], "mapping": mapping, "weights": weights},
        folder / "model.safetensors",
    )
    theirs = model2vec.StaticModel.from_pretrained(folder).encode([fold(text) for text in LINES])
    np.testing.assert_allclose(StaticEncoder(folder).encode_passages(LINES), theirs, atol=1e-6)


def test_rows_have_length_one_or_zero_for_the_unknown(model: Path):
    rows = StaticEncoder(model).encode_queries(["烤烟用煤", "", "。。。"])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1, 0, 0], atol=1e-6)
    assert rows.dtype == np.float32


def test_a_folder_is_opened_by_its_path(model: Path):
    encoder = open_encoder(str(model))
    assert isinstance(encoder, StaticEncoder)
    assert encoder.name == str(model.resolve())


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
@pytest.mark.parametrize("content", [None, b"", b"{", b"[1]", b"\xff\xfe\x00"])
def test_a_damaged_file_is_one_clear_line(
    model: Path, tmp_path: Path, name: str, content: bytes | None
):
    folder = copy(model, tmp_path / "m")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(EncoderError, match=name) as caught:
        StaticEncoder(folder)
    assert "\n" not in str(caught.value)


def test_a_table_shorter_than_the_vocabulary_is_refused(model: Path, tmp_path: Path):
    folder = copy(model, tmp_path / "m")
    table = load_file(folder / "model.safetensors")["embeddings"]
    save_file({"embeddings": table[:-1]}, folder / "model.safetensors")
    with pytest.raises(EncoderError, match="词表"):
        StaticEncoder(folder)


def test_a_query_is_encoded_well_below_a_millisecond(model: Path):
    encoder = StaticEncoder(model)
    encoder.encode_queries(["烤烟用煤整改时限"])
    start = time.perf_counter()
    for _ in range(100):
        encoder.encode_queries(["烤烟用煤整改时限"])
    assert (time.perf_counter() - start) / 100 < 0.002  # 0.05 ms here; ten-fold slack and more
