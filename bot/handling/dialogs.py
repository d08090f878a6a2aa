"""What the bot waits for from a person in a chat: one thing at a time, not for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select

from bot.handling.scene import Scene
from bot.state.base import table_of
from bot.state.tables import Dialog
from corpus.errors import RefusedError

# Texts and files that are gathered for a task; and files whose task is not known yet.
COLLECT, STRAY = "collect", "stray"
# After this a text is a question again, not the answer to what was asked before lunch.
_PATIENCE = timedelta(hours=1)
# What was sent as evidence is kept for longer: photos of a day may be submitted on another.
_KEPT = {COLLECT: timedelta(days=3), STRAY: timedelta(days=3)}
_ROWS = table_of(Dialog).c
_WAITING = select(_ROWS.kind, _ROWS.data, _ROWS.updated_at).where(
    _ROWS.chat == bindparam("chat"), _ROWS.user == bindparam("user")
)


class BusyError(RefusedError):
    """Something was gathered here that another dialog would throw away."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is waited for, and what is known so far."""

    kind: str
    data: dict[str, Any]

    @property
    def token(self) -> str:
        """What the buttons of this dialog name it by."""
        return str(self.data.get("token", ""))

    @property
    def holds(self) -> bool:
        """Whether texts or files would be lost with it."""
        return self.kind in _KEPT and bool(self.data.get("texts") or self.data.get("files"))


def wait_for(scene: Scene, kind: str, **data: Any) -> str:
    """From now on, what this person writes in this chat belongs to a dialog; return its token.

    A dialog that goes on from another is given the token of that one.

    :raises BusyError: the person has gathered evidence here, which would be lost.
    """
    before = waiting(scene)
    if before and before.holds and kind not in _KEPT:
        raise BusyError("您正在办理另一项,请先提交或放弃")
    token = str(data.setdefault("token", scene.incoming.update.replace(":", "-")))
    row = _row(scene)
    if row is None:
        row = Dialog(chat=scene.incoming.chat, user=scene.incoming.user)
        scene.session.add(row)
    row.kind, row.data, row.updated_at = kind, data, scene.now
    scene.session.flush()
    return token


def waiting(scene: Scene) -> Waiting | None:
    """What is waited for now; None where nothing is, or it was too long ago."""
    scene.session.flush()  # the table is read past the session
    who = {"chat": scene.incoming.chat, "user": scene.incoming.user}
    row = scene.session.execute(_WAITING, who).first()
    if row is None or scene.now - row.updated_at > _KEPT.get(row.kind, _PATIENCE):
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
