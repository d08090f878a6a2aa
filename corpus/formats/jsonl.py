"""JSON Lines, plain or compressed, and what a line of a BEIR corpus holds."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.errors import LoadError, os_reason
from corpus.formats.decoding import decode

_PEEKED = 1 << 20  # by so much of its start a file's encoding is told
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def numbered_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the lines that are not blank, each with its place (file and line) in words.

    :raises LoadError: the file cannot be read, decompressed or decoded, or has no such line.
    """
    for _, place, line in positioned_lines(path):
        yield place, line


def positioned_lines(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield how many bytes of the file are read, and what `numbered_lines` yields.

    UTF-8, which is what such files are, is read line by line, however large the file; another
    encoding can only be told from the whole.

    :raises LoadError: the file cannot be read, decompressed or decoded, or has no such line.
    """
    empty = True
    for number, (position, line) in enumerate(_lines(path), start=1):
        if line.strip():
            empty = False
            yield position, f"{path} 第 {number} 行", line
    if empty:
        raise LoadError(f"文件是空的,没有可用的文字:{path}")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open("rb") as raw, _unpacked(path, raw) as file:
            if not _is_utf8(file.peek(_PEEKED)[:_PEEKED]):
                for line in decode(file.read(), str(path)).split("\n"):
                    yield raw.tell(), line
                return
            for number, data in enumerate(file, start=1):
                yield raw.tell(), _decoded(data, path, number)
    except gzip.BadGzipFile as exc:
        raise LoadError(f"不是 gzip 压缩文件:{path}") from exc
    except (EOFError, zlib.error) as exc:
        raise LoadError(f"gzip 压缩文件已损坏:{path}") from exc
    except OSError as exc:
        raise LoadError(f"无法读取文件 {path}:{os_reason(exc)}") from exc


def _unpacked(path: Path, raw: io.BufferedReader) -> io.BufferedReader:
    unpacked = gzip.GzipFile(fileobj=raw) if path.name.lower().endswith(".gz") else raw.raw
    return io.BufferedReader(unpacked, _PEEKED)


def _is_utf8(data: bytes) -> bool:
    """Whether the start of a file is UTF-8 without a mark; its last character may be cut."""
    if data.startswith((*_MARKS, b"\0")):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _decoded(line: bytes, path: Path, number: int) -> str:
    try:
        return line.decode().removesuffix("\n")
    except UnicodeDecodeError as exc:
        raise LoadError(f"{path} 第 {number} 行不是 UTF-8 文字") from exc


def json_value(line: str, place: str) -> Any:
    """Return the value of a line.

    :raises LoadError: it is no JSON.
    """
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise LoadError(f"{place}不是 JSON") from exc


def beir_fields(record: object, place: str) -> tuple[str, str, str]:
    """Return `_id`, `title` and `text` of a line of a BEIR corpus.

    :raises LoadError: something is missing or of the wrong kind.
    """
    if not isinstance(record, dict):
        raise LoadError(f"{place}不是 JSON 对象")
    identifier, title, text = record.get("_id"), record.get("title") or "", record.get("text")
    if not (isinstance(identifier, str | int) and str(identifier).strip()):
        raise LoadError(f"{place}缺少 _id,或类型不对")
    if not (isinstance(title, str) and isinstance(text, str) and (text.strip() or title.strip())):
        raise LoadError(f"{place}缺少 text,或类型不对")
    try:
        f"{identifier}{title}{text}".encode()
    except UnicodeEncodeError as exc:
        raise LoadError(f"{place}含有残缺的字符(代理项)") from exc
    return str(identifier), title, text or title
