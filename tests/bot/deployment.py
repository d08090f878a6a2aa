"""Reading what is deployed as systemd and a container engine read it; unknown things are refused."""

from __future__ import annotations

import json
import re
import shlex
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# struct ucred: pid, uid, gid.
_CREDENTIALS = 12


@dataclass(frozen=True, slots=True)
class Unit:
    """The settings of a systemd unit, with its specifiers in place."""

    settings: dict[str, list[str]]

    @classmethod
    def read(cls, file: Path, specifiers: dict[str, str]) -> Unit:
        settings: dict[str, list[str]] = {}
        for line in file.read_text("utf-8").splitlines():
            if not line or line.startswith(("#", ";", "[")):
                continue
            name, equals, value = line.partition("=")
            assert equals, f"{file.name}: {line}"
            expanded = re.sub("%(.)", lambda found: specifiers[found[1]], value)
            settings.setdefault(name, []).append(expanded)
        return cls(settings)

    def one(self, name: str) -> str:
        (value,) = self.settings[name]
        return value

    def seconds(self, name: str) -> float:
        return float(self.one(name))

    def commands(self, name: str) -> list[list[str]]:
        return [shlex.split(line) for line in self.settings.get(name, [])]

    def environment(self, file: Path) -> dict[str, str]:
        """What its processes are started with; `file` stands for its EnvironmentFile."""
        lines = self.settings["Environment"] + file.read_text("utf-8").splitlines()
        return dict(word.split("=", 1) for line in lines for word in shlex.split(line))


@dataclass(frozen=True, slots=True)
class Containerfile:
    """The instructions of a Containerfile."""

    instructions: list[tuple[str, str]]

    @classmethod
    def read(cls, file: Path) -> Containerfile:
        lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]
        joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
        found = [line.partition(" ") for line in joined.splitlines() if line.strip()]
        return cls([(name, rest.strip()) for name, _, rest in found])

    def all(self, name: str) -> list[str]:
        return [rest for found, rest in self.instructions if found == name]

    def environment(self) -> dict[str, str]:
        return dict(word.split("=", 1) for rest in self.all("ENV") for word in shlex.split(rest))

    def command(self) -> list[str]:
        (rest,) = self.all("CMD")
        words = json.loads(rest)
        assert all(isinstance(word, str) for word in words)
        return words

    def health(self) -> list[str]:
        """The command of the health check, which a shell runs."""
        (rest,) = self.all("HEALTHCHECK")
        _, cmd, command = rest.partition("CMD ")
        assert cmd
        return ["/bin/sh", "-c", command]


class Notified:
    """A socket that a service tells how it is, and the process each message came from."""

    def __init__(self, channel: socket.socket, path: str) -> None:
        self.path, self.heard = path, list[tuple[str, int]]()
        self._channel = channel

    def wait_for(self, message: str, seconds: float) -> int:
        """Wait for a message; the process that sent it."""
        deadline = time.monotonic() + seconds
        while True:
            self._channel.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                data, parts, _, _ = self._channel.recvmsg(4096, socket.CMSG_SPACE(_CREDENTIALS))
            except TimeoutError:
                raise AssertionError(f"no {message} in {seconds:g} s: {self.heard}") from None
            process = int.from_bytes(parts[0][2][:4], "little")
            self.heard += [(line, process) for line in data.decode().splitlines()]
            if message in data.decode().splitlines():
                return process


@contextmanager
def notified() -> Iterator[Notified]:
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel,
    ):
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        path = f"{folder}/notify"  # the folder of a test has too long a name
        channel.bind(path)
        yield Notified(channel, path)
