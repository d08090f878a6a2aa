"""A reranker decides the order of the first hits, and nothing else."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.cli import main
from eval.systems import find_system
from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.folding import search_folded
from retrieval.records import AnswerKind, Mode
from retrieval.reranking import LOOKED_AT, depth_for, rerank, with_reranker
from retrieval.search import search
from tests.index.tiny_models import lay_cross_encoder, needs_models

QUERY = "散煤治理"


class Backwards:
    """Likes best what came last."""

    name = "backwards"

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def scores(self, query: str, passages: Sequence[str]) -> list[float]:
        self.asked.append((query, len(passages)))
        return [float(place) for place in range(len(passages))]


class Indifferent:
    name = "indifferent"

    def scores(self, query: str, passages: Sequence[str]) -> list[float]:
        return [-7.5 for _ in passages]


def test_the_order_is_the_reranker_s_and_the_scores_stay_where_they_stood(engine: LocalEngine):
    hits = search(engine, QUERY, LOOKED_AT + 5)
    found = rerank(Backwards(), QUERY, hits)
    assert [hit.passage for hit in found[:LOOKED_AT]] == [
        hit.passage for hit in reversed(hits[:LOOKED_AT])
    ]
    assert [hit.score for hit in found] == [hit.score for hit in hits]
    assert found[0].score == 1.0
    assert found[0].parts == hits[LOOKED_AT - 1].parts | {"rerank": LOOKED_AT - 1.0}
    assert found[LOOKED_AT:] == hits[LOOKED_AT:]


def test_what_is_not_told_apart_stays_in_order(engine: LocalEngine):
    hits = search(engine, QUERY, 10)
    found = rerank(Indifferent(), QUERY, hits)
    assert [hit.passage.id for hit in found] == [hit.passage.id for hit in hits]
    assert rerank(Backwards(), QUERY, hits[:1]) == hits[:1]
    assert rerank(Backwards(), QUERY, []) == []


@pytest.mark.parametrize("mode", list(Mode))
def test_a_list_looks_deep_enough_to_lift_what_lies_below_it(engine: LocalEngine, mode: Mode):
    reranker = Backwards()
    both = with_reranker(engine, reranker)
    assert (depth_for(both, 3), depth_for(both, 80), depth_for(engine, 3)) == (LOOKED_AT, 80, 3)
    (first, *others) = search_folded(both, QUERY, 3, mode=mode)
    assert len(others) == 2
    assert first.passage.id not in {hit.passage.id for hit in search(engine, QUERY, 3, mode=mode)}
    assert reranker.asked == [(QUERY, LOOKED_AT)]


def test_an_answer_reads_again_once_and_its_confidence_means_what_it_did(engine: LocalEngine):
    question = "黑加油站怎么整治"
    plain, _ = ask(engine, question)
    same, _ = ask(with_reranker(engine, Indifferent()), question)
    assert plain.kind is not AnswerKind.NONE
    assert same == plain
    reranker = Backwards()
    other, _ = ask(with_reranker(engine, reranker), "天外来客的身高")
    assert other.abstained
    assert [count for _, count in reranker.asked] == [LOOKED_AT]


def test_all_else_is_the_engine_s_own(engine: LocalEngine):
    both = with_reranker(engine, Backwards())
    assert both.version == engine.version
    assert both.tasks() == engine.tasks()
    assert both.lexical(QUERY, 5) == engine.lexical(QUERY, 5)
    assert search(both, QUERY, 5) == search(engine, QUERY, 5)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_cross_encoder(tmp_path_factory.mktemp("cross"))


@needs_models
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_search_and_ask_rerank_where_they_are_told_to(
    folder: Path, shipped_home: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    home = ("--home", shipped_home, "--json")
    _, plain, _ = run(capsys, "search", QUERY, *home)
    _, told, _ = run(capsys, "search", QUERY, *home, "--rerank", folder)
    monkeypatch.setenv("GONGJIAN_RERANK", str(folder))
    _, by_setting, _ = run(capsys, "search", QUERY, *home)
    _, without, _ = run(capsys, "search", QUERY, *home, "--rerank", "")
    assert told == by_setting
    assert without == plain
    rows = [json.loads(line) for line in told.splitlines()]
    scores = [row["parts"]["rerank"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 5
    assert [row["passage_id"] for row in rows] != [
        json.loads(line)["passage_id"] for line in plain.splitlines()
    ]
    system = find_system("hybrid-rerank").build(shipped_home)
    assert len(system.search(QUERY, 100)) == 100
    code, out, _ = run(capsys, "ask", "烤烟用煤整改时限", *home)
    assert (code, json.loads(out)["answer"]) == (0, "2022年年底")


def test_a_reranker_that_cannot_be_had_is_one_line(shipped_home: Path, capsys):
    given = ("--home", shipped_home, "--rerank", "/no/such/model")
    code, out, err = run(capsys, "search", QUERY, *given)
    assert (code, out) == (1, "")
    assert err == "错误: 没有重排模型的文件夹 /no/such/model,请检查路径\n"
    code, _, err = run(capsys, "eval", "qa", "--home", shipped_home, "--system", "hybrid-rerank")
    assert code == 1
    assert "GONGJIAN_RERANK" in err
