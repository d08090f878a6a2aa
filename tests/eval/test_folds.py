"""The folds on a set small enough to train on: who is trained with what, who ranks for whom."""

import json
from pathlib import Path

import numpy as np
import pytest

from eval import folds, legs
from eval.__main__ import main
from eval.beir import read_beir
from eval.folds import FOLDS, fold_of
from eval.legs import OtherVectors
from index.content import searched
from index.local import LocalEngine
from index.piece_encoder import SHIPPED, PieceEncoder, weight_files
from index.training import recipe
from index.training.recipe import Trainer
from tests.eval.tiny import lay_tiny

pytest.importorskip("torch")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few steps over few texts: what is tested is who sees what, not how good it is."""
    monkeypatch.setattr(recipe, "_BATCH", 16)
    monkeypatch.setattr(recipe, "_STEPS", 3)
    one = recipe._Course(3, 2, 0.1, real=8, cut=8, hard=1, kept=0.85)
    monkeypatch.setattr(recipe, "_COURSES", (one,))
    monkeypatch.setattr(folds, "shipped_files", lambda: [])


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return lay_tiny(tmp_path / "tiny")


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The questions of every training, in the order of trainings."""
    heard: list[list[str]] = []
    learn = Trainer.learn_questions

    def hearing(self, begun, questions, tell=None):
        heard.append([one.question for one in questions])
        return learn(self, begun, questions, tell)

    monkeypatch.setattr(Trainer, "learn_questions", hearing)
    return heard


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(one) for one in arguments])
    return int(stopped.value.code or 0)


def test_a_question_has_one_fold_whatever_else_there_is():
    names = [f"q{number}" for number in range(2000)]
    dealt = [fold_of(name) for name in names]
    assert set(dealt) == set(range(FOLDS))
    assert dealt == [fold_of(name) for name in names]
    sizes = [dealt.count(fold) for fold in range(FOLDS)]
    assert min(sizes) > 0.8 * 2000 / FOLDS


def test_no_fold_is_trained_with_its_own_questions_and_what_is_shipped_with_all(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    seen: list[set[str]] = []
    asked = folds._asked
    names: dict[int, str] = {}
    beir, _ = read_beir(tiny, tmp_path)
    waiting = iter(beir.queries.texts)

    def naming(*given):
        one = asked(*given)
        names[id(one)] = next(waiting)
        return one

    learn = Trainer.learn_questions

    def hearing(self, begun, questions, tell=None):
        seen.append({names[id(one)] for one in questions})
        return learn(self, begun, questions, tell)

    monkeypatch.setattr(folds, "_asked", naming)
    monkeypatch.setattr(Trainer, "learn_questions", hearing)
    assert run("folds", tiny, "--ship", tmp_path / "ship", "--json") == 0
    every = set(beir.queries.texts)
    assert len(seen) == FOLDS + 1
    for fold, given in enumerate(seen[:FOLDS]):
        assert given == {name for name in every if fold_of(name) != fold}
    assert seen[FOLDS] == every
    assert PieceEncoder(tmp_path / "ship").encode_queries(["散煤"]).any()


def test_each_question_is_ranked_once_by_the_encoder_of_its_fold(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    ranked: dict[str, list[str]] = {}
    over = OtherVectors.over.__func__
    measured = folds._measured

    class Named(OtherVectors):
        @classmethod
        def over(cls, home, encoder):
            engine = over(OtherVectors, home, encoder)
            engine.trained_as = Path(encoder.name).name
            return engine

    def hearing(name, engine, mode, texts):
        if name == "dense":
            ranked.setdefault(engine.trained_as, []).extend(texts)
        return measured(name, engine, mode, texts)

    monkeypatch.setattr(folds, "OtherVectors", Named)
    monkeypatch.setattr(folds, "_measured", hearing)
    assert run("folds", tiny, "--keep", tmp_path / "keep", "--json") == 0
    beir, _ = read_beir(tiny, tmp_path)
    assert sorted(name for each in ranked.values() for name in each) == sorted(beir.queries.texts)
    for fold, names in ranked.items():
        assert {fold_of(name) for name in names} == {int(fold)}
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["system"] for row in rows] == ["lexical", "dense", "rrf", "hybrid"]
    assert {row["queries"] for row in rows} == {len(beir.queries.texts)}


def test_kept_encoders_are_measured_as_they_are(
    tiny: Path, tmp_path: Path, trained: list[list[str]], capsys: pytest.CaptureFixture[str]
):
    keep = tmp_path / "keep"
    assert run("folds", tiny, "--keep", keep, "--json") == 0
    first = capsys.readouterr().out
    files = {path: path.read_bytes() for path in keep.rglob("*") if path.is_file()}
    trainings = len(trained)
    assert run("folds", tiny, "--keep", keep, "--json") == 0
    assert len(trained) == trainings
    assert {path: path.read_bytes() for path in keep.rglob("*") if path.is_file()} == files
    assert figures(capsys.readouterr().out) == figures(first)


def figures(out: str) -> list[tuple[object, ...]]:
    rows = [json.loads(line) for line in out.splitlines()]
    return [(row["system"], row["hit@1"], row["mrr@10"], row["recall@100"]) for row in rows]


def test_other_vectors_are_those_of_the_other_encoder(shipped_home: Path, tmp_path: Path):
    shipped = PieceEncoder(SHIPPED)
    turned = tmp_path / "turned"
    turned.mkdir()
    weights = shipped.weights
    # Each dimension backwards on the side of questions alone: what was nearest is farthest.
    other = type(weights)(
        **{name: getattr(weights, name) for name in weights.__slots__ if name != "turn"},
        turn=-weights.turn,
    )
    for name, data in weight_files(other).items():
        (turned / name).write_bytes(data)
    own = LocalEngine.open(shipped_home)
    engine = OtherVectors.over(shipped_home, PieceEncoder(turned))
    query = "散煤治理"
    found = engine.dense(query, 3)
    nearest = own.dense(query, 3)
    assert not {one.id for one in found} & {one.id for one in nearest}
    text = searched(engine.passages([found[0].id])[0])
    cosine = shipped.encode_passages([text]) @ -shipped.encode_queries([query]).T
    assert found[0].score == pytest.approx(float(cosine[0, 0]), abs=1e-2)
    assert engine.lexical(query, 5) == own.lexical(query, 5)
    same = OtherVectors.over(shipped_home, shipped)
    assert [one.id for one in same.dense(query, 20)] == [one.id for one in own.dense(query, 20)]


def test_a_leg_left_out_finds_nothing_and_the_other_what_it_did(shipped_home: Path):
    own = LocalEngine.open(shipped_home)
    without = legs.NoDense.open(shipped_home)
    assert without.dense("散煤", 5) == []
    assert without.lexical("散煤", 5) == own.lexical("散煤", 5)
    assert np.isfinite([one.score for one in own.dense("散煤", 5)]).all()
