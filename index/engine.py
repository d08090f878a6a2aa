"""What a search engine is: the door between how passages are stored and what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from corpus.records import Cluster, Document, Passage, Task
    from index.records import DocumentSummary, Manifest, Scored, Where


class Engine(Protocol):
    """One version of an index, answering from any thread until it is let go.

    Every method raises EngineError when the engine fails, IndexFormatError when it meets
    damage; searches raise ValueError for a `k` below 1.
    """

    def __hash__(self) -> int:
        """An engine never changes: what is gathered from it may be kept under it."""

    @property
    def version(self) -> str:
        """The id of the version that answers."""

    @property
    def manifest(self) -> Manifest:
        """What that version is."""

    def lexical(self, query: str, k: int, where: Where | None = None) -> Sequence[Scored]:
        """Return the k passages that share the rarest tokens with the query, best first."""

    def dense(self, query: str, k: int, where: Where | None = None) -> Sequence[Scored]:
        """Return the k passages nearest in meaning, best first.

        :raises EncoderMismatch: the version's encoder is not to be had.
        """

    def weight(self, token: str) -> float:
        """Return how rare a token is among the passages (idf); 0 when none has it."""

    def passages(self, ids: Iterable[str]) -> Sequence[Passage]:
        """Return passages by id, in the order asked for."""

    def passages_of(self, document_id: str) -> Sequence[Passage]:
        """Return every passage of a document, in order."""

    def document(self, document_id: str) -> Document:
        """Return one document with its texts and repairs."""

    def documents(self) -> Sequence[DocumentSummary]:
        """Return every document, without texts, in order."""

    def tasks(self) -> Sequence[Task]:
        """Return every task of the ledger, in order."""

    def clusters(self) -> Sequence[Cluster]:
        """Return the documents that are copies of each other."""
