"""What the readers of a list hand on: items with their sections and the places of their fields."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.ledger.labels import Field


@dataclass(frozen=True, slots=True)
class Section:
    """A heading above items: its title without the declared count, that count, and its level."""

    title: str
    declared: int | None
    start: int
    level: int = 0

    @property
    def numbered(self) -> bool:
        """Whether the title begins with a number of its own."""
        return self.title.startswith(tuple("一二三四五六七八九十(（"))


@dataclass(frozen=True, slots=True)
class Part:
    """A labelled field: from the label at `start` to `end`, its value from `value` on."""

    field: Field
    start: int
    value: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its head from `start` to `end` (words from `value` on) and its fields.

    `lost` means that the page lost the head: the number follows from its neighbours. `notes`
    are what its reader concluded.
    """

    number: int
    start: int
    value: int
    end: int
    section: Section | None
    parts: tuple[Part, ...] = ()
    lost: bool = False
    notes: tuple[str, ...] = ()
