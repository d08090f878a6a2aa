"""What reads the files of an index: the product's own reader, and what any reader must do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from corpus.errors import GongjianError, LoadError
from corpus.formats.jsonl import positioned_lines
from corpus.reading import holds_records, read_file, read_record, reader_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.records import Reading
    from index.records import SourceFile


class Reader(Protocol):
    """Reads files; where many are read it is pickled into other processes."""

    @property
    def version(self) -> str:
        """What another version of the reader has read is read again."""

    def records(self, file: SourceFile) -> Iterator[tuple[int, str, str]] | None:
        """Yield the records of a file, each with the bytes read so far and its place in words.

        None where the file must be read whole.

        :raises LoadError: the file cannot be read; while it is gone through.
        """

    def read(self, file: SourceFile) -> Reading:
        """Read a whole file.

        :raises LoadError: it cannot be read.
        """

    def read_record(self, record: str, place: str, file: SourceFile) -> Reading:
        """Read a record of a file.

        :raises LoadError: it cannot be read.
        """


class CorpusReader:
    """The product's reader: whatever goes wrong in a file is that file's failure."""

    @property
    def version(self) -> str:
        """The version of all that reads and repairs."""
        return reader_version()

    def records(self, file: SourceFile) -> Iterator[tuple[int, str, str]] | None:
        """Yield the lines of a BEIR corpus; None for any other file."""
        return positioned_lines(file.path) if holds_records(file.path) else None

    def read(self, file: SourceFile) -> Reading:
        """Read a whole file.

        :raises LoadError: it cannot be read.
        """
        try:
            return read_file(file.path, file.source)
        except (GongjianError, OSError):
            raise
        except Exception as exc:
            raise LoadError(f"读取 {file.path} 时出错({type(exc).__name__}:{exc})") from exc

    def read_record(self, record: str, place: str, file: SourceFile) -> Reading:
        """Read a line of a BEIR corpus.

        :raises LoadError: it cannot be read.
        """
        try:
            return read_record(record, place, file.source)
        except GongjianError:
            raise
        except Exception as exc:
            raise LoadError(f"读取 {place}时出错({type(exc).__name__}:{exc})") from exc
