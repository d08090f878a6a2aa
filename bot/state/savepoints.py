"""Taking back a part of a transaction, at a fraction of what the library's own way costs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy.orm import Session


@contextlib.contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """What is done within is undone where it fails; the rest of the transaction stays.

    Objects that were loaded do not outlive the failure. Where it is a flush that fails, the
    session gives up the whole transaction.
    """
    session.flush()
    connection = session.connection()
    connection.exec_driver_sql("SAVEPOINT part")
    try:
        yield
        session.flush()
    except BaseException:
        if session.is_active:
            session.expunge_all()
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT part")
            connection.exec_driver_sql("RELEASE SAVEPOINT part")
        raise
    connection.exec_driver_sql("RELEASE SAVEPOINT part")
