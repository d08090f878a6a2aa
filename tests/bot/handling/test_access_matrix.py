"""Who is heard where: every kind of update, command and button, by everybody, in every chat.

What is expected comes from the small tables here, not from the program; whatever they do not
name is silence.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from bot.handling.routing import COMMANDS, DIALOGS, MENUS, PRESSES
from bot.records import Action, Reply, TaskState
from bot.state.tables import (
    Chat,
    Dialog,
    Extension,
    LedgerTask,
    Membership,
    Person,
    StoredAnswer,
    TaskEvent,
    TaskMilestone,
    TaskUnit,
)
from bot.telegram.buttons import (
    MenuPress,
    RelatedPress,
    SourcePress,
    TaskPress,
    VerdictPress,
    encode,
)
from tests.bot.botapi.samples import UPDATE_KINDS, sample
from tests.bot.handling.town import (
    ADMIN,
    CHANNEL,
    LEAD,
    MEMBER,
    NOW,
    OFFICE_GROUP,
    OFFICER,
    OTHER,
    POLICE,
    POLICE_GROUP,
    REMOVED,
    STRANGER,
    UNBOUND_GROUP,
    WEATHER_GROUP,
    Town,
    answer,
    button,
    from_bot,
    task,
)

ROLES = {
    "stranger": STRANGER,
    "removed": REMOVED,
    "member": MEMBER,
    "lead": LEAD,
    "office": OFFICER,
    "admin": ADMIN,
}
OWN, ELSEWHERE = 0, OTHER
CHATS = {
    "own private chat": OWN,
    "somebody else's private chat": ELSEWHERE,
    "group of the own unit": POLICE_GROUP,
    "group of another unit": WEATHER_GROUP,
    "group of the office": OFFICE_GROUP,
    "unbound group": UNBOUND_GROUP,
    "channel": CHANNEL,
}
UNIT, OFFICE = {"member", "lead"}, {"office", "admin"}
LET_IN = UNIT | OFFICE
HEARD = {
    "own private chat": LET_IN,
    "group of the own unit": LET_IN,
    "group of another unit": OFFICE,
    "group of the office": OFFICE,
}
# To somebody of the other unit, what is elsewhere to the rest is home.
OF_THE_OTHER = {"own private chat", "somebody else's private chat", "group of another unit"}
ALL, ADMINS = LET_IN, {"admin"}
MAY_COMMAND = {
    **dict.fromkeys(["start", "help", "cancel", "ask", "tasks", "task"], ALL),
    **dict.fromkeys(["import", "drafts", "board", "reports", "export", "bulletin"], OFFICE),
    **dict.fromkeys(["link", "people", "holiday", "uncertain"], ADMINS),
}
MAY_OPEN = {
    **dict.fromkeys(["skip_wrong", "reask"], ALL),
    **dict.fromkeys(["tasks", "sign_all"], ALL),
    **dict.fromkeys(
        ["submit", "drop", "stop", "stray_for", "stray_drop", "files", "rewrite", "extend_sure"],
        ALL,
    ),
    **dict.fromkeys(
        [
            "drafts",
            "issue_all",
            "reason_sure",
            "issue_sure",
            "board",
            "reports",
            "bulletin",
            "export",
        ],
        OFFICE,
    ),
    **dict.fromkeys(["link", "people", "remove", "uncertain"], ADMINS),
}
# In which state an action is tried, and who may do it then.
MAY_ACT = {
    Action.ISSUE: (TaskState.DRAFT, OFFICE),
    Action.SET_DUE: (TaskState.ISSUED, OFFICE),
    Action.SET_STAGES: (TaskState.ISSUED, OFFICE),
    Action.ACKNOWLEDGE: (TaskState.ISSUED, UNIT),
    Action.PROGRESS: (TaskState.ISSUED, UNIT),
    Action.REPORT: (TaskState.ISSUED, UNIT),
    Action.EVIDENCE: (TaskState.REPORTED, UNIT),
    Action.APPROVE: (TaskState.REPORTED, OFFICE),
    Action.RETURN: (TaskState.REPORTED, OFFICE),
    Action.ASK_EXTENSION: (TaskState.ISSUED, {"lead"}),
    Action.GRANT_EXTENSION: (TaskState.ISSUED, OFFICE),
    Action.REFUSE_EXTENSION: (TaskState.ISSUED, OFFICE),
    Action.SUSPEND: (TaskState.ISSUED, OFFICE),
    Action.RESUME: (TaskState.SUSPENDED, OFFICE),
    Action.CANCEL: (TaskState.ISSUED, OFFICE),
    Action.REOPEN: (TaskState.CANCELLED, OFFICE),
    Action.IMPORT: (TaskState.DRAFT, set()),
}
GARBAGE = [
    "",
    "x",
    "0",
    "-1",
    "1.1",
    "中",
    "²",
    "٣",
    "9" * 18,
    "9" * 40,
    "z" * 12,
    "z" * 30,
    "a.b.c",
    "u1",
]
ALLOWED_WRITES = {"access_event", "outbox"}
_WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


@contextmanager
def case(town: Town) -> Iterator[set[str]]:
    """One case: the tables it writes to, taken back at its end."""
    written: set[str] = set()

    def watch(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if found := _WRITE.match(statement):
            written.add(found[1])

    bind = town.session.get_bind()
    savepoint = town.session.begin_nested()
    event.listen(bind, "before_cursor_execute", watch)
    try:
        yield written
        town.session.flush()
    finally:
        event.remove(bind, "before_cursor_execute", watch)
        savepoint.rollback()


def place_of(role: str, chat: str) -> int:
    return CHATS[chat] or ROLES[role]


def placed(update: dict[str, Any], place: int) -> dict[str, Any]:
    """In a channel, the chat says that it is one."""
    if place == CHANNEL:
        for body in update.values():
            if isinstance(body, dict):
                body = body.get("message", body)
                if "chat" in body:
                    body["chat"] = {"id": CHANNEL, "type": "channel", "title": "频道"}
    return update


def updates(town: Town, user: int, place: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """One update of every kind there is, and of a message and a press several."""
    raw = town.raw
    for kind in UPDATE_KINDS:
        yield kind, raw.inject({kind: deepcopy(sample(kind, place, user))})
    reply = {"reply_to_message": from_bot(place)}
    yield "question", raw.message(place, user, "烤烟用煤整改时限", **reply)
    yield "file", raw.message(place, user, "", document=b"x", **reply)
    yield "edited question", raw.edited(place, user, "烤烟用煤整改时限", 5, **reply)
    yield "command", raw.message(place, user, "/help")
    yield "button", raw.press(place, user, "v:1:1", 5)
    as_chat = {"sender_chat": {"id": place, "type": "channel", "title": "频道"}}
    yield "message of a chat", raw.message(place, user, "/help", **as_chat)


# What is said something to, where it is heard; the sample of a message is talk in a group.
SPOKEN = {"question", "file", "command", "callback_query", "button"}


@pytest.mark.parametrize("role", ROLES)
def test_failure_17_only_who_is_let_in_is_answered_whatever_comes(town: Town, role: str):
    wrong = []
    for chat in CHATS:
        place = place_of(role, chat)
        heard = role in HEARD.get(chat, ())
        for kind, update in updates(town, ROLES[role], place):
            with case(town) as written:
                reply = town.take(placed(update, place))
            private = chat == "own private chat"
            expected = heard and (kind in SPOKEN or (kind == "message" and private))
            spoke = bool(reply.messages or reply.toast)
            if spoke != expected or (not expected and written - ALLOWED_WRITES):
                wrong.append((chat, kind, reply, written))
    assert wrong == []


@pytest.mark.parametrize("role", ["stranger", "removed"])
def test_failure_17_a_stranger_s_update_needs_nothing_and_leaves_no_trace(town: Town, role: str):
    for chat in CHATS:
        place = place_of(role, chat)
        for kind, update in updates(town, ROLES[role], place):
            with case(town) as written:
                town.needs.clear()
                town.take(placed(update, place))
            assert set(town.needs) <= {None}, (chat, kind)
            assert written <= {"access_event"}, (chat, kind)
            assert not written or kind == "my_chat_member", (chat, kind)


@pytest.mark.parametrize("role", ["stranger", "removed"])
def test_failure_17_no_command_of_a_stranger_is_answered(town: Town, role: str):
    for command in [*COMMANDS, "bind", "whatever"]:
        for chat in CHATS:
            place = place_of(role, chat)
            update = town.raw.message(place, ROLES[role], f"/{command}")
            with case(town) as written:
                assert town.take(placed(update, place)) == Reply(), (command, chat)
            assert written == set(), (command, chat)


def test_every_command_menu_and_button_has_a_rule_in_this_file():
    assert set(COMMANDS) == set(MAY_COMMAND)
    assert set(MENUS) == set(MAY_OPEN)
    assert set(PRESSES) == {TaskPress, SourcePress, RelatedPress, VerdictPress}
    assert set(MAY_ACT) == set(Action)


@pytest.mark.parametrize("role", sorted(LET_IN))
def test_commands_are_for_whom_the_table_says(town: Town, role: str):
    user = ROLES[role]
    for command, who in MAY_COMMAND.items():
        for chat in CHATS:
            place = place_of(role, chat)
            with case(town) as written:
                update = town.raw.message(place, user, f"/{command}")
                reply = town.take(placed(update, place))
            refused = "您没有这项权限" in "".join(message.text for message in reply.messages)
            if role not in HEARD.get(chat, ()):
                assert (reply, written) == (Reply(), set()), (command, chat)
            elif role not in who:
                assert refused, (command, chat)
                assert written <= {"outbox"}, (command, chat)
            else:
                assert reply.messages, (command, chat)
                assert not refused, (command, chat)


@pytest.mark.parametrize("role", ROLES)
def test_failure_19_forged_menu_buttons_are_refused_and_change_nothing(town: Town, role: str):
    user = ROLES[role]
    for name, who in MAY_OPEN.items():
        for arg in GARBAGE:
            data = f"m:{name}:{arg}"
            with case(town) as written:
                reply = town.press(user, data)
            if role not in LET_IN:
                assert (reply, written) == (Reply(), set()), data
            elif role not in who:
                assert reply == Reply(toast="您没有这项权限", alarm=True), data
                assert written == set(), data
            else:
                assert reply.messages or reply.toast, data
                assert (
                    not {"task", "task_event", "person", "membership", "chat", "bind_token"}
                    & written
                )


@pytest.mark.parametrize(
    "data",
    ["", "x", "a", "a:approve", "a:approve:1", "a:approve:1:1", "a:approve:-1:1:", "a:APPROVE:1:1:",
     "a:approve:01:1:", "a:approve:zzzzzzzzzzzzzz:1:", "a:nothing:1:1:", "a:approve:1:1::",
     "s:1", "s:1:1:1:1", "s:x:zzzzzzzzzzzzzz:0", "r:", "r:A", "v:1", "v:1:2", "m:", "m:nothing:",
     "m:link", "中" * 30, "\0", "v:1:1 ", "{}", "' or 1=1 --"],
)  # fmt: skip
@pytest.mark.parametrize("user", [ADMIN, STRANGER])
def test_failure_19_data_that_no_button_of_ours_has_does_nothing(town: Town, user: int, data: str):
    with case(town) as written:
        reply = town.press(user, data)
    assert written == set()
    assert reply.messages == ()
    assert (bool(reply.toast), reply.alarm) == ((True, True) if user == ADMIN else (False, False))


def given_task(town: Town, state: TaskState) -> LedgerTask:
    """A task of the police, reported by its leader where it is, with an extension asked for."""
    reporter = town.session.scalar(select(Person).where(Person.user == LEAD))
    row = LedgerTask(
        source_key="d1#17", number=17, title="烤烟用煤", measures=[], leaders=[], document_id="d1",
        plan="方案", heading=[], kind="fixed", deadline_text="2026年底", due=date(2026, 12, 31),
        inferred=[], state=state, before_suspension="issued", version=3, created_at=NOW,
        issued_at=None if state is TaskState.DRAFT else NOW,
        reported_by=reporter.id if state is TaskState.REPORTED else None,
        reported_at=NOW if state is TaskState.REPORTED else None,
    )  # fmt: skip
    town.session.add(row)
    town.session.flush()
    unit = town.unit(POLICE).id
    town.session.add_all(
        [
            TaskUnit(task_id=row.id, unit_id=unit, role="lead"),
            TaskMilestone(task_id=row.id, text="完成80%", kind="fixed", due=date(2026, 6, 30)),
            TaskEvent(
                task_id=row.id, action=Action.SET_DUE, from_state=state, to_state=state, version=3,
                at=NOW, who="人2", user=OFFICER, chat=OFFICER, data={},
            ),
            Extension(
                task_id=row.id, asked_by=reporter.id, new_due=date(2027, 6, 30), reason="因",
                state="asked", created_at=NOW,
            ),
        ]
    )  # fmt: skip
    town.session.flush()
    town.session.refresh(row)
    return row


def shown_in(chat: str, state: TaskState) -> bool:
    """In a unit's group only its own tasks are shown, once they are issued, even to the office."""
    if chat == "group of the own unit":
        return state is not TaskState.DRAFT
    return chat != "group of another unit"


