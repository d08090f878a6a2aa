"""What the bot waits for from a person in a chat: one thing at a time, not for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select

from bot.handling.scene import Scene
from bot.state.tables import Dialog

# After this a text is a question again, not the answer to what was asked before lunch.
_PATIENCE = timedelta(hours=1)
_ROWS = Dialog.__table__.c
_WAITING = select(_ROWS.kind, _ROWS.data, _ROWS.updated_at).where(
    _ROWS.chat == bindparam("chat"), _ROWS.user == bindparam("user")
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is waited for, and what is known so far."""

    kind: str
    data: dict[str, Any]


def wait_for(scene: Scene, kind: str, **data: Any) -> None:
    """From now on, what this person writes in this chat belongs to a dialog."""
    row = _row(scene)
    if row is None:
        row = Dialog(chat=scene.incoming.chat, user=scene.incoming.user)
        scene.session.add(row)
    row.kind, row.data, row.updated_at = kind, data, scene.now
    scene.session.flush()


def waiting(scene: Scene) -> Waiting | None:
    """What is waited for now; None where nothing is, or it was too long ago."""
    scene.session.flush()  # the table is read past the session
    who = {"chat": scene.incoming.chat, "user": scene.incoming.user}
    row = scene.session.execute(_WAITING, who).first()
    if row is None or scene.now - row.updated_at > _PATIENCE:
        return None
    return Waiting(row.kind, dict(row.data))


def forget(scene: Scene) -> bool:
    """Wait for nothing any more; whether something was waited for."""
    row = _row(scene)
    if row is None:
        return False
    scene.session.delete(row)
    scene.session.flush()
    return True


def _row(scene: Scene) -> Dialog | None:
    return scene.session.get(Dialog, (scene.incoming.chat, scene.incoming.user))
