"""`gongjian index --watch`: what changes in the files and folders is taken into the index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from bot.terminal import warn
from corpus.errors import GongjianError

# Who saves a folder of files is done when nothing has come for so long.
_QUIET_MS = 400


def follow(paths: Sequence[Path], update: Callable[[], int], stop: Event | None = None) -> None:
    """Update whenever something changes below the paths, until stopped or interrupted.

    An update that fails is told, and the index stays as it was until the next change.
    """
    from watchfiles import watch

    # A file is replaced by another of its name as often as it is written to: its folder tells.
    places = {path.resolve() for path in paths}
    folders = {path if path.is_dir() else path.parent for path in places}

    def ours(_: object, changed: str) -> bool:
        path = Path(changed)
        hidden = any(part.startswith(".") for part in path.parts[len(_root(path, folders).parts) :])
        return not hidden and bool(places & {path, *path.parents})

    warn(f"正在跟踪 {'、'.join(map(str, paths))} 的变化,按 Ctrl-C 结束")
    changes = watch(
        *folders, watch_filter=ours, step=_QUIET_MS, stop_event=stop, raise_interrupt=False
    )
    for _ in changes:
        try:
            update()
        except GongjianError as exc:
            warn(f"{exc}(索引未改动,等待下一次变化)")


def _root(path: Path, folders: set[Path]) -> Path:
    """The followed folder that a path lies in."""
    return max((one for one in folders if one in path.parents), default=path, key=_depth)


def _depth(path: Path) -> int:
    return len(path.parts)
