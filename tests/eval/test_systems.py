"""Every system ranks passages; what is said of their parts is so."""

from pathlib import Path

import pytest

from corpus.errors import SettingsError
from eval.systems import NAMES, ON_DEMAND, find_system, rank_bm25
from index.local import LocalEngine

QUERY = "烤烟用煤整改时限 2022年"


def ids(name: str, home: Path, k: int = 20) -> list[str]:
    return [one.id for one in find_system(name).build(home).search(QUERY, k)]


@pytest.mark.parametrize("name", NAMES)
def test_a_system_ranks_distinct_passages_best_first(
    name: str, shipped_home: Path, engine: LocalEngine
):
    system = find_system(name)
    assert system.name == name
    found = system.build(shipped_home).search(QUERY, 20)
    scores = [one.score for one in found]
    assert len({one.id for one in found}) == len(found) == 20
    assert scores == sorted(scores, reverse=True)
    assert len(engine.passages([one.id for one in found])) == 20


def test_each_has_a_file_of_its_own():
    folder = Path(rank_bm25.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert {
        find_system(name).build.__module__.rpartition(".")[2] for name in (*NAMES, *ON_DEMAND)
    } == files


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(SettingsError, match=r"没有叫 bm52 的系统;可用的有:rank-bm25、"):
        find_system("bm52")


def test_a_part_left_out_is_left_out(shipped_home: Path):
    assert ids("hybrid-no-dense", shipped_home) == ids("lexical", shipped_home)
    assert ids("hybrid-no-lexical", shipped_home) == ids("dense", shipped_home)
    for part in ("words", "bigrams", "marks", "context"):
        assert ids(f"hybrid-no-{part}", shipped_home) != ids("hybrid", shipped_home)


def test_words_and_bigrams_together_are_the_lexical_leg(shipped_home: Path):
    from eval.legs import OtherTokens
    from index.tokens import tokenize

    rebuilt = OtherTokens.over(shipped_home, tokenize)
    shipped = LocalEngine.open(shipped_home)
    assert rebuilt.lexical(QUERY, 50) == shipped.lexical(QUERY, 50)


def test_chance_is_the_same_every_time(shipped_home: Path):
    assert ids("random", shipped_home) == ids("random", shipped_home)


def test_the_short_cut_of_the_baseline_gives_the_numbers_of_the_library(
    shipped_home: Path, monkeypatch: pytest.MonkeyPatch
):
    plain = rank_bm25.build(shipped_home)
    assert plain.timed is None
    monkeypatch.setattr(rank_bm25, "_KEPT_FROM", 0)
    quick = rank_bm25.build(shipped_home)
    assert quick.timed is not None
    for query in (QUERY, "散煤散煤", "没有 a 1", "？"):
        assert quick.search(query, 100) == plain.search(query, 100) == quick.timed(query, 100)
