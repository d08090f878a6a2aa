"""What is known about files beforehand: `sources.toml` beside them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from corpus.errors import LoadError

SOURCES_FILE = "sources.toml"
SHIPPED = Path(__file__).parent / "documents"


@dataclass(frozen=True, slots=True)
class SourceNote:
    """What `sources.toml` says of one file; None where it says nothing."""

    title: str | None = None
    number: str | None = None
    issuer: str | None = None
    kind: str | None = None
    date: date | None = None


def read_note(path: Path) -> SourceNote:
    """Return what the `sources.toml` of the file's folder says of it.

    :raises LoadError: the `sources.toml` is malformed or holds a key or value that means nothing.
    """
    file = path.parent / SOURCES_FILE
    try:
        table = tomllib.loads(file.read_text("utf-8")).get(path.name, {})
    except FileNotFoundError:
        return SourceNote()
    except (OSError, ValueError) as exc:
        raise LoadError(f"{file} 不是有效的 TOML:{exc}") from exc
    return _note(table, file, path.name)


def _note(table: object, file: Path, name: str) -> SourceNote:
    known = {item.name for item in fields(SourceNote)}
    if not isinstance(table, dict) or (unknown := set(table) - known):
        what = "、".join(sorted(unknown)) if isinstance(table, dict) else repr(table)
        raise LoadError(
            f"{file} 的 [{name}] 有无法识别的内容 {what},可用的键:{'、'.join(sorted(known))}"
        )
    for key, value in table.items():
        if type(value) is not (date if key == "date" else str):
            raise LoadError(f"{file} 的 [{name}] 中 {key} = {value!r} 类型不对")
    return SourceNote(**table)
