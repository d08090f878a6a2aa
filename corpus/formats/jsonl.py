"""JSON Lines, plain or compressed, and what a line of a BEIR corpus holds."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.errors import LoadError, os_reason
from corpus.formats.decoding import decode


def numbered_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the lines that are not blank, each with its place (file and line) in words.

    :raises LoadError: the file cannot be read, decompressed or decoded.
    """
    try:
        data = path.read_bytes()
        if path.name.lower().endswith(".gz"):
            data = gzip.decompress(data)
    except gzip.BadGzipFile as exc:
        raise LoadError(f"不是 gzip 压缩文件:{path}") from exc
    except (EOFError, zlib.error) as exc:
        raise LoadError(f"gzip 压缩文件已损坏:{path}") from exc
    except OSError as exc:
        raise LoadError(f"无法读取文件 {path}:{os_reason(exc)}") from exc
    for number, line in enumerate(decode(data, str(path)).split("\n"), start=1):
        if line.strip():
            yield f"{path} 第 {number} 行", line


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
