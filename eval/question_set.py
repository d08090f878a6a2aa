"""Question sets: read line by line, each fault named with its file and line, the rest kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from corpus.errors import LoadError
from corpus.formats.jsonl import json_value, numbered_lines
from eval.records import Problem, Question, QuestionKind, Turn

FOLDER = Path(__file__).parent / "questions"
SETS = ("dev", "test")
STYLES = ("paraphrase", "typo", "pinyin", "traditional", "abbreviation", "fragment")
NEAR = frozenset({"place", "year", "subject", "detail", "unrelated"})
_TURN_KEYS = frozenset(
    {"question", "kind", "answers", "items", "excludes", "due", "tasks", "total", "evidence"}
)
_KEYS = _TURN_KEYS | {"id", "turns", "file", "style", "key_terms", "near"}
_TURNS = (2, 3)


class _Fault(ValueError):
    """What is wrong with a line."""


def shipped_sets() -> list[Path]:
    """The question sets on the shipped corpus."""
    return [FOLDER / f"{name}.jsonl" for name in SETS]


def read_questions(path: Path) -> tuple[list[Question], list[Problem]]:
    """Read a question set; lines that cannot be used are problems.

    :raises LoadError: the file cannot be read, or holds no usable question.
    """
    questions: list[Question] = []
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for place, record in json_objects(path, problems):
        try:
            question = read_question(record, place)
            if question.id in seen:
                raise _Fault(f"编号 {question.id} 与 {seen[question.id]} 重复")
        except _Fault as fault:
            problems.append(Problem(place, str(fault)))
            continue
        seen[question.id] = place
        questions.append(question)
    if not questions:
        first = f"(第一处:{problems[0]})" if problems else ""
        raise LoadError(f"问题集里没有可用的问题:{path}{first}")
    return questions, problems


def json_objects(path: Path, problems: list[Problem]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a JSON Lines file with their places; add other lines to `problems`.

    :raises LoadError: the file cannot be read.
    """
    for place, line in numbered_lines(path):
        try:
            record = json_value(line, place)
        except LoadError as error:
            problems.append(Problem(place, str(error).removeprefix(place)))
            continue
        if isinstance(record, dict):
            yield place, record
        else:
            problems.append(Problem(place, "不是 JSON 对象"))


def read_question(record: Mapping[str, Any], place: str) -> Question:
    """Read one line's object.

    :raises ValueError: something in it is missing, unknown or of the wrong kind.
    """
    _known(record, _KEYS)
    kind = _kind(record.get("kind"))
    turns = _turns(record, kind)
    near = record.get("near")
    if (kind is QuestionKind.NONE) != (isinstance(near, str) and near in NEAR):
        raise _Fault(f"near 只用于 none 类,取值为 {'、'.join(sorted(NEAR))}")
    source = record.get("file")
    if kind is not QuestionKind.NONE and not (isinstance(source, str) and source):
        raise _Fault("缺少 file(答案所在的文件名)")
    styles = _strings(record, "style")
    if unknown := set(styles) - set(STYLES):
        raise _Fault(f"不认识的 style:{'、'.join(sorted(unknown))}")
    return Question(
        id=_text(record, "id"),
        kind=kind,
        turns=turns,
        source=source,
        styles=styles,
        key_terms=_strings(record, "key_terms"),
        near=near,
        place=place,
    )


def _turns(record: Mapping[str, Any], kind: QuestionKind) -> tuple[Turn, ...]:
    """The turns of a conversation, or the one of any other question."""
    if kind is not QuestionKind.CONVERSATION:
        if "turns" in record:
            raise _Fault("只有 conversation 才有 turns")
        return (_turn(record, kind),)
    turns = record.get("turns")
    if not (isinstance(turns, list) and _TURNS[0] <= len(turns) <= _TURNS[1]):
        raise _Fault("conversation 需要 turns,两到三个问题")
    return tuple(_turn(turn, None) for turn in turns)


def _turn(record: Any, kind: QuestionKind | None) -> Turn:
    if not isinstance(record, dict):
        raise _Fault("turns 里的每一项都应是 JSON 对象")
    if kind is None:
        _known(record, _TURN_KEYS)
        kind = _kind(record.get("kind", "field"))
    turn = Turn(
        question=_text(record, "question"),
        kind=kind,
        answers=_strings(record, "answers"),
        items=tuple(_alternatives(item) for item in _list(record, "items")),
        excludes=_strings(record, "excludes"),
        due=_date(record.get("due")),
        tasks=tuple(_numbers(record, "tasks")),
        total=_total(record.get("total")),
        evidence=_strings(record, "evidence"),
    )
    return _consistent(turn)


def _consistent(turn: Turn) -> Turn:
    """Hold a turn to what its kind needs."""
    says = bool(turn.answers or turn.items or turn.tasks)
    if turn.kind is QuestionKind.NONE:
        if says or turn.evidence:
            raise _Fault("none 类的问题没有答案,不应有 answers、items、tasks、evidence")
    elif turn.kind is QuestionKind.CONVERSATION:
        raise _Fault("turns 里的问题不能又是 conversation")
    elif turn.kind is QuestionKind.LIST:
        if not turn.tasks or turn.total != len(turn.tasks):
            raise _Fault("list 类需要 tasks,且 total 等于它的个数")
    elif not (turn.answers or turn.items):
        raise _Fault("缺少 answers 或 items")
    if turn.kind is not QuestionKind.NONE and not turn.evidence:
        raise _Fault("缺少 evidence(答案所在段落里的文字)")
    return turn


def _known(record: Mapping[str, Any], keys: frozenset[str]) -> None:
    if unknown := set(record) - keys:
        raise _Fault(f"不认识的键:{'、'.join(sorted(map(str, unknown)))}")


def _kind(value: Any) -> QuestionKind:
    try:
        return QuestionKind(value)
    except ValueError:
        raise _Fault(f"kind 应为 {'、'.join(QuestionKind)},不是 {str(value)[:40]}") from None


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if not (isinstance(value, str) and value.strip() and is_whole(value)):
        raise _Fault(f"缺少 {key},或不是完好的文字")
    return value


def is_whole(text: str) -> bool:
    """Whether a text can be written: a lone surrogate cannot."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _list(record: Mapping[str, Any], key: str) -> list[Any]:
    value = record.get(key, [])
    if not isinstance(value, list):
        raise _Fault(f"{key} 应为列表")
    return value


def _strings(record: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = _list(record, key)
    if not all(isinstance(one, str) and one.strip() and is_whole(one) for one in value):
        raise _Fault(f"{key} 应为完好的文字的列表,且没有空的")
    return tuple(value)


def _alternatives(item: Any) -> tuple[str, ...]:
    options: Sequence[Any] = item if isinstance(item, list) else [item]
    if not options or not all(
        isinstance(one, str) and one.strip() and is_whole(one) for one in options
    ):
        raise _Fault("items 的每一项应为文字,或文字的列表")
    return tuple(options)


def _numbers(record: Mapping[str, Any], key: str) -> list[int]:
    value = _list(record, key)
    if not all(type(one) is int for one in value) or len(set(value)) != len(value):
        raise _Fault(f"{key} 应为不重复的整数的列表")
    return value


def _total(value: Any) -> int | None:
    if value is not None and type(value) is not int:
        raise _Fault("total 应为整数")
    return value


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if value is not None else None
    except (TypeError, ValueError):
        raise _Fault("due 应写成 2020-12-31") from None
