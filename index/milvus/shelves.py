"""Texts of any length, stored under a number on a shelf, in parts that a VARCHAR can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpus.errors import EngineError
from index.milvus.records import Address, Shelf, Text
from index.milvus.sparse import name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from index.milvus.client import Client

# Bytes of UTF-8 a part may have: a character beyond ASCII has up to four.
_ASCII, _OTHER = 60_000, 15_000
# An address is shelf, number and part, as one INT64 that is the primary key.
_NUMBER, _PART = 32, 16
# A hundred texts of 64 KB are a tenth of what one message may be.
_ASKED = 100
_NAMES_ASKED = 1000
# Records put together as one text, a line each.
A_CHUNK = 256
_NOWHERE = Address(0, 0, 0, 0)


def slot(shelf: Shelf, number: int, part: int = 0) -> int:
    """Return the primary key of a part of a text."""
    return ((int(shelf) << _NUMBER) + number << _PART) + part


def rows_of(text: Text) -> list[dict[str, Any]]:
    """Return a text as rows to insert, a part each."""
    size = _ASCII if text.text.isascii() else _OTHER
    parts = [text.text[start : start + size] for start in range(0, len(text.text), size)] or [""]
    address = text.address or _NOWHERE
    return [
        {
            "slot": slot(text.shelf, text.number, part),
            "parts": len(parts),
            "name": name_key(text.name) if text.name and not part else 0,
            "year": address.year,
            "first": address.first,
            "stop": address.stop,
            "text": words,
            "nothing": [0.0, 1.0],
        }
        for part, words in enumerate(parts)
    ]


def read_texts(client: Client, collection: str, shelf: Shelf, numbers: Sequence[int]) -> list[str]:
    """Return the texts of numbers, in the order asked for.

    :raises EngineError: one is not there, or Milvus fails.
    """
    slots = [slot(shelf, number) for number in numbers]
    firsts = {row["slot"]: row for row in _at(client, collection, slots, "parts")}
    more = [
        first + part
        for first in slots
        for part in range(1, firsts[first]["parts"] if first in firsts else 0)
    ]
    others = {row["slot"]: row["text"] for row in _at(client, collection, more)}
    try:
        return [
            firsts[first]["text"]
            + "".join(others[first + part] for part in range(1, firsts[first]["parts"]))
            for first in slots
        ]
    except KeyError as exc:
        raise EngineError("Milvus 里的这个版本不完整,或已被清理;请重新打开或重新发布") from exc


def find_addresses(client: Client, collection: str, ids: Iterable[str]) -> dict[str, Address]:
    """Return where documents are, by id; those that are not there are left out.

    :raises EngineError: Milvus fails.
    """
    keys = {name_key(one): one for one in ids}
    found: dict[str, Address] = {}
    wanted = list(keys)
    for start in range(0, len(wanted), _NAMES_ASKED):
        some = wanted[start : start + _NAMES_ASKED]
        rows = client.call(
            "query",
            collection,
            filter=f"name in {some}",
            output_fields=["slot", "name", "year", "first", "stop"],
        )
        for row in rows:
            number = (row["slot"] >> _PART) & ((1 << _NUMBER) - 1)
            place = Address(number, row["year"], row["first"], row["stop"])
            found[keys[row["name"]]] = place
    return found


def _at(
    client: Client, collection: str, slots: Sequence[int], *more: str
) -> Iterable[dict[str, Any]]:
    for start in range(0, len(slots), _ASKED):
        some = slots[start : start + _ASKED]
        yield from client.call(
            "query",
            collection,
            filter=f"slot in {list(some)}",
            output_fields=["slot", "text", *more],
        )
