"""What a screen is given, and how it speaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.delivery.outbox import store_blob
from bot.handling.needs import Need, Paper
from bot.records import Actor, Address, Button, Incoming, Outgoing, Priority, Reply
from bot.state.tables import Chat
from bot.telegram.html import pack

Buttons = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What all screens share: the office's zone, the bot's name, the messenger's link form."""

    zone: ZoneInfo
    bot_name: str
    admins: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Scene:
    """One update of somebody let in, within its transaction.

    `prepared` is what was made for the need of this update, or the error that came of it.
    """

    session: Session
    incoming: Incoming
    actor: Actor
    now: datetime
    desk: Desk
    prepared: object | None = None

    @property
    def today(self) -> date:
        """The day it is at the office."""
        return self.now.astimezone(self.desk.zone).date()

    def say(self, *blocks: str, buttons: Buttons = (), toast: str = "") -> Reply:
        """Answer in the same chat; buttons stand under the last message."""
        key = f"u:{self.incoming.update}"
        reply_to = 0 if self.incoming.press_id else self.incoming.message
        messages = outgoings(
            key, self.incoming.address, blocks, buttons, Priority.ANSWER, reply_to=reply_to
        )
        return Reply(messages, toast=toast)

    def remark(self, words: str) -> Reply:
        """Something said besides the answer, in a message of its own before it."""
        key = f"u:{self.incoming.update}:remark"
        message = Outgoing(key, self.incoming.address, words, priority=Priority.ANSWER)
        return Reply((message,))

    def redraw(self, *blocks: str, buttons: Buttons = (), toast: str = "") -> Reply:
        """Put another text in the place of the message whose button was pressed."""
        parts = pack(blocks)
        if len(parts) != 1 or not self.incoming.message:
            return self.say(*blocks, buttons=buttons, toast=toast)
        message = Outgoing(
            key=f"u:{self.incoming.update}:0",
            to=self.incoming.address,
            text=parts[0],
            buttons=buttons,
            priority=Priority.ANSWER,
            edits=self.incoming.message,
        )
        return Reply((message,), toast=toast)

    def hand_over(self, paper: Paper, caption: str, buttons: Buttons = ()) -> Reply:
        """Send a file made for this update."""
        blob = store_blob(self.session, paper.kind, paper.name, paper.content, self.now)
        message = Outgoing(
            key=f"u:{self.incoming.update}:{paper.name}",
            to=self.incoming.address,
            text=caption,
            buttons=buttons,
            priority=Priority.ANSWER,
            blob=blob,
        )
        return Reply((message,))

    def notify(
        self, rooms: Sequence[Chat], *blocks: str, buttons: Buttons = (), audience: str = ""
    ) -> tuple[Outgoing, ...]:
        """Messages to other chats because of this update; the chat it came from is left out.

        For whom they are, a group says itself; of people's own chats `audience` says it.
        """
        return tuple(
            message
            for room in rooms
            if (room.chat, room.thread) != (self.incoming.chat, self.incoming.thread)
            for message in outgoings(
                f"u:{self.incoming.update}:to:{room.id}",
                Address(room.chat, room.thread),
                blocks,
                buttons,
                Priority.NOTICE,
                audience=audience or _audience(room),
            )
        )


def _audience(room: Chat) -> str:
    return "office" if room.office else "unit" if room.unit_id else ""


def outgoings(
    key: str,
    to: Address,
    blocks: Sequence[str],
    buttons: Buttons,
    priority: Priority,
    *,
    reply_to: int = 0,
    audience: str = "",
) -> tuple[Outgoing, ...]:
    """The messages that hold these blocks, named by a key and their place in the row."""
    parts = pack(blocks)
    return tuple(
        Outgoing(
            key=f"{key}:{place}",
            to=to,
            text=part,
            buttons=buttons if place == len(parts) - 1 else (),
            priority=priority,
            reply_to=reply_to if place == 0 else 0,
            audience=audience,
        )
        for place, part in enumerate(parts)
    )


def joined(*replies: Reply) -> Reply:
    """Several replies as one; the first toast there is, is shown."""
    return Reply(
        tuple(message for reply in replies for message in reply.messages),
        toast=next((reply.toast for reply in replies if reply.toast), ""),
        alarm=any(reply.alarm for reply in replies),
        leave=any(reply.leave for reply in replies),
    )


Run = Callable[[Scene, str], Reply]
NeedOf = Callable[[Scene, str], Need | None]


@dataclass(frozen=True, slots=True)
class Screen:
    """A command, a menu or a step of a dialog: who may see it, what it needs, what it does.

    `run` and `need` get the words after the command, the argument of the menu, or the text
    typed into the dialog. `words` is the line of the command menu; empty: not in the menu.
    `illustrated`: what is needed only illustrates what is said, and is done without if need be.
    """

    run: Run
    allowed: Callable[[Actor], bool]
    words: str = ""
    need: NeedOf | None = None
    illustrated: bool = False


def anybody(actor: Actor) -> bool:
    """Everybody who was let in."""
    return True


def office(actor: Actor) -> bool:
    """People of the office."""
    return actor.office


def of_units(actor: Actor) -> bool:
    """People of responsible units."""
    return bool(actor.units())


def admins(actor: Actor) -> bool:
    """Administrators."""
    return actor.admin