@pytest.mark.parametrize("action", Action)
def test_buttons_of_a_task_are_for_whom_the_table_says(town: Town, action: Action):
    state, who = MAY_ACT[action]
    row = given_task(town, state)
    data = encode(TaskPress(action, row.id, row.version))
    people = {**ROLES, "other unit": OTHER}
    for role, user in people.items():
        for chat in CHATS:
            place = CHATS[chat] or user
            heard = chat in OF_THE_OTHER if user == OTHER else role in HEARD.get(chat, ())
            with case(town) as written:
                reply = town.take(placed(town.raw.press(place, user, data, 5), place))
            if not heard:
                assert (reply, written) == (Reply(), set()), (role, chat)
            elif role in who and shown_in(chat, state):
                assert not reply.alarm, (role, chat, reply)
                assert reply.messages or reply.toast, (role, chat)
            else:
                assert (reply.alarm, reply.messages, written) == (True, (), set()), (role, chat)
                assert reply.toast, (role, chat)


def test_failure_18_the_right_user_in_the_wrong_chat_is_refused(town: Town):
    row = given_task(town, TaskState.REPORTED)
    data = encode(TaskPress(Action.APPROVE, row.id, row.version))
    for place in (ELSEWHERE, UNBOUND_GROUP, CHANNEL):
        with case(town) as written:
            assert town.take(placed(town.raw.press(place, OFFICER, data, 5), place)) == Reply()
            assert town.take(placed(town.raw.message(place, OFFICER, "/board"), place)) == Reply()
        assert written == set()
    lead = encode(TaskPress(Action.EVIDENCE, row.id, row.version))
    for place in (WEATHER_GROUP, OFFICE_GROUP):
        assert town.press(LEAD, lead, place) == Reply()
        assert town.send(LEAD, "问", place) == Reply()
    assert town.session.get(LedgerTask, row.id).state == TaskState.REPORTED


