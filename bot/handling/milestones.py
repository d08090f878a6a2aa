"""改阶段: a milestone gets another date, or is dropped; a rule that would end is asked about."""

from __future__ import annotations

from dataclasses import replace

from bot.handling.acting import Act, check, show
from bot.handling.controls import CARD, STEPS, act, back_to_card
from bot.handling.menu_parts import rows
from bot.handling.phrases import cut, due_words, named
from bot.handling.reviewing import ask_date, told_of
from bot.handling.scene import Scene
from bot.ledger.records import Deed
from bot.records import Action, Reply
from bot.state.tables import LedgerTask, TaskMilestone
from bot.telegram.buttons import TaskPress
from bot.telegram.html import escape
from corpus.errors import RefusedError

_STEP, _STEP_DUE, _DROP, _DROP_NOW = "step", "step_due", "step_drop", "step_drop_now"
_SET_DUE_NOW = "set_due_now"
_MOST = 20
_TEXT, _LABEL = 120, 16
_MARK = "s"
_RULED = frozenset({"recurring", "ongoing"})


def _ask_due(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    """A day takes the place of the rule of a duty, which is seldom meant."""
    check(scene, task, Action.SET_DUE)
    if not task.recurrence and task.kind not in _RULED:
        return ask_date(scene, task)
    rule = task.deadline_text or due_words(task)
    return scene.redraw(
        f"{named(task)}\n<b>这项任务按“{escape(cut(rule, _TEXT))}”办理。</b>",
        "改成一个固定日期后,原来的规则不再执行,到期后也不再循环提醒。",
        buttons=rows(
            [act(task, _SET_DUE_NOW, "确认改成固定日期", press.stage)],
            [back_to_card(task, press.stage)],
        ),
    )


def _ask_due_now(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    check(scene, task, Action.SET_DUE)
    return ask_date(scene, task)


def _steps(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    check(scene, task, Action.SET_DUE)
    found = task.milestones[:_MOST]
    if not found:
        return Reply(toast="这项任务没有阶段", alarm=True)
    lines = [f"{named(task)}\n<b>改哪一个阶段?</b>", ""]
    lines += [f"{place}. {escape(step_words(part))}" for place, part in enumerate(found, 1)]
    choices = [
        [act(task, _STEP, f"{place}. {part.due or ''} {cut(part.text, _LABEL)}", _mark(part))]
        for place, part in enumerate(found, 1)
    ]
    return scene.redraw(*lines, buttons=rows(*choices, [back_to_card(task, press.stage)]))


def step_words(part: TaskMilestone) -> str:
    """A milestone: its day, or that it recurs, and its text."""
    day = str(part.due) if part.due else "循环" if part.recurrence else "日期未定"
    return f"{day} {cut(part.text, _TEXT)}"


def _step(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    check(scene, task, Action.SET_DUE)
    part = _part(task, press)
    lines = [f"{named(task)}\n<b>阶段</b> {escape(step_words(part))}"]
    if part.recurrence:
        lines.append("改成一个固定日期后,这一阶段原来的规则不再执行。")
    change = [
        act(task, _STEP_DUE, "改日期", _mark(part)),
        act(task, _DROP, "取消该阶段", _mark(part)),
    ]
    return scene.redraw(*lines, buttons=rows(change, [act(task, STEPS, "‹ 返回")]))


def _step_due(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    check(scene, task, Action.SET_DUE)
    return ask_date(scene, task, _part(task, press))


def _drop(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    check(scene, task, Action.SET_DUE)
    part = _part(task, press)
    return scene.redraw(
        f"{named(task)}\n<b>确认取消该阶段?</b> 取消后不再提醒,记录里仍可查到。",
        escape(step_words(part)),
        buttons=rows(
            [act(task, _DROP_NOW, "确认取消该阶段", _mark(part))],
            [act(task, STEPS, "‹ 返回")],
        ),
    )


def _drop_now(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    part = _part(task, press)
    deed = Deed(
        Action.SET_DUE,
        task.id,
        scene.actor,
        scene.now,
        version=task.version,
        milestone=part.id,
        drop=True,
    )
    told = told_of(scene, deed)
    reply = show(scene, task, CARD, toast="已取消该阶段")
    return replace(reply, messages=(*reply.messages, *told))


def _mark(part: TaskMilestone) -> str:
    return f"{_MARK}{part.id}"


def _part(task: LedgerTask, press: TaskPress) -> TaskMilestone:
    """The milestone a button names.

    :raises RefusedError: the task has none such.
    """
    found = [part for part in task.milestones if _mark(part) == press.stage]
    if not found:
        raise RefusedError("这项任务没有这个阶段")
    return found[0]


ACTS: dict[str, Act] = {
    Action.SET_DUE: _ask_due,
    _SET_DUE_NOW: _ask_due_now,
    STEPS: _steps,
    _STEP: _step,
    _STEP_DUE: _step_due,
    _DROP: _drop,
    _DROP_NOW: _drop_now,
}
