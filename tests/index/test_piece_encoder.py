import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import EncoderError
from index.encoder import open_encoder
from index.piece_encoder import (
    SHIPPED,
    SHIPPED_NAME,
    PieceEncoder,
    read_weights,
    rounded,
    weight_files,
)

TEXTS = [
    "散煤治理\n整改时限:2022年年底",
    "关于秸秆禁烧的通知",
    "",
    "。",
    "秸秆 焚烧\n露天焚烧秸秆的,由乡镇负责",
    "\n只有正文",
    "只有标题\n",
]
_MOST = 24_000_000


@pytest.fixture(scope="module")
def encoder() -> PieceEncoder:
    return PieceEncoder(SHIPPED)


def lay(folder: Path, dimensions: int = 8) -> Path:
    """Write a small encoder with random rows."""
    rng = np.random.default_rng(1)
    weights = rounded(
        "散\n煤\n散煤\n治理",
        4,
        rng.standard_normal((8, dimensions), np.float32),
        asks=np.linspace(0.5, 2, 8, dtype=np.float32),
        turn=rng.standard_normal((dimensions, dimensions)).astype(np.float16).astype(np.float32),
        context=0.5,
    )
    folder.mkdir(exist_ok=True)
    for name, data in weight_files(weights).items():
        (folder / name).write_bytes(data)
    return folder


def test_the_shipped_encoder_fits_in_what_was_promised():
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= _MOST


def test_the_shipped_encoder_goes_by_its_name_wherever_it_lies():
    assert open_encoder(SHIPPED_NAME).name == "official"


def test_rows_have_length_one_or_zero_for_the_unknown(encoder: PieceEncoder):
    for rows in (encoder.encode_passages(TEXTS), encoder.encode_queries(TEXTS)):
        lengths = [0 if text in ("", "。") else 1 for text in TEXTS]
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), lengths, atol=1e-5)
        assert rows.dtype == np.float32
    assert encoder.encode_passages([]).shape == (0, encoder.dimensions)


def test_a_text_has_the_same_vector_alone_and_among_many(encoder: PieceEncoder):
    many = encoder.encode_passages(TEXTS * 100)
    fresh = PieceEncoder(SHIPPED)
    alone = np.concatenate([fresh.encode_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(many[: len(TEXTS)], alone, atol=1e-5)


def test_a_vector_is_what_the_weights_say(tmp_path: Path):
    encoder = PieceEncoder(lay(tmp_path / "small"))
    weights = encoder.weights
    table = weights.rows * weights.scales[:, None]
    asked = (table[[0, 1, 2]] * weights.asks[[0, 1, 2], None]).sum(axis=0) @ weights.turn
    np.testing.assert_allclose(
        encoder.encode_queries(["散煤"])[0], asked / np.linalg.norm(asked), atol=1e-5
    )
    body, context = table[[0, 1, 2]].sum(axis=0), table[1]
    mixed = body / np.linalg.norm(body) + 0.5 * context / np.linalg.norm(context)
    np.testing.assert_allclose(
        encoder.encode_passages(["煤\n散煤"])[0], mixed / np.linalg.norm(mixed), atol=1e-5
    )


def test_people_s_words_lie_near_the_documents(encoder: PieceEncoder):
    passages = encoder.encode_passages(
        [
            "相邻关系\n不动产权利人不得违反国家规定弃置固体废物,排放大气污染物、噪声等有害物质。",
            "劳动合同法\n劳动者提前三十日以书面形式通知用人单位,可以解除劳动合同。",
            "商标法\n注册商标的有效期为十年,自核准注册之日起计算。",
        ]
    )
    asked = encoder.encode_queries(["我想辞职要提前多久说", "商标注册了能管几年", "邻居太吵怎么办"])
    assert np.argmax(asked @ passages.T, axis=1).tolist() == [1, 2, 0]


def test_torch_is_not_imported():
    code = (
        "import sys; from index.encoder import open_encoder;"
        "e = open_encoder('official'); e.encode_queries(['煤']); e.encode_passages(['煤'] * 100);"
        "sys.exit('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_sentence_transformers_gives_the_same_vectors(encoder: PieceEncoder, tmp_path: Path):
    pytest.importorskip("sentence_transformers")
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(SHIPPED), trust_remote_code=True, device="cpu")
    texts = [text for text in TEXTS if text not in ("", "。")]
    np.testing.assert_allclose(model.encode_query(texts), encoder.encode_queries(texts), atol=1e-5)
    np.testing.assert_allclose(
        model.encode_document(texts), encoder.encode_passages(texts), atol=1e-5
    )
    model.save(str(tmp_path / "saved"))
    again = PieceEncoder(tmp_path / "saved")
    np.testing.assert_allclose(
        again.encode_queries(texts), encoder.encode_queries(texts), atol=1e-4
    )


def test_writing_what_was_read_gives_the_same_bytes(tmp_path: Path):
    folder = lay(tmp_path / "small")
    for name, data in weight_files(read_weights(folder)).items():
        assert (folder / name).read_bytes() == data


@pytest.mark.parametrize("name", ["pieces.json", "vocabulary.txt", "model.safetensors"])
@pytest.mark.parametrize("content", [None, b"", b"{", b"[1]", b"\xff\xfe\x00"])
def test_a_damaged_file_is_one_clear_line(tmp_path: Path, name: str, content: bytes | None):
    folder = lay(tmp_path / "small")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(EncoderError, match="完整的模型文件夹") as caught:
        PieceEncoder(folder)
    assert "\n" not in str(caught.value)


def test_a_vocabulary_of_another_length_is_refused(tmp_path: Path):
    folder = lay(tmp_path / "small")
    (folder / "vocabulary.txt").write_text("散\n煤\n", "utf-8")
    with pytest.raises(EncoderError, match="数目"):
        PieceEncoder(folder)


def test_only_a_folder_of_its_kind_is_one(tmp_path: Path):
    assert PieceEncoder.lies_in(lay(tmp_path / "small"))
    (tmp_path / "pieces.json").write_text(json.dumps({"model_type": "bert"}))
    assert not PieceEncoder.lies_in(tmp_path)
    assert not PieceEncoder.lies_in(tmp_path / "absent")
