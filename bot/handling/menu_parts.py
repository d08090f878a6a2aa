"""What menus are made of: pages of buttons, numbers in their data, screens for oneself only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from bot.handling.scene import Run, Scene
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
