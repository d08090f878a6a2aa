"""A command line called as a person calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., tuple[int, str, str]]


def runner(main: Callable[[list[str]], Any], capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what calls a command line: exit code, standard output, standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            main([str(one) for one in arguments])
        out, err = capsys.readouterr()
        return int(stopped.value.code or 0), out, err

    return call
