import socket

import pytest

_CONNECT = socket.socket.connect


@pytest.fixture
def loopback(monkeypatch):
    """Let a test reach this machine, and nothing else."""

    def connect(self, address):
        if self.family == socket.AF_UNIX or address[0] == "127.0.0.1":
            return _CONNECT(self, address)
        return pytest.fail(f"the network must not be reached from a test: {address}")

    monkeypatch.setattr(socket.socket, "connect", connect)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    # Without it, python-telegram-bot warns whenever it raises RetryAfter.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
