"""What is read from the ledger: tasks of a unit, the board, bulletins, the history."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.ledger.progress import progress
from bot.ledger.standing import Standing, standings
from bot.office.records import Board, BoardTask, Bulletin, LedgerEvent, Milestone, week_of
from bot.records import ACTION_WORDS, OPEN_STATES, Action, TaskState, UnitRole
from bot.reminding.recurring import due_dates, period_days
from bot.state.tables import Evidence, LedgerTask, TaskEvent, TaskUnit, Unit

# A duty due more often than this is met by working, and no date of anybody's week.
_RARE_ENOUGH = 2
_ISSUED = [state for state in TaskState if state not in {TaskState.DRAFT, TaskState.CANCELLED}]


def tasks_of_units(
    session: Session, unit_ids: Collection[int], *, only_open: bool = True
) -> list[LedgerTask]:
    """The issued tasks that units answer for, soonest due first, those without a date last."""
    states = OPEN_STATES if only_open else frozenset(_ISSUED)
    query = (
        select(LedgerTask)
        .join(TaskUnit, TaskUnit.task_id == LedgerTask.id)
        .where(TaskUnit.unit_id.in_(unit_ids), LedgerTask.state.in_(states))
    )
    return sorted(session.scalars(query).unique(), key=_by_due)


def tasks_in(session: Session, states: Collection[TaskState]) -> list[LedgerTask]:
    """The tasks in certain states, by their numbers."""
    query = select(LedgerTask).where(LedgerTask.state.in_(states))
    return list(session.scalars(query.order_by(LedgerTask.number, LedgerTask.id)))


def tasks_numbered(session: Session, number: int) -> list[LedgerTask]:
    """The tasks with an item number, one for each plan that has it."""
    query = select(LedgerTask).where(LedgerTask.number == number)
    return list(session.scalars(query.order_by(LedgerTask.id)))


def board(session: Session, as_of: date, zone: ZoneInfo) -> Board:
    """All tasks on a day; times are shown as days of the office's zone."""
    query = select(LedgerTask).order_by(LedgerTask.number, LedgerTask.id)
    shown = _board_tasks(session, session.scalars(query).all(), zone, week=week_of(as_of))
    return Board(as_of, shown)


def bulletin(
    session: Session, name: str, start: date, end: date, issued_on: date, zone: ZoneInfo
) -> Bulletin:
    """How the units stood at the end of a period, over every task that was issued by then.

    What happened since does not change it, so one made later says the same.
    """
    until = _midnight(end + timedelta(days=1), zone)
    query = select(LedgerTask).order_by(LedgerTask.number, LedgerTask.id)
    found = _board_tasks(session, session.scalars(query).all(), zone, until=until)
    tasks = tuple(task for task in found if task.state in _ISSUED)
    made = Bulletin(name, start, end, issued_on, (), tasks)
    return replace(made, units=progress(tasks, made.as_of))


def history(
    session: Session,
    zone: ZoneInfo,
    *,
    task_id: int | None = None,
    since: datetime | None = None,
) -> list[LedgerEvent]:
    """What happened, oldest first; `at` is in the office's zone."""
    query = (
        select(TaskEvent, LedgerTask.number, Unit.name)
        .join(LedgerTask, LedgerTask.id == TaskEvent.task_id)
        .outerjoin(Unit, Unit.id == TaskEvent.unit_id)
        .order_by(TaskEvent.id)
    )
    if task_id is not None:
        query = query.where(TaskEvent.task_id == task_id)
    if since is not None:
        query = query.where(TaskEvent.at >= since)
    return [
        LedgerEvent(
            at=event.at.astimezone(zone),
            task=number,
            kind=ACTION_WORDS[Action(event.action)],
            who=event.who,
            unit=unit or "",
            text=_event_text(event),
        )
        for event, number, unit in session.execute(query)
    ]


