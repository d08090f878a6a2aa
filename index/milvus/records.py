"""The types of the Milvus engine: where it is, what a version there is, what its texts are."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from urllib.parse import urlsplit

_LITE = ".db"
_LITE_PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where Milvus answers: a URI (a path that ends in `.db` is a milvus-lite file), and a token.

    `timeout` is the seconds a call may take, its repetitions on a broken connection included;
    `attempts` how often a call is made that the server says to repeat.
    """

    uri: str = field(repr=False)  # it may hold a password
    token: str | None = field(default=None, repr=False)
    timeout: float = 10.0
    attempts: int = 5

    @property
    def is_lite(self) -> bool:
        """Whether it is a file of this machine, which one process opens at a time."""
        return self.uri.endswith(_LITE)

    @property
    def patience(self) -> float:
        """Seconds a call may take; a file's first search builds what a server has built before."""
        return max(self.timeout, _LITE_PATIENCE) if self.is_lite else self.timeout

    @property
    def shown(self) -> str:
        """The URI as it may be shown: without a name and a password."""
        if "@" not in self.uri:
            return self.uri
        parts = urlsplit(self.uri)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


@dataclass(frozen=True, slots=True)
class Meta:
    """What a reader must know of a version before anything else; the first of its texts.

    `kinds` are those of passages, by code; `pages` how many the dictionary has.
    """

    format: int
    version: str
    kinds: tuple[str, ...]
    pages: int


class Shelf(IntEnum):
    """What a text is: the first part of its address."""

    META = 1
    MANIFEST = 2
    DOCUMENTS = 3
    SUMMARIES = 4
    TASKS = 5
    CLUSTERS = 6
    TERMS = 7
    PASSAGES = 8


@dataclass(frozen=True, slots=True)
class Address:
    """Where a document is: its number, its year (0: unknown), the rows of its passages."""

    number: int
    year: int
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text to store under a number on a shelf; a document's says where its passages are."""

    shelf: Shelf
    number: int
    text: str
    name: str = ""
    address: Address | None = None
