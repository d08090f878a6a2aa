"""Callback data: what a button says when it is pressed, written and read in one place.

The first field names the kind of press and with it the shape of the rest: a shape that
changes gets a new name, so that old buttons are refused rather than misread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Telegram's limit for callback data, in bytes; it does not refuse more, it breaks the button.
MOST_BYTES = 64
_SEPARATOR = ":"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Numbers name rows of a database, whose integers end here.
_LARGEST = 2**63 - 1
_NUMBER = re.compile("0|[1-9a-z][0-9a-z]*")
_TOKEN = re.compile("[0-9a-z]+")
_ACTION = re.compile("[a-z][0-9a-z_]*")
_VERDICTS = {True: "1", False: "0"}


@dataclass(frozen=True, slots=True)
class TaskPress:
    """An action on a task as it was in some version; `stage` is the reminder's."""

    action: str
    task: int
    version: int
    stage: str = ""


@dataclass(frozen=True, slots=True)
class SourcePress:
    """原文: a page of the document of a stored answer's citation; page 0 holds the quote."""

    token: str
    citation: int
    page: int


@dataclass(frozen=True, slots=True)
class RelatedPress:
    """相关任务 of a stored answer."""

    token: str


@dataclass(frozen=True, slots=True)
class VerdictPress:
    """有用 or 没用, said of a stored answer."""

    token: str
    useful: bool


@dataclass(frozen=True, slots=True)
class MenuPress:
    """A place in a menu: a page of a list, a confirmation."""

    name: str
    arg: str = ""


Press = TaskPress | SourcePress | RelatedPress | VerdictPress | MenuPress


def encode(press: Press) -> str:
    """Callback data of a press.

    :raises ValueError: a field does not fit its place, or all together are too long.
    """
    fields = _fields(press)
    if wrong := [field for field in fields if _SEPARATOR in field]:
        raise ValueError(f"{wrong[0]!r} contains the separator {_SEPARATOR!r}")
    data = _SEPARATOR.join(fields)
    if (size := len(data.encode())) > MOST_BYTES:
        raise ValueError(f"callback data of {size} bytes is over {MOST_BYTES}: {data!r}")
    return data


def decode(data: str) -> Press | None:
    """The press that callback data stands for; None unless `encode` writes exactly this."""
    if len(data) > MOST_BYTES:
        return None
    try:
        press = _read(data.split(_SEPARATOR))
        return press if press and encode(press) == data else None
    except ValueError:
        return None


def base36(number: int) -> str:
    """A number in the fewest characters that are the same to every client.

    :raises ValueError: the number is negative or larger than any row's.
    """
    if not 0 <= number <= _LARGEST:
        raise ValueError(f"{number} is not the number of anything")
    digits = ""
    while number >= len(_DIGITS):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return _DIGITS[number] + digits


def _fields(press: Press) -> list[str]:
    match press:
        case TaskPress(action, task, version, stage):
            return ["a", _fit(_ACTION, action), base36(task), base36(version), stage]
        case SourcePress(token, citation, page):
            return ["s", _fit(_TOKEN, token), base36(citation), base36(page)]
        case RelatedPress(token):
            return ["r", _fit(_TOKEN, token)]
        case VerdictPress(token, useful):
            return ["v", _fit(_TOKEN, token), _VERDICTS[useful]]
        case MenuPress(name, arg):
            return ["m", _fit(_ACTION, name), arg]


def _read(fields: list[str]) -> Press | None:
    match fields:
        case ["a", action, task, version, stage]:
            return TaskPress(action, _number(task), _number(version), stage)
        case ["s", token, citation, page]:
            return SourcePress(token, _number(citation), _number(page))
        case ["r", token]:
            return RelatedPress(token)
        case ["v", token, verdict]:
            return VerdictPress(token, verdict == _VERDICTS[True])
        case ["m", name, arg]:
            return MenuPress(name, arg)
    return None


def _number(text: str) -> int:
    return int(_fit(_NUMBER, text), len(_DIGITS))


def _fit(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"{text!r} does not fit {pattern.pattern}")
    return text
