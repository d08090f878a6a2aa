"""BEIR folders: faults named with file and line, the rest used."""

import gzip
import json
from pathlib import Path

import pytest

from corpus.errors import LoadError
from eval.beir import document_id, passage_id, read_beir

CORPUS = [{"_id": f"d{n}", "title": "", "text": f"第{n}条 关于散煤的规定"} for n in range(3)]
QUERIES = [{"_id": "q1", "text": "散煤"}, {"_id": "q2", "text": "规定"}]
QRELS = ["query-id\tcorpus-id\tscore", "q1\td0\t1", "q2\td1\t2", "q2\td2\t0"]


def jsonl(records: list) -> str:
    lines = [
        one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records
    ]
    return "".join(line + "\n" for line in lines)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "small"
    (made / "qrels").mkdir(parents=True)
    (made / "corpus.jsonl").write_text(jsonl(CORPUS), "utf-8")
    (made / "queries.jsonl").write_text(jsonl(QUERIES), "utf-8")
    (made / "qrels" / "test.tsv").write_text("\n".join(QRELS), "utf-8")
    return made


def test_a_sound_folder_is_read_as_it_is(folder, tmp_path):
    beir, problems = read_beir(folder, tmp_path)
    assert problems == []
    assert beir.corpus == folder / "corpus.jsonl"
    assert beir.queries.name == "small"
    assert dict(beir.queries.texts) == {"q1": "散煤", "q2": "规定"}
    assert beir.queries.qrels == {"q1": {"d0:0": 1}, "q2": {"d1:0": 2, "d2:0": 0}}
    assert beir.answers == {}


def test_ids_lead_there_and_back():
    assert document_id(passage_id("a:b")) == "a:b"


def test_a_compressed_corpus(folder, tmp_path):
    plain = folder / "corpus.jsonl"
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    beir, problems = read_beir(folder, tmp_path)
    assert problems == []
    assert beir.corpus.name == "corpus.jsonl.gz"


@pytest.mark.parametrize(
    ("name", "line", "why"),
    [
        ("corpus.jsonl", "{", "不是 JSON"),
        ("corpus.jsonl", {"_id": "x"}, "缺少 text"),
        ("corpus.jsonl", {"text": "x"}, "缺少 _id"),
        ("corpus.jsonl", CORPUS[0], "_id d0 重复"),
        ("queries.jsonl", "[]", "不是 JSON 对象"),
        ("queries.jsonl", {"_id": "q9", "text": " "}, "缺少 _id 或 text"),
        ("queries.jsonl", QUERIES[0], "_id q1 重复"),
        ("qrels/test.tsv", "q1 d0 1", "应为三列"),
        ("qrels/test.tsv", "q1\td0\tgood", "应为三列"),
        ("qrels/test.tsv", "q1\td0\t" + "9" * 400, "应为三列"),
        ("qrels/test.tsv", "q1\td0\t2", "q1 与 d0 已经判定过"),
        ("queries.jsonl", '{"_id": "q 9", "text": "甲"}', "缺少 _id 或 text"),
        ("queries.jsonl", '{"_id": "q9", "text": "\\ud83d"}', "缺少 _id 或 text"),
        ("qrels/test.tsv", "q1\td9\t1", "语料里没有段落 d9"),
        ("qrels/test.tsv", "q9\td0\t1", "没有查询 q9"),
    ],
)
def test_a_fault_is_named_and_the_rest_used(folder, tmp_path, name, line, why):
    path = folder / name
    text = path.read_text("utf-8").rstrip("\n") + "\n"
    bad = line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)
    path.write_text(text + bad + "\n", "utf-8")
    beir, problems = read_beir(folder, tmp_path)
    (problem,) = problems
    assert problem.place == f"{path} 第 {len(text.splitlines()) + 1} 行"
    assert problem.reason.startswith(why)
    assert beir.queries.qrels == {"q1": {"d0:0": 1}, "q2": {"d1:0": 2, "d2:0": 0}}
    if name == "corpus.jsonl":
        assert beir.corpus.parent == tmp_path
        assert beir.corpus.read_text("utf-8") == jsonl(CORPUS)


def test_a_file_of_some_queries_may_come_with_all_judgements(folder, tmp_path):
    some = tmp_path / "some.jsonl"
    some.write_text(jsonl(QUERIES[:1]), "utf-8")
    beir, problems = read_beir(folder, tmp_path, queries=some)
    assert problems == []
    assert list(beir.queries.texts) == list(beir.queries.qrels) == ["q1"]


def test_answers_are_read_where_they_are_asked_for(folder, tmp_path):
    records = [
        {"_id": "q1", "answers": ["散煤"]},
        {"_id": "q2", "answers": "规定"},
        {"_id": "q1", "answers": ["煤"]},
        {"_id": "q2", "answers": []},
    ]
    (folder / "answers.jsonl").write_text(jsonl(records), "utf-8")
    beir, problems = read_beir(folder, tmp_path)
    assert (beir.answers, problems) == ({}, [])
    beir, problems = read_beir(folder, tmp_path, answers=True)
    assert beir.answers == {"q1": ("散煤",)}
    path = folder / "answers.jsonl"
    assert [problem.place for problem in problems] == [f"{path} 第 {n} 行" for n in (2, 3, 4)]
    (folder / "answers.jsonl").write_text(jsonl([{"_id": "q9", "answers": ["甲"]}]), "utf-8")
    with pytest.raises(LoadError, match="没有所测查询的答案"):
        read_beir(folder, tmp_path, answers=True)


def test_a_folder_with_nothing_to_measure_is_refused(folder, tmp_path):
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n", "utf-8")
    with pytest.raises(LoadError, match="没有一个既有问题又有判定的查询"):
        read_beir(folder, tmp_path)
    (folder / "qrels" / "test.tsv").write_text("query-id corpus-id score\nq1 d0 1\n", "utf-8")
    with pytest.raises(LoadError, match=r"第一处:.*第 1 行"):
        read_beir(folder, tmp_path)
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(LoadError, match=r"没有 corpus\.jsonl"):
        read_beir(folder, tmp_path)
