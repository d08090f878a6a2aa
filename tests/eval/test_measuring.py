import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.errors import EngineError, IndexMissing, SettingsError
from eval import measuring
from eval.measuring import measure, measure_systems, percentile, resident_mb
from eval.records import Built, Queries, System
from index.records import Scored


def use(monkeypatch: pytest.MonkeyPatch, **systems: System) -> None:
    """Measure these in this process, in the place of the real ones."""
    monkeypatch.setattr(measuring, "find_system", lambda name: systems[name])
    monkeypatch.setattr(measuring, "measure_apart", measure)


def system(search, timed=None) -> System:
    return System("made", "", lambda _: Built(search, timed))


def test_a_system_that_raises_is_named_and_the_rest_measured(
    monkeypatch, shipped_home: Path, queries: Queries
):
    def broken(query: str, k: int) -> list[Scored]:
        raise RuntimeError("out of order")

    use(monkeypatch, good=system(lambda query, k: [Scored("a", 1.0)]), bad=system(broken))
    told: list[str] = []
    found, problems = measure_systems(
        ["bad", "good"], shipped_home, queries, index_s=1.5, tell=told.append
    )
    assert [one.system for one in found] == ["good"]
    assert [str(one) for one in problems] == [
        "dev 系统 bad:出错,没有测得(RuntimeError:out of order)"
    ]
    assert told == ["dev bad", "dev good"]
    assert found[0].index_s == 1.5
    assert len(found[0].latencies_ms) == len(queries.texts)


def test_an_unknown_system_is_refused_before_anything_is_measured(shipped_home, queries):
    told: list[str] = []
    with pytest.raises(SettingsError):
        measure_systems(["hybrid", "x"], shipped_home, queries, index_s=0, tell=told.append)
    assert told == []


def test_a_short_cut_is_held_to_what_it_stands_for(monkeypatch, shipped_home: Path):
    def one(query: str, k: int) -> list[Scored]:
        return [Scored("a", 1.0)]

    def other(query: str, k: int) -> list[Scored]:
        return [Scored("b", 1.0)]

    texts = {f"q{number}": "散煤" for number in range(30)}
    use(monkeypatch, same=system(one, one), differs=system(one, other))
    assert len(measure("same", shipped_home, texts, 0.0).latencies_ms) == 20
    with pytest.raises(EngineError, match="结果不同"):
        measure("differs", shipped_home, texts, 0.0)


def test_each_system_has_a_process_of_its_own(shipped_home: Path):
    """Run as a program of its own: a spawned process reads its main module anew."""
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom eval.measuring import measure_apart\n"
        "if __name__ == '__main__':\n"
        "    found = measure_apart('lexical', Path(sys.argv[1]), {'q': '散煤'}, 2.0)\n"
        "    print(found.passages, len(found.run['q']), found.rss_mb > 20, found.index_s)\n"
    )
    root = Path(__file__).parent.parent.parent
    path = shipped_home.parent / "apart.py"
    path.write_text(script, "utf-8")
    done = subprocess.run(
        [sys.executable, str(path), str(shipped_home)],
        capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.stdout.split()[1:] == ["36", "True", "2.0"], done.stderr


@pytest.mark.parametrize(
    ("ranking", "why"),
    [
        ([Scored("a", 1.0), Scored("a", 0.5)], "重复排列"),
        ([Scored("a", float("nan"))], "不是数"),
        ([Scored("a", float("inf"))], "不是数"),
    ],
)
def test_a_ranking_that_no_measure_is_defined_on_is_refused(
    monkeypatch, shipped_home: Path, ranking, why
):
    use(monkeypatch, odd=system(lambda query, k: ranking))
    with pytest.raises(EngineError, match=why):
        measure("odd", shipped_home, {"q": "散煤"}, 0.0)


def test_what_goes_wrong_in_a_process_is_raised_here(shipped_home: Path):
    with pytest.raises(IndexMissing):
        measuring.measure_apart("lexical", shipped_home / "absent", {"q": "散煤"}, None)


def test_a_process_that_dies_is_told(shipped_home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(measuring, "_child", os._exit)  # given a pipe, it dies of a TypeError
    with pytest.raises(EngineError, match="测量的进程意外结束"):
        measuring.measure_apart("lexical", shipped_home, {"q": "散煤"}, None)


def test_percentiles_are_values_that_occurred():
    assert percentile([3.0, 1.0, 2.0, 4.0], 50) == 2.0
    assert percentile([3.0, 1.0, 2.0, 4.0], 99) == 4.0
    assert percentile([], 50) == 0.0


def test_memory_in_use_is_more_than_the_interpreter():
    assert 10 < resident_mb() < 20_000
