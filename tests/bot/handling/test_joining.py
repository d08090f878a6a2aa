"""Coming in by a link, the first words, and the bot's own coming and going."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.access.people import actor_for
from bot.records import Reply, Role
from bot.state.tables import AccessEvent, BindToken, Chat, Person
from tests.bot.handling.town import (
    ADMIN,
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
    WEATHER,
    Town,
    button,
    said,
)

GONE = "链接无效、已用过或已过期,请向管理员要一个新的"


def events(town: Town, user: int) -> list[tuple[str, int]]:
    query = select(AccessEvent).where(AccessEvent.user == user).order_by(AccessEvent.id)
    return [(event.kind, event.chat) for event in town.session.scalars(query)]


def room(town: Town, chat: int) -> Chat | None:
    return town.session.scalar(select(Chat).where(Chat.chat == chat))


@pytest.mark.parametrize("command", ["/start {}", "/bind {}", "/bind@gongjian_bot  {} "])
def test_a_link_lets_a_stranger_in_and_says_what_can_be_done(town: Town, command: str):
    reply = town.send(STRANGER, command.format(town.secret(Role.MEMBER, POLICE)))
    assert said(reply).startswith("绑定成功:<b>市公安局</b> 单位成员。")
    assert "/tasks" in said(reply)
    assert "/import" not in said(reply)
    assert events(town, STRANGER) == [("person bound", STRANGER)]
    assert said(town.send(STRANGER, "烤烟用煤整改时限")).startswith("<b>2022年年底</b>")


def test_failure_20_a_link_works_once_and_the_second_use_is_refused_and_logged(town: Town):
    secret = town.secret(Role.OFFICE, None)
    town.send(STRANGER, f"/start {secret}")
    assert said(town.send(98, f"/start {secret}")) == GONE
    assert said(town.send(STRANGER, f"/start {secret}")) == GONE
    assert events(town, 98) == [("link used", 98)]
    assert events(town, STRANGER) == [("person bound", STRANGER), ("link used", STRANGER)]
    assert actor_for(town.session, 98, 98) is None
    assert town.send(98, "问") == Reply()


def test_failure_20_an_expired_link_is_refused_and_logged(town: Town):
    secret = town.secret(Role.OFFICE, None)
    town.now = NOW + timedelta(hours=24)
    assert said(town.send(STRANGER, f"/start {secret}")) == GONE
    assert events(town, STRANGER) == [("link expired", STRANGER)]
    assert actor_for(town.session, STRANGER, STRANGER) is None


def test_a_link_works_until_the_last_second_of_its_day(town: Town):
    secret = town.secret(Role.OFFICE, None)
    town.now = NOW + timedelta(hours=24) - timedelta(seconds=1)
    town.send(STRANGER, f"/start {secret}")
    assert actor_for(town.session, STRANGER, STRANGER) is not None


@pytest.mark.parametrize("guess", ["x", "A" * 32, "' or 1=1 --", "秘密", "\ud800", "a" * 4000])
def test_failure_20_a_guessed_link_is_refused_and_logged(town: Town, guess: str):
    town.secret(Role.OFFICE, None)
    assert said(town.send(STRANGER, f"/start {guess}")) == GONE
    assert events(town, STRANGER) == [("link unknown", STRANGER)]
    assert actor_for(town.session, STRANGER, STRANGER) is None


def test_failure_20_who_goes_on_guessing_meets_silence_even_with_a_good_link(town: Town):
    secret = town.secret(Role.OFFICE, None)
    for number in range(5):
        assert said(town.send(STRANGER, f"/start guess{number}")) == GONE
    assert town.send(STRANGER, "/start guess6") == Reply()
    assert town.send(STRANGER, f"/start {secret}") == Reply()
    assert len(events(town, STRANGER)) == 5
    # Others are not hindered by it.
    assert said(town.send(98, f"/start {secret}")).startswith("绑定成功")
    town.now = NOW + timedelta(days=1, seconds=1)
    assert said(town.send(STRANGER, "/start guess7")) == GONE


def test_the_hash_of_a_secret_is_no_secret(town: Town):
    town.secret(Role.OFFICE, None)
    token = town.session.scalars(select(BindToken).order_by(BindToken.id.desc())).first()
    assert said(town.send(STRANGER, f"/start {token.hash}")) == GONE


def test_a_person_s_link_brought_to_a_group_is_refused_and_stays_good(town: Town):
    secret = town.secret(Role.MEMBER, POLICE)
    assert said(town.send(STRANGER, f"/bind {secret}", UNBOUND_GROUP)) == (
        "这是个人的绑定链接,请在与机器人的私聊里使用"
    )
    assert room(town, UNBOUND_GROUP) is None
    assert said(town.send(STRANGER, f"/start {secret}")).startswith("绑定成功")


def test_a_group_s_link_brought_to_a_private_chat_lets_nobody_in(town: Town):
    secret = town.secret(Role.OFFICE, None, group=True)
    assert said(town.send(STRANGER, f"/start {secret}")) == "这是群的绑定口令,请在要绑定的群里使用"
    assert actor_for(town.session, STRANGER, STRANGER) is None
    assert said(town.send(ADMIN, f"/start@gongjian_bot {secret}", UNBOUND_GROUP)) == (
        "本群已绑定 <b>攻坚办</b>,提醒和通报将发到这里。"
    )
    assert room(town, UNBOUND_GROUP).office


def test_who_was_removed_comes_back_only_by_a_new_link(town: Town):
    assert town.send(REMOVED, "/start") == Reply()
    town.send(REMOVED, f"/start {town.secret(Role.MEMBER, WEATHER)}")
    assert town.actor(REMOVED).roles == {(Role.MEMBER, town.unit(WEATHER).id)}
    assert not town.actor(REMOVED).admin


def test_a_second_link_adds_a_second_unit(town: Town):
    town.send(OTHER, f"/start {town.secret(Role.LEAD, POLICE)}")
    assert {role for role, _ in town.actor(OTHER).roles} == {Role.LEAD, Role.MEMBER}


def test_the_name_of_who_comes_in_cannot_break_the_markup(town: Town):
    secret = town.secret(Role.MEMBER, POLICE)
    name = "<b>张&三"
    town.take(town.raw.message(STRANGER, STRANGER, f"/start {secret}", name=name))
    said_to = said(town.send(STRANGER, "/start", name=name))
    assert said_to.startswith("&lt;b&gt;张&amp;三,您好。")


def test_people_are_called_by_the_name_they_have_now(town: Town):
    town.send(ADMIN, "/start", name="王主任")
    assert said(town.send(ADMIN, "/start", name="王局长")).startswith("王局长,您好。")
    names = [person.name for person in town.session.scalars(select(Person)) if person.user == ADMIN]
    assert names == ["王局长"]


@pytest.mark.parametrize(
    ("user", "told", "untold"),
    [
        (MEMBER, {"/tasks"}, {"/import", "/link"}),
        (OFFICER, {"/import", "/board"}, {"/tasks 看本单位", "/link"}),
        (ADMIN, {"/import", "/link", "/people", "/holiday", "/uncertain"}, {"/tasks 看本单位"}),
    ],
)
def test_help_speaks_of_what_one_may_do(town: Town, user: int, told: set[str], untold: set[str]):
    for words in (said(town.send(user, "/help")), said(town.send(user, "/start"))):
        assert all(word in words for word in told)
        assert not any(word in words for word in untold)


def test_in_a_group_help_says_how_to_address_the_bot(town: Town):
    assert "@gongjian_bot 后面写问题" in said(town.send(MEMBER, "/help", POLICE_GROUP))
    assert "直接把问题发给我" in said(town.send(MEMBER, "/help"))


def test_an_unknown_command_is_named_and_nothing_else_happens(town: Town):
    assert said(town.send(MEMBER, "/delete_everything 1")) == (
        "没有 /delete_everything 这个命令。/help 看能做什么;提问请直接写问题。"
    )


def test_cancel_says_whether_there_was_anything_to_give_up(town: Town):
    assert said(town.send(MEMBER, "/cancel")) == "没有正在输入的内容。"
    town.press(MEMBER, button(town.send(MEMBER, "问"), "有误"))
    assert said(town.send(MEMBER, "/cancel")) == "已放弃。"


def moved(town: Town, chat: int, user: int, status: str) -> Reply:
    return town.take(town.raw.my_chat_member(chat, user, status))


def test_a_stranger_s_group_is_left_and_that_is_logged(town: Town):
    assert moved(town, UNBOUND_GROUP, STRANGER, "member") == Reply(leave=True)
    assert events(town, STRANGER) == [("left", UNBOUND_GROUP)]
    assert moved(town, UNBOUND_GROUP, REMOVED, "administrator") == Reply(leave=True)


def test_a_group_that_somebody_known_added_the_bot_to_waits_for_its_link(town: Town):
    assert moved(town, UNBOUND_GROUP, LEAD, "member") == Reply()
    assert town.send(LEAD, "问", UNBOUND_GROUP) == Reply()
    assert room(town, UNBOUND_GROUP) is None


def test_who_puts_the_bot_out_of_a_group_silences_it_until_it_is_back(town: Town):
    moved(town, POLICE_GROUP, STRANGER, "kicked")
    assert room(town, POLICE_GROUP).state == "blocked"
    assert events(town, STRANGER) == [("put out", POLICE_GROUP)]
    assert moved(town, POLICE_GROUP, STRANGER, "member") == Reply()
    assert room(town, POLICE_GROUP).state == "active"


def test_who_blocks_the_bot_and_takes_it_back_is_reached_again(town: Town):
    moved(town, MEMBER, MEMBER, "kicked")
    assert room(town, MEMBER).state == "blocked"
    moved(town, MEMBER, MEMBER, "member")
    assert room(town, MEMBER).state == "active"


def test_a_removed_group_does_not_come_back_by_adding_the_bot_again(town: Town):
    number = room(town, OFFICE_GROUP).id
    town.press(ADMIN, f"m:remove:g.{number}")
    moved(town, OFFICE_GROUP, ADMIN, "member")
    assert room(town, OFFICE_GROUP).state == "removed"
    assert town.send(OFFICER, "问", OFFICE_GROUP) == Reply()


def test_a_removed_person_does_not_come_back_by_unblocking_the_bot(town: Town):
    moved(town, REMOVED, REMOVED, "kicked")
    moved(town, REMOVED, REMOVED, "member")
    assert room(town, REMOVED).state == "removed"
    person = town.session.scalar(select(Person).where(Person.user == REMOVED))
    assert not person.active


def test_what_is_said_is_named_after_its_update(town: Town):
    raw = town.raw.message(MEMBER, MEMBER, "/help")
    assert [message.key for message in town.take(raw).messages] == [f"u:1:{raw['update_id']}:0"]


@pytest.mark.parametrize(
    ("role", "unit", "what"),
    [
        (Role.LEAD, POLICE, "市公安局 单位负责人"),
        (Role.MEMBER, WEATHER, "市气象局 单位成员"),
        (Role.OFFICE, None, "攻坚办"),
    ],
)
def test_the_administrators_are_told_who_came_in_as_what(town: Town, role, unit, what: str):
    secret = town.secret(role, unit)
    raw = town.raw.message(STRANGER, STRANGER, f"/start {secret}", name="<王>")
    reply = town.take(raw)
    [told] = [message for message in reply.messages if message.to.chat == ADMIN]
    assert told.text == (
        f"<b>绑定链接已使用</b>\n2026-03-05 10:00 &lt;王&gt;(编号 99),{what}\n"
        "如不认识,请用 /people 移除。"
    )
    assert told.audience == "office"


def test_the_administrators_are_told_which_group_was_bound(town: Town):
    reply = town.send(LEAD, f"/bind {town.secret(Role.MEMBER, POLICE, group=True)}", UNBOUND_GROUP)
    [told] = [message for message in reply.messages if message.to.chat == ADMIN]
    assert "(编号 3),群“" in told.text
    assert "”绑定为市公安局 群\n" in told.text


def test_an_administrator_is_not_told_of_a_link_used_in_the_own_chat(town: Town):
    reply = town.send(ADMIN, f"/start {town.secret(Role.MEMBER, POLICE)}")
    assert [message.key for message in reply.messages] == ["u:1:1:0"]
    group = f"/bind {town.secret(Role.OFFICE, None, group=True)}"
    bound = town.send(ADMIN, group, UNBOUND_GROUP)
    assert [message.to.chat for message in bound.messages] == [UNBOUND_GROUP]


@pytest.mark.parametrize("group", [UNBOUND_GROUP, POLICE_GROUP])
def test_in_a_group_a_stranger_with_a_bad_secret_meets_silence(town: Town, group: int):
    assert town.send(STRANGER, "/start guess", group) == Reply()
    assert events(town, STRANGER) == [("link unknown", group)]
    assert said(town.send(LEAD, "/bind guess", group)) == GONE


@pytest.mark.parametrize(("user", "chat"), [(LEAD, LEAD), (LEAD, POLICE_GROUP)])
@pytest.mark.parametrize("press", [False, True])
def test_a_chat_is_reached_again_once_somebody_let_in_writes_there(
    town: Town, user: int, chat: int, press: bool
):
    room(town, chat).state = "blocked"
    town.press(user, "m:tasks:", chat) if press else town.send(user, "/tasks", chat)
    town.session.expire_all()
    assert room(town, chat).state == "active"


@pytest.mark.parametrize(
    ("user", "chat", "state", "after"),
    [
        (STRANGER, POLICE_GROUP, "blocked", "blocked"),
        (OTHER, POLICE_GROUP, "blocked", "blocked"),
        (LEAD, POLICE_GROUP, "removed", "removed"),
    ],
)
def test_nobody_else_makes_a_chat_reached_again(town: Town, user, chat, state, after):
    room(town, chat).state = state
    town.send(user, "/tasks", chat)
    town.session.expire_all()
    assert room(town, chat).state == after


def test_a_used_link_pressed_once_more_after_a_block_opens_the_chat_again(town: Town):
    room(town, LEAD).state = "blocked"
    assert said(town.send(LEAD, "/start used")) == GONE
    town.session.expire_all()
    assert room(town, LEAD).state == "active"