def test_failure_18_a_removed_group_is_a_wrong_chat_even_for_the_office(town: Town):
    room = town.session.scalar(select(Chat).where(Chat.chat == POLICE_GROUP))
    town.press(ADMIN, encode(MenuPress("remove", f"g.{room.id}")))
    for user in (MEMBER, LEAD, OFFICER, ADMIN):
        assert town.send(user, "问", POLICE_GROUP) == Reply()


def test_failure_18_a_topic_bound_alone_lets_nobody_in_beside_it(town: Town):
    room = town.session.scalar(select(Chat).where(Chat.chat == POLICE_GROUP))
    room.thread = 7
    town.session.flush()
    assert town.send(LEAD, "问", POLICE_GROUP) == Reply()
    assert town.send(LEAD, "问", POLICE_GROUP, thread=8) == Reply()
    assert town.send(LEAD, "问", POLICE_GROUP, thread=7).messages


def test_failure_19_an_old_button_of_a_task_changes_nothing_and_shows_how_it_stands(town: Town):
    row = given_task(town, TaskState.REPORTED)
    for version in (row.version - 1, row.version + 1, 0):
        data = encode(TaskPress(Action.APPROVE, row.id, version))
        with case(town) as written:
            reply = town.press(OFFICER, data)
        assert written <= {"outbox"}
        assert "已有变化" in reply.toast
    assert town.press(OFFICER, encode(TaskPress(Action.APPROVE, row.id + 1, 3))).alarm


