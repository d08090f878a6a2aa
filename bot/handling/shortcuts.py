"""Texts that are answered without the documents: a greeting, one's own tasks, an item's number."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.handling import tasks
from bot.handling.acting import units_here, visible
from bot.handling.menu_parts import menu, rows
from bot.handling.scene import Scene
from bot.handling.smalltalk import Talk, number_alone, talk_in
from bot.ledger.queries import board, tasks_numbered
from bot.office.texts import board_lines
from bot.records import Reply
from bot.telegram.html import escape

Shortcut = Callable[[Scene], Reply]

_HOW = "请直接写问题,例如:<code>烤烟用煤整改时限</code>"
_WORDS = {
    Talk.GREETING: f"您好,我在。{_HOW}",
    Talk.THANKS: f"不客气。还有要问的,{_HOW}",
    Talk.FAREWELL: f"再见。需要时{_HOW}",
    Talk.NOTHING: f"请写出要问的内容,例如:{_HOW.partition(':')[2]}",
}


def shortcut(scene: Scene, words: str) -> Shortcut | None:
    """What answers a text without the documents; None where they are to be asked."""
    number = number_alone(words)
    if number is not None:
        found = any(visible(scene, task) for task in tasks_numbered(scene.session, number))
        return _screen("task", str(number)) if found else None
    talk = talk_in(words)
    if talk is None:
        return None
    if talk in _WORDS:
        return partial(_said, words=_WORDS[talk])
    if talk is Talk.DUE and scene.actor.office and not units_here(scene):
        return _progress
    return _screen("tasks")


def _screen(name: str, words: str = "") -> Shortcut:
    return lambda scene: tasks.COMMANDS[name].run(scene, words)


def _said(scene: Scene, words: str) -> Reply:
    return scene.say(words, buttons=rows([menu("看任务", "tasks")]))


def _progress(scene: Scene) -> Reply:
    """How all units stand, in words; the picture is behind the button."""
    first, *rest = board_lines(board(scene.session, scene.today, scene.desk.zone))
    lines = [f"<b>{escape(first)}</b>", *(escape(line) for line in rest)]
    buttons = rows([menu("时限图", "board"), menu("各项任务", "tasks")])
    return scene.say(*lines, buttons=buttons)
