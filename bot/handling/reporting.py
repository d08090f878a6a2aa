"""Reports that a task is done, more evidence for one, and files that came without being asked."""

from __future__ import annotations

from collections.abc import Sequence

from bot.handling.acting import Act, check, task_of, units_here
from bot.handling.collecting import Material, begin, gathered, keep, thanks, unfinished
from bot.handling.controls import grid
from bot.handling.dialogs import STRAY, forget
from bot.handling.menu_parts import menu, number_in
from bot.handling.phrases import headline
from bot.handling.scene import Buttons, Scene, Screen, anybody
from bot.ledger.actions import possible
from bot.ledger.queries import tasks_of_units
from bot.records import Action, Button, Reply
from bot.state.tables import LedgerTask
from bot.telegram.buttons import TaskPress
from bot.telegram.html import escape

_MOST_CHOICES = 12
_REPORTING = (Action.REPORT, Action.EVIDENCE)


def _report(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    return begin(scene, Material(task.id, Action(press.action)))


def _stray(scene: Scene, words: str) -> Reply:
    """A photo sent first, before any button: ask which task it is of."""
    texts = [words.strip()] if words.strip() else []
    before = gathered(scene, STRAY) or Material(0, Action.REPORT)
    material = before.with_more(texts, scene.incoming.attachments)
    choices = _choices(scene)
    if not choices:
        return thanks(scene, "收到文件,但您现在没有可以报告完成或补充佐证的任务,文件没有保存。", ())
    keep(scene, material, STRAY)
    asked = "收到文件。是哪项任务的完成情况或佐证?请选择:"
    return thanks(scene, "\n".join([asked, *_listed(choices)]), _choosing(choices))


def _listed(choices: Sequence[LedgerTask]) -> list[str]:
    return [f"· {escape(headline(task))}" for task in choices]


def _choosing(choices: Sequence[LedgerTask]) -> Buttons:
    return (*grid([_choice(task) for task in choices]), (menu("都不是", "stray_drop"),))


def busy(scene: Scene) -> Reply:
    """What was gathered here would be lost; what to do about it first."""
    if material := gathered(scene):
        return unfinished(scene, material)
    stray = gathered(scene, STRAY)
    got, choices = stray.words if stray else "", _choices(scene)
    asked = f"您发来的{escape(got)}还没有选定任务。请先选择,或按“都不是”,再办这一项:"
    return scene.say(asked, *_listed(choices), buttons=_choosing(choices))


def _choices(scene: Scene) -> list[LedgerTask]:
    tasks = tasks_of_units(scene.session, units_here(scene))
    return [task for task in tasks if _wanted(scene, task)][:_MOST_CHOICES]


def _wanted(scene: Scene, task: LedgerTask) -> Action | None:
    """What a file can be for a task now: part of its report, or evidence added to it."""
    can = possible(task, scene.actor)
    return next((action for action in _REPORTING if action in can), None)


def _choice(task: LedgerTask) -> Button:
    return menu(f"第{task.number}项", "stray_for", str(task.id))


def _stray_for(scene: Scene, arg: str) -> Reply:
    material = gathered(scene, STRAY)
    if material is None:
        return Reply(toast="这些文件已经处理过,或者是别人发的", alarm=True)
    task = task_of(scene, number_in(arg))
    action = _wanted(scene, task)
    if action is None:
        check(scene, task, Action.REPORT)
        return Reply(toast=f"第{task.number}项现在不需要佐证", alarm=True)
    return begin(scene, Material(task.id, action))


def _stray_drop(scene: Scene, arg: str) -> Reply:
    if gathered(scene, STRAY) is None:
        return Reply(toast="这些文件已经处理过,或者是别人发的", alarm=True)
    forget(scene)
    return scene.redraw("好的,文件没有保存。")


STRAY_FILE = Screen(_stray, anybody)
ACTS: dict[str, Act] = {Action.REPORT: _report, Action.EVIDENCE: _report}
COMMANDS: dict[str, Screen] = {}
MENUS = {"stray_for": Screen(_stray_for, anybody), "stray_drop": Screen(_stray_drop, anybody)}
DIALOGS: dict[str, Screen] = {}
PRESSES: dict[type, Screen] = {}
