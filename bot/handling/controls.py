"""Buttons: under a card, under a list, under a question; and where a card was opened from.

The buttons of a card say so in their `stage`: `c`, or the page of the list it was opened from,
so that one can go back (`o2` is the third page of the open tasks). What they lead to takes the
card's place. Buttons of reminders and other messages have other stages or none (T-7, E+1,
m3-20261231): such a message stays as it is, and the card is sent below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil

from bot.access.people import rooms
from bot.handling.cards import evidence_words
from bot.handling.menu_parts import menu, rows
from bot.handling.scene import Buttons, Scene
from bot.handling.steps import pending
from bot.ledger.actions import possible
from bot.ledger.consequences import open_extension
from bot.records import Action, Actor, Button, ChatKind, Role
from bot.reminding.cards import DETAIL
from bot.state.tables import LedgerTask
from bot.telegram.buttons import TaskPress, encode

HISTORY, FILES, STEPS = "history", "files", "steps"
CARD = "c"
OPEN, ALL, DRAFTS, REPORTS = "o", "a", "d", "r"
_MENUS = {OPEN: "tasks", ALL: "tasks", DRAFTS: "drafts", REPORTS: "reports"}
_PLACE = re.compile(r"[oadr](?:0|[1-9][0-9]{0,3})")
_WIDTH = 3

LABELS = {
    Action.ACKNOWLEDGE: "✅ 签收",
    Action.REPORT: "报告完成",
    Action.PROGRESS: "阶段完成",
    Action.ASK_EXTENSION: "申请延期",
    Action.EVIDENCE: "补充佐证",
    Action.ISSUE: "下达",
    Action.APPROVE: "销号",
    Action.RETURN: "退回",
    Action.GRANT_EXTENSION: "同意延期",
    Action.REFUSE_EXTENSION: "不同意延期",
    Action.RESUME: "恢复",
    Action.SET_DUE: "改期限",
    Action.SET_STAGES: "改提醒",
    Action.SUSPEND: "中止",
    Action.CANCEL: "取消任务",
    Action.REOPEN: "恢复为草稿",
}
_DATES = (Action.SET_DUE, Action.SET_STAGES)
# The rows of a card: what is decided, what is worked, what the office manages.
_ROWS = (
    (Action.ACKNOWLEDGE, Action.ISSUE, Action.RESUME, Action.REOPEN),
    (Action.APPROVE, Action.RETURN),
    (Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION),
    (Action.REPORT, Action.PROGRESS),
    (Action.EVIDENCE, Action.ASK_EXTENSION),
    _DATES,
    (Action.SUSPEND, Action.CANCEL),
)


def in_place(stage: str) -> bool:
    """Whether what comes of a press takes the place of the message pressed."""
    return stage == CARD or is_place(stage)


def is_place(stage: str) -> bool:
    """Whether a press says which page of a list its card was opened from."""
    return _PLACE.fullmatch(stage) is not None


def act(task: LedgerTask, action: str, text: str = "", stage: str = CARD) -> Button:
    """A button that does something to a task as it stands now."""
    words = text or LABELS[Action(action)]
    return Button(words, encode(TaskPress(action, task.id, task.version, stage)))


def detail(task: LedgerTask, text: str = "看任务", stage: str = "") -> Button:
    """A button that opens the card of a task."""
    return act(task, DETAIL, text, stage)


def grid(buttons: Sequence[Button], width: int = _WIDTH) -> Buttons:
    """Buttons in rows of a width."""
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


def under_card(scene: Scene, task: LedgerTask, place: str = "") -> Buttons:
    """What can be done to a task by those who see the card here, and the way back."""
    offered = frozenset(_offered(scene, task))
    stage = place or CARD
    lines = [
        [act(task, action, stage=stage) for action in line if action in offered] for line in _ROWS
    ]
    if task.milestones and Action.SET_DUE in offered:
        lines[_ROWS.index(_DATES)].append(act(task, STEPS, "改阶段", stage))
    views = [act(task, FILES, "看佐证", stage)] if evidence_words(scene, task) else []
    views.append(act(task, HISTORY, "过程", stage))
    if is_place(place):
        views.append(menu("‹ 返回", _MENUS[place[0]], place))
    return rows(*lines, views)


def back_to_card(task: LedgerTask, place: str = "") -> Button:
    """The way back from what a card has opened in its own place."""
    return detail(task, "‹ 返回", place if is_place(place) else CARD)


def pages(place: str, count: int, size: int) -> tuple[int, int, list[Button]]:
    """The page a place names, as far as there are so many; and the buttons to turn it."""
    last = max(0, ceil(count / size) - 1)
    page = min(int(place[1:]), last)
    kind = place[0]
    turns = [menu("‹ 上一页", _MENUS[kind], f"{kind}{page - 1}")] if page else []
    turns += [menu("下一页 ›", _MENUS[kind], f"{kind}{page + 1}")] if page < last else []
    return page, last + 1, turns


def audience(scene: Scene) -> Actor:
    """Whose buttons to draw: in a unit's group also those of its leader, who reads the same."""
    if scene.incoming.chat_kind is ChatKind.PRIVATE:
        return scene.actor
    bound = rooms(scene.session, scene.incoming.chat, scene.incoming.thread)
    roles = frozenset((Role.LEAD, room.unit_id) for room in bound if room.unit_id)
    return replace(scene.actor, roles=scene.actor.roles | roles)


def _offered(scene: Scene, task: LedgerTask) -> Iterator[Action]:
    """Of what is possible, what has something to be done about."""
    actor = audience(scene)
    own = actor.units()
    for action in possible(task, actor):
        if action is Action.ACKNOWLEDGE:
            useful = any(p.unit_id in own and p.acknowledged_at is None for p in task.units)
        elif action is Action.PROGRESS:
            useful = bool(pending(task, scene.today, scene.desk.zone))
        elif action in {Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION}:
            useful = open_extension(scene.session, task.id) is not None
        else:
            useful = True
        if useful:
            yield action
