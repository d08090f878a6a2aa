import pytest

from bot.ledger.machine import OFFICE_ACTIONS, POSSIBLE, may, next_state
from bot.records import OPEN_STATES, Action, Actor, Role, TaskState, UnitRole

UNITS = [(10, UnitRole.LEAD), (11, UnitRole.LEAD), (20, UnitRole.COOPERATING)]


def actor(*roles: tuple[Role, int], person: int = 5) -> Actor:
    return Actor(person, 1, 1, "甲", frozenset(roles))


OFFICE = actor((Role.OFFICE, 0), person=1)
LEADER, MEMBER = actor((Role.LEAD, 10)), actor((Role.MEMBER, 10))
COOPERATING, OTHER, NOBODY = actor((Role.LEAD, 20)), actor((Role.LEAD, 30)), actor()

# Who may do what, written out by hand: o office, l leader and m member of a leading unit,
# c leader of a cooperating unit.
TABLE = {
    Action.IMPORT: "o",
    Action.SET_DUE: "o",
    Action.SET_STAGES: "o",
    Action.ISSUE: "o",
    Action.ACKNOWLEDGE: "lmc",
    Action.PROGRESS: "lm",
    Action.REPORT: "lm",
    Action.EVIDENCE: "lm",
    Action.APPROVE: "o",
    Action.RETURN: "o",
    Action.ASK_EXTENSION: "l",
    Action.GRANT_EXTENSION: "o",
    Action.REFUSE_EXTENSION: "o",
    Action.SUSPEND: "o",
    Action.RESUME: "o",
    Action.CANCEL: "o",
    Action.REOPEN: "o",
}
PEOPLE = {"o": OFFICE, "l": LEADER, "m": MEMBER, "c": COOPERATING, "x": OTHER, "n": NOBODY}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_may_do_exactly_what_the_table_says(action: Action, who: str):
    assert (may(action, PEOPLE[who], UNITS, None) is None) == (who in TABLE[action])


def test_the_table_names_every_action():
    assert set(TABLE) == set(Action)
    assert {action for action, who in TABLE.items() if who == "o"} == OFFICE_ACTIONS


def test_nobody_approves_their_own_report_or_their_units():
    both = actor((Role.OFFICE, 0), (Role.MEMBER, 10), person=7)
    assert may(Action.APPROVE, both, UNITS, 8) == (
        "不能给自己或本单位报告的任务销号,请攻坚办的其他人办理"
    )
    reporter = actor((Role.OFFICE, 0), person=7)
    assert may(Action.APPROVE, reporter, UNITS, 7) is not None
    assert may(Action.APPROVE, reporter, UNITS, 8) is None
    assert may(Action.RETURN, both, UNITS, 7) is None


def test_nobody_grants_their_own_unit_a_later_date():
    both = actor((Role.OFFICE, 0), (Role.MEMBER, 10), person=7)
    assert may(Action.GRANT_EXTENSION, both, UNITS, None) == (
        "不能给本单位的延期申请作决定,请攻坚办的其他人办理"
    )
    assert may(Action.REFUSE_EXTENSION, both, UNITS, None) is None
    helper = actor((Role.OFFICE, 0), (Role.LEAD, 20), person=7)
    assert may(Action.GRANT_EXTENSION, helper, UNITS, 7) is None


def test_why_not_is_said_in_words_that_help():
    assert may(Action.ISSUE, LEADER, UNITS, None) == "这一步由攻坚办办理"
    assert may(Action.REPORT, COOPERATING, UNITS, None) == "这一步由牵头单位办理"
    assert may(Action.ASK_EXTENSION, MEMBER, UNITS, None) == "只有单位负责人可以申请延期"
    assert may(Action.ACKNOWLEDGE, OTHER, UNITS, None) == "这项任务不是您单位的任务"


@pytest.mark.parametrize("state", TaskState)
@pytest.mark.parametrize("action", Action)
def test_an_action_leads_somewhere_exactly_where_it_is_possible(state: TaskState, action: Action):
    if action in POSSIBLE[state]:
        assert next_state(state, action, TaskState.ISSUED) in TaskState
    else:
        with pytest.raises(ValueError, match="not possible"):
            next_state(state, action, TaskState.ISSUED)


def test_the_only_way_to_closed_is_an_approval_of_a_report():
    ways = [
        (state, action)
        for state in TaskState
        for action in POSSIBLE[state]
        if next_state(state, action, TaskState.ISSUED) is TaskState.CLOSED and state != "closed"
    ]
    assert ways == [(TaskState.REPORTED, Action.APPROVE)]


def test_closed_is_the_end_and_what_was_cancelled_can_only_become_a_draft_again():
    assert POSSIBLE[TaskState.CLOSED] == frozenset()
    assert POSSIBLE[TaskState.CANCELLED] == {Action.REOPEN}
    assert next_state(TaskState.CANCELLED, Action.REOPEN) is TaskState.DRAFT


@pytest.mark.parametrize("before", sorted(OPEN_STATES))
def test_a_suspended_task_goes_back_to_where_it_was(before: TaskState):
    assert next_state(before, Action.SUSPEND) is TaskState.SUSPENDED
    assert next_state(TaskState.SUSPENDED, Action.RESUME, before) is before
