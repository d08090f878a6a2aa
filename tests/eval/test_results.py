import json

import pytest

from corpus.errors import LoadError
from eval.answering import answer_questions
from eval.measuring import measure
from eval.results import (
    Stamp,
    answers_result,
    read_result,
    read_results,
    search_result,
    write_result,
)

EARLY, LATE = Stamp("aaa", "2026-01-01T00:00:00+00:00"), Stamp("bbb", "2026-02-01T00:00:00+00:00")


@pytest.fixture(scope="module")
def answers(engine, evidence, dev):
    verdicts, problems = answer_questions(engine, dev[:40:4], evidence)
    assert problems == []
    return answers_result("dev", verdicts, EARLY)


def test_a_result_is_named_by_set_system_and_commit_and_comes_back(answers, tmp_path):
    path = write_result(answers, tmp_path / "new")
    assert path.name == "dev-ask-aaa.json"
    assert read_result(path) == answers
    question = next(iter(answers.questions))
    lines = [line for line in path.read_text("utf-8").splitlines() if f'"{question}":' in line]
    assert len(lines) == 1


def test_a_search_keeps_measures_times_and_what_came_first(engine, shipped_home, queries):
    measured = measure("lexical", shipped_home, queries.texts, 0.0)
    result = search_result(measured, queries, engine, EARLY)
    assert not result.of_answers
    question = result.questions["004-17-01"]
    assert question["text"] == "烤烟用煤整改时限"
    assert question["groups"] == ["field"]
    assert len(question["ms"]) == 1
    assert question["ms"][0] > 0
    assert question["hit@5"] == 1.0
    assert result.rows[0]["hit@5"] == pytest.approx(
        sum(one["hit@5"] for one in result.questions.values()) / len(result.questions), abs=1e-6
    )
    assert [row["group"] for row in result.rows[:4]] == ["all", "field", "fact", "list"]


def test_of_one_set_and_system_the_latest_counts(answers, tmp_path):
    from dataclasses import replace

    late = replace(answers, commit=LATE.commit, measured_at=LATE.measured_at)
    for result in (late, answers):
        write_result(result, tmp_path)
    assert [result.commit for result in read_results(tmp_path)] == ["bbb"]
    with pytest.raises(LoadError, match="没有这个文件夹"):
        read_results(tmp_path / "absent")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "不是评测结果"),
        ("[]", "不是评测结果"),
        ("[" * 100_000, "不是评测结果"),
        ('{"format": NaN}', "不是评测结果"),
        ('{"format": 1}', "内容不全"),
        ('{"format": 9}', "另一种格式"),
    ],
)
def test_another_file_is_refused(tmp_path, text, why):
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    with pytest.raises(LoadError, match=why):
        read_result(path)


def test_what_cannot_be_written_or_read_is_named(answers, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(LoadError, match="无法写入"):
        write_result(answers, tmp_path / "file" / "under")
    with pytest.raises(LoadError, match="无法读取"):
        read_result(tmp_path / "absent.json")


def test_rows_of_answers_add_up(answers):
    (first, *rest) = answers.rows
    assert first["group"] == "all"
    assert first["questions"] == sum(
        row["questions"] for row in rest if row["group"] in ("field", "fact", "list")
    )
    assert json.loads(json.dumps(first)) == first
    assert first["accuracy_low"] <= first["accuracy"] <= first["accuracy_high"]
