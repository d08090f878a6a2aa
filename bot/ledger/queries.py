"""What is read from the ledger: tasks of a unit, the board, bulletins, the history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.office.records import Board, BoardTask, Bulletin, LedgerEvent, Milestone, UnitProgress
from bot.records import ACTION_WORDS, OPEN_STATES, Action, TaskState, UnitRole
from bot.state.tables import Evidence, LedgerTask, TaskEvent, TaskUnit, Unit

# Who is behind a report has the task, signed or not.
_REPORTED = frozenset({TaskState.REPORTED, TaskState.CLOSED})
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
    return Board(as_of, _board_tasks(session, query, zone))


def bulletin(
    session: Session, name: str, start: date, end: date, issued_on: date, zone: ZoneInfo
) -> Bulletin:
    """How the units stand at the end of a period, over every task that was issued by then."""
    until = _midnight(end + timedelta(days=1), zone)
    query = (
        select(LedgerTask)
        .where(LedgerTask.state.in_(_ISSUED), LedgerTask.issued_at < until)
        .order_by(LedgerTask.number, LedgerTask.id)
    )
    tasks = _board_tasks(session, query, zone)
    return Bulletin(name, start, end, issued_on, _progress(tasks, issued_on), tasks)


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
    if moved:
        words.append(f"{event.data.get('from') or event.data.get('due') or '未定'} → {moved}")
    if event.action == Action.PROGRESS:
        words.append(event.data.get("text") or f"至 {event.data.get('through')}")
    return ";".join(words)


def _board_tasks(
    session: Session, query: Select[LedgerTask], zone: ZoneInfo
) -> tuple[BoardTask, ...]:
    tasks = list(session.scalars(query))
    counts = select(Evidence.task_id, func.count()).group_by(Evidence.task_id)
    evidence = {task_id: number for task_id, number in session.execute(counts)}
    last = _last_events(session)
    return tuple(
        _board_task(task, evidence.get(task.id, 0), last.get(task.id, ""), zone) for task in tasks
    )


def _last_events(session: Session) -> dict[int, str]:
    newest = select(func.max(TaskEvent.id)).group_by(TaskEvent.task_id)
    events = session.scalars(select(TaskEvent).where(TaskEvent.id.in_(newest)))
    return {event.task_id: f"{ACTION_WORDS[Action(event.action)]}({event.who})" for event in events}


def _board_task(task: LedgerTask, evidence: int, last: str, zone: ZoneInfo) -> BoardTask:
    units = {role: tuple(p.unit.name for p in task.units if p.role == role) for role in UnitRole}
    return BoardTask(
        id=task.id,
        number=task.number,
        section=task.section,
        title=task.title,
        plan=task.plan,
        document_number=task.document_number,
        state=task.state,
        lead_units=units[UnitRole.LEAD],
        cooperating_units=units[UnitRole.COOPERATING],
        leaders=tuple(task.leaders),
        due=task.due,
        deadline_text=task.deadline_text,
        kind=task.kind,
        milestones=tuple(
            Milestone(
                due=step.due,
                text=step.text,
                reached=bool(step.due and step.done_through and step.done_through >= step.due),
            )
            for step in task.milestones
        ),
        acknowledged_units=tuple(p.unit.name for p in task.units if p.acknowledged_at),
        reported_on=_day(task.reported_at, zone),
        closed_on=_day(task.closed_at, zone),
        evidence=evidence,
        last_event=last,
    )


def _progress(tasks: Sequence[BoardTask], day: date) -> tuple[UnitProgress, ...]:
    """Units by the tasks they lead; a unit that only cooperates is not ranked."""
    names = dict.fromkeys(unit for task in tasks for unit in task.lead_units)
    return tuple(_unit_progress(name, tasks, day) for name in names)


def _unit_progress(name: str, tasks: Sequence[BoardTask], day: date) -> UnitProgress:
    own = [task for task in tasks if name in task.lead_units]
    return UnitProgress(
        unit=name,
        tasks=len(own),
        acknowledged=sum(
            name in task.acknowledged_units or task.state in _REPORTED for task in own
        ),
        reported=sum(task.state in _REPORTED for task in own),
        closed=sum(task.state == TaskState.CLOSED for task in own),
        overdue=sum(task.overdue(day) for task in own),
        late=sum(
            task.due is not None and task.reported_on is not None and task.reported_on > task.due
            for task in own
        ),
    )


def _by_due(task: LedgerTask) -> tuple[date, int, int]:
    return (task.due or date.max, task.number, task.id)


def _day(instant: datetime | None, zone: ZoneInfo) -> date | None:
    return instant.astimezone(zone).date() if instant else None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
