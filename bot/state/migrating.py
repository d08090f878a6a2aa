"""Brings a database to the form this program knows, step by step."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from corpus.errors import StateError

# The last step; a test holds that it is the one the folder of steps ends with.
HEAD = "0003"
_FOLDER = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str | None:
    """Return the step a database stands at; None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("select version_num from alembic_version")).scalar()
    return str(found) if found else None


def migrate(engine: Engine, url: str) -> None:
    """Take every step that is missing, in one transaction.

    :raises StateError: the database cannot be opened, is not ours, or is newer than the program.
    """
    try:
        with engine.begin() as connection:
            stands = revision(connection)
            if stands == HEAD:
                return
            _upgrade(connection)
    except SQLAlchemyError as exc:
        reason = str(getattr(exc, "orig", None) or exc).strip().splitlines()[0]
        raise StateError(
            f"数据库打不开:{reason}(见设置 GONGJIAN_DATABASE;检查路径、权限、磁盘空间)"
        ) from exc


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as exc:
        raise StateError(
            f"数据库的版本比本程序新({revision(connection)}),请升级 gongjian 后再用"
        ) from exc
