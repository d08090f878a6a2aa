import socket
from pathlib import Path

import pytest

from bot.indexing import collect, run_build
from index.local import LocalEngine


@pytest.fixture(autouse=True)
def _no_home_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGJIAN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GONGJIAN_ENCODER", raising=False)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("the network must not be reached from a test")

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
