"""Folders of a home put where readers find them, and taken away, each at one stroke."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from corpus.errors import IndexFormatError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HIDDEN = "."  # what begins so is no segment or version: one being written, or leftovers


def move_in(folder: Path, target: Path, check: Callable[[Path], object]) -> None:
    """Give a written folder its name, which says what is in it.

    Where a build died just after this step the same may be there already, or damaged.

    :param check: raises IndexFormatError for what is damaged.
    :raises OSError: the disk refuses.
    """
    if target.exists():
        try:
            check(target)
        except IndexFormatError:
            target.rename(target.with_name(f"{HIDDEN}damaged-{target.name}"))
        else:
            shutil.rmtree(folder)
            return
    folder.rename(target)


def discard(folder: Path) -> None:
    """Remove a folder, renamed first: none may find half of it.

    :raises OSError: the disk refuses even that.
    """
    leaving = folder.with_name(f"{HIDDEN}leaving-{folder.name.lstrip(HIDDEN)}")
    folder.rename(leaving)
    shutil.rmtree(leaving, ignore_errors=True)
