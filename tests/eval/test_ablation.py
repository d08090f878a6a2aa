"""What the parts are worth: each beside the whole, on the same questions."""

import json
from pathlib import Path

import pytest

from eval import ablation
from eval.__main__ import main
from eval.ablation import NO_MENDING, join_runs, worth_of, worth_table
from eval.folds import fold_of
from eval.records import Measured
from eval.results import Result
from eval.systems import PARTS, PRODUCT, find_system
from index.piece_encoder import SHIPPED
from index.records import Scored
from tests.eval.tiny import lay_tiny


def result(system: str, values: dict[str, float]) -> Result:
    mean = sum(values.values()) / len(values)
    row = {"set": "s", "group": "all", "queries": len(values)}
    figures = dict.fromkeys(("hit@1", "mrr@10", "ndcg@10", "recall@10"), mean)
    questions = {
        name: {"text": name, "first": "", "groups": [], "ms": [], **dict.fromkeys(figures, value)}
        for name, value in values.items()
    }
    return Result("s", system, "c", "now", ({**row, **figures},), questions)


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(one) for one in arguments])
    return int(stopped.value.code or 0)


def test_a_part_is_set_beside_the_whole():
    whole, part = worth_of(
        [result(PRODUCT, {"a": 1.0, "b": 1.0, "c": 0.0}), result("rrf", {"a": 0.5, "b": 1.0, "c": 0.25})]
    )  # fmt: skip
    assert whole.paired is None
    assert part.paired is not None
    assert (part.paired.wins, part.paired.ties, part.paired.losses) == (1, 1, 1)
    assert part.paired.difference == pytest.approx(-0.25 / 3)
    table = worth_table([whole, part])
    assert table.rows[0][0] == PRODUCT
    assert table.rows[1][5:9] == ("-0.083", "1", "1", "1")


def test_only_systems_that_did_every_part_are_joined():
    def measured(system: str, query: str) -> Measured:
        return Measured(system, {query: [Scored("p", 1.0)]}, (1.0,), 9, None, 0.0)

    parts = [[measured("hybrid", "a"), measured("rrf", "a")], [measured("hybrid", "b")]]
    (joined,) = join_runs(parts)
    assert joined.system == "hybrid"
    assert set(joined.run) == {"a", "b"}
    assert joined.latencies_ms == (1.0, 1.0)


def test_every_part_is_a_system_and_the_whole_comes_first():
    assert PARTS[0] == PRODUCT
    assert len(set(PARTS)) == len(PARTS) == 10
    assert [find_system(name).name for name in PARTS] == list(PARTS)


@pytest.fixture
def _one_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.jsonl"
    asked = {"id": "a", "kind": "field", "file": "004_dbcf2c26876c712d.txt", "tasks": [17],
             "answers": ["2022年年底"], "evidence": ["整改时限:2022年年底"]}  # fmt: skip
    lines = [
        asked | {"question": "烤烟用煤整改时限"},
        asked | {"id": "b", "question": "烤烟用媒整改时线"},
    ]
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), "utf-8")
    monkeypatch.setattr(ablation, "shipped_sets", lambda: [path])


@pytest.mark.usefixtures("_one_set")
def test_the_command_tells_each_part_on_each_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(ablation, "PARTS", ("hybrid", "hybrid-no-dense", "hybrid-constant"))
    tiny = lay_tiny(tmp_path / "tiny")
    assert run("ablation", tiny, "--json", "--results", tmp_path / "results") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["set"], row["system"]) for row in rows] == [
        ("own", "hybrid"),
        ("own", "hybrid-no-dense"),
        ("own", "hybrid-constant"),
        ("own", "ask"),
        ("own", NO_MENDING),
        ("tiny", "hybrid"),
        ("tiny", "hybrid-no-dense"),
        ("tiny", "hybrid-constant"),
    ]
    assert "p" not in rows[0]
    assert {row["queries"] for row in rows[5:]} == {24}
    assert all(0 <= row["p"] <= 1 for row in rows if row["system"] not in ("hybrid", "ask"))
    assert len(list((tmp_path / "results").glob("tiny-*.json"))) == 3


@pytest.mark.usefixtures("_one_set")
def test_folds_rank_only_for_their_own_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    tiny, kept = lay_tiny(tmp_path / "tiny"), tmp_path / "folds" / "tiny"
    kept.mkdir(parents=True)
    asked: dict[str, list[str]] = {}
    measuring = ablation.measure_systems

    def hearing(names, home, queries, **options):
        manifest = ablation.LocalEngine.open(home).manifest
        asked.setdefault(Path(manifest.encoder.name).name, []).extend(queries.texts)
        return measuring(names, home, queries, **options)

    monkeypatch.setattr(ablation, "PARTS", ("hybrid", "rrf"))
    monkeypatch.setattr(ablation, "measure_systems", hearing)
    assert run("ablation", tiny, "--folds", tmp_path / "folds", "--json") == 1
    assert "--keep" in capsys.readouterr().err
    given = (0, 2)
    for fold in given:
        (kept / str(fold)).mkdir()
        for path in SHIPPED.iterdir():
            (kept / str(fold) / path.name).symlink_to(path)
    assert run("ablation", tiny, "--folds", tmp_path / "folds", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = [f"q{n}-{m}" for n in range(6) for m in range(4)]
    assert asked == {str(fold): [name for name in names if fold_of(name) == fold] for fold in given}
    assert {row["queries"] for row in rows if row["set"] == "tiny"} == {
        sum(map(len, asked.values()))
    }
