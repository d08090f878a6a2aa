from itertools import pairwise

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG

from eval.measures import MEASURES, means, per_query
from eval.records import Queries
from eval.trec import falling_scores, write_qrels, write_run
from index.records import Scored

ORACLE = {
    "hit@1": Success @ 1,
    "hit@5": Success @ 5,
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
    "recall@10": R @ 10,
    "recall@100": R @ 100,
}
IDS = [f"p{number}" for number in range(130)]
# Few distinct scores, so that ties are common.
RANKING = st.lists(
    st.tuples(st.sampled_from(IDS), st.sampled_from([0.0, 0.5, 1.0, 1e-8, 7.25])),
    max_size=130,
    unique_by=lambda pair: pair[0],
).map(lambda pairs: [Scored(*pair) for pair in sorted(pairs, key=lambda pair: -pair[1])])
GRADES = st.dictionaries(st.sampled_from(IDS), st.integers(0, 3), min_size=1, max_size=12)


def oracle(run: dict, qrels: dict) -> dict[str, dict[str, float]]:
    """The per-query values of ir_measures on the run as it would be written."""
    scores = {
        query: dict(zip([one.id for one in ranking], falling_scores(ranking), strict=True))
        for query, ranking in run.items()
    }
    values: dict[str, dict[str, float]] = {name: {} for name in ORACLE}
    names = {str(measure): name for name, measure in ORACLE.items()}
    for metric in ir_measures.iter_calc(list(ORACLE.values()), qrels, scores):
        values[names[str(metric.measure)]][metric.query_id] = metric.value
    return values


@given(st.lists(st.tuples(RANKING, GRADES), min_size=1, max_size=4))
def test_every_measure_equals_ir_measures(cases):
    run = {f"q{number}": ranking for number, (ranking, _) in enumerate(cases)}
    qrels = {f"q{number}": grades for number, (_, grades) in enumerate(cases)}
    ours, theirs = per_query(run, qrels), oracle(run, qrels)
    for name in MEASURES:
        for query in qrels:
            assert ours[name][query] == pytest.approx(theirs[name][query], abs=1e-9), name


def test_the_files_written_give_the_same_figures_to_ir_measures(shipped_home, queries, tmp_path):
    from eval.measuring import measure

    measured = measure("hybrid", shipped_home, queries.texts, 0.0)
    write_run(measured.run, tmp_path / "run", tag="hybrid", name=str)
    write_qrels(queries.qrels, tmp_path / "qrels", name=str)
    ours = means(per_query(measured.run, queries.qrels))
    theirs = ir_measures.calc_aggregate(
        list(ORACLE.values()),
        ir_measures.read_trec_qrels(str(tmp_path / "qrels")),
        ir_measures.read_trec_run(str(tmp_path / "run")),
    )
    for name, measure_ in ORACLE.items():
        assert ours[name] == pytest.approx(theirs[measure_], abs=1e-9), name


@pytest.mark.parametrize(
    ("name", "ranked", "grades", "expected"),
    [
        ("hit@1", ["a", "b"], {"b": 1}, 0.0),
        ("hit@5", ["a", "b"], {"b": 1}, 1.0),
        ("mrr@10", ["a", "b", "c"], {"c": 2, "z": 1}, 1 / 3),
        ("recall@10", ["a", "b"], {"b": 1, "z": 1}, 0.5),
        ("recall@10", ["a"], {"a": 0}, 0.0),
        ("ndcg@10", ["a", "b"], {"b": 1}, 0.6309297535714575),
        ("ndcg@10", ["a", "b"], {"a": 1, "b": 3}, (1 + 3 / 1.584962500721156) / (3 + 1 / 1.584962500721156)),
    ],
)  # fmt: skip
def test_known_values(name, ranked, grades, expected):
    assert MEASURES[name](ranked, grades) == pytest.approx(expected, abs=1e-12)


def test_a_query_that_the_run_lacks_found_nothing():
    values = per_query({}, {"q": {"a": 1}})
    assert {name: each["q"] for name, each in values.items()} == dict.fromkeys(MEASURES, 0.0)
    assert means({"hit@1": {}}) == {"hit@1": 0.0}


def test_tied_scores_are_written_in_the_order_they_stand():
    ranking = [Scored("a", 1.0), Scored("b", 1.0), Scored("c", 1.0), Scored("d", 0.5)]
    scores = falling_scores(ranking)
    assert all(first > second for first, second in pairwise(scores))
    assert scores[0] == 1.0
    assert scores[3] == 0.5


def test_queries_of_a_set_have_groups(queries: Queries):
    assert set(queries.groups) == set(queries.texts) == set(queries.qrels)
    assert all(grades for grades in queries.qrels.values())
