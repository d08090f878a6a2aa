"""申请延期: the day, then the reason; the office decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.handling.acting import Act, check, how, show, task_of
from bot.handling.cards import card
from bot.handling.confirming import (
    EXTEND_DAY,
    EXTEND_REASON,
    ask_to_confirm,
    confirmed,
    nothing_to_confirm,
    stop_button,
)
from bot.handling.controls import CARD, act, detail
from bot.handling.dates import read_day
from bot.handling.dialogs import forget, wait_for, waiting
from bot.handling.menu_parts import rows
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

_ACTION = Action.ASK_EXTENSION


def _ask(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    check(scene, task, _ACTION)
    token = wait_for(scene, EXTEND_DAY, task=task.id, action=_ACTION.value)
    return scene.say(
        f"{named(task)}\n<b>申请延期</b>,现在的期限:{escape(due_words(task))}",
        how(scene, "写希望延到哪一天,如 2026-12-31 或 12月31日。"),
        buttons=stop_button(token),
    )


def _day(scene: Scene, words: str) -> Reply:
    task = _task(scene)
    due = read_day(words, scene.today)
    if task.due and due <= task.due:
        raise RefusedError(f"{due} 不晚于现在的期限 {task.due},请写更晚的日期")
    step = waiting(scene)
    more = {"task": task.id, "action": _ACTION.value, "due": due.isoformat()}
    token = wait_for(scene, EXTEND_REASON, **(step.data if step else {}) | more)
    asked = how(scene, "写明延期的理由。")
    words = f"{named(task)}\n申请延到 <b>{due}</b>。"
    return scene.say(words, asked, buttons=stop_button(token))


def _reason(scene: Scene, words: str) -> Reply:
    step = waiting(scene)
    assert step is not None
    _task(scene)
    about = f"申请延到 <b>{escape(step.data['due'])}</b>。"
    return ask_to_confirm(scene, step, words, "extend_sure", about)


def _sure(scene: Scene, said: str) -> Reply:
    step = confirmed(scene, EXTEND_REASON, said)
    if step is None:
        return nothing_to_confirm()
    due = date.fromisoformat(step.data["due"])
    task = _task(scene)
    text = step.data["text"]
    perform(scene.session, Deed(_ACTION, task.id, scene.actor, scene.now, text=text, due=due))
    forget(scene)
    reply = show(scene, task, CARD, lead=f"<b>已申请延到 {due},等待攻坚办答复。</b>")
    head = f"<b>申请延期</b>:延到 <b>{due}</b>"
    decide = [act(task, Action.GRANT_EXTENSION), act(task, Action.REFUSE_EXTENSION)]
    buttons = rows(decide, [detail(task, stage=CARD)])
    told = tell_office(scene, task, *card(scene, task, lead=head, brief=True), buttons=buttons)
    return replace(reply, messages=(*reply.messages, *told))


def _task(scene: Scene) -> LedgerTask:
    """The task that is spoken of, if a later date can still be asked for."""
    step = waiting(scene)
    task = task_of(scene, step.data["task"] if step else 0)
    check(scene, task, _ACTION)
    return task


ACTS: dict[str, Act] = {Action.ASK_EXTENSION: _ask}
COMMANDS: dict[str, Screen] = {}
MENUS = {"extend_sure": Screen(_sure, anybody)}
DIALOGS = {EXTEND_DAY: Screen(_day, anybody), EXTEND_REASON: Screen(_reason, anybody)}
PRESSES: dict[type, Screen] = {}
