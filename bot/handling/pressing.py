"""The buttons of tasks: finds the task, checks that the card is not out of date, acts."""

from __future__ import annotations

from dataclasses import replace

from bot.handling import extending, issuing, milestones, reporting, reviewing, stepping
from bot.handling.acting import Act, changed, drawn, fresh, refusal, show, task_of, visible
from bot.handling.controls import FILES, HISTORY, back_to_card, in_place
from bot.handling.dialogs import BusyError
from bot.handling.looking import evidence_files, evidence_lines, history_lines
from bot.handling.menu_parts import number_in, rows
from bot.handling.scene import Scene, Screen, anybody
from bot.ledger.actions import perform
from bot.ledger.records import Deed, StaleError
from bot.records import Action, Reply
from bot.reminding.cards import DETAIL
from bot.state.tables import LedgerTask
from bot.telegram.buttons import TaskPress, decode

_OLD = Reply(toast="这个按钮已失效,请用 /tasks 重新打开", alarm=True)


def _pressed(scene: Scene, data: str) -> Reply:
    press = decode(data)
    if not isinstance(press, TaskPress):
        return _OLD
    task = scene.session.get(LedgerTask, press.task)
    if task is None or not visible(scene, task):
        return Reply(toast="没有这项任务,或不是您单位的任务", alarm=True)
    if view := _VIEWS.get(press.action):
        return view(scene, task, press)
    if (run := _ACTS.get(press.action)) is None:
        return _OLD
    if not fresh(scene, task, press.version):
        return changed(scene, task, press.stage)
    try:
        return run(scene, task, press)
    except StaleError:  # changed by somebody else at this very moment
        return changed(scene, task, press.stage)
    except BusyError:
        return reporting.busy(scene)


def _detail(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    return show(scene, task, press.stage)


def _history(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    buttons = rows([back_to_card(task, press.stage)])
    draw = drawn(scene, apart=not in_place(press.stage))
    return draw(*history_lines(scene, task), buttons=buttons)


def _files(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    buttons = rows([back_to_card(task, press.stage)])
    draw = drawn(scene, apart=not in_place(press.stage))
    files, more = evidence_files(scene, task)
    if more:
        lines = [*evidence_lines(scene, task), "", f"先发来前 {len(files)} 个文件。"]
        reply = draw(*lines, buttons=rows([more], *buttons))
    else:
        reply = draw(*evidence_lines(scene, task), buttons=buttons)
    return replace(reply, messages=(*reply.messages, *files))


def _more_files(scene: Scene, arg: str) -> Reply:
    """The files after those that were sent."""
    number, _, start = arg.partition(".")
    task = task_of(scene, number_in(number))
    files, more = evidence_files(scene, task, number_in(start))
    if not files:
        return Reply(toast="没有更多文件了", alarm=True)
    last = replace(files[-1], buttons=rows([more] if more else []))
    return Reply((*files[:-1], last))


def _acknowledge(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    own = scene.actor.units()
    mine = [part for part in task.units if part.unit_id in own]
    if mine and all(part.acknowledged_at for part in mine):
        return show(scene, task, press.stage, toast="已签收")
    if why := refusal(scene, task, Action.ACKNOWLEDGE):
        return Reply(toast=why, alarm=True)
    deed = Deed(Action.ACKNOWLEDGE, task.id, scene.actor, scene.now, version=task.version)
    return show(scene, perform(scene.session, deed).task, press.stage, toast="已签收")


_VIEWS: dict[str, Act] = {DETAIL: _detail, HISTORY: _history, FILES: _files}
_ACTS: dict[str, Act] = {
    Action.ACKNOWLEDGE: _acknowledge,
    **reporting.ACTS,
    **stepping.ACTS,
    **extending.ACTS,
    **issuing.ACTS,
    **reviewing.ACTS,
    **milestones.ACTS,
}
COMMANDS: dict[str, Screen] = {}
MENUS: dict[str, Screen] = {"files": Screen(_more_files, anybody)}
DIALOGS: dict[str, Screen] = {}
PRESSES: dict[type, Screen] = {TaskPress: Screen(_pressed, anybody)}
