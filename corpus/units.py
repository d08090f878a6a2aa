"""Responsible units: splitting a 责任单位 line into names and roles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_ROLE_WORDS = {"牵头": "lead", "负责": "lead", "主办": "lead", "责任": "lead"} | dict.fromkeys(
    ("配合", "参与", "参加", "协助", "协办"), "cooperating"
)
_ROLES = "|".join(_ROLE_WORDS)
_CLOSING = re.compile(
    rf"^(?P<name>.*?)(?:按照?各?自?职责(?:分工)?|分别|共同|联合|具体|密切)?(?:[(（])?"
    rf"(?P<role>{_ROLES})(?:落实|实施|办理|推进)?(?:[)）])?$"
)
_OPENING = re.compile(rf"^(?P<role>{_ROLES})单位\s*[:：]\s*")
_OWN_ROLE = re.compile(rf"[(（](?P<role>{_ROLES})(?:单位)?[)）]$")
_ETCETERA = re.compile(r"等(?:有关|相关)?(?:部门|单位)?$")
_BODY = re.compile(
    r"^(?P<prefix>.+?)(?:党委|党工委|人民政府|政府|管委会)(?:[(（][^()（）]*[)）])?$"
)
_BARE_BODY = re.compile(r"^(?:党委|党工委|人民政府|政府|管委会)(?:[(（]|$)")
_SEPARATORS = "、,，;；。\n"
_SENTENCE_ENDS = "。\n"


class Role(StrEnum):
    """What a unit owes a task: to lead it or to cooperate."""

    LEAD = "lead"
    COOPERATING = "cooperating"


@dataclass(frozen=True, slots=True)
class Units:
    """The units of one task by role, in order of appearance, names as written.

    `completed` pairs a name that was filled up with the words it stands for: 党委、人民政府
    after one 各县区 share it.
    """

    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    completed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A name between separators; `group` counts the commas before it."""

    text: str
    group: int


def split_units(text: str, *, role: Role | None = None) -> Units:
    """Split a 责任单位 value: names at 、，； outside parentheses, roles by 牵头 and 配合.

    A role word closes a group and holds for every name before it; names after the last role
    word cooperate, and lead where nobody is said to.

    :param role: the role a label (牵头单位:) gives to names that carry no role word.
    """
    assigned: list[tuple[str, Role, int]] = []
    pending: list[tuple[str, int]] = []
    completed: list[tuple[str, str]] = []
    stated: Role | None = role
    for piece in _pieces(text):
        name, opening, closing, own = _roles_of(piece.text)
        if opening:
            assigned += _with_role(pending, stated, assigned)
            pending, stated = [], opening
        name, whole = _complete(name, [p[0] for p in pending] or [a[0] for a in assigned])
        completed += [(name, whole)] if whole else []
        if own:
            assigned.append((name, own, piece.group))
            continue
        pending += [(name, piece.group)] if name else []
        if closing:
            assigned += [(n, closing, group) for n, group in pending]
            pending = []
    assigned += _with_role(pending, stated, assigned)
    lead, cooperating = _by_role(assigned)
    return Units(lead, cooperating, tuple(completed))


def _pieces(text: str) -> list[_Piece]:
    """Cut at separators outside parentheses."""
    pieces: list[_Piece] = []
    depth, group, current = 0, 0, ""
    for char in f"{text}\n":
        depth += (char in "(（") - (char in ")）")
        # An unclosed parenthesis must not swallow the lines after it.
        depth = 0 if char == "\n" else max(depth, 0)
        if char not in _SEPARATORS or depth:
            current += char
            continue
        if current.strip():
            pieces.append(_Piece(current.strip(), group))
        group += char != "、"
        current = ""
    return pieces


def _roles_of(piece: str) -> tuple[str, Role | None, Role | None, Role | None]:
    """Return the name in a piece, and the roles its words open, close or give to it alone."""
    opening = closing = own = None
    if match := _OPENING.match(piece):
        opening, piece = Role(_ROLE_WORDS[match["role"]]), piece[match.end() :]
    if match := _OWN_ROLE.search(piece):
        own, piece = Role(_ROLE_WORDS[match["role"]]), piece[: match.start()]
    elif match := _CLOSING.match(piece):
        closing, piece = Role(_ROLE_WORDS[match["role"]]), match["name"]
    name = _ETCETERA.sub("", piece.strip()).removeprefix("由").strip()
    return name, opening, closing, own


def _complete(name: str, before: list[str]) -> tuple[str, str]:
    """Give a bare 人民政府 the place of the 党委 before it; the second value is what was read."""
    if _BARE_BODY.match(name) and before and (body := _BODY.match(before[-1])):
        return body["prefix"] + name, f"{before[-1]}、{name}"
    return name, ""


def _with_role(
    pending: list[tuple[str, int]], stated: Role | None, assigned: list[tuple[str, Role, int]]
) -> list[tuple[str, Role, int]]:
    """Give names without a role word theirs: a label's, else lead unless somebody leads."""
    default = Role.COOPERATING if assigned else Role.LEAD
    return [(name, stated or default, group) for name, group in pending]


def _by_role(
    assigned: list[tuple[str, Role, int]],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sort names into roles, each once; before a lone 配合, the group up to a comma leads."""
    if assigned and not any(role is Role.LEAD for _, role, _ in assigned):
        first, last = assigned[0][2], assigned[-1][2]
        if first != last:
            assigned = [
                (name, Role.LEAD if group == first else role, group)
                for name, role, group in assigned
            ]
    lead = dict.fromkeys(name for name, role, _ in assigned if role is Role.LEAD)
    cooperating = dict.fromkeys(name for name, role, _ in assigned if role is not Role.LEAD)
    return tuple(lead), tuple(name for name in cooperating if name not in lead)
