"""A home published to a milvus-lite file beside it, and a look into that file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from index.local import LocalEngine
from index.milvus.client import Client
from index.milvus.engine import MilvusEngine
from index.milvus.publishing import Published, publish_version
from index.milvus.records import Server
from index.milvus.schema import version_of
from index.records import SourceFile
from tests.index.support import NEEDLES, FakeEncoder, make

CHANGED = {"plan.txt": "漯河市新方案\n1.烤烟用煤问题突出。"}


def server_of(folder: Path, **options: object) -> Server:
    return Server(str(folder / "milvus.db"), **options)


def publish(folder: Path, checkpoint: Callable[[str], None] | None = None) -> Published:
    """Copy the live version of the home in a folder to the file in it."""
    source = LocalEngine.open(folder / "home", encoder=FakeEncoder())
    return publish_version(source, server_of(folder), encoder=FakeEncoder(), checkpoint=checkpoint)


def rebuild(folder: Path, files: list[SourceFile], text: str) -> str:
    """Build another version at home; return its id."""
    files[0].path.write_text(text, encoding="utf-8")
    return make(folder / "home", files).version


def opened(folder: Path) -> MilvusEngine:
    return MilvusEngine.open(server_of(folder), encoder=FakeEncoder())


def versions(folder: Path) -> set[str | None]:
    """The versions of which anything is there."""
    client = Client.connect(server_of(folder))
    found = {version_of(name) for name in client.call("list_collections")}
    client.close()
    return found


def answers(folder: Path) -> bool:
    engine = opened(folder)
    found = [engine.lexical(needle, 1) + engine.dense(needle, 1) for needle in NEEDLES.values()]
    return all(len(one) == 2 for one in found)
