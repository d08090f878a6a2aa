"""BEIR folders: `corpus.jsonl[.gz]`, `queries.jsonl`, `qrels/test.tsv`, perhaps `answers.jsonl`.

What cannot be used is named with its file and line; the rest is measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import LoadError
from corpus.jsonl import beir_fields, json_value, numbered_lines
from eval.question_set import json_objects
from eval.records import Problem, Queries

_CORPUS = ("corpus.jsonl", "corpus.jsonl.gz")


@dataclass(frozen=True, slots=True)
class Beir:
    """A BEIR folder: the corpus to index, and the judged queries with their accepted answers.

    Relevant ids in `queries` are those of passages: a document of a BEIR corpus is one passage.
    """

    corpus: Path
    queries: Queries
    answers: Mapping[str, tuple[str, ...]]


def read_beir(
    folder: Path, scratch: Path, *, queries: Path | None = None, qrels: Path | None = None
) -> tuple[Beir, list[Problem]]:
    """Read a BEIR folder.

    :param scratch: a folder for the corpus without its unusable lines, where it has such.
    :param queries: another file of queries; judgements of queries not in it are passed over.
    :param qrels: another file of judgements.
    :raises LoadError: a file is missing or holds nothing usable.
    """
    problems: list[Problem] = []
    corpus, ids = _corpus(folder, scratch, problems)
    texts = _texts(queries or folder / "queries.jsonl", problems)
    judgements = qrels or folder / "qrels" / "test.tsv"
    judged = _qrels(judgements, texts, ids, problems, whole=queries is None)
    asked = {query: text for query, text in texts.items() if query in judged}
    if not asked:
        raise LoadError(f"{folder} 里没有一个既有问题又有判定的查询")
    answers = _answers(folder / "answers.jsonl", problems)
    return Beir(corpus, Queries(folder.resolve().name, asked, judged), answers), problems


def passage_id(document: str) -> str:
    """The id of the one passage of a document of a BEIR corpus."""
    return f"{document}:0"


def document_id(passage: str) -> str:
    """The id of the document a passage belongs to."""
    return passage.rpartition(":")[0]


def _corpus(folder: Path, scratch: Path, problems: list[Problem]) -> tuple[Path, set[str]]:
    """Return the corpus to index and its ids; one with unusable lines is copied without them."""
    path = next((folder / name for name in _CORPUS if (folder / name).is_file()), None)
    if path is None:
        raise LoadError(f"{folder} 里没有 {' 或 '.join(_CORPUS)}")
    ids: set[str] = set()
    good: list[str] = []
    faults: list[Problem] = []
    for place, line in numbered_lines(path):
        try:
            identifier, _, _ = beir_fields(json_value(line, place), place)
            if identifier in ids:
                raise LoadError(f"_id {identifier} 重复")
        except LoadError as error:
            faults.append(Problem(place, str(error).removeprefix(place)))
            continue
        ids.add(identifier)
        good.append(line)
    if not ids:
        raise LoadError(f"{path} 里没有可用的段落")
    problems += faults
    if not faults:
        return path, ids
    copy = scratch / _CORPUS[0]
    copy.write_text("\n".join(good) + "\n", "utf-8")
    return copy, ids


def _texts(path: Path, problems: list[Problem]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for place, record in json_objects(path, problems):
        identifier, text = record.get("_id"), record.get("text")
        if not _is_id(identifier) or not (isinstance(text, str) and text.strip()):
            problems.append(Problem(place, "缺少 _id 或 text,或类型不对"))
        elif str(identifier) in texts:
            problems.append(Problem(place, f"_id {identifier} 重复"))
        else:
            texts[str(identifier)] = text
    return texts


def _answers(path: Path, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    if not path.is_file():
        return {}
    answers: dict[str, tuple[str, ...]] = {}
    for place, record in json_objects(path, problems):
        identifier, spans = record.get("_id"), record.get("answers")
        if _is_id(identifier) and isinstance(spans, list) and all(map(_is_text, spans)):
            answers[str(identifier)] = tuple(spans)
        else:
            problems.append(Problem(place, "缺少 _id 或 answers,或类型不对"))
    return answers


def _qrels(
    path: Path, texts: Mapping[str, str], ids: set[str], problems: list[Problem], *, whole: bool
) -> dict[str, dict[str, int]]:
    """Read the judgements; `whole` says that every one should be of a query there is."""
    judged: dict[str, dict[str, int]] = {}
    for place, line in numbered_lines(path):
        cells = line.rstrip("\r").split("\t")
        if cells[0] == "query-id":
            continue
        grade = _grade(cells)
        if grade is None:
            problems.append(Problem(place, "应为三列:query-id、corpus-id、整数的 score"))
        elif cells[0] not in texts:
            if whole:
                problems.append(Problem(place, f"没有查询 {cells[0]}"))
        elif cells[1] not in ids:
            problems.append(Problem(place, f"语料里没有段落 {cells[1]}"))
        else:
            judged.setdefault(cells[0], {})[passage_id(cells[1])] = grade
    return judged


def _grade(cells: list[str]) -> int | None:
    try:
        return int(cells[2]) if len(cells) == 3 else None
    except ValueError:
        return None


def _is_id(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(str(value).strip())


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
