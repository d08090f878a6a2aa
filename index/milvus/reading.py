"""What an opened version holds, read back: its head, its lists, its passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from corpus.errors import EngineError, IndexFormatError
from corpus.records import Passage
from index.codec import from_bytes
from index.milvus.records import Meta, Shelf
from index.milvus.schema import FORMAT
from index.milvus.shelves import A_CHUNK, read_texts
from index.milvus.sparse import name_key
from index.records import Manifest
from index.tokens import tokenizer_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.milvus.client import Client
    from index.milvus.schema import Names

T = TypeVar("T")

_REBUILD = "请运行 gongjian index --engine milvus 重新发布"
_ASKED = 1000


def read_head(client: Client, collection: str) -> tuple[Meta, Manifest]:
    """Return what a version is.

    :raises IndexFormatError: it is of another format or from another tokenizer, or damaged.
    :raises EngineError: Milvus fails.
    """
    try:
        meta = from_bytes(Meta, read_record(client, collection, Shelf.META, 0))
        if meta.format != FORMAT:
            raise IndexFormatError(
                f"Milvus 里的索引格式是 {meta.format},本程序读格式 {FORMAT};{_REBUILD}"
            )
        manifest = from_bytes(Manifest, read_record(client, collection, Shelf.MANIFEST, 0))
    except ValueError as exc:
        raise IndexFormatError(f"Milvus 里的索引已损坏:{exc};{_REBUILD}") from exc
    if manifest.tokenizer != tokenizer_version():
        raise IndexFormatError(
            f"Milvus 里的索引用分词规则 {manifest.tokenizer} 建成,"
            f"本程序用 {tokenizer_version()};{_REBUILD}"
        )
    return meta, manifest


def read_record(client: Client, collection: str, shelf: Shelf, number: int) -> bytes:
    """Return a record as it was written.

    :raises EngineError: it is not there, or Milvus fails.
    """
    [text] = read_texts(client, collection, shelf, [number])
    return text.encode()


def read_list(client: Client, collection: str, shelf: Shelf, kind: type[T], count: int) -> list[T]:
    """Return a list of records, of which there are `count`.

    :raises EngineError: Milvus fails.
    :raises IndexFormatError: it is damaged.
    """
    numbers = range(-(-count // A_CHUNK))
    texts = read_texts(client, collection, shelf, numbers)
    found = [_record(kind, line) for text in texts for line in text.split("\n")]
    if len(found) != count:
        raise IndexFormatError(f"Milvus 里的记录有 {len(found)} 条,应有 {count} 条;{_REBUILD}")
    return found


def rows_by_id(client: Client, names: Names, ids: Sequence[str]) -> dict[str, int]:
    """Return the rows of passages by id; those that are not there are left out.

    :raises EngineError: Milvus fails.
    """
    keys = [name_key(one) for one in ids]
    found: dict[str, int] = {}
    for start in range(0, len(keys), _ASKED):
        rows = client.call(
            "query",
            names.passages,
            filter=f"name in {keys[start : start + _ASKED]}",
            output_fields=["row", "id"],
        )
        found |= {row["id"]: row["row"] for row in rows}
    return {one: found[one] for one in ids if one in found}


def read_passages(client: Client, names: Names, rows: Sequence[int]) -> list[Passage]:
    """Return the passages of rows, in their order.

    :raises EngineError: one is not there, or Milvus fails.
    :raises IndexFormatError: one is damaged.
    """
    records = {row["row"]: row["record"] for row in _rows(client, names.passages, rows)}
    long = [row for row, record in records.items() if not record]
    if long:
        texts = read_texts(client, names.texts, Shelf.PASSAGES, long)
        records |= dict(zip(long, texts, strict=True))
    try:
        return [_record(Passage, records[row]) for row in rows]
    except KeyError as exc:
        raise EngineError(f"Milvus 里没有第 {exc} 个段落;请重新打开或重新发布") from exc


def _rows(client: Client, collection: str, rows: Sequence[int]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(rows), _ASKED):
        some = list(rows[start : start + _ASKED])
        yield from client.call(
            "query", collection, filter=f"row in {some}", output_fields=["row", "record"]
        )


def _record(kind: type[T], line: str) -> T:
    try:
        return from_bytes(kind, line.encode())
    except ValueError as exc:
        raise IndexFormatError(f"Milvus 里的一条记录已损坏:{exc};{_REBUILD}") from exc
