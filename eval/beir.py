"""BEIR folders: `corpus.jsonl[.gz]`, `queries.jsonl`, `qrels/test.tsv`, perhaps `answers.jsonl`.

What cannot be used is named with its file and line; the rest is measured.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import LoadError
from corpus.formats.jsonl import beir_fields, json_value, numbered_lines
from eval.question_set import is_whole, json_objects
from eval.records import Problem, Queries

# No scale of relevance goes further.
_GRADE = re.compile(r"[+-]?\d{1,4}")
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
    folder: Path,
    scratch: Path,
    *,
    queries: Path | None = None,
    qrels: Path | None = None,
    answers: bool = False,
) -> tuple[Beir, list[Problem]]:
    """Read a BEIR folder.

    :param scratch: a folder for the corpus without its unusable lines, where it has such.
    :param queries: another file of queries; judgements of queries not in it are passed over.
    :param qrels: another file of judgements.
    :param answers: read `answers.jsonl` too.
    :raises LoadError: a file is missing or holds nothing usable.
    """
    problems: list[Problem] = []
    corpus, ids = _corpus(folder, scratch, problems)
    texts = _texts(queries or folder / "queries.jsonl", problems)
    judgements = qrels or folder / "qrels" / "test.tsv"
    judged = _qrels(judgements, texts, ids, problems, whole=queries is None)
    asked = {query: text for query, text in texts.items() if query in judged}
    if not asked:
        first = f"(第一处:{problems[0]})" if problems else ""
        raise LoadError(f"{folder} 里没有一个既有问题又有判定的查询{first}")
    accepted = _answers(folder / "answers.jsonl", texts, problems) if answers else {}
    if answers and not set(accepted) & set(asked):
        raise LoadError(f"{folder} 的 answers.jsonl 里没有所测查询的答案")
    return Beir(corpus, Queries(folder.resolve().name, asked, judged), accepted), problems


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
        if not (_is_id(identifier) and isinstance(text, str) and _is_text(text)):
            problems.append(Problem(place, "缺少 _id 或 text,或类型不对(_id 不能有空白)"))
        elif str(identifier) in texts:
            problems.append(Problem(place, f"_id {identifier} 重复"))
        else:
            texts[str(identifier)] = text
    return texts


def _answers(
    path: Path, texts: Mapping[str, str], problems: list[Problem]
) -> dict[str, tuple[str, ...]]:
    answers: dict[str, tuple[str, ...]] = {}
    for place, record in json_objects(path, problems):
        identifier, spans = record.get("_id"), record.get("answers")
        if not (
            _is_id(identifier) and isinstance(spans, list) and spans and all(map(_is_text, spans))
        ):
            problems.append(Problem(place, "缺少 _id 或 answers,或类型不对"))
        elif str(identifier) in answers:
            problems.append(Problem(place, f"_id {identifier} 重复"))
        else:
            answers[str(identifier)] = tuple(spans)
    return {query: spans for query, spans in answers.items() if query in texts}


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
        elif passage_id(cells[1]) in judged.get(cells[0], {}):
            problems.append(Problem(place, f"{cells[0]} 与 {cells[1]} 已经判定过"))
        else:
            judged.setdefault(cells[0], {})[passage_id(cells[1])] = grade
    return judged


def _grade(cells: list[str]) -> int | None:
    """The grade of a judgement, if there is a sensible one."""
    if len(cells) != 3 or not _GRADE.fullmatch(cells[2].strip()):
        return None
    return int(cells[2])


def _is_id(value: object) -> bool:
    """Whether a value can be an id: runs are written with blanks between their columns."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    return _is_text(str(value)) and not re.search(r"\s", str(value))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and is_whole(value)
