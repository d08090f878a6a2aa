"""What `gongjian remind` does: shows who would be reminded of what, and sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from bot.ledger.importing import drafts
from bot.opening import open_engine, open_published
from bot.records import UNIT_ROLE_WORDS, UnitRole
from bot.reminding.cards import headline
from bot.reminding.digest import GUESSED
from bot.reminding.preview import ROUTINE, Coming, place, preview, preview_drafts
from bot.reminding.routine_preview import preview_routines
from bot.reminding.rules import PlanRules
from bot.render import Line
from bot.service.configuration import read_hours, read_zone
from bot.settings import Settings
from bot.state.database import Database
from bot.state.migrating import HEAD, revision
from bot.state.tables import LedgerTask
from bot.terminal import emit, emit_json, warn
from corpus.errors import IndexMissing, StateError
from corpus.ledger.names import unit_matches
from index.engine import Engine

_WEEKDAYS = "一二三四五六日"
_NOT_ISSUED = "还没有下达的任务:按索引里的台账预览,如同全部任务早已下达"


def run_remind(
    settings: Settings, as_of: date | None, days: int, unit: str | None, *, as_json: bool
) -> None:
    """Print what would be sent on a day and the days after it."""
    zone = read_zone(settings)
    rules = PlanRules(read_hours(settings, zone))
    today = rules.day_of(datetime.now(UTC))
    first = as_of or today
    found, sources = _coming(settings, first, days, today, rules)
    if unit is not None:
        found = [item for item in found if unit_matches(unit, item.unit)]
    if as_json:
        for item in found:
            emit_json(_data(item, sources, rules))
    else:
        emit(_lines(found, first, days))


def _coming(
    settings: Settings, first: date, days: int, today: date, rules: PlanRules
) -> tuple[list[Coming], dict[str, str]]:
    """The reminders, from the ledger or else from the index; and the files of the documents."""
    database = _issued(settings)
    if database is None:
        warn(_NOT_ISSUED)
        engine: Engine = open_engine(settings)
        return list(preview_drafts(drafts(engine), first, days, rules)), _sources(engine)
    try:
        found = database.read(lambda session: _all(session, first, days, today, rules))
    finally:
        database.close()
    try:
        return found, _sources(open_published(settings))
    except IndexMissing:
        return found, {}


def _all(session: Session, first: date, days: int, today: date, rules: PlanRules) -> list[Coming]:
    reminders = preview(session, first, days, today, rules)
    return sorted((*reminders, *preview_routines(session, first, days, today, rules)), key=place)


def _issued(settings: Settings) -> Database | None:
    """The database of the bot, if there is one in which tasks were issued; it is only read."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return None
    database = Database(settings.database_url)
    try:
        if database.read(_has_issued):
            return database
    except BaseException:
        database.close()
        raise
    database.close()
    return None


def _has_issued(session: Session) -> bool:
    stands = revision(session.connection())
    if stands is None:
        return False
    if stands != HEAD:
        raise StateError("数据库的版本与本程序不同:请先用本版的 gongjian bot 打开一次(会自动升级)")
    issued = select(LedgerTask.id).where(LedgerTask.issued_at.is_not(None)).limit(1)
    return session.scalar(issued) is not None


def _sources(engine: Engine) -> dict[str, str]:
    return {document.id: document.source for document in engine.documents()}


def _data(item: Coming, sources: dict[str, str], rules: PlanRules) -> dict[str, Any]:
    """One object; `reached` is there, and false, where the unit has no chat to be told in."""
    return {
        "date": item.day.isoformat(),
        "unit": item.unit,
        "role": item.role,
        "stage": item.stage,
        "due": item.due.isoformat() if item.due else None,
        "task": item.number or None,
        "title": item.title,
        "deadline_text": item.deadline_text,
        "milestone": item.milestone,
        "words": item.words,
        "document_number": item.document_number,
        "document_id": item.document_id,
        "source": sources.get(item.document_id, ""),
        "send_at": item.send_at.astimezone(rules.hours.zone).isoformat(),
        **({} if item.reached else {"reached": False}),
    }


def _lines(found: Sequence[Coming], first: date, days: int) -> list[Line]:
    """The reminders by day and unit; days without any are said so, a row of them at once."""
    by_day = {day: list(items) for day, items in groupby(found, key=lambda item: item.day)}
    lines: list[Line] = []
    span = [first + timedelta(number) for number in range(days)]
    for busy, run in groupby(span, key=lambda day: day in by_day):
        if busy:
            for day in run:
                lines += [*_day(day, by_day[day]), []]
        else:
            lines += [_quiet(list(run)), []]
    told = [item for item in found if item.reached]
    reminders = [item for item in told if item.stage != ROUTINE]
    units = len({item.unit for item in reminders})
    tasks = len({(item.document_id, item.number) for item in reminders})
    total = f"共 {len(reminders)} 条提醒,涉及 {units} 个单位、{tasks} 项任务"
    if routine := len(told) - len(reminders):
        total += f",另有 {routine} 条例行通知"
    return [*lines, [("bold", total), ("dim", "(仅为预览,没有发出)")]]


def _quiet(run: Sequence[date]) -> Line:
    until = f" 至 {run[-1]}" if len(run) > 1 else f" 星期{_WEEKDAYS[run[0].weekday()]}"
    return [("bold", f"{run[0]}{until}"), ("dim", "  没有提醒")]


def _day(day: date, items: Sequence[Coming]) -> list[Line]:
    lines: list[Line] = [[("bold", f"{day} 星期{_WEEKDAYS[day.weekday()]}")]]
    told = [item for item in items if item.reached]
    for unit, of_unit in groupby(told, key=lambda item: item.unit):
        lines.append([("bold cyan", f"  {unit}")])
        for item in of_unit:
            lines += _item(item)
    return lines + _untold([item for item in items if not item.reached])


def _untold(items: Sequence[Coming]) -> list[Line]:
    """The units that have no chat, and what of the day they would have been told."""
    if not items:
        return []
    lines: list[Line] = [[("bold red", "  没有绑定,收不到")]]
    for unit, of_unit in groupby(items, key=lambda item: item.unit):
        words = [f"第{item.number}项" if item.number else item.words for item in of_unit]
        lines.append([("", f"    {unit}: {'、'.join(dict.fromkeys(words))}")])
    return lines


def _item(item: Coming) -> list[Line]:
    if item.stage == ROUTINE:
        return [[("", f"    {item.words}"), ("dim", "(例行)")]]
    role = f"({UNIT_ROLE_WORDS[UnitRole(item.role)]})" if item.role in set(UnitRole) else ""
    style = "red" if item.due and item.due < item.day else "yellow"
    words = item.milestone or item.deadline_text
    due = f"{item.due} 到期(原文:{words})" if item.due else words
    remark = "" if item.calendar_known else GUESSED
    where = item.document_number or f"《{item.plan}》"
    return [
        [
            (style, f"    {item.words}  "),
            ("", headline(item.number, item.title)),
            ("dim", role),
        ],
        [("dim", f"      {due}{remark} {where}")],
    ]
