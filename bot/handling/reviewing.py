"""What the office decides about a task: at once, or after asking for a reason, a date, a plan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.handling.acting import Act, changed, check, how, show, standing, task_of
from bot.handling.cards import evidence_words
from bot.handling.confirming import (
    NEW_DUE,
    NEW_STAGES,
    REASON,
    ask_to_confirm,
    confirmed,
    nothing_to_confirm,
    stop_button,
)
from bot.handling.controls import CARD, LABELS, act, back_to_card, detail
from bot.handling.dates import read_day
from bot.handling.dialogs import forget, wait_for, waiting
from bot.handling.menu_parts import rows
from bot.handling.notices import LEADING, decided, not_reached_words, tell_office, unreached
from bot.handling.phrases import cut, due_words, left_words, named
from bot.handling.scene import Buttons, Scene, Screen, office
from bot.ledger.actions import perform
from bot.ledger.consequences import open_extension
from bot.ledger.records import Deed, StaleError
from bot.records import ACTION_WORDS, Action, Outgoing, Reply, TaskState, UnitRole
from bot.reminding.stages import StagePlan
from bot.state.tables import LedgerTask, TaskMilestone
from bot.telegram.buttons import TaskPress
from bot.telegram.html import escape

APPROVE_NOW = "approve_now"
_USUAL = "默认"
_STEP = 60
_AFTER_CANCELLING = "取消后不再办理,也不再提醒;攻坚办可以再恢复为草稿。"
_ALL = frozenset(UnitRole)


@dataclass(frozen=True, slots=True)
class _Decision:
    """How a decision is told: what was decided, what the units are to do now, and to whom."""

    what: str
    ask: str = ""
    roles: Collection[UnitRole] = _ALL
    offers: tuple[Action, ...] = ()


_DECISIONS = {
    Action.APPROVE: _Decision("已销号"),
    Action.RETURN: _Decision(
        "被退回", "请补充后重新报告完成。", roles=LEADING, offers=(Action.REPORT,)
    ),
    Action.GRANT_EXTENSION: _Decision("同意延期"),
    Action.REFUSE_EXTENSION: _Decision("不同意延期", "请按原定期限办理。", roles=LEADING),
    Action.SET_DUE: _Decision("期限已调整"),
    Action.SUSPEND: _Decision("已中止", "中止期间不再提醒。"),
    Action.RESUME: _Decision("已恢复", "请继续办理。"),
    Action.CANCEL: _Decision("已取消", "不必再办。"),
}


def _approve(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    """销号 is for good, so it is asked about once more."""
    check(scene, task, Action.APPROVE)
    evidence = evidence_words(scene, task) or "⚠️ 没有佐证材料"
    return scene.redraw(
        f"{named(task)}\n<b>确认销号?</b> 销号后不能再改。",
        f"期限:{escape(due_words(task))}",
        f"佐证:{escape(evidence)}",
        buttons=rows(
            [act(task, APPROVE_NOW, "确认销号", press.stage)], [back_to_card(task, press.stage)]
        ),
    )


def _approve_now(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    return _decide(scene, task, Action.APPROVE, press.stage)


def _grant(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    return _decide(scene, task, Action.GRANT_EXTENSION, press.stage)


def _resume(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    return _decide(scene, task, Action.RESUME, press.stage)


def _reopen(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    return _decide(scene, task, Action.REOPEN, press.stage)


def _decide(scene: Scene, task: LedgerTask, action: Action, stage: str) -> Reply:
    deed = Deed(action, task.id, scene.actor, scene.now, version=task.version)
    told = told_of(scene, deed)
    return _with(show(scene, task, stage, toast=f"已{ACTION_WORDS[action]}"), told)


def _ask_reason(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    action = Action(press.action)
    check(scene, task, action)
    token = wait_for(scene, REASON, task=task.id, version=task.version, action=action.value)
    asked = how(scene, f"写明{ACTION_WORDS[action]}的理由。")
    head = f"{named(task)}\n<b>{LABELS[action]}</b>"
    return scene.say(head, asked, buttons=stop_button(token))


def _reason(scene: Scene, words: str) -> Reply:
    """Shown once more before it is done: it may have been meant as a question."""
    step = waiting(scene)
    assert step is not None
    task = task_of(scene, step.data["task"])
    try:
        standing(scene, task, step.data["version"])
    except StaleError:
        forget(scene)
        return changed(scene, task)
    action = Action(step.data["action"])
    check(scene, task, action)
    about = [_AFTER_CANCELLING] if action is Action.CANCEL else []
    return ask_to_confirm(scene, step, words, "reason_sure", *about)


def _reason_sure(scene: Scene, said: str) -> Reply:
    step = confirmed(scene, REASON, said)
    return _answered(scene, text=step.data["text"]) if step else nothing_to_confirm()


def ask_date(scene: Scene, task: LedgerTask, part: TaskMilestone | None = None) -> Reply:
    """Ask for the new day of a task, or of one of its milestones."""
    action, number = Action.SET_DUE.value, part.id if part else 0
    token = wait_for(
        scene, NEW_DUE, task=task.id, version=task.version, action=action, milestone=number
    )
    if part:
        day = str(part.due or "未定")
        about = f"<b>改阶段</b> {escape(cut(part.text, _STEP))},现在的日期:{day}"
    else:
        about = f"<b>改期限</b>,现在的期限:{escape(due_words(task))}"
    return scene.say(
        f"{named(task)}\n{about}",
        how(scene, "写新的日期,如 2026-12-31 或 12月31日。"),
        buttons=stop_button(token),
    )


def _due(scene: Scene, words: str) -> Reply:
    return _answered(scene, due=read_day(words, scene.today))


def _ask_stages(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    check(scene, task, Action.SET_STAGES)
    action = Action.SET_STAGES.value
    token = wait_for(scene, NEW_STAGES, task=task.id, version=task.version, action=action)
    now = task.stages or f"{StagePlan().text()}({_USUAL})"
    return scene.say(
        f"{named(task)}\n<b>改提醒</b>,现在:{escape(now)}",
        "数字是提前的天数,0 是当天,+1 是超期 1 天,“每周”是此后每周一次。",
        how(scene, f"写新的方案,如 30,7,1,0,+1,+3,每周;也可以写“不提醒”或“{_USUAL}”。"),
        buttons=stop_button(token),
    )


def _stages(scene: Scene, words: str) -> Reply:
    plan = "" if words.strip() == _USUAL else StagePlan.parse(words).text()
    return _answered(scene, stages=plan)


def _answered(scene: Scene, *, text: str = "", due: date | None = None, stages: str = "") -> Reply:
    """What was asked for has come; the task may have changed meanwhile."""
    step = waiting(scene)
    assert step is not None
    task = task_of(scene, step.data["task"])
    try:
        deed = Deed(
            Action(step.data["action"]),
            task.id,
            scene.actor,
            scene.now,
            version=standing(scene, task, step.data["version"]),
            text=text,
            due=due,
            milestone=step.data.get("milestone", 0),
            stages=stages,
        )
        told = told_of(scene, deed)
    except StaleError:
        forget(scene)
        return changed(scene, task, CARD)
    forget(scene)
    lead = f"<b>{escape(_confirmed(task, deed))}</b>"
    if task.issued_at and (silent := not_reached_words(unreached(scene, [task]))):
        lead += f"\n{silent}"
    return _with(show(scene, task, CARD, lead=lead), told)


def _confirmed(task: LedgerTask, deed: Deed) -> str:
    action = deed.action
    if deed.milestone:
        return f"阶段日期已改为 {deed.due}"
    if action is Action.SET_DUE:
        return f"期限已改为 {task.due}"
    if action is Action.SET_STAGES:
        return f"提醒已改为 {task.stages or _USUAL}"
    return f"已{ACTION_WORDS[action]}"


def told_of(scene: Scene, deed: Deed) -> tuple[Outgoing, ...]:
    """Do it; what is to be said to others. Of a draft the units know nothing yet."""
    task = task_of(scene, deed.task)
    asked = open_extension(scene.session, task.id)
    old, was_draft = due_words(task), task.issued_at is None
    performed = perform(scene.session, deed)
    task = performed.task
    decision = _DECISIONS.get(deed.action)
    what = f"{decision.what if decision else '已' + ACTION_WORDS[deed.action]}"
    if deed.milestone:
        what = _step_moved(performed.event.data)
    elif deed.action in {Action.GRANT_EXTENSION, Action.SET_DUE}:
        what += f":{old} → {task.due}"
    elif deed.action is Action.REFUSE_EXTENSION and asked:
        what += f":申请延到 {asked.new_due}"
    elif deed.action is Action.SET_STAGES:
        what = f"提醒已改为 {task.stages or _USUAL}"
    if decision is None or was_draft:
        return tell_office(
            scene, task, f"{named(task)}\n{escape(what)}({escape(scene.actor.name)})"
        )
    left = left_words(task, scene.today)
    ask = decision.ask + (f"{left}。" if left else "")
    return decided(
        scene,
        task,
        what,
        reason=deed.text,
        ask=ask,
        buttons=_offers(task, decision),
        roles=decision.roles,
    )


def _step_moved(data: dict[str, Any]) -> str:
    name = f"阶段“{cut(data['text'], _STEP)}”"
    if data.get("dropped"):
        return f"{name}已取消(原定 {data['from'] or '日期未定'})"
    return f"{name}日期已调整:{data['from'] or '未定'} → {data['to']}"


def _offers(task: LedgerTask, decision: _Decision) -> Buttons:
    if not decision.offers or task.state == TaskState.CLOSED:
        return ()
    return rows([act(task, action) for action in decision.offers], [detail(task)])


def _with(reply: Reply, told: tuple[Outgoing, ...]) -> Reply:
    return replace(reply, messages=(*reply.messages, *told))


ACTS: dict[str, Act] = {
    Action.APPROVE: _approve,
    APPROVE_NOW: _approve_now,
    Action.GRANT_EXTENSION: _grant,
    Action.RESUME: _resume,
    Action.REOPEN: _reopen,
    Action.SET_STAGES: _ask_stages,
    **{
        action: _ask_reason
        for action in (Action.RETURN, Action.REFUSE_EXTENSION, Action.SUSPEND, Action.CANCEL)
    },
}
COMMANDS: dict[str, Screen] = {}
MENUS: dict[str, Screen] = {"reason_sure": Screen(_reason_sure, office)}
DIALOGS = {
    REASON: Screen(_reason, office),
    NEW_DUE: Screen(_due, office),
    NEW_STAGES: Screen(_stages, office),
}
PRESSES: dict[type, Screen] = {}
