"""Administrators: links, people, days of the calendar, doubtful messages, command menus."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.access.links import redeem
from bot.access.people import actor_for, unit_named
from bot.delivery.outbox import RESENT, enqueue
from bot.handling.menus import Menu, commands_for, menu_plan
from bot.records import (
    Address,
    ChatKind,
    Incoming,
    IncomingKind,
    OutboxState,
    Outgoing,
    Reply,
    Role,
)
from bot.state.tables import AccessEvent, BindToken, CalendarDay, Chat, Outbox, Person
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
    WEATHER,
    WEATHER_GROUP,
    Town,
    button,
    labels,
    only,
    said,
)

PRIVATE_ONLY = "这个命令只能在与机器人的私聊里用"
OLD = Reply(toast="这个按钮已失效,请重新发命令", alarm=True)


def secret_in(reply: Reply, parameter: str) -> str:
    """The secret of a link, which must be the same in the text to be typed."""
    found = re.search(rf"https://t\.me/gongjian_bot\?{parameter}=([\w-]{{1,64}})\n", said(reply))
    assert found
    assert f"<code>/bind {found[1]}</code>" in said(reply)
    return found[1]


def tokens(town: Town) -> list[tuple[str, str, int | None]]:
    rows = town.session.scalars(select(BindToken).where(BindToken.used_at.is_(None)))
    return [(row.kind, row.role, row.unit_id) for row in rows]


def test_a_person_s_link_is_chosen_by_buttons_and_lets_that_person_in(town: Town):
    kinds = town.send(ADMIN, "/link")
    assert labels(kinds) == [["个人", "群"]]
    units = town.press(ADMIN, button(kinds, "个人"), below=7)
    assert (only(units).edits, labels(units)) == (7, [["攻坚办"], [POLICE], [WEATHER]])
    roles = town.press(ADMIN, button(units, POLICE), below=7)
    assert labels(roles) == [["单位负责人", "单位成员"]]
    made = town.press(ADMIN, button(roles, "单位负责人"), below=7)
    assert (only(made).edits, only(made).buttons) == (7, ())
    assert said(made).startswith("<b>市公安局 单位负责人</b> 的绑定链接")
    assert "只能用一次,24 小时内有效" in said(made)
    came = town.send(50, "/start " + secret_in(made, "start"))
    assert said(came).startswith("绑定成功:<b>市公安局</b> 单位负责人。")
    assert town.actor(50).roles == {(Role.LEAD, town.unit(POLICE).id)}


def test_a_group_s_link_asks_for_no_role_and_binds_the_group(town: Town):
    units = town.press(ADMIN, button(town.send(ADMIN, "/link"), "群"))
    made = town.press(ADMIN, button(units, WEATHER))
    secret = secret_in(made, "startgroup")
    came = town.send(ADMIN, f"/start@gongjian_bot {secret}", -777)
    assert said(came) == "本群已绑定 <b>市气象局</b>,提醒和通报将发到这里。"
    made = town.press(ADMIN, button(town.press(ADMIN, "m:link:g"), "攻坚办"))
    assert said(made).startswith("<b>攻坚办</b> 群的绑定链接")
    town.send(ADMIN, f"/bind {secret_in(made, 'startgroup')}", -778)
    rooms = town.session.scalars(select(Chat).where(Chat.chat.in_([-777, -778])).order_by(Chat.id))
    assert [(room.unit_id, room.office) for room in rooms] == [
        (town.unit(WEATHER).id, False),
        (None, True),
    ]


@pytest.mark.parametrize(
    ("typed", "parameter", "head"),
    [
        ("/link 市公安局 负责人", "start", "<b>市公安局 单位负责人</b> 的"),
        ("/link 成员 公安", "start", "<b>市公安局 单位成员</b> 的"),
        ("/link 群 市气象局", "startgroup", "<b>市气象局</b> 群的"),
        ("/link 攻坚办", "start", "<b>攻坚办</b> 的"),
        ("/link 群 攻坚办", "startgroup", "<b>攻坚办</b> 群的"),
    ],
)
def test_a_link_may_be_typed(town: Town, typed: str, parameter: str, head: str):
    made = town.send(ADMIN, typed)
    assert said(made).startswith(head)
    assert secret_in(made, parameter)
    assert len(tokens(town)) == 1


def test_what_is_missing_or_ambiguous_in_a_typed_link_is_chosen(town: Town):
    assert labels(town.send(ADMIN, "/link 市公安局")) == [["单位负责人", "单位成员"]]
    assert labels(town.send(ADMIN, "/link 群")) == [["攻坚办"], [POLICE], [WEATHER]]
    unit_named(town.session, "郾城区公安局", NOW)
    which = town.send(ADMIN, "/link 公安局 负责人")
    assert labels(which) == [[POLICE], ["郾城区公安局"]] or labels(which) == [
        ["郾城区公安局"],
        [POLICE],
    ]
    assert said(which) == "叫“公安局”的单位有 2 个,是哪一个?"
    made = town.press(ADMIN, button(which, "郾城区公安局"))
    assert said(made).startswith("<b>郾城区公安局 单位负责人</b> 的")
    assert tokens(town) == [("person", "lead", town.unit("郾城区公安局").id)]
    assert said(town.send(ADMIN, "/link <b>局 成员")) == (
        "台账里没有叫“&lt;b&gt;局”的单位;发 /link 按按钮选择"
    )


def test_a_long_list_of_units_is_paged(town: Town):
    for number in range(18):
        unit_named(town.session, f"第{number:02}局", NOW)
    first = town.press(ADMIN, "m:link:p")
    assert [len(labels(first)), labels(first)[-1]] == [10, ["下一页"]]
    second = town.press(ADMIN, button(first, "下一页"))
    assert [len(labels(second)), labels(second)[-1]] == [9, ["上一页", "下一页"]]
    third = town.press(ADMIN, button(second, "下一页"))
    assert [len(labels(third)), labels(third)[-1]] == [5, ["上一页"]]
    shown = [line[0] for page in (first, second, third) for line in labels(page)]
    units = {word for word in shown if word not in {"攻坚办", "上一页", "下一页"}}
    assert len(units) == 20


@pytest.mark.parametrize("typed", ["/link", "/link 攻坚办", "/people", "/uncertain"])
@pytest.mark.parametrize("group", [OFFICE_GROUP, POLICE_GROUP])
def test_links_and_names_are_never_shown_in_a_group(town: Town, typed: str, group: int):
    assert said(town.send(ADMIN, typed, group)) == PRIVATE_ONLY
    assert tokens(town) == []


@pytest.mark.parametrize("data", ["m:link:p.o", "m:people:p.0", "m:remove:p.2", "m:uncertain:drop"])
def test_nor_by_a_button_pressed_in_a_group(town: Town, data: str):
    assert town.press(ADMIN, data, OFFICE_GROUP) == Reply(toast=PRIVATE_ONLY, alarm=True)
    assert tokens(town) == []


@pytest.mark.parametrize(
    "arg",
    ["x", "p.", "p.u", "p.u999", "p.u1.office", "p.u1.lead.x", "p.u1.admin", "g.o.lead", "p.-1",
     "p." + "9" * 30, "p.٣"],
)  # fmt: skip
def test_a_forged_button_of_the_link_menu_makes_no_link(town: Town, arg: str):
    assert town.press(ADMIN, f"m:link:{arg}") == OLD
    assert tokens(town) == []


def test_people_stand_under_their_units_with_what_they_are_and_whether_they_are_reached(town: Town):
    town.session.scalar(select(Chat).where(Chat.chat == MEMBER)).state = "blocked"
    town.session.scalar(select(Chat).where(Chat.chat == WEATHER_GROUP)).state = "blocked"
    town.session.scalar(select(Chat).where(Chat.chat == OFFICE_GROUP)).title = "攻坚<办>群"
    assert said(town.send(ADMIN, "/people")) == (
        "<b>人员</b>\n"
        "\n<b>攻坚办</b>\n· 管理员 管理员\n· 人2 攻坚办\n"
        "\n<b>市公安局</b>\n· 人3 单位负责人\n· 人4 单位成员,<b>收不到消息</b>\n"
        "\n<b>市气象局</b>\n· 人5 单位成员\n"
        "\n<b>群</b>\n"
        "· 攻坚&lt;办&gt;群 → 攻坚办,正常\n"
        "· 群-100 → 市公安局,正常\n"
        "· 群-200 → 市气象局,发不到(机器人被移出或屏蔽)"
    )


def test_a_person_is_removed_after_a_question_and_meets_silence_at_once(town: Town):
    choose = town.press(ADMIN, button(town.send(ADMIN, "/people"), "移除人员"), below=7)
    assert labels(choose) == [
        ["人2(攻坚办)"], ["人3(市公安局)"], ["人4(市公安局)"], ["人5(市气象局)"], ["不移除"]
    ]  # fmt: skip
    sure = town.press(ADMIN, button(choose, "人5(市气象局)"), below=7)
    assert labels(sure) == [["确认移除", "不移除"]]
    assert said(town.press(ADMIN, button(sure, "不移除"))) == "没有移除。/people 看人员和群。"
    assert actor_for(town.session, OTHER, OTHER) is not None
    done = town.press(ADMIN, button(sure, "确认移除"), below=7)
    assert (said(done), only(done).edits, done.toast) == ("已移除 <b>人5</b>。", 7, "已移除")
    assert town.send(OTHER, "烤烟用煤整改时限") == Reply()
    assert town.send(OTHER, "烤烟用煤整改时限", WEATHER_GROUP) == Reply()
    assert town.press(ADMIN, button(sure, "确认移除")) == Reply(toast="已经移除了", alarm=True)


def test_removing_warns_where_a_unit_can_no_longer_be_reached(town: Town):
    groups = town.press(ADMIN, button(town.send(ADMIN, "/people"), "移除群"))
    assert labels(groups)[-2] == ["群-200(市气象局)"]
    sure = town.press(ADMIN, button(groups, "群-200(市气象局)"))
    done = town.press(ADMIN, button(sure, "确认移除"))
    assert said(done) == "已移除群 <b>群-200</b>。"  # its people are still reached
    assert town.send(OTHER, "问", WEATHER_GROUP) == Reply()
    person = town.session.scalar(select(Person).where(Person.user == OTHER))
    done = town.press(ADMIN, f"m:remove:p.{person.id}")
    assert said(done) == ("已移除 <b>人5</b>。\n注意:市气象局 已没有能收到提醒的人和群。")
    assert town.press(ADMIN, button(sure, "确认移除")) == Reply(toast="已经移除了", alarm=True)


def test_nobody_removes_themselves_or_by_a_forged_button(town: Town):
    me = town.session.scalar(select(Person).where(Person.user == ADMIN))
    assert town.press(ADMIN, f"m:remove:p.{me.id}") == Reply(toast="不能移除自己", alarm=True)
    own = town.session.scalar(select(Chat).where(Chat.chat == ADMIN))
    assert town.press(ADMIN, f"m:remove:g.{own.id}").toast == "已经移除了"  # no group
    for data in ("m:remove:", "m:remove:p", "m:remove:p.x", "m:people:p.ask.", "m:people:q.0"):
        assert town.press(ADMIN, data) == OLD
    assert actor_for(town.session, ADMIN, ADMIN) is not None


def days(town: Town) -> list[tuple[date, bool, str]]:
    rows = town.session.scalars(select(CalendarDay).order_by(CalendarDay.day))
    return [(row.day, row.working, row.source) for row in rows]


def test_days_off_and_days_worked_are_set_with_their_basis_changed_and_taken_back(town: Town):
    reply = town.send(ADMIN, "/holiday 2027-02-08 休 国办发明电〔2026〕7号", OFFICE_GROUP)
    assert said(reply) == (
        "已记下:2027-02-08(周一) 放假,依据 国办发明电〔2026〕7号。提醒将重新排。"
    )
    assert said(town.send(ADMIN, "/holiday 2027年2月13日至2027年2月14日 班")) == (
        "已记下:2027-02-13(周六)至 2027-02-14(周日) 上班。提醒将重新排。"
    )
    assert days(town) == [
        (date(2027, 2, 8), False, "国办发明电〔2026〕7号"),
        (date(2027, 2, 13), True, ""),
        (date(2027, 2, 14), True, ""),
    ]
    assert said(town.send(ADMIN, "/holiday")).endswith(
        "<b>已设定</b>\n· 2027-02-08(周一) 放假,国办发明电〔2026〕7号\n"
        "· 2027-02-13(周六) 上班\n· 2027-02-14(周日) 上班"
    )
    town.send(ADMIN, "/holiday 2027-02-08 班")
    town.send(ADMIN, "/holiday 2027-02-13~2027-02-15 撤销")
    assert days(town) == [(date(2027, 2, 8), True, "")]
    events = town.session.scalars(select(AccessEvent).where(AccessEvent.kind == "calendar"))
    assert [event.text for event in events][-1] == "2027-02-13~2027-02-15 撤销"


@pytest.mark.parametrize(
    "words",
    ["2027-02-30 休", "昨天 休", "2027-02-08", "2027-02-08 也许", "2027-02-08至2027-02-05 休",
     "2027-02-01至2027-04-01 休", "2027-02-01至2027-02-02至2027-02-03 休", "2020-01-01 休"],
)  # fmt: skip
def test_a_day_that_is_none_is_not_set(town: Town, words: str):
    assert "已记下" not in said(town.send(ADMIN, f"/holiday {words}"))
    assert days(town) == []


def doubtful(town: Town, count: int, state: str = OutboxState.UNCERTAIN) -> list[int]:
    numbers = []
    for number in range(count):
        key = f"r:{state}:{number}"
        message = Outgoing(key, Address(POLICE_GROUP), f"<b>第{number}项</b> 明天到期")
        row = town.session.get(Outbox, enqueue(town.session, message, NOW))
        row.state, row.last_error = state, "读取超时"
        numbers.append(row.id)
    town.session.flush()
    return numbers


def test_a_doubtful_message_is_sent_again_or_let_be_once(town: Town):
    first, second = doubtful(town, 2)
    reply = town.send(ADMIN, "/uncertain")
    assert said(reply) == (
        "<b>没有把握送达的消息</b>(共 2 条):可能已送到,也可能没有。\n"
        f"\n<b>#{first}</b> 2026-03-05 10:00 发给 群-100\n第0项 明天到期\n原因:读取超时\n"
        f"\n<b>#{second}</b> 2026-03-05 10:00 发给 群-100\n第1项 明天到期\n原因:读取超时"
    )
    again = town.press(ADMIN, button(reply, f"再发 #{first}"), below=7)
    assert (again.toast, only(again).edits) == ("将再发一次", 7)
    assert f"#{first}" not in said(again)
    copies = town.session.scalars(select(Outbox).where(Outbox.key.contains(RESENT))).all()
    assert [row.chat for row in copies] == [POLICE_GROUP]
    assert town.press(ADMIN, button(reply, f"再发 #{first}")).toast == "已处理"
    done = town.press(ADMIN, button(reply, f"不再发 #{second}"))
    assert (done.toast, said(done)) == ("不再发", "没有需要决定的消息。")
    assert town.session.get(Outbox, second).state == OutboxState.DEAD
    assert town.press(ADMIN, button(reply, f"再发 #{second}")).toast == "已处理"
    copies = town.session.scalars(select(Outbox).where(Outbox.key.contains(RESENT))).all()
    assert len(copies) == 1


def test_many_doubtful_messages_are_let_be_together_after_a_question(town: Town):
    doubtful(town, 7)
    reply = town.send(ADMIN, "/uncertain")
    assert "另有 2 条" in said(reply)
    sure = town.press(ADMIN, button(reply, "全部不再发(7 条)"))
    assert labels(sure) == [["确认全部不再发", "返回"]]
    assert "共 7 条" in said(town.press(ADMIN, button(sure, "返回")))
    done = town.press(ADMIN, button(sure, "确认全部不再发"))
    assert (done.toast, said(done)) == ("全部不再发", "没有需要决定的消息。")
    assert town.press(ADMIN, "m:uncertain:x1") == OLD
    assert town.press(ADMIN, "m:uncertain:y") == OLD


def test_what_was_refused_for_good_is_counted(town: Town):
    doubtful(town, 2, OutboxState.FAILED)
    assert said(town.send(ADMIN, "/uncertain")) == (
        "没有需要决定的消息。\n\n<b>近 7 天被拒收的消息</b>\n· 读取超时:2 条"
    )
    town.now = NOW + timedelta(days=8)
    assert said(town.send(ADMIN, "/uncertain")) == "没有需要决定的消息。"


@pytest.mark.parametrize("user", [OFFICER, LEAD, MEMBER, OTHER])
def test_only_administrators_have_these_screens(town: Town, user: int):
    for typed in ("/link", "/link 攻坚办", "/people", "/holiday 2027-02-08 休", "/uncertain"):
        assert said(town.send(user, typed)) == "您没有这项权限"
    for data in ("m:link:p.o", "m:people:p.0", "m:remove:p.2", "m:uncertain:none"):
        assert town.press(user, data) == Reply(toast="您没有这项权限", alarm=True)
    assert (tokens(town), days(town)) == ([], [])


def test_the_menu_of_a_chat_shows_what_its_people_may_use(town: Town):
    plan = {menu.chat: [name for name, _ in menu.commands] for menu in menu_plan(town.session)}
    assert set(plan) == {
        ADMIN,
        OFFICER,
        LEAD,
        MEMBER,
        OTHER,
        POLICE_GROUP,
        WEATHER_GROUP,
        OFFICE_GROUP,
    }
    for names in plan.values():
        assert {"ask", "help", "cancel"} <= set(names)
    administrators = {"link", "people", "holiday", "uncertain"}
    assert [chat for chat, names in plan.items() if administrators & set(names)] == [ADMIN]
    assert administrators <= set(plan[ADMIN])
    assert plan[POLICE_GROUP] == plan[MEMBER]
    assert plan[OFFICE_GROUP] == plan[OFFICER]


def test_the_menu_is_within_what_the_messenger_takes(town: Town):
    for admin in (False, True):
        commands = commands_for({(Role.OFFICE, 0), (Role.LEAD, 1)}, admin=admin)
        assert 0 < len(commands) <= 100
        assert all(re.fullmatch("[a-z0-9_]{1,32}", name) for name, _ in commands)
        assert all(0 < len(words) <= 30 for _, words in commands)
    assert ("ask", "提问") in commands_for([])


def test_who_was_removed_or_is_not_reached_has_no_menu(town: Town):
    town.session.scalar(select(Chat).where(Chat.chat == MEMBER)).state = "blocked"
    person = town.session.scalar(select(Person).where(Person.user == OTHER))
    town.press(ADMIN, f"m:remove:p.{person.id}")
    assert {MEMBER, OTHER}.isdisjoint(menu.chat for menu in menu_plan(town.session))
    assert all(isinstance(menu, Menu) for menu in menu_plan(town.session))


def test_a_link_that_somebody_made_is_on_record_without_its_secret(town: Town):
    secret = secret_in(town.send(ADMIN, "/link 市公安局 成员"), "start")
    events = town.session.scalars(select(AccessEvent).where(AccessEvent.user == ADMIN)).all()
    assert events[-1].text == "member 市公安局"
    assert secret not in events[-1].text
    came = Incoming(IncomingKind.MESSAGE, 60, "新人", 60, ChatKind.PRIVATE)
    assert redeem(town.session, secret, came, NOW).unit == POLICE
