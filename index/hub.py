"""A model of sentence-transformers by its name or folder: from this machine, else from the hub.

What is on this machine is used without asking the network, which may not be there and would be
tried for a minute. Whatever cannot be had is told in one line, with what to do.
"""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from corpus.errors import EncoderError, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE_S = 5.0
_LONGEST_REASON = 200


def load_model(name: str, noun: str, option: str, make: Callable[..., Any]) -> Any:
    """Return `make(name, local_files_only=...)`, imported and made only now.

    :param noun: what the model is called in what is told.
    :param option: the option that takes a folder.
    :raises MissingExtra: sentence-transformers is not installed.
    :raises EncoderError: the model is not here and cannot be had, or cannot be loaded.
    """
    if _is_place(name) and not Path(name).expanduser().is_dir():
        raise EncoderError(f"没有{noun}的文件夹 {name},请检查路径")
    try:
        import sentence_transformers  # noqa: F401 - tells whether it is there
    except ImportError as exc:
        raise MissingExtra(
            f"{noun} {name} 需要 sentence-transformers,请先安装:pip install 'gongjian[models]'"
        ) from exc
    with _without_bars():
        return _found(name, noun, option, make)


@contextlib.contextmanager
def _without_bars() -> Iterator[None]:
    """Keep transformers from drawing how it reads a file that is here; downloads still tell."""
    from transformers.utils import logging as untyped

    logging: Any = untyped
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _found(name: str, noun: str, option: str, make: Callable[..., Any]) -> Any:
    if _is_place(name):
        return _from_folder(Path(name), noun, make)
    with contextlib.suppress(Exception):
        return make(name, local_files_only=True)
    if not _hub_answers():
        raise EncoderError(
            f"本机没有{noun} {name},也连不上模型库;"
            f"请在能上网的机器上下载,再用 {option} 写明它的文件夹"
        )
    try:
        return make(name)
    except Exception as exc:  # missing files, no network, foreign formats: anything
        raise EncoderError(
            f"{noun} {name} 无法载入,请检查名称或改用本机上的模型文件夹:{reason_line(exc)}"
        ) from exc


def reason_line(exc: Exception) -> str:
    """Return an error's own words in one line that is not too long."""
    return " ".join(str(exc).split())[:_LONGEST_REASON] or type(exc).__name__


def _is_place(name: str) -> bool:
    """Whether a name is that of a place on this machine: no name of the hub looks so."""
    return Path(name).exists() or name.startswith(("/", ".", "~")) or name.count("/") > 1


def _from_folder(folder: Path, noun: str, make: Callable[..., Any]) -> Any:
    try:
        return make(str(folder.expanduser()), local_files_only=True)
    except Exception as exc:  # missing files, foreign formats: anything
        raise EncoderError(
            f"{noun}的文件夹 {folder} 无法载入,请换一个完整的模型文件夹:{reason_line(exc)}"
        ) from exc


def _hub_answers() -> bool:
    """Whether the model hub can be reached; its own client would try for a minute.

    Behind a proxy there is no telling without asking, so the client may try.
    """
    from huggingface_hub.constants import ENDPOINT, HF_HUB_OFFLINE

    if HF_HUB_OFFLINE:
        return False
    if getproxies():
        return True
    address = urlsplit(ENDPOINT)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        with socket.create_connection((address.hostname, port), timeout=_PATIENCE_S):
            return True
    except OSError:
        return False
