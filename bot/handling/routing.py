"""Which screen an update is for: a command, a button, a step of a dialog, or a question."""

from __future__ import annotations

from dataclasses import dataclass

from bot.handling import (
    asking,
    bulletins,
    collecting,
    confirming,
    extending,
    importing,
    issuing,
    joining,
    office,
    people,
    pressing,
    reporting,
    reviewing,
    tasks,
)
from bot.handling.dialogs import waiting
from bot.handling.scene import Scene, Screen
from bot.records import IncomingKind
from bot.telegram.buttons import MenuPress, decode

# In the order of the command menu.
_ROOMS = (
    joining,
    asking,
    tasks,
    collecting,
    reporting,
    confirming,
    extending,
    pressing,
    importing,
    issuing,
    office,
    reviewing,
    bulletins,
    people,
)
COMMANDS: dict[str, Screen] = {
    name: screen for room in _ROOMS for name, screen in room.COMMANDS.items()
}
MENUS: dict[str, Screen] = {name: screen for room in _ROOMS for name, screen in room.MENUS.items()}
DIALOGS: dict[str, Screen] = {
    name: screen for room in _ROOMS for name, screen in room.DIALOGS.items()
}
PRESSES: dict[type, Screen] = {
    kind: screen for room in _ROOMS for kind, screen in room.PRESSES.items()
}


@dataclass(frozen=True, slots=True)
class Found:
    """A screen, and the words it gets."""

    screen: Screen
    words: str


def find(scene: Scene) -> Found | None:
    """Return the screen for an update; None where there is nothing to say."""
    incoming = scene.incoming
    if incoming.kind is IncomingKind.PRESS:
        return _pressed(incoming.text)
    if incoming.command:
        screen = COMMANDS.get(incoming.command, joining.UNKNOWN)
        return Found(screen, incoming.text)
    step = waiting(scene)
    if step is not None and step.kind in DIALOGS:
        return Found(DIALOGS[step.kind], incoming.text)
    if incoming.attachments:
        return Found(reporting.STRAY_FILE, incoming.text)
    return Found(asking.QUESTION, incoming.text) if incoming.text.strip() else None


def _pressed(data: str) -> Found:
    press = decode(data)
    if isinstance(press, MenuPress):
        screen = MENUS.get(press.name)
        return Found(screen, press.arg) if screen else Found(joining.OLD_BUTTON, "")
    screen = PRESSES.get(type(press)) if press else None
    return Found(screen, data) if screen else Found(joining.OLD_BUTTON, "")
