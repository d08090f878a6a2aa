import subprocess
import sys
from pathlib import Path

import pytest

from corpus.errors import EncoderMismatch, EngineError, IndexMissing
from index.engine import Engine
from index.local import LocalEngine, live_version
from index.records import SourceFile
from tests.index.support import TEXTS, FakeEncoder, lay_model2vec, make


@pytest.fixture
def engine(home: Path) -> LocalEngine:
    return LocalEngine.open(home, encoder=FakeEncoder())


def test_a_local_engine_is_an_engine(engine: LocalEngine):
    whole: Engine = engine
    assert whole.version == engine.version


def test_a_home_without_an_index_says_what_to_run(tmp_path: Path):
    (tmp_path / "file").write_text("")
    for home in (tmp_path, tmp_path / "absent", tmp_path / "file" / "below"):
        with pytest.raises(IndexMissing, match="gongjian index"):
            LocalEngine.open(home)


def test_an_encoder_that_is_not_at_hand_is_a_mismatch(tmp_path: Path, files: list[SourceFile]):
    folder = tmp_path / "model"
    lay_model2vec(folder, list(TEXTS.values()))
    make(tmp_path / "home", files, encoder=str(folder))
    assert LocalEngine.open(tmp_path / "home").dense("烤烟", 1)
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(EncoderMismatch, match=r"tokenizer\.json"):
        LocalEngine.open(tmp_path / "home").dense("烤烟", 1)


def test_a_failing_engine_is_an_engine_error(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(engine._version.lexical, "search", fail)
    with pytest.raises(EngineError, match="boom"):
        engine.lexical("煤", 1)


def test_a_reader_keeps_its_version_through_any_number_of_builds(
    home: Path, files: list[SourceFile]
):
    reader = LocalEngine.open(home, encoder=FakeEncoder())
    for turn in range(4):
        files[0].path.write_text(f"别的文件{turn}\n与前不同。", encoding="utf-8")
        make(home, files)
    assert live_version(home) != reader.version
    # Nothing of it was read yet: vectors and texts must still be there.
    assert reader.passages([reader.dense("烤烟用煤", 1)[0].id])[0].text.startswith("17.")
    assert len(reader.tasks()) == 1


def test_asking_imports_nothing_that_only_building_needs(home: Path):
    code = (
        "import sys; from pathlib import Path; from index.local import LocalEngine\n"
        f"engine = LocalEngine.open(Path({str(home)!r}))\n"
        "engine.passages(one.id for one in engine.lexical('烤烟用煤', 5))\n"
        "heavy = {'bm25s', 'scipy', 'faiss', 'tokenizers', 'torch', 'sentence_transformers'}\n"
        "sys.stdout.write(' '.join(sorted(heavy & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
