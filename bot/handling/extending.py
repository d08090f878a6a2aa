"""申请延期: the day, then the reason; the office decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.handling.acting import Act, check, how, show, task_of
from bot.handling.cards import card
from bot.handling.controls import CARD, act, detail
from bot.handling.dates import read_day
from bot.handling.dialogs import forget, wait_for, waiting
from bot.handling.menu_parts import menu, rows
from bot.handling.notices import tell_office
from bot.handling.phrases import due_words, named
from bot.handling.scene import Scene, Screen, anybody
from bot.ledger.actions import perform
from bot.ledger.records import Deed
from bot.records import Action, Reply
from bot.state.tables import LedgerTask
from bot.telegram.buttons import TaskPress
from bot.telegram.html import escape
from corpus.errors import RefusedError

_DAY, _REASON = "extend_day", "extend_reason"
_STOP = rows([menu("放弃", "stop")])


def _ask(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    check(scene, task, Action.ASK_EXTENSION)
    wait_for(scene, _DAY, task=task.id)
    return scene.say(
        f"{named(task)}\n<b>申请延期</b>,现在的期限:{escape(due_words(task))}",
        how(scene, "写希望延到哪一天,如 2026-12-31 或 12月31日。"),
        buttons=_STOP,
    )


def _day(scene: Scene, words: str) -> Reply:
    task = _task(scene)
    due = read_day(words, scene.today)
    if task.due and due <= task.due:
        raise RefusedError(f"{due} 不晚于现在的期限 {task.due},请写更晚的日期")
    wait_for(scene, _REASON, task=task.id, due=due.isoformat())
    asked = how(scene, "写明延期的理由。")
    return scene.say(f"{named(task)}\n申请延到 <b>{due}</b>。", asked, buttons=_STOP)


def _reason(scene: Scene, words: str) -> Reply:
    step = waiting(scene)
    assert step is not None
    due = date.fromisoformat(step.data["due"])
    task = _task(scene)
    deed = Deed(Action.ASK_EXTENSION, task.id, scene.actor, scene.now, text=words.strip(), due=due)
    perform(scene.session, deed)
    forget(scene)
    reply = show(scene, task, lead=f"<b>已申请延到 {due},等待攻坚办答复。</b>")
    head = f"<b>申请延期</b>:延到 <b>{due}</b>"
    decide = [act(task, Action.GRANT_EXTENSION), act(task, Action.REFUSE_EXTENSION)]
    buttons = rows(decide, [detail(task, stage=CARD)])
    told = tell_office(scene, task, *card(scene, task, lead=head, brief=True), buttons=buttons)
    return replace(reply, messages=(*reply.messages, *told))


def _task(scene: Scene) -> LedgerTask:
    """The task that is spoken of, if a later date can still be asked for."""
    step = waiting(scene)
    task = task_of(scene, step.data["task"] if step else 0)
    check(scene, task, Action.ASK_EXTENSION)
    return task


def _stop(scene: Scene, arg: str) -> Reply:
    if not forget(scene):
        return Reply(toast="没有正在输入的内容", alarm=True)
    return scene.redraw("已放弃。", toast="已放弃")


ACTS: dict[str, Act] = {Action.ASK_EXTENSION: _ask}
COMMANDS: dict[str, Screen] = {}
MENUS = {"stop": Screen(_stop, anybody)}
DIALOGS = {_DAY: Screen(_day, anybody), _REASON: Screen(_reason, anybody)}
PRESSES: dict[type, Screen] = {}
