"""Each peer finds, takes what is added and forgets what is removed; the formula is the oracle."""

import sys
from pathlib import Path

import pytest

from corpus.errors import SettingsError
from eval.bench.cutting import write_cuts
from eval.bench.measuring import measure_sizes
from eval.bench.records import Cut, Material, Opened, Status
from eval.bench.reference import agreement, reference_run
from eval.bench.systems import ALL, LEXICAL, NAMES, find_peer, missing
from index.records import Scored
from tests.eval.bench.conftest import QUERIES, bench_of

PEERS = [name for name in ALL if not name.startswith("gongjian")]
# Its tokenizer takes a run of Chinese for one word.
BLIND = "bm25s-default"
CHANGING = {"tantivy", "haystack", "lancedb"}


@pytest.fixture
def modules() -> None:
    """The peers of bm25s differ in whether numba is there to be imported."""
    before = sys.modules.get("numba")
    yield
    if before is None:
        sys.modules.pop("numba", None)


@pytest.mark.slow
@pytest.mark.parametrize("name", PEERS)
def test_a_peer_finds_and_changes(name: str, folder: Path, tmp_path: Path):
    peer = find_peer(name)
    if lacking := missing(peer.needs):
        pytest.skip(f"gongjian[bench] is not installed: {lacking}")
    (row,) = measure_sizes(bench_of(folder, tmp_path), [4], [peer])
    assert (row.status, row.reason) == (Status.DONE, "")
    if name == BLIND:
        assert row.empty == len(QUERIES)
        return
    assert (row.empty, row.quality["hit@1"], row.quality["recall@10"]) == (0, 1, 1)
    # A change that is not found, or found still, fails the row.
    changed = row.add_s is not None and row.remove_s is not None
    assert row.incremental is changed is (name in CHANGING)


def peer_over(name: str, folder: Path, tmp_path: Path) -> Opened:
    """Build a system over the tiny corpus, and open it in this process."""
    peer = find_peer(name)
    corpus, own, cuts = folder / "corpus.jsonl", tmp_path / "own", tmp_path / "cuts.txt"
    own.mkdir()
    if peer.cut:
        write_cuts(corpus, cuts, peer.cut)
    material = Material(corpus, own, cuts)
    if peer.build:
        peer.build(material)
    return peer.open(material)


def test_each_has_a_file_of_its_own_and_its_name():
    assert {find_peer(name).name for name in ALL} == set(ALL) == {*NAMES, *LEXICAL}
    with pytest.raises(SettingsError, match="没有叫 lucene 的系统"):
        find_peer("lucene")


def test_bm25s_scores_by_the_written_formula(folder: Path, tmp_path: Path, modules: None):
    opened = peer_over("bm25s-numpy", folder, tmp_path)
    reference = reference_run(tmp_path / "cuts.txt", QUERIES, 10)
    run = {query: opened.search(text, 10) for query, text in QUERIES.items()}
    found = agreement(run, reference)
    assert found["compared"] == 3
    assert found["overlap@10"] == found["same_order"] == 1
    assert found["score_difference"] < 1e-6


def test_the_formula_by_hand(tmp_path: Path):
    cuts = tmp_path / "cuts.txt"
    cuts.write_text("x\t船舶 船舶\ny\t船舶 离港 避风 台风\n", "utf-8")
    ranked = reference_run(cuts, {"q": "离港"}, 10)["q"]
    # ln(1 + (2 - 1 + .5) / (1 + .5)) * 1 / (1 + 1.5 * (1 - .75 + .75 * 4 / 3)), said twice: 离港 is
    # a word and a bigram.
    assert [one.id for one in ranked] == ["y"]
    assert ranked[0].score == pytest.approx(2 * 0.6931471805599453 / 2.875)


def test_agreement_of_runs():
    reference = {"p": [Scored("a", 2.0), Scored("b", 1.0)], "q": [Scored("a", 1.0)]}
    run = {"p": [Scored("b", 1.5), Scored("c", 1.0)], "q": [Scored("a", 1.0)]}
    assert agreement(run, reference) == {
        "compared": 2,
        "overlap@10": 0.75,
        "same_order": 0.5,
        "score_difference": 0.5,
    }


def test_tokens_hold_no_blank_and_come_back_as_they_were(folder: Path, tmp_path: Path):
    from eval.bench.cutting import cutter, read_cuts

    write_cuts(folder / "corpus.jsonl", tmp_path / "cuts.txt", Cut.OURS)
    found = dict(read_cuts(tmp_path / "cuts.txt"))
    assert list(found) == ["a", "b", "c", "d"]
    assert not any(" " in token or not token for tokens in found.values() for token in tokens)
    assert "船舶" in found["b"]
    assert cutter(Cut.JIEBA)("船舶,离港。") == ["船舶", "离港"]
