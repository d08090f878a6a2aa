"""The lines of an answer, clause by clause, name by name: what a citation says stays."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.records import Task
from retrieval import about_documents
from retrieval.fields import GUESSED, LABELS, MISSING, STRUCK_OUT, WHOLE_TASK
from retrieval.grounds import Grounds
from retrieval.inferring import inferred_units
from retrieval.question import Field
from retrieval.records import Piece

# The words that frame what is quoted.
_FRAMES = "|".join([*LABELS.values(), *about_documents.LABELS.values(), WHOLE_TASK, "牵头", "配合"])
_FRAMED = re.compile(rf"(?:(?:{_FRAMES}):)+|\(\d+\)")
# Measures are counted from 1, a line each.
_COUNTED = re.compile(rf"(?:.*{LABELS[Field.MEASURES]}:)?\((?P<number>\d+)\)")
_CLAUSE = re.compile(r"[^;；。]+[;；。]*")
# A name with its post is one, whatever the post is divided by.
_NAME = re.compile(r"(?:\([^()]*\)|[^、(])+|[、(]")
_POST = re.compile(r"(?P<name>[^()]+)\((?P<post>.+)\)")


def prove_lines(
    text: str, grounds: Grounds, tasks: Sequence[Task], among: frozenset[int] | None = None
) -> tuple[str, list[Piece]]:
    """Return what of a text the citations say, and every piece that was looked up.

    `among`: the citations that may say it, by their numbers; any may without.
    """
    kept: list[str] = []
    pieces: list[Piece] = []
    row = 0
    for line in text.split("\n"):
        left, found = _line(line, grounds, tasks, among)
        if (counted := _COUNTED.match(line)) and found[0].words != line:
            row += 1
            if counted["number"] != str(row):
                found.append(Piece(f"({counted['number']})"))
                left = left.replace(f"({counted['number']})", f"({row})", 1)
        pieces += found
        if left or not line.strip():
            kept.append(left)
    return "\n".join(kept), pieces


def _line(
    line: str, grounds: Grounds, tasks: Sequence[Task], among: frozenset[int] | None
) -> tuple[str, list[Piece]]:
    if number := grounds.said_in(line, among):
        return line, [Piece(line, number)]
    kept, pieces = "", []
    for clause in _CLAUSE.findall(line):
        left, found = _clause(clause, grounds, tasks, among)
        kept += left
        pieces += found
    whole = all(piece.proven for piece in pieces)
    return (line if whole and pieces else kept.strip(" ;；")), pieces


def _clause(
    clause: str, grounds: Grounds, tasks: Sequence[Task], among: frozenset[int] | None
) -> tuple[str, list[Piece]]:
    """A clause without its frame; where it is a row of names, those that are said stay."""
    framed = _FRAMED.match(clause)
    frame = framed.group() if framed else ""
    body = clause[len(frame) :].rstrip(";；。")
    plain = body.removesuffix(STRUCK_OUT)
    if body == MISSING:
        return clause, [Piece(body, why="引文里没有这一项")]
    if number := grounds.said_in(plain, among):
        return clause, [Piece(plain, number)]
    pieces = [
        piece
        for name in _NAME.findall(body)
        if name != "、"
        for piece in (_name(name, grounds, tasks, among),)
    ]
    kept = [piece.words for piece in pieces if piece.proven]
    if len(kept) == len(pieces) and kept:
        return clause, pieces
    end = clause[len(clause.rstrip(";；。")) :]
    return (frame + "、".join(kept) + end if kept else ""), pieces


def _name(
    name: str, grounds: Grounds, tasks: Sequence[Task], among: frozenset[int] | None
) -> Piece:
    """A name that is said, with its post if it has one; or that is a guess, and marked so."""
    if number := grounds.said_in(name, among):
        return Piece(name, number)
    if name.endswith(GUESSED):
        guessed = any(name.removesuffix(GUESSED) in inferred_units(task) for task in tasks)
        return Piece(name, why="推断的名称,已标明" if guessed else "")
    if post := _POST.fullmatch(name):
        both = [grounds.said_in(words, among) for words in (post["name"], post["post"])]
        return Piece(name, both[0] if all(both) else 0)
    return Piece(name)
