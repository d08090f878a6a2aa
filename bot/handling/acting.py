"""What all deeds have in common: who sees a task, whether a card is still true, what is shown."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from bot.access.people import rooms
from bot.handling.cards import card
from bot.handling.controls import in_place, is_place, under_card
from bot.handling.scene import Scene
from bot.ledger.actions import units_of
from bot.ledger.machine import POSSIBLE, may
from bot.ledger.records import StaleError
from bot.records import ACTION_WORDS, STATE_WORDS, Action, ChatKind, IncomingKind, Reply, TaskState
from bot.state.tables import LedgerTask, TaskEvent
from bot.telegram.buttons import TaskPress
from corpus.errors import RefusedError

Act = Callable[[Scene, LedgerTask, TaskPress], Reply]


def visible(scene: Scene, task: LedgerTask) -> bool:
    """The office sees every task; a unit its own, once they are issued.

    In a unit's group everybody reads what is shown, so that there only its tasks are.
    """
    here = _units_of_room(scene)
    if scene.actor.office and not here:
        return True
    own = here or scene.actor.units()
    return task.issued_at is not None and any(part.unit_id in own for part in task.units)


def task_of(scene: Scene, task_id: int) -> LedgerTask:
    """A task that somebody may see.

    :raises RefusedError: there is none, or it is another unit's.
    """
    task = scene.session.get(LedgerTask, task_id)
    if task is None or not visible(scene, task):
        raise RefusedError("没有这项任务,或不是您单位的任务")
    return task


def refusal(scene: Scene, task: LedgerTask, action: Action) -> str | None:
    """Why something cannot be done now, before anything is asked for it; None where it can."""
    state = TaskState(task.state)
    if why := may(action, scene.actor, units_of(task), task.reported_by):
        return why
    if action not in POSSIBLE[state]:
        return f"第{task.number}项现在是“{STATE_WORDS[state]}”,不能{ACTION_WORDS[action]}"
    return None


def check(scene: Scene, task: LedgerTask, action: Action) -> None:
    """Refuse what `refusal` refuses.

    :raises RefusedError: it cannot be done now.
    """
    if why := refusal(scene, task, action):
        raise RefusedError(why)


def fresh(scene: Scene, task: LedgerTask, version: int) -> bool:
    """Whether a card still says what matters: others' signatures change nothing of it."""
    if version >= task.version:
        return version == task.version
    since = select(TaskEvent.id).where(
        TaskEvent.task_id == task.id,
        TaskEvent.version > version,
        TaskEvent.action != Action.ACKNOWLEDGE.value,
    )
    return scene.session.scalar(since.limit(1)) is None


def standing(scene: Scene, task: LedgerTask, version: int) -> int:
    """The version to act upon, of a task that a dialog was begun about.

    :raises StaleError: it has changed since.
    """
    if not fresh(scene, task, version):
        raise StaleError(f"第{task.number}项刚刚有变化,请看最新的卡片")
    return task.version


def show(
    scene: Scene, task: LedgerTask, stage: str = "", *, toast: str = "", lead: str = ""
) -> Reply:
    """The card: in the place of the one pressed, or below a reminder or a typed text."""
    place = stage if is_place(stage) else ""
    draw = drawn(scene, apart=not in_place(stage))
    blocks = card(scene, task, lead=lead, own=units_here(scene))
    return draw(*blocks, buttons=under_card(scene, task, place), toast=toast)


def drawn(scene: Scene, *, apart: bool = False) -> Callable[..., Reply]:
    """How to show something: in the place of the message pressed, unless that is to stay."""
    pressed = scene.incoming.kind is IncomingKind.PRESS
    return scene.redraw if pressed and not apart else scene.say


def changed(scene: Scene, task: LedgerTask, stage: str = "") -> Reply:
    """The card anew, because the one pressed was out of date."""
    scene.session.refresh(task)
    state = STATE_WORDS[TaskState(task.state)]
    words = f"已有变化:第{task.number}项现在是“{state}”,请看最新的卡片"
    lead = "" if scene.incoming.kind is IncomingKind.PRESS else f"<b>{words}</b>"
    return show(scene, task, stage, toast=words, lead=lead)


def units_here(scene: Scene) -> frozenset[int]:
    """The units whose tasks are spoken of: in a unit's group that unit, else the person's own."""
    return _units_of_room(scene) or scene.actor.units()


def _units_of_room(scene: Scene) -> frozenset[int]:
    if scene.incoming.chat_kind is ChatKind.PRIVATE:
        return frozenset()
    bound = rooms(scene.session, scene.incoming.chat, scene.incoming.thread)
    return frozenset(room.unit_id for room in bound if room.unit_id)


def how(scene: Scene, words: str) -> str:
    """How to answer a question: in a group only replies reach the bot."""
    if scene.incoming.chat_kind is ChatKind.GROUP:
        return f"请<b>回复本条消息</b>,{words}"
    return f"请{words}"
