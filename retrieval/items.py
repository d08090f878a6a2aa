"""The items of a list, each proven by the quotes of its own task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.records import Task
from retrieval.clauses import prove_lines
from retrieval.grounds import Grounds
from retrieval.records import Answer, Piece

_ITEM = re.compile(r"(?P<plan>.*? )?第(?P<number>\d+)项 (?P<rest>.+)", re.DOTALL)
_ROLE = re.compile(r"\((?:牵头|配合|推断|,)+\)$")


def prove_items(
    answer: Answer, grounds: Grounds, lines: Sequence[str]
) -> tuple[list[str], tuple[Task, ...], list[Piece]]:
    """Return the items that are proven, their tasks, and every piece that was looked up."""
    kept: list[str] = []
    listed: set[str] = set()
    pieces: list[Piece] = []
    for text in _items(lines):
        left, own, found = _item(text, answer, grounds)
        pieces += found
        if left:
            kept.append(left)
            listed |= {task.id for task in own}
    return kept, tuple(task for task in answer.tasks if task.id in listed), pieces


def _items(lines: Sequence[str]) -> Iterator[str]:
    """Items of one or more lines: the measures of a task stand on several."""
    item: list[str] = []
    for line in lines:
        if item and _ITEM.match(line):
            yield "\n".join(item)
            item = []
        item.append(line)
    yield "\n".join(item)


def _item(text: str, answer: Answer, grounds: Grounds) -> tuple[str, list[Task], list[Piece]]:
    """An item as far as it is proven, empty where it is not; the tasks it may be of."""
    match = _ITEM.match(text)
    if match is None:
        return "", [], [Piece(text)]
    tasks, among = _scope(answer, grounds, match)
    if not among:
        return "", [], [Piece(text)]
    rest = match["rest"]
    alone = _ROLE.sub("", rest)
    if number := grounds.said_in(_title(alone), among):
        return text, tasks, [Piece(alone, number)]
    for colon in re.finditer(":", rest):
        title, value = rest[: colon.start()], rest[colon.end() :]
        if number := grounds.said_in(_title(title), among):
            left, pieces = prove_lines(value, grounds, tasks, among)
            head = text[: match.start("rest")] + title
            return (f"{head}:{left}" if left else ""), tasks, [Piece(title, number), *pieces]
    return "", [], [Piece(rest)]


def _scope(
    answer: Answer, grounds: Grounds, match: re.Match[str]
) -> tuple[list[Task], frozenset[int]]:
    """The tasks of an item's number, and the citations that are of them."""
    tasks, among = [], frozenset[int]()
    for task in answer.tasks:
        if str(task.number) != match["number"]:
            continue
        own = frozenset[int]().union(
            *(grounds.within(one.start, one.end, one.document_id) for one in task.spans.values())
        )
        if match["plan"]:
            own = grounds.named(match["plan"].strip(), own)
        if own:
            tasks.append(task)
            among |= own
    return tasks, among


def _title(words: str) -> str:
    """A title as far as it is quoted."""
    return words.removesuffix("…")