def test_failure_19_the_second_press_of_a_button_does_nothing_more(town: Town):
    row = given_task(town, TaskState.ISSUED)
    data = encode(TaskPress(Action.ACKNOWLEDGE, row.id, row.version))
    assert town.press(MEMBER, data).toast == "已签收"
    with case(town) as written:
        assert town.press(MEMBER, data).toast == "已签收"
    assert "task_event" not in written
    events = town.session.scalars(select(TaskEvent).where(TaskEvent.task_id == row.id)).all()
    assert [found.action for found in events] == ["set_due", "acknowledge"]


def test_failure_19_a_verdict_pressed_twice_is_one_verdict(town: Town):
    data = button(town.send(LEAD, "问"), "有用")
    assert town.press(LEAD, data) == town.press(LEAD, data) == Reply(toast="已记下")
    assert [row.verdict for row in town.session.scalars(select(StoredAnswer))] == ["useful"]


@pytest.mark.parametrize("label", ["原文", "相关任务", "有用", "有误"])
def test_buttons_of_an_answer_are_for_who_is_heard_in_its_chat(town: Town, label: str):
    town.answers["问"] = answer(tasks=(task(),))
    data = button(town.send(LEAD, "问", POLICE_GROUP), label)
    for role in ROLES:
        for chat in CHATS:
            place = place_of(role, chat)
            heard = role in HEARD.get(chat, ())
            with case(town) as written:
                reply = town.take(placed(town.raw.press(place, ROLES[role], data, 5), place))
            if not heard:
                assert (reply, written) == (Reply(), set()), (role, chat)
            elif place == POLICE_GROUP:
                assert not reply.alarm, (role, chat)
            else:
                assert (reply.alarm, reply.messages, written) == (True, (), set()), (role, chat)


