"""The report: complete, self-contained, and safe to open whatever an answer says."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import LoadError
from eval.answering import answer_questions
from eval.measuring import measure
from eval.report import write_report
from eval.results import Result, Stamp, answers_result, search_result

NOW = Stamp("bbb", "2026-02-01")


@pytest.fixture(scope="module")
def results(engine, evidence, dev, queries, shipped_home) -> list[Result]:
    verdicts, _ = answer_questions(engine, dev[::6], evidence)
    searches = [
        search_result(measure(name, shipped_home, queries.texts, 1.0), queries, engine, NOW)
        for name in ("hybrid", "rank-bm25")
    ]
    return [answers_result("dev", verdicts, NOW), *searches]


def flipped(result: Result) -> Result:
    """The same result as it might have been before: every question the other way."""
    questions = {key: {**one, "right": not one["right"]} for key, one in result.questions.items()}
    return replace(result, commit="aaa", measured_at="2026-01-01", questions=questions)


@pytest.fixture(scope="module")
def written(results, tmp_path_factory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("report")
    page = write_report(results, [flipped(results[0])], folder)
    return page.read_text("utf-8"), (folder / "report.md").read_text("utf-8")


def test_the_page_needs_nothing_else(written):
    page, _ = written
    assert not re.findall(r"(?:src|href)\s*=\s*[\"'](?!#)", page.replace("xlink:href", "href"))
    assert "<script" not in page
    assert "@import" not in page
    assert "url(http" not in page


def test_it_shows_every_plot_and_table(written):
    page, text = written
    assert page.count("<svg") == 4
    for words in (
        "各类问题答对的比例",
        "nDCG@10",
        "hit@5",
        "耗时",
        "成对比较",
        "rank-bm25",
        "hybrid",
    ):
        assert words in page
    for heading in (
        "dev:问答(ask)",
        "dev:检索",
        "成对比较",
        "比 aaa 变差",
        "比 aaa 变好",
        "答错的问题",
    ):
        assert f"**{heading}" in text


def test_every_wrong_answer_stands_there_with_its_reason(written, results):
    page, text = written
    wrong = {key: one for key, one in results[0].questions.items() if not one["right"]}
    assert wrong
    for identifier, one in wrong.items():
        assert page.count(f">{identifier}<") >= 2  # among the wrong, and among the changed
        assert f"| {identifier} |" in text
        assert one["why"]


def test_what_fell_and_rose_since_the_committed_run(written, results):
    page, _ = written
    right = sum(one["right"] for one in results[0].questions.values())
    assert f'<i class="fell">−{len(results[0].questions) - right}</i>' in page
    assert f'<i class="rose">+{right}</i>' in page


def test_markup_in_an_answer_is_text(results, tmp_path: Path):
    questions = {
        key: {**one, "right": False, "said": "<script>alert(1)</script>|\n甲", "why": "<b>"}
        for key, one in results[0].questions.items()
    }
    page = write_report([replace(results[0], questions=questions)], [], tmp_path)
    assert "<script>" not in page.read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.read_text("utf-8")
    assert "<script>alert(1)</script>\\|<br>甲" in (tmp_path / "report.md").read_text("utf-8")


def test_the_same_results_give_the_same_bytes(results, tmp_path: Path):
    one, other = (write_report(results, [], tmp_path / name) for name in ("a", "b"))
    assert one.read_bytes() == other.read_bytes()


def test_nothing_to_report_is_refused(results, tmp_path: Path):
    with pytest.raises(LoadError, match="没有评测结果"):
        write_report([], [], tmp_path)
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(LoadError, match="无法写入"):
        write_report(results[:1], [], tmp_path / "file")
