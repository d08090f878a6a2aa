"""A file of any kind that can be read becomes its text."""

from __future__ import annotations

import stat
from pathlib import Path

from corpus.errors import GongjianError, LoadError, os_reason
from corpus.formats.decoding import decode
from corpus.formats.detecting import SUFFIXES, Kind, detect
from corpus.formats.plain import read_markdown, read_plain
from corpus.formats.records import RawText

# No document of an office is as large; what is would fill the memory.
_LARGEST = 200 * 1024 * 1024


def read_raw(path: Path) -> RawText:
    """Return the text of a file of any readable kind, with what its format tells about it.

    :raises LoadError: the file is missing, unreadable, empty, damaged or of no readable kind.
    """
    data = _bytes(path)
    return raw_text(data, path.suffix.lower(), str(path))


def raw_text(data: bytes, suffix: str, name: str) -> RawText:
    """Return the text of a file's bytes; `name` is used in errors.

    :raises LoadError: they are empty, damaged or of no readable kind.
    """
    if not data.strip():
        raise LoadError(f"文件是空的,没有可用的文字:{name}")
    kind = detect(data, suffix, name)
    if kind is Kind.TEXT and suffix not in SUFFIXES:  # code, data, logs
        known = "、".join(sorted(SUFFIXES))
        raise LoadError(f"不能读取这种文件:{name}(可读:{known})")
    try:
        raw = _read(kind, data, name)
    except GongjianError:
        raise
    except ImportError as exc:
        raise LoadError(f"缺少读取这种文件的组件({exc}),请重新安装本程序:{name}") from exc
    except Exception as exc:  # a damaged file makes the libraries raise anything
        raise LoadError(f"文件已损坏,无法读取({type(exc).__name__}):{name}") from exc
    if not raw.text.strip():
        raise LoadError(f"文件是空的,没有可用的文字:{name}")
    return raw


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise LoadError(f"无法读取文件 {path}:是文件夹,不是文件")
        if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for ever
            raise LoadError(f"无法读取文件 {path}:不是普通文件")
        if status.st_size > _LARGEST:
            raise LoadError(f"文件太大(超过 {_LARGEST // 1024**2} MB):{path}")
        return path.read_bytes()
    except OSError as exc:
        raise LoadError(f"无法读取文件 {path}:{os_reason(exc)}") from exc


def _read(kind: Kind, data: bytes, name: str) -> RawText:
    # Each reader's libraries are heavy; only what is needed is imported.
    if kind is Kind.PDF:
        from corpus.formats.pdf import read_pdf

        return read_pdf(data, name)
    if kind is Kind.DOCX:
        from corpus.formats.docx import read_docx

        return read_docx(data, name)
    if kind is Kind.HTML:
        from corpus.formats.html import read_html

        return read_html(data, name)
    text = decode(data, name)
    return read_markdown(text) if kind is Kind.MARKDOWN else read_plain(text)
