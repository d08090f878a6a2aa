"""The dictionary of an opened version: all of it where it is small, else the pages asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.milvus.kept import Kept
from index.milvus.records import Shelf
from index.milvus.shelves import read_texts
from index.milvus.terms import Page, page_number

if TYPE_CHECKING:
    from index.milvus.client import Client

# 24 MB of pages, some two million tokens: what a corpus of a million passages has.
_PAGES_KEPT = 1024


class Vocabulary:
    """In how many passages a token stands."""

    def __init__(self, client: Client, collection: str, pages: int) -> None:
        self._client, self._collection, self._count = client, collection, pages
        self._pages: Kept[int, Page] = Kept(_PAGES_KEPT)

    def count(self, key: int) -> int:
        """Return in how many passages the token of a key stands.

        :raises EngineError: Milvus fails.
        :raises IndexFormatError: the page is damaged.
        """
        number = page_number(key, self._count)
        return self._pages.get([number], self._fetch)[number].count(key)

    def _fetch(self, numbers: list[int]) -> dict[int, Page]:
        wanted = list(range(self._count)) if self._count <= _PAGES_KEPT else numbers
        texts = read_texts(self._client, self._collection, Shelf.TERMS, wanted)
        return {number: Page(text) for number, text in zip(wanted, texts, strict=True)}
