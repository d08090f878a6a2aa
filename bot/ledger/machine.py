"""The life of a task as a table: what may be done in which state, and by whom. Pure."""

from __future__ import annotations

from collections.abc import Collection

from bot.records import OPEN_STATES, Action, Actor, Role, TaskState, UnitRole

_DATES = frozenset({Action.SET_DUE, Action.SET_STAGES})
_END = frozenset({Action.SUSPEND, Action.CANCEL})
_WORK = frozenset({Action.ACKNOWLEDGE, Action.PROGRESS, Action.REPORT, Action.ASK_EXTENSION})
_DECIDE = frozenset({Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION})

# What may be done in each state; CLOSED is the end.
POSSIBLE: dict[TaskState, frozenset[Action]] = {
    TaskState.DRAFT: _DATES | {Action.ISSUE, Action.CANCEL},
    TaskState.ISSUED: _DATES | _END | _WORK | _DECIDE,
    TaskState.ACKNOWLEDGED: _DATES | _END | _WORK | _DECIDE,
    TaskState.REPORTED: _DATES
    | _END
    | _DECIDE
    | {Action.ACKNOWLEDGE, Action.EVIDENCE, Action.APPROVE, Action.RETURN},
    TaskState.RETURNED: _DATES | _END | _WORK | _DECIDE,
    TaskState.SUSPENDED: _DATES | {Action.RESUME, Action.CANCEL},
    TaskState.CLOSED: frozenset(),
    TaskState.CANCELLED: frozenset({Action.REOPEN}),
}

# Where an action leads; one that is absent leaves the state as it is. RESUME leads back.
_LEADS_TO = {
    Action.ISSUE: TaskState.ISSUED,
    Action.REPORT: TaskState.REPORTED,
    Action.APPROVE: TaskState.CLOSED,
    Action.RETURN: TaskState.RETURNED,
    Action.SUSPEND: TaskState.SUSPENDED,
    Action.CANCEL: TaskState.CANCELLED,
    Action.REOPEN: TaskState.DRAFT,
}

OFFICE_ACTIONS = (
    _DATES
    | _END
    | _DECIDE
    | {
        Action.IMPORT,
        Action.ISSUE,
        Action.APPROVE,
        Action.RETURN,
        Action.RESUME,
        Action.REOPEN,
    }
)
# What the office decides in a unit's favour: nobody does so for their own.
_NOT_ONES_OWN = frozenset({Action.APPROVE, Action.GRANT_EXTENSION})
# A date is asked for by who answers for the unit; the rest by anybody of it.
_BY_LEADERS = frozenset({Action.ASK_EXTENSION})
_BY_LEAD_UNITS = frozenset({Action.PROGRESS, Action.REPORT, Action.EVIDENCE, Action.ASK_EXTENSION})
# These need words: a reason, a report, a date's ground.
NEEDS_WORDS = frozenset(
    {Action.RETURN, Action.ASK_EXTENSION, Action.REFUSE_EXTENSION, Action.SUSPEND, Action.CANCEL}
)


def next_state(state: TaskState, action: Action, before_suspension: str = "") -> TaskState:
    """Return the state an action leads to.

    :raises ValueError: the action is not possible in that state.
    """
    if action not in POSSIBLE[state]:
        raise ValueError(f"{action} is not possible in {state}")
    if action is Action.RESUME:
        back = TaskState(before_suspension)
        return back if back in OPEN_STATES else TaskState.ISSUED
    return _LEADS_TO.get(action, state)


def may(
    action: Action, actor: Actor, units: Collection[tuple[int, UnitRole]], reported_by: int | None
) -> str | None:
    """Return None where a person may do this to a task, else in Chinese why not.

    `units` are the task's units with their roles. Nobody approves their own report, nor one of
    a unit they belong to, nor grants such a unit a later date.
    """
    if action in OFFICE_ACTIONS:
        return _office_may(action, actor, units, reported_by)
    roles = (Role.LEAD,) if action in _BY_LEADERS else ()
    own = actor.units(*roles)
    responsible = {unit for unit, _ in units}
    leading = {unit for unit, role in units if role is UnitRole.LEAD}
    wanted = leading if action in _BY_LEAD_UNITS else responsible
    if own & wanted:
        return None
    if action in _BY_LEADERS and actor.units() & wanted:
        return "只有单位负责人可以申请延期"
    if actor.units() & responsible:
        return "这一步由牵头单位办理"
    return "这项任务不是您单位的任务"


def _office_may(
    action: Action, actor: Actor, units: Collection[tuple[int, UnitRole]], reported_by: int | None
) -> str | None:
    if not actor.office:
        return "这一步由攻坚办办理"
    if action not in _NOT_ONES_OWN:
        return None
    leading = {unit for unit, role in units if role is UnitRole.LEAD}
    own = bool(actor.units() & leading)
    if action is Action.GRANT_EXTENSION:
        return "不能给本单位的延期申请作决定,请攻坚办的其他人办理" if own else None
    if own or reported_by == actor.person:
        return "不能给自己或本单位报告的任务销号,请攻坚办的其他人办理"
    return None
