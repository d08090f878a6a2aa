"""One builder at a time, and a new version live all at once or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from functools import partial
from typing import TYPE_CHECKING

from corpus.errors import PublishError, os_reason
from index.codec import to_bytes
from index.files import Staging, sync_folder
from index.folders import HIDDEN, discard, move_in
from index.segment import name_of
from index.store import CURRENT, MANIFEST, SEGMENTS, VERSIONS, Version, segments_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from index.records import Manifest

_LOCK = "build.lock"
_NEXT = "CURRENT.next"


@contextlib.contextmanager
def sole_builder(home: Path) -> Iterator[None]:
    """Hold a home for one build, rid of what killed builds left.

    Any `OSError` inside becomes a `PublishError`.

    :raises PublishError: another build holds it, or the disk refuses.
    """
    with _spoken(home):
        home.mkdir(parents=True, exist_ok=True)
        with (home / _LOCK).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                raise PublishError(f"另一个建索引的进程正在使用 {home},请等它结束后再试") from exc
            _clean(home)
            yield


@contextlib.contextmanager
def staged(home: Path, checkpoint: Callable[[str], None]) -> Iterator[Staging]:
    """Give a folder to write a version into; it is gone afterwards unless published."""
    folder = home / VERSIONS / f"{HIDDEN}building"
    try:
        yield Staging(folder, checkpoint)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(
    home: Path, staging: Staging, manifest: Manifest, checkpoint: Callable[[str], None]
) -> str:
    """Make a written version the live one; return its id.

    :raises OSError: the disk refuses; the old version stands.
    """
    raw = to_bytes(manifest)
    name = name_of(raw)
    staging.write(MANIFEST, [raw])
    staging.settle()
    checkpoint("written")
    before = _read(home / CURRENT)
    target = home / VERSIONS / name
    move_in(staging.folder, target, partial(Version, whole=True))
    try:
        sync_folder(home / SEGMENTS)
        sync_folder(home / VERSIONS)
        checkpoint("renamed")
        _point(home, name)
    except BaseException:
        if name != before:
            shutil.rmtree(target, ignore_errors=True)
        raise
    checkpoint("published")
    # The new version is live: what fails from here on is no failure to publish.
    with contextlib.suppress(OSError):
        sync_folder(home)
        _prune(home, {name, before})
    return name


def _point(home: Path, name: str) -> None:
    following = home / _NEXT
    with following.open("w", encoding="ascii") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    following.replace(home / CURRENT)


def _prune(home: Path, keep: set[str]) -> None:
    for folder in sorted((home / VERSIONS).iterdir()):
        if folder.name in keep:
            continue
        with _unread(folder) as unread:
            if unread:
                discard(folder)
    _prune_segments(home)


def _prune_segments(home: Path) -> None:
    """Remove the segments that no version is made of."""
    used: set[str] = set()
    for version in (home / VERSIONS).iterdir():
        used.update(segments_of(version))
    for segment in sorted((home / SEGMENTS).iterdir()):
        if segment.name not in used:
            discard(segment)


@contextlib.contextmanager
def _unread(folder: Path) -> Iterator[bool]:
    """Keep readers out of a version, if none is in it."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context((folder / MANIFEST).open("rb"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass  # without a manifest it is no version that could be read
        yield True


def _clean(home: Path) -> None:
    (home / _NEXT).unlink(missing_ok=True)
    for kind in (VERSIONS, SEGMENTS):
        (home / kind).mkdir(exist_ok=True)
        for folder in (home / kind).glob(f"{HIDDEN}*"):
            shutil.rmtree(folder)


def _read(pointer: Path) -> str:
    try:
        return pointer.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


@contextlib.contextmanager
def _spoken(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise PublishError(
            f"无法写入索引 {exc.filename or home}:{os_reason(exc)},原有索引未改动;"
            "请检查磁盘空间和目录权限"
        ) from exc
