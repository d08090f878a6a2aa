"""What menus are made of: pages of buttons, numbers in their data, screens for oneself only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from bot.access.people import rooms
from bot.handling.needs import Need
from bot.handling.scene import Run, Scene, Screen
from bot.records import Button, ChatKind, Reply
from bot.telegram.buttons import MenuPress, encode
from corpus.errors import RefusedError

OLD_BUTTON = "这个按钮已失效,请重新发命令"
PAGE = 8
# More digits than any row's number has.
_MOST_DIGITS = 18

T = TypeVar("T")


def in_private(run: Run) -> Run:
    """A screen that is shown in the private chat only: what it shows is not a group's affair."""

    def guarded(scene: Scene, words: str) -> Reply:
        if scene.incoming.chat_kind is not ChatKind.PRIVATE:
            raise RefusedError("这个命令只能在与机器人的私聊里用")
        return run(scene, words)

    return guarded


def at_office(screen: Screen) -> Screen:
    """A screen that shows all units' affairs: in private, or in a group of the office's."""
    need = screen.need

    def guarded(scene: Scene, words: str) -> Reply:
        _no_units_group(scene)
        return screen.run(scene, words)

    def needed(scene: Scene, words: str) -> Need | None:
        _no_units_group(scene)
        return need(scene, words) if need else None

    return replace(screen, run=guarded, need=needed if need else None)


def _no_units_group(scene: Scene) -> None:
    if scene.incoming.chat_kind is ChatKind.PRIVATE:
        return
    bound = rooms(scene.session, scene.incoming.chat, scene.incoming.thread)
    if not bound or any(room.unit_id for room in bound):
        raise RefusedError("攻坚办的命令只能在与机器人的私聊或攻坚办的群里用")


def number_in(text: str) -> int:
    """The number in the data of a button.

    :raises RefusedError: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise RefusedError(OLD_BUTTON)
    return int(text)


def menu(text: str, name: str, arg: str = "") -> Button:
    """A button to a place in a menu."""
    return Button(text, encode(MenuPress(name, arg)))


def page_of(items: Sequence[T], page: int, size: int = PAGE) -> Sequence[T]:
    """The items of a page, which count from 0."""
    return items[page * size : (page + 1) * size]


def turning(name: str, prefix: str, page: int, count: int) -> list[Button]:
    """The buttons to the page before and the page after, where there are such."""
    before = [menu("上一页", name, f"{prefix}{page - 1}")] if page else []
    after = [menu("下一页", name, f"{prefix}{page + 1}")] if (page + 1) * PAGE < count else []
    return before + after


def rows(*lines: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    """Lines of buttons, without the empty ones."""
    return tuple(tuple(line) for line in lines if line)
