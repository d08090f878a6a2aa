"""Telegram's HTML: escaped, measured as Telegram measures it, packed into messages."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

# Telegram refuses more than 4096 UTF-16 units; what is left over is for the sender's marks.
LIMIT = 4000
# Telegram forgets the formatting after so many entities of one message.
_MOST_ENTITIES = 100
# No character needs more UTF-16 units, so no smaller limit can be kept.
_SMALLEST = 2
_TAG = re.compile(r"</?[a-z][^<>]*>")
_TOKEN = re.compile(rf"{_TAG.pattern}|&#?\w+;|.", re.DOTALL)
_NAME = re.compile(r"</?([a-z-]+)")
_SENTENCE_ENDS = frozenset("。;；!！?？…\n")
# What closes a sentence after its end stays with it.
_CLOSERS = frozenset("”’」』)）》")


@dataclass(frozen=True, slots=True)
class _Size:
    """What a message may hold only so much of."""

    units: int
    entities: int

    def __add__(self, other: _Size) -> _Size:
        return _Size(self.units + other.units, self.entities + other.entities)

    def within(self, units: int) -> bool:
        return self.units <= units and self.entities <= _MOST_ENTITIES


_NEWLINE = _Size(1, 0)


def escape(text: str) -> str:
    """Text as it stands between tags or in a quoted attribute."""
    return html.escape(text, quote=True)


def plain(text: str) -> str:
    """The words of HTML, for when Telegram cannot parse it."""
    return html.unescape(_TAG.sub("", text))


def utf16_length(text: str) -> int:
    """How long Telegram finds HTML: the UTF-16 units of its words."""
    return len(plain(text).encode("utf-16-le", "surrogatepass")) // 2


def pack(blocks: Sequence[str], limit: int = LIMIT) -> tuple[str, ...]:
    """Join blocks of HTML with newlines into as few messages as hold them, in order.

    A block is cut only where it is too long for a message of its own: at the end of a sentence,
    else between two characters, its tags closed and opened again. White space that
    would begin or end a message as a block of its own is left out, as Telegram does.

    :raises ValueError: the limit is too small for any character.
    """
    if limit < _SMALLEST:
        raise ValueError(f"a message cannot be limited to {limit} units")
    messages: list[list[str]] = [[]]
    size = _Size(0, 0)
    for block in blocks:
        joined = size + _NEWLINE if messages[-1] else size
        whole = _size(block)
        if (joined + whole).within(limit):
            messages[-1].append(block)
            size = joined + whole
            continue
        parts = ["", block] if whole.within(limit) else _cut(block, joined, limit)
        messages[-1].append(parts[0])
        messages += [[part] for part in parts[1:]]
        size = _size("\n".join(messages[-1]))
    return tuple(message for lines in messages if (message := _message(lines)))


def _message(lines: list[str]) -> str:
    """The lines of one message; blank ones at its ends say nothing."""
    told = [index for index, line in enumerate(lines) if plain(line).strip()]
    return "\n".join(lines[told[0] : told[-1] + 1]) if told else ""


def _size(block: str) -> _Size:
    tags = _TAG.findall(block)
    return _Size(utf16_length(block), sum(not tag.startswith("</") for tag in tags))


def _cut(block: str, before: _Size, limit: int) -> list[str]:
    """Cut a block into a part for the message that is begun, which may be empty, and full ones.

    The rest of a message is worth a part when it holds as much as was there before.
    """
    tokens = _TOKEN.findall(block)
    begins = before.within(limit // 2) and before.units + _SMALLEST <= limit
    parts = [] if begins else [""]
    opened: list[str] = []
    start = 0
    while start < len(tokens):
        used = before if not parts else _Size(0, 0)
        end = _end(tokens, start, limit, used + _Size(0, len(opened)))
        after = _opened(opened, tokens[start:end])
        closing = "".join(f"</{_name(tag)}>" for tag in reversed(after))
        parts.append("".join([*opened, *tokens[start:end], closing]))
        opened, start = after, end
    return parts


def _end(tokens: Sequence[str], start: int, limit: int, used: _Size) -> int:
    """Where the part that begins at `start` ends: at least one character further on.

    An end of a sentence counts in the second half only, lest parts be many and small.
    """
    anywhere = sentence = -1
    half = (used.units + limit) // 2
    for index in range(start, len(tokens)):
        token = tokens[index]
        used += _token_size(token)
        if not used.within(limit) and anywhere >= 0:
            return sentence if sentence >= 0 else anywhere
        if not _is_tag(token):
            anywhere = index + 1
            if used.units > half and _ends_sentence(tokens, index):
                sentence = index + 1
        elif token.startswith("</"):
            # A tag that closes here belongs to what it closes.
            anywhere = index + 1 if anywhere == index else anywhere
            sentence = index + 1 if sentence == index else sentence
    return len(tokens)


def _ends_sentence(tokens: Sequence[str], index: int) -> bool:
    while index and tokens[index] in _CLOSERS:
        index -= 1
    return tokens[index] in _SENTENCE_ENDS


def _token_size(token: str) -> _Size:
    if _is_tag(token):
        return _Size(0, 0 if token.startswith("</") else 1)
    return _Size(utf16_length(token), 0)


def _is_tag(token: str) -> bool:
    return len(token) > 1 and token.startswith("<")


def _opened(before: Sequence[str], tokens: Sequence[str]) -> list[str]:
    """The opening tags still open after some tokens."""
    opened = list(before)
    for token in filter(_is_tag, tokens):
        if not token.startswith("</"):
            opened.append(token)
        elif opened and _name(opened[-1]) == _name(token):
            opened.pop()
    return opened


def _name(tag: str) -> str:
    found = _NAME.match(tag)
    return found[1] if found else ""
