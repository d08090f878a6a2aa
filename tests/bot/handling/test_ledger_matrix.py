"""Who may do what: every action, tried to its end by everybody, in a state where it is possible.

What is expected stands in the table here, not in the program.
"""

from datetime import date

import pytest

from bot.handling.issuing import ISSUE_NOW
from bot.handling.reviewing import APPROVE_NOW
from bot.records import Action, Role
from bot.reminding.digest import progress_mark
from bot.state.tables import Membership, TaskEvent, TaskMilestone
from bot.telegram.buttons import MenuPress, TaskPress, encode
from tests.bot.handling.play import FARM, NOW, QIAN, SUN, WANG, WU, ZHANG, ZHAO, Play

# Of the office; leader and member of one leading unit; leader of the other; leader of a
# cooperating unit; leader of a unit that has nothing to do with it.
EVERYBODY = {
    "office": WANG,
    "leader": ZHANG,
    "member": SUN,
    "second": ZHAO,
    "helper": QIAN,
    "foreign": WU,
}
OFFICE, UNITS = {"office"}, {"leader", "member", "second", "helper"}
LEADING = {"leader", "member", "second"}
# What was done before, and who may do it then.
TABLE: dict[Action, tuple[tuple[Action, ...], set[str]]] = {
    Action.IMPORT: ((), set()),
    Action.SET_DUE: ((Action.ISSUE,), OFFICE),
    Action.SET_STAGES: ((Action.ISSUE,), OFFICE),
    Action.ISSUE: ((), OFFICE),
    Action.ACKNOWLEDGE: ((Action.ISSUE,), UNITS),
    Action.PROGRESS: ((Action.ISSUE,), LEADING),
    Action.REPORT: ((Action.ISSUE,), LEADING),
    Action.EVIDENCE: ((Action.ISSUE, Action.REPORT), LEADING),
    Action.APPROVE: ((Action.ISSUE, Action.REPORT), OFFICE),
    Action.RETURN: ((Action.ISSUE, Action.REPORT), OFFICE),
    Action.ASK_EXTENSION: ((Action.ISSUE,), {"leader", "second"}),
    Action.GRANT_EXTENSION: ((Action.ISSUE, Action.ASK_EXTENSION), OFFICE),
    Action.REFUSE_EXTENSION: ((Action.ISSUE, Action.ASK_EXTENSION), OFFICE),
    Action.SUSPEND: ((Action.ISSUE,), OFFICE),
    Action.RESUME: ((Action.ISSUE, Action.SUSPEND), OFFICE),
    Action.CANCEL: ((Action.ISSUE,), OFFICE),
    Action.REOPEN: ((Action.ISSUE, Action.CANCEL), OFFICE),
}
MILESTONE_DUE = date(2026, 4, 30)
DATE, REASON, PLAN = "2026-12-31", "理由充分", "30,7,+1"
TYPED = {
    Action.SET_DUE: (DATE,),
    Action.SET_STAGES: (PLAN,),
    Action.RETURN: (REASON,),
    Action.ASK_EXTENSION: (DATE, REASON),
    Action.REFUSE_EXTENSION: (REASON,),
    Action.SUSPEND: (REASON,),
    Action.CANCEL: (REASON,),
    Action.REPORT: (REASON,),
    Action.EVIDENCE: (REASON,),
}
CONFIRMED = {
    Action.RETURN,
    Action.ASK_EXTENSION,
    Action.REFUSE_EXTENSION,
    Action.SUSPEND,
    Action.CANCEL,
}


def prepared(play: Play, actions: tuple[Action, ...]) -> None:
    play.database.write(
        lambda s: s.add(TaskMilestone(task_id=1, text="完成80%", kind="fixed", due=MILESTONE_DUE))
    )
    for action in actions:
        more = {"text": REASON}
        if action is Action.ASK_EXTENSION:
            more["due"] = date(2026, 9, 30)
        by_unit = action in {Action.REPORT, Action.ASK_EXTENSION}
        play.do(action, ZHANG if by_unit else WANG, **more)


def tried(play: Play, user: int, action: Action) -> None:
    """Everything that the action takes, whether or not the bot goes along."""
    version = play.task().version
    stage = progress_mark(1, MILESTONE_DUE) if action is Action.PROGRESS else ""
    for press in (action.value, APPROVE_NOW, ISSUE_NOW):
        if press == action.value or press.startswith(f"{action}_"):
            play.press_data(user, encode(TaskPress(press, 1, version, stage)))
    for words in TYPED.get(action, ()):
        play.send(user, words)
    shown = [m for m in play.chats.get(user, []) if m.has("确认")]
    if action in CONFIRMED and shown:
        play.press(user, "确认")
    elif action in CONFIRMED:
        for menu in ("reason_sure", "extend_sure"):
            play.press_data(user, encode(MenuPress(menu, "1-1000")))
    if action in {Action.REPORT, Action.EVIDENCE, Action.PROGRESS}:
        play.press_data(user, encode(MenuPress("submit", "1")))


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("action", Action)
def test_only_those_named_in_the_table_can_do_it(play: Play, action: Action, who: str):
    before, allowed = TABLE[action]
    prepared(play, before)
    known, count = len(play.events()), play.task().version
    tried(play, EVERYBODY[who], action)
    done = [event for event, _ in play.events()[known:]]
    assert done == ([action.value] if who in allowed else [])
    if who not in allowed:
        assert play.task().version == count
        assert all(alarm for _, alarm in play.toasts)


def test_nobody_closes_their_own_report_and_is_told_so(play: Play):
    play.database.write(
        lambda s: s.add(Membership(person_id=WANG, unit_id=FARM, role=Role.LEAD, since=NOW))
    )
    prepared(play, (Action.ISSUE, Action.REPORT))
    tried(play, WANG, Action.APPROVE)
    assert "approve" not in [event for event, _ in play.events()]
    assert play.toasts[-1] == ("不能给自己或本单位报告的任务销号,请攻坚办的其他人办理", True)


@pytest.mark.parametrize("action", Action)
def test_a_unit_that_has_no_part_in_a_task_does_not_even_see_it(play: Play, action: Action):
    prepared(play, TABLE[action][0])
    for press in (action.value, "detail", "history", "files"):
        reply = play.press_data(WU, encode(TaskPress(press, 1, play.task().version)))
        assert (reply.messages, reply.alarm) == ((), True)
        assert reply.toast == "没有这项任务,或不是您单位的任务"


def test_a_draft_is_the_offices_alone(play: Play):
    reply = play.press_data(ZHANG, encode(TaskPress("detail", 1, 1)))
    assert (reply.toast, reply.messages) == ("没有这项任务,或不是您单位的任务", ())
    play.send(ZHANG, "/task 17")
    assert play.text(ZHANG) == "没有第17项任务,或不是您单位的任务。见 /tasks"
    play.do(Action.CANCEL, WANG, text="重复")
    play.send(ZHANG, "/task 17")
    assert play.text(ZHANG) == "没有第17项任务,或不是您单位的任务。见 /tasks"


def test_the_table_knows_every_action():
    assert set(TABLE) == set(Action)


def test_what_is_tried_is_on_record_once_with_the_one_who_did_it(play: Play):
    prepared(play, (Action.ISSUE,))
    tried(play, ZHANG, Action.ACKNOWLEDGE)
    (event,) = [e for e in play.all(TaskEvent) if e.action == "acknowledge"]
    assert (event.who, event.user, event.chat, event.unit_id) == ("张局", ZHANG, ZHANG, FARM)
