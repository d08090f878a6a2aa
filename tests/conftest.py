import os
import socket
from pathlib import Path

import pytest

from bot.indexing import collect, run_build
from index.local import LocalEngine

# The tests' own servers live here; everything else is the network.
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def _no_home_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGJIAN_HOME", str(tmp_path / "home"))
    for name in ("ENCODER", "ENGINE", "MILVUS_URI", "MILVUS_TOKEN", "RERANK"):
        monkeypatch.delenv(f"GONGJIAN_{name}", raising=False)


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested is ours, not the disk: half of a small build is waiting for it."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: object, /) -> None:
        local = isinstance(address, tuple) and address[0] in _LOOPBACK
        if not local and self.family != socket.AF_UNIX:
            pytest.fail("the network must not be reached from a test")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="session")
def shipped_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the index of the shipped corpus; read it, never write it."""
    home = tmp_path_factory.mktemp("shipped")
    files, _ = collect([])
    run_build(files, home, None)
    return home


@pytest.fixture(scope="session")
def engine(shipped_home: Path) -> LocalEngine:
    return LocalEngine.open(shipped_home)
