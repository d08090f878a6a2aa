"""Drafts: taken from the indexed plans, looked through, and issued to the units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.access.chats import chats_of_units
from bot.handling.acting import Act, check, drawn, show
from bot.handling.cards import card
from bot.handling.controls import CARD, DRAFTS, act, back_to_card, detail, grid, is_place, pages
from bot.handling.menu_parts import at_office, menu, number_in, page_of, rows
from bot.handling.notices import not_reached_words, tell_office, unit_rooms, unreached
from bot.handling.phrases import item, left_words, named
from bot.handling.scene import Scene, Screen, office
from bot.handling.tasks import sign_all
from bot.ledger.actions import perform
from bot.ledger.queries import tasks_in
from bot.ledger.records import Deed
from bot.records import Action, Outgoing, Reply, TaskState
from bot.state.tables import Chat, LedgerTask
from bot.telegram.buttons import TaskPress
from bot.telegram.html import escape

ISSUE_NOW = "issue_now"
_SIZE = 6
# With more, a list of buttons helps less than the list of tasks.
_MOST_BUTTONS = 9
_DONE = "done"


def obstacle(task: LedgerTask) -> str:
    """Why a draft cannot be issued, in a few words; empty where it can."""
    if task.kind == "relative" and task.due is None:
        return "日期未定"
    return "" if task.units else "没有责任单位"


def _issue(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    """A draft whose day is past would be overdue at once, which is seldom meant."""
    check(scene, task, Action.ISSUE)
    if not task.due or task.due >= scene.today:
        return _issue_now(scene, task, press)
    return scene.redraw(
        f"{named(task)}\n<b>期限 {task.due} 已经过去,下达后立即超期。</b>",
        "要先改期限,还是照原文下达?",
        buttons=rows(
            [act(task, Action.SET_DUE), act(task, ISSUE_NOW, "照原文下达", press.stage)],
            [back_to_card(task, press.stage)],
        ),
    )


def _issue_now(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    deed = Deed(Action.ISSUE, task.id, scene.actor, scene.now, version=task.version)
    task = perform(scene.session, deed).task
    rooms = unit_rooms(scene, task)
    lead = f"<b>已下达,通知 {len(rooms)} 个群或个人。</b>"
    if silent := not_reached_words(unreached(scene, [task])):
        lead += f"\n{silent}"
    reply = show(scene, task, press.stage, lead=lead, toast="已下达")
    head = "<b>攻坚办下达任务,请签收</b>"
    buttons = rows([act(task, Action.ACKNOWLEDGE)], [detail(task, stage=CARD)])
    words = card(scene, task, lead=head)
    told = scene.notify(rooms, *words, buttons=buttons, audience="unit")
    who = f"{named(task)}\n<b>已下达</b>({escape(scene.actor.name)})"
    return replace(reply, messages=(*reply.messages, *told, *tell_office(scene, task, who)))


def _drafts(scene: Scene, arg: str) -> Reply:
    tasks = tasks_in(scene.session, {TaskState.DRAFT})
    turned = is_place(arg) and arg[0] == DRAFTS
    place = arg if turned else f"{DRAFTS}0"
    draw = drawn(scene, apart=not turned)
    if not tasks:
        return draw("没有草稿。用 /import 从文件导入任务。")
    page, count, turns = pages(place, len(tasks), _SIZE)
    place = f"{DRAFTS}{page}"
    shown = page_of(tasks, page, _SIZE)
    lines = [f"<b>草稿</b>(共 {len(tasks)} 项,第 {page + 1}/{count} 页)请核对日期后下达。"]
    for task in shown:
        warning = f"\n⚠️ {escape(obstacle(task))},不能下达" if obstacle(task) else ""
        lines += ["", item(task, scene) + warning]
    opens = grid([detail(task, f"第{task.number}项", place) for task in shown])
    every = [menu("全部下达…", "issue_all")]
    return draw(*lines, buttons=(*opens, *rows(turns, every)))


def _issue_all(scene: Scene, arg: str) -> Reply:
    """What would happen, before it does."""
    tasks = tasks_in(scene.session, {TaskState.DRAFT})
    ready = [task for task in tasks if not obstacle(task)]
    if not ready:
        return Reply(toast="没有可以下达的草稿", alarm=True)
    lines = [f"<b>将下达 {len(ready)} 项任务</b>(草稿共 {len(tasks)} 项)"]
    stuck = [task for task in tasks if obstacle(task)]
    if stuck:
        lines += ["", f"<b>不能下达 {len(stuck)} 项</b>"]
        lines += [f"· {named(task)}:{escape(obstacle(task))}" for task in stuck]
    past = [task for task in ready if task.due and task.due < scene.today]
    if past:
        lines += ["", f"<b>期限已过 {len(past)} 项,下达后立即超期</b>"]
        lines += [f"· {named(task)}:{task.due} {left_words(task, scene.today)}" for task in past]
    done = [f"第{task.number}项" for task in ready if task.kind == _DONE]
    if done:
        lines += ["", f"原文写明已整改到位,不提醒:{'、'.join(done)}"]
    if silent := not_reached_words(unreached(scene, ready)):
        lines += ["", silent]
    last = max(task.id for task in ready)
    sure = menu(f"确认下达 {len(ready)} 项", "issue_sure", str(last))
    return scene.redraw(*lines, buttons=rows([sure], [menu("‹ 返回", "drafts", f"{DRAFTS}0")]))


def _issue_sure(scene: Scene, arg: str) -> Reply:
    """Issue what was there when it was asked about; what came later waits."""
    last = number_in(arg)
    drafts = tasks_in(scene.session, {TaskState.DRAFT})
    ready = [task for task in drafts if task.id <= last and not obstacle(task)]
    if not ready:
        return Reply(toast="这些草稿已经下达", alarm=True)
    for task in ready:
        deed = Deed(Action.ISSUE, task.id, scene.actor, scene.now, version=task.version)
        perform(scene.session, deed)
    lines = [f"<b>已下达 {len(ready)} 项任务。</b>"]
    if left := len(drafts) - len(ready):
        lines.append(f"还有 {left} 项草稿没有下达,见 /drafts。")
    if silent := not_reached_words(unreached(scene, ready)):
        lines.append(silent)
    reply = scene.redraw(*lines, buttons=rows([menu("看进度", "board")]), toast="已下达")
    told = (*_told(scene, ready), *_office_told(scene, ready))
    return replace(reply, messages=(*reply.messages, *told))


def _told(scene: Scene, tasks: Sequence[LedgerTask]) -> tuple[Outgoing, ...]:
    """One message to each chat, however many of the tasks are its own."""
    ids = list({part.unit_id for task in tasks for part in task.units})
    reached = chats_of_units(scene.session, ids)
    rooms: dict[int, Chat] = {}
    lists: dict[int, list[LedgerTask]] = {}
    for task in tasks:
        own = {room.id: room for part in task.units for room in reached.get(part.unit_id, [])}
        rooms |= own
        for room in own:
            lists.setdefault(room, []).append(task)
    return tuple(
        message for room, found in lists.items() for message in _list(scene, rooms[room], found)
    )


def _list(scene: Scene, room: Chat, tasks: Sequence[LedgerTask]) -> tuple[Outgoing, ...]:
    if len(tasks) == 1:
        task = tasks[0]
        head = "<b>攻坚办下达任务,请签收</b>"
        buttons = rows([act(task, Action.ACKNOWLEDGE)], [detail(task, stage=CARD)])
        words = card(scene, task, lead=head)
        return scene.notify([room], *words, buttons=buttons, audience="unit")
    lines = [f"<b>攻坚办下达 {len(tasks)} 项任务,请签收</b>"]
    for task in tasks:
        lines += ["", item(task, scene)]
    few = tasks if len(tasks) <= _MOST_BUTTONS else ()
    opens = grid([detail(task, f"第{task.number}项") for task in few])
    every = [sign_all(len(tasks), scene), menu("看本单位任务", "tasks")]
    shown = (*opens, tuple(every))
    return scene.notify([room], *lines, buttons=shown, audience="unit")


def _office_told(scene: Scene, tasks: Sequence[LedgerTask]) -> tuple[Outgoing, ...]:
    numbers = "、".join(f"第{task.number}项" for task in tasks)
    words = f"<b>已下达 {len(tasks)} 项任务</b>({escape(scene.actor.name)})\n{numbers}"
    buttons = rows([menu("看进度", "board")])
    return tell_office(scene, tasks[0], words, buttons=buttons)


ACTS: dict[str, Act] = {Action.ISSUE: _issue, ISSUE_NOW: _issue_now}
COMMANDS = {"drafts": at_office(Screen(_drafts, office, "核对和下达草稿"))}
MENUS = {
    "drafts": at_office(Screen(_drafts, office)),
    "issue_all": at_office(Screen(_issue_all, office)),
    "issue_sure": at_office(Screen(_issue_sure, office)),
}
DIALOGS: dict[str, Screen] = {}
PRESSES: dict[type, Screen] = {}
