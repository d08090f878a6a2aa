import pytest

from corpus.errors import SettingsError
from eval.comparing import changes, compare
from eval.measures import MEASURES
from eval.results import Result


def answers(commit: str, right: dict[str, bool]) -> Result:
    questions = {
        name: {"text": f"问{name}", "groups": ["fact"], "right": value, "said": f"{commit}答{name}", "why": "" if value else "没有回答",
               "refused": [not value], "unanswerable": [False], "exact": value or None, "cited": None, "complete": None, "brief": None}
        for name, value in right.items()
    }  # fmt: skip
    return Result("dev", "ask", commit, "2026-01-01", (), questions)


def search(system: str, ranks: dict[str, float]) -> Result:
    questions = {
        name: {"text": f"问{name}", "groups": ["fact"], "first": f"{system}段{name}", **dict.fromkeys(MEASURES, value)}
        for name, value in ranks.items()
    }  # fmt: skip
    return Result("dev", system, "aaa", "2026-01-01", (), questions)


def test_wins_ties_losses_and_both_answers_of_what_changed():
    before = answers("aaa", {"1": True, "2": False, "3": True, "4": False, "gone": True})
    after = answers("bbb", {"1": True, "2": True, "3": False, "4": False, "new": True})
    found = compare(before, after)
    paired = found.measures["accuracy"]
    assert (paired.wins, paired.ties, paired.losses) == (1, 2, 1)
    assert found.means["accuracy"] == (0.5, 0.5)
    assert found.means["citation_exactness"] == (1.0, 1.0)  # of the one that both answered
    assert "passage_cited" not in found.measures
    refused = changes(before, after, "abstention_precision")
    assert [(change.id, change.fell) for change in refused] == [("2", False), ("3", True)]
    assert found.only_first == ("gone",)
    assert found.only_second == ("new",)
    assert [(change.id, change.fell, change.before, change.after) for change in found.changes] == [
        ("2", False, "aaa答2", "bbb答2"),
        ("3", True, "aaa答3", "bbb答3"),
    ]
    assert found.changes[1].why == "没有回答"


def test_searches_are_compared_in_every_measure():
    found = compare(
        search("rank-bm25", {"1": 0.5, "2": 1.0}), search("hybrid", {"1": 1.0, "2": 1.0})
    )
    assert set(found.measures) == set(MEASURES)
    assert found.measures["mrr@10"].wins == 1
    (change,) = found.changes
    assert (change.before, change.after, change.why) == (
        "rank-bm25段1",
        "hybrid段1",
        "mrr@10 0.50 → 1.00",
    )


def test_what_differs_by_rounding_is_the_same():
    found = compare(
        search("a", {"1": 1 / 3, "2": 0.2}), search("b", {"1": 0.333333333333, "2": 0.2})
    )
    assert found.measures["mrr@10"].ties == 2
    assert found.changes == ()


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(SettingsError, match="没有共同的问题"):
        compare(answers("a", {"1": True}), answers("b", {"2": True}))
    with pytest.raises(SettingsError, match="不能与检索的结果比较"):
        compare(answers("a", {"1": True}), search("hybrid", {"1": 1.0}))
