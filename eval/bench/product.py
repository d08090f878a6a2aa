"""The product as its users have it: its commands to build and to change, its engine to search."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from corpus.errors import EngineError
from eval.beir import document_id
from eval.bench.records import Entry, Material, Opened
from eval.records import Ranking
from index.local import LocalEngine
from index.records import Scored

ROOT = Path(__file__).resolve().parent.parent.parent
_ADDED = "added.jsonl"

Asking = Callable[[LocalEngine, str, int], Ranking]


def build(material: Material) -> None:
    """Run `gongjian index`.

    :raises EngineError: it fails.
    """
    encoder = ["--encoder", material.encoder] if material.encoder else []
    _run(material, str(material.corpus), *encoder)


def opening(ask: Asking) -> Callable[[Material], Opened]:
    """Return how to open what was built, asked in one way; ids of passages become documents'."""

    def open_built(material: Material) -> Opened:
        return _Product(material, ask).opened()

    return open_built


class _Product:
    """The engine that is open: another after each change."""

    def __init__(self, material: Material, ask: Asking) -> None:
        self._material = material
        self._ask = ask
        self._engine = LocalEngine.open(_home(material))

    def opened(self) -> Opened:
        return Opened(self._search, add=self._add, remove=self._remove)

    def _search(self, query: str, k: int) -> Ranking:
        return [Scored(document_id(one.id), one.score) for one in self._ask(self._engine, query, k)]

    def _add(self, entry: Entry) -> None:
        record = {"_id": entry.id, "title": entry.title, "text": entry.text}
        added = self._material.folder / _ADDED
        added.write_text(json.dumps(record, ensure_ascii=False) + "\n", "utf-8")
        self._change("--add")

    def _remove(self, _: str) -> None:
        self._change("--remove")

    def _change(self, how: str) -> None:
        _run(self._material, how, str(self._material.folder / _ADDED))
        self._engine = LocalEngine.open(_home(self._material))


def _home(material: Material) -> Path:
    return material.folder / "home"


def _run(material: Material, *arguments: str) -> None:
    command = [sys.executable, "-m", "bot", "--home", str(_home(material)), "index", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["?"]
        raise EngineError(f"gongjian index 失败(退出码 {done.returncode}):{said[-1]}")
