"""What the library raises, as the program's own error."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from corpus.errors import StateError


@contextlib.contextmanager
def foreign_errors() -> Iterator[None]:
    """Map the library's errors at this one place.

    :raises StateError: the library raised one of its own.
    """
    try:
        yield
    except SQLAlchemyError as exc:
        reason = str(getattr(exc, "orig", None) or exc).strip().splitlines()
        raise StateError(f"数据库出错:{reason[0] if reason else type(exc).__name__}") from exc
