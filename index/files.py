"""Files of a version: written once, with a checksum and fsync; read by mapping them.

Everything a version holds is an array (.npy, never pickled), JSON, or plain bytes. Writing
goes through Python's own file objects only, so that a full disk is an `OSError` here
whatever library made the bytes.
"""

from __future__ import annotations

import contextlib
import io
import mmap
import os
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import numpy as np

from corpus.errors import IndexFormatError, os_reason
from index.records import FileRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

REBUILD = "请重建索引:gongjian index 原来的路径(自带的语料不写路径)"

# Below this, reading costs less than mapping, and empty arrays cannot be mapped at all.
_MAP_FROM = 1 << 16
# Smaller files are checked byte for byte at every opening, larger ones by size alone; a build
# that takes parts over checks them all.
_CHECK_UP_TO = 1 << 22
_BLOCK = 1 << 20


class Staging:
    """A folder being written: every file on disk for good, its record kept for the manifest."""

    def __init__(
        self, folder: Path, checkpoint: Callable[[str], None], *, durable: bool = True
    ) -> None:
        """Begin a folder; what is not `durable` need not outlive a failing machine."""
        self.folder = folder
        self._durable = durable
        self.files: dict[str, FileRecord] = {}
        self._checkpoint = checkpoint
        folder.mkdir(parents=True)

    def write(self, name: str, chunks: Iterable[bytes | memoryview]) -> None:
        """Write a file and wait until the disk has it.

        :raises OSError: it could not be written.
        """
        with self.file(name) as file:
            for chunk in chunks:
                file.write(chunk)

    def write_array(self, name: str, array: NDArray[Any]) -> None:
        """Write an array as .npy.

        :raises OSError: it could not be written.
        """
        array = np.ascontiguousarray(array)
        self.write(name, [_header(array.dtype, array.shape), _body(array)])

    @contextlib.contextmanager
    def rows(
        self, name: str, dtype: type[np.generic], shape: tuple[int, ...]
    ) -> Iterator[ArrayWriter]:
        """Give an array of a known shape, to be written some rows at a time.

        :raises OSError: it could not be written.
        :raises ValueError: another number of rows was written.
        """
        with self.file(name) as file:
            writer = ArrayWriter(file, np.dtype(dtype), shape)
            yield writer
            writer.check(name)

    @contextlib.contextmanager
    def file(self, name: str) -> Iterator[CheckedFile]:
        """Give a file to be written piece by piece, which the disk has at the end.

        :raises OSError: it could not be written.
        """
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as opened:
            file = CheckedFile(opened)
            yield file
            opened.flush()
            self._checkpoint(f"writing {name}")
            if self._durable:
                os.fsync(opened.fileno())
        self.files[name] = FileRecord(file.size, file.crc)

    def settle(self) -> None:
        """Wait until the disk has the folders too.

        :raises OSError: it could not be written.
        """
        if self._durable:
            for path in [*(one for one in self.folder.rglob("*") if one.is_dir()), self.folder]:
                sync_folder(path)


class CheckedFile:
    """A file being written, with its size and checksum so far."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = self.crc = 0

    def write(self, chunk: bytes | memoryview) -> None:
        """Write what comes next."""
        self._file.write(chunk)
        self.size += len(chunk)
        self.crc = zlib.crc32(chunk, self.crc)


class ArrayWriter:
    """One array, written some rows at a time."""

    def __init__(self, file: CheckedFile, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
        self._file, self._dtype, self._left = file, dtype, shape[0]
        file.write(_header(dtype, shape))

    def append(self, values: NDArray[Any]) -> None:
        """Write the next rows."""
        self._file.write(_body(np.ascontiguousarray(values, self._dtype)))
        self._left -= len(values)

    def check(self, name: str) -> None:
        """Make sure that all is there.

        :raises ValueError: it is not.
        """
        if self._left:
            raise ValueError(f"{self._left} rows of {name} are missing")


def _header(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    header = io.BytesIO()
    described = {
        "descr": np.lib.format.dtype_to_descr(dtype),
        "fortran_order": False,
        "shape": shape,
    }
    np.lib.format.write_array_header_1_0(header, described)
    return header.getvalue()


def _body(array: NDArray[Any]) -> memoryview | bytes:
    return array.reshape(-1).view(np.uint8).data if array.size else b""


def sync_files(folder: Path, checkpoint: Callable[[str], None]) -> None:
    """Wait until the disk has a folder's files, which were written without waiting.

    :raises OSError: it could not be written.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            checkpoint(f"writing {path.relative_to(folder)}")
            sync_folder(path)
    for path in [*(one for one in folder.rglob("*") if one.is_dir()), folder]:
        sync_folder(path)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has a file, or the names in a folder.

    :raises OSError: it could not be written.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check(folder: Path, name: str, record: FileRecord, *, whole: bool) -> None:
    """Check a file against its record: its size, and its bytes when it is small or `whole`.

    :raises IndexFormatError: it is missing, unreadable or not what was written.
    """
    path = folder / name
    try:
        size = path.stat().st_size
        if size != record.size:
            raise damaged(path, f"应有 {record.size} 字节,实有 {size} 字节")
        if (whole or size <= _CHECK_UP_TO) and _crc32(path) != record.crc32:
            raise damaged(path, "内容与校验值不符")
    except OSError as exc:
        raise damaged(path, _why(exc)) from exc


def read_bytes(path: Path) -> bytes | mmap.mmap:
    """Return a file's bytes, mapped when there are many.

    :raises IndexFormatError: it cannot be read.
    """
    try:
        if path.stat().st_size < _MAP_FROM:
            return path.read_bytes()
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as exc:
        raise damaged(path, _why(exc)) from exc


def read_array(path: Path, dtype: str, shape: tuple[int | None, ...]) -> NDArray[Any]:
    """Return an array, mapped when it is large; None in `shape` stands for any length.

    :raises IndexFormatError: it cannot be read, or is not of this type and shape.
    """
    try:
        mode: Literal["r"] | None = "r" if path.stat().st_size >= _MAP_FROM else None
        array: NDArray[Any] = np.asarray(np.load(path, mmap_mode=mode, allow_pickle=False))
    except Exception as exc:  # numpy parses a header as Python: damage there raises anything
        raise damaged(path, _why(exc)) from exc
    fits = len(shape) == array.ndim and all(
        want in (None, have) for want, have in zip(shape, array.shape, strict=True)
    )
    if array.dtype != np.dtype(dtype) or not fits:
        raise damaged(path, f"应为 {dtype} {shape},实为 {array.dtype} {array.shape}")
    return array


def forget(mapped: NDArray[Any] | bytes | mmap.mmap) -> None:
    """Give back the memory of what was read of a mapped file; reading on maps it anew.

    What goes through a large file once would else count as this process's until it ends.
    """
    base: Any = mapped
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    if isinstance(base, mmap.mmap):
        base.madvise(mmap.MADV_DONTNEED)


def damaged(path: Path, why: str) -> IndexFormatError:
    """Say which file of an index is damaged, how, and what to do."""
    return IndexFormatError(f"索引文件 {path} 已损坏:{why};{REBUILD}")


def _crc32(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            crc = zlib.crc32(block, crc)
    return crc


def _why(exc: Exception) -> str:
    if isinstance(exc, FileNotFoundError):
        return "文件不存在"
    reason = os_reason(exc) if isinstance(exc, OSError) else str(exc)
    return " ".join(reason.split())[:200] or "内容不完整"