@pytest.mark.parametrize("kind", sorted(DIALOGS))
def test_a_dialog_goes_on_only_for_who_is_still_let_in(town: Town, kind: str):
    town.session.add(Dialog(chat=MEMBER, user=MEMBER, kind=kind, data={}, updated_at=NOW))
    person = town.session.scalar(select(Person).where(Person.user == MEMBER))
    town.press(ADMIN, encode(MenuPress("remove", f"p.{person.id}")))
    with case(town) as written:
        assert town.send(MEMBER, "2026-12-31") == Reply()
        assert town.send(MEMBER, document=b"x") == Reply()
    assert written == set()


def test_rights_end_while_a_question_is_being_answered(town: Town):
    """The answer was asked for; by the time it is there, the asker is no longer let in."""
    person = town.session.scalar(select(Person).where(Person.user == MEMBER))
    before = town.handler.need

    def removed_meanwhile(session: Any, incoming: Any, now: Any) -> Any:
        need = before(session, incoming, now)
        person.active = False
        session.flush()
        return need

    town.handler.need = removed_meanwhile
    assert town.send(MEMBER, "烤烟用煤整改时限") == Reply()
    assert town.session.scalars(select(StoredAnswer)).all() == []


def test_a_role_that_ended_is_no_role(town: Town):
    person = town.session.scalar(select(Person).where(Person.user == OTHER))
    held = town.session.scalar(select(Membership).where(Membership.person_id == person.id))
    held.until = NOW - timedelta(days=1)
    town.session.flush()
    assert town.send(OTHER, "问") == Reply()
