"""What the office looks at: the board, what waits for it, the ledger as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.handling.acting import drawn
from bot.handling.controls import REPORTS, detail, grid, is_place, pages
from bot.handling.menu_parts import at_office, menu, page_of, rows
from bot.handling.needs import Paper, SheetNeed, TimelineNeed
from bot.handling.phrases import cut, headline, moment
from bot.handling.scene import Buttons, Scene, Screen, joined, office
from bot.ledger.queries import board, history, tasks_in
from bot.office.texts import board_lines
from bot.records import OPEN_STATES, Reply, TaskState
from bot.state.tables import Extension, LedgerTask, Person
from bot.telegram.html import escape

_SIZE = 6
_REASON = 60
_NO_PICTURE = "(时限图没有做成,请稍后再试)"
_NO_SHEET = "表格没有做成,请稍后再试。"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A report or a request that waits for the office, and since when."""

    since: datetime
    task: LedgerTask
    words: str


def _board_need(scene: Scene, arg: str) -> TimelineNeed:
    return TimelineNeed(board(scene.session, scene.today, scene.desk.zone))


def _board(scene: Scene, arg: str) -> Reply:
    first, *rest = board_lines(board(scene.session, scene.today, scene.desk.zone))
    lines = [f"<b>{escape(first)}</b>", *(escape(line) for line in rest)]
    picture = scene.prepared
    if not isinstance(picture, Paper):
        return scene.say(*lines, _NO_PICTURE, buttons=_under_board(scene))
    words = scene.say(*lines, buttons=_under_board(scene))
    return joined(words, scene.hand_over(picture, f"任务时限图(截至 {scene.today})"))


def _under_board(scene: Scene) -> Buttons:
    waiting, drafts = len(_waiting(scene)), len(tasks_in(scene.session, {TaskState.DRAFT}))
    first = [menu(f"待办理 {waiting}", "reports")] if waiting else []
    first += [menu(f"草稿 {drafts}", "drafts")] if drafts else []
    return rows(first, [menu("各项任务", "tasks"), menu("导出表格", "export")])


def _waiting(scene: Scene) -> list[_Waiting]:
    """What waits longest comes first."""
    names = scene.session.execute(select(Person.id, Person.name))
    people = {person: name for person, name in names}
    found = [
        _Waiting(task.reported_at, task, f"报告完成({people.get(task.reported_by or 0, '?')})")
        for task in tasks_in(scene.session, {TaskState.REPORTED})
        if task.reported_at
    ]
    query = (
        select(Extension, LedgerTask)
        .join(LedgerTask, LedgerTask.id == Extension.task_id)
        .where(Extension.state == "asked", LedgerTask.state.in_(OPEN_STATES))
    )
    for asked, task in scene.session.execute(query):
        who = people.get(asked.asked_by, "?")
        words = f"申请延到 {asked.new_due}({who}):{cut(asked.reason, _REASON)}"
        found.append(_Waiting(asked.created_at, task, words))
    return sorted(found, key=lambda item: (item.since, item.task.id))


def _reports(scene: Scene, arg: str) -> Reply:
    found = _waiting(scene)
    turned = is_place(arg) and arg[0] == REPORTS
    draw = drawn(scene, apart=not turned)
    if not found:
        return draw("没有等待办理的报告和延期申请。")
    page, count, turns = pages(arg if turned else f"{REPORTS}0", len(found), _SIZE)
    shown = page_of(found, page, _SIZE)
    lines = [f"<b>等待办理</b>(共 {len(found)} 件,第 {page + 1}/{count} 页)"]
    for item in shown:
        days = (scene.now - item.since).days
        when = f"{moment(item.since, scene)},已等 {days} 天" if days else moment(item.since, scene)
        about = f"{item.words}\n{when}"
        lines += ["", f"<b>{escape(headline(item.task))}</b>\n{escape(about)}"]
    tasks = {item.task.id: item.task for item in shown}.values()
    opens = grid([detail(task, f"第{task.number}项", f"{REPORTS}{page}") for task in tasks])
    return draw(*lines, buttons=(*opens, *rows(turns)))


def _export_need(scene: Scene, arg: str) -> SheetNeed:
    zone = scene.desk.zone
    return SheetNeed(board(scene.session, scene.today, zone), tuple(history(scene.session, zone)))


def _export(scene: Scene, arg: str) -> Reply:
    if not isinstance(scene.prepared, Paper):
        return scene.say(_NO_SHEET)
    return scene.hand_over(scene.prepared, f"整改台账(截至 {scene.today})")


COMMANDS = {
    "board": at_office(Screen(_board, office, "看全市进度", need=_board_need, illustrated=True)),
    "reports": at_office(Screen(_reports, office, "办理待销号的报告和延期申请")),
    "export": at_office(Screen(_export, office, "导出台账表格", need=_export_need)),
}
MENUS = {
    "board": at_office(Screen(_board, office, need=_board_need, illustrated=True)),
    "reports": at_office(Screen(_reports, office)),
    "export": at_office(Screen(_export, office, need=_export_need)),
}
DIALOGS: dict[str, Screen] = {}
PRESSES: dict[type, Screen] = {}