def _event_text(event: TaskEvent) -> str:
    moved = event.data.get("to") or event.data.get("asked")
    words = [event.text] if event.text else []
    if event.action == Action.SET_DUE and event.data.get("milestone"):
        words.append(f"阶段“{event.data['text']}”")
    if event.data.get("dropped"):
        words.append(f"取消(原 {event.data.get('from') or '未定'})")
    if moved:
        words.append(f"{event.data.get('from') or event.data.get('due') or '未定'} → {moved}")
    if event.action == Action.PROGRESS:
        words.append(event.data.get("text") or f"至 {event.data.get('through')}")
    return ";".join(words)


def _board_tasks(
    session: Session,
    tasks: Sequence[LedgerTask],
    zone: ZoneInfo,
    *,
    until: datetime | None = None,
    week: tuple[date, date] | None = None,
) -> tuple[BoardTask, ...]:
    """Tasks as they were before an instant, with the dates of their duties in a week."""
    counts = select(Evidence.task_id, func.count()).group_by(Evidence.task_id)
    last = select(func.max(TaskEvent.id)).group_by(TaskEvent.task_id)
    if until is not None:
        counts = counts.where(Evidence.created_at < until)
        last = last.where(TaskEvent.at < until)
    evidence = {task_id: number for task_id, number in session.execute(counts)}
    events = session.scalars(select(TaskEvent).where(TaskEvent.id.in_(last)))
    words = {e.task_id: f"{ACTION_WORDS[Action(e.action)]}({e.who})" for e in events}
    stood = standings(session, tasks, until)
    return tuple(
        replace(
            _board_task(task, stood[task.id], until, zone),
            evidence=evidence.get(task.id, 0),
            last_event=words.get(task.id, ""),
            next_dates=tuple(_dates_in(task, week, zone)),
        )
        for task in tasks
    )


def _board_task(
    task: LedgerTask, stood: Standing, until: datetime | None, zone: ZoneInfo
) -> BoardTask:
    units = {role: tuple(p.unit.name for p in task.units if p.role == role) for role in UnitRole}
    return BoardTask(
        id=task.id,
        number=task.number,
        section=task.section,
        title=task.title,
        plan=task.plan,
        document_number=task.document_number,
        state=stood.state,
        lead_units=units[UnitRole.LEAD],
        cooperating_units=units[UnitRole.COOPERATING],
        leaders=tuple(task.leaders),
        due=stood.due,
        deadline_text=task.deadline_text,
        kind=stood.kind,
        milestones=tuple(
            Milestone(due, step.text, bool(due and done and done >= due))
            for step in task.milestones
            for due, done in (stood.steps[step.id],)
        ),
        acknowledged_units=tuple(
            part.unit.name
            for part in task.units
            if part.acknowledged_at and (until is None or part.acknowledged_at < until)
        ),
        reported_on=_day(stood.reported_at, zone),
        closed_on=_day(stood.closed_at, zone),
        evidence=0,
        last_event="",
        reports=tuple(
            (part.unit.name, stood.reports[part.unit_id].astimezone(zone).date())
            for part in task.units
            if part.unit_id in stood.reports
        ),
    )


def _dates_in(
    task: LedgerTask, week: tuple[date, date] | None, zone: ZoneInfo
) -> Iterator[Milestone]:
    """What is due of a task's recurring duties in a week, and not yet done."""
    if week is None or task.state not in OPEN_STATES:
        return
    anchor = (task.issued_at or task.created_at).astimezone(zone).date()
    parts = [(task.recurrence, task.done_through, task.deadline_text)]
    parts += [(step.recurrence, step.done_through, step.text) for step in task.milestones]
    for rule, done, words in parts:
        for due in _occurrences(rule, week, anchor):
            if done is None or done < due:
                yield Milestone(due=due, text=words, reached=False)


def _occurrences(rule: str | None, week: tuple[date, date], anchor: date) -> tuple[date, ...]:
    try:
        if not rule or period_days(rule) < _RARE_ENOUGH:
            return ()
        return due_dates(rule, after=week[0] - timedelta(days=1), until=week[1], anchor=anchor)
    except ValueError:
        return ()  # the planner warns of a rule that cannot be read


def _by_due(task: LedgerTask) -> tuple[date, int, int]:
    return (task.due or date.max, task.number, task.id)


def _day(instant: datetime | None, zone: ZoneInfo) -> date | None:
    return instant.astimezone(zone).date() if instant else None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
