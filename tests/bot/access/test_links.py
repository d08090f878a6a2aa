from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.access.chats import admin_chats, chats_of_unit, leads_of_unit, office_chats
from bot.access.links import LIFETIME, make_link, redeem
from bot.access.people import (
    actor_for,
    ensure_admins,
    remove_chat,
    remove_person,
    unit_named,
)
from bot.records import ChatKind, Incoming, IncomingKind, Role
from bot.state.database import Database
from bot.state.tables import AccessEvent, BindToken, Chat, Membership, Person
from corpus.errors import RefusedError

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ADMIN, ZHANG, LI = 1, 2, 3
GROUP = -100


def by(user: int, chat: int | None = None, thread: int = 0) -> Incoming:
    place = user if chat is None else chat
    kind = ChatKind.PRIVATE if place == user else ChatKind.GROUP
    return Incoming(IncomingKind.MESSAGE, user, f"人{user}", place, kind, "工作群", thread)


@pytest.fixture
def session(database: Database):
    with Session(database.writer, expire_on_commit=False) as opened:
        ensure_admins(opened, [ADMIN], NOW)
        yield opened
        opened.rollback()


def admin(session: Session):
    actor = actor_for(session, ADMIN, ADMIN)
    assert actor is not None
    return actor


def link(session: Session, role: Role = Role.MEMBER, name: str | None = "市公安局", **more):
    unit = unit_named(session, name, NOW) if name else None
    return make_link(session, admin(session), role=role, unit=unit, now=NOW, **more)


def test_the_first_administrator_is_let_in_by_the_settings_and_only_once(session: Session):
    ensure_admins(session, [ADMIN], NOW)
    actor = admin(session)
    assert (actor.admin, actor.office, actor.units()) == (True, True, frozenset())
    assert len(session.scalars(select(Membership)).all()) == 1
    assert [room.chat for room in admin_chats(session)] == [ADMIN]


def test_a_link_lets_one_person_in_as_what_it_says(session: Session):
    bound = redeem(session, link(session, Role.LEAD), by(ZHANG), NOW)
    assert (bound.kind, bound.role, bound.unit) == ("person", Role.LEAD, "市公安局")
    actor = actor_for(session, ZHANG, ZHANG)
    assert actor is not None
    assert (actor.name, actor.office, len(actor.units(Role.LEAD))) == ("人2", False, 1)


def test_the_secret_itself_is_not_kept(session: Session):
    secret = link(session)
    assert secret not in str(session.scalars(select(BindToken)).one().__dict__)


@pytest.mark.parametrize("why", ["unknown", "used", "expired"])
def test_failure_20_a_link_that_is_no_good_is_refused_and_recorded(session: Session, why: str):
    secret = link(session)
    when = NOW
    if why == "unknown":
        secret += "x"
    elif why == "used":
        redeem(session, secret, by(LI), NOW)
    else:
        when = NOW + LIFETIME
    with pytest.raises(RefusedError, match="链接无效、已用过或已过期"):
        redeem(session, secret, by(ZHANG), when)
    assert actor_for(session, ZHANG, ZHANG) is None
    kinds = session.scalars(select(AccessEvent.kind).where(AccessEvent.user == ZHANG)).all()
    assert kinds == [f"link {why}"]


def test_a_persons_link_works_only_in_private_and_a_groups_only_in_a_group(session: Session):
    with pytest.raises(RefusedError, match="私聊"):
        redeem(session, link(session), by(ZHANG, GROUP), NOW)
    with pytest.raises(RefusedError, match="群里"):
        redeem(session, link(session, group=True), by(ZHANG), NOW)
    assert session.scalars(select(BindToken).where(BindToken.used_at.is_not(None))).all() == []


def test_only_an_administrator_makes_links_and_unit_and_role_must_fit(session: Session):
    redeem(session, link(session, Role.OFFICE, None), by(ZHANG), NOW)
    colleague = actor_for(session, ZHANG, ZHANG)
    with pytest.raises(RefusedError, match="管理员"):
        make_link(session, colleague, role=Role.OFFICE, unit=None, now=NOW)
    with pytest.raises(RefusedError, match="不带单位"):
        link(session, Role.OFFICE, "市公安局")
    with pytest.raises(RefusedError, match="不带单位"):
        link(session, Role.MEMBER, None)


def test_user_and_chat_are_both_looked_at(session: Session):
    redeem(session, link(session), by(ZHANG), NOW)
    redeem(session, link(session, name="市商务局"), by(LI), NOW)
    assert actor_for(session, ZHANG, LI) is None  # another one's private chat
    assert actor_for(session, ZHANG, GROUP) is None  # a group nobody bound
    redeem(session, link(session, group=True), by(ADMIN, GROUP), NOW)
    assert actor_for(session, ZHANG, GROUP) is not None
    assert actor_for(session, ADMIN, GROUP) is not None  # the office is heard in units' groups
    assert actor_for(session, LI, GROUP) is None  # another unit's person
    assert actor_for(session, 99, GROUP) is None  # a stranger in the group


def test_a_group_bound_in_one_topic_is_not_heard_in_another(session: Session):
    redeem(session, link(session), by(ZHANG), NOW)
    redeem(session, link(session, group=True), by(ADMIN, GROUP, thread=7), NOW)
    assert actor_for(session, ZHANG, GROUP, 7) is not None
    assert actor_for(session, ZHANG, GROUP, 8) is None


def test_removal_acts_at_once(session: Session):
    redeem(session, link(session), by(ZHANG), NOW)
    redeem(session, link(session, group=True), by(ADMIN, GROUP), NOW)
    unit = unit_named(session, "市公安局", NOW)
    remove_chat(session, admin(session), chats_of_unit(session, unit.id)[0].id, NOW)
    assert actor_for(session, ZHANG, GROUP) is None
    assert [room.chat for room in chats_of_unit(session, unit.id)] == [ZHANG]
    remove_person(session, admin(session), ZHANG, NOW)
    assert actor_for(session, ZHANG, ZHANG) is None
    assert chats_of_unit(session, unit.id) == []


def test_links_handed_out_by_somebody_removed_are_good_no_more(session: Session):
    redeem(session, link(session, Role.OFFICE, None), by(ZHANG), NOW)
    zhang = session.scalars(select(Person).where(Person.user == ZHANG)).one()
    zhang.admin = True
    session.flush()
    unit = unit_named(session, "市公安局", NOW)
    secret = make_link(
        session, actor_for(session, ZHANG, ZHANG), role=Role.MEMBER, unit=unit, now=NOW
    )
    remove_person(session, admin(session), ZHANG, NOW)
    with pytest.raises(RefusedError, match="已过期"):
        redeem(session, secret, by(LI), NOW)


def test_removal_is_refused_to_others_and_of_oneself(session: Session):
    redeem(session, link(session, Role.OFFICE, None), by(ZHANG), NOW)
    with pytest.raises(RefusedError, match="管理员"):
        remove_person(session, actor_for(session, ZHANG, ZHANG), ADMIN, NOW)
    with pytest.raises(RefusedError, match="不能移除自己"):
        remove_person(session, admin(session), ADMIN, NOW)
    with pytest.raises(RefusedError, match="没有编号为 77"):
        remove_person(session, admin(session), 77, NOW)


def test_a_second_link_changes_the_role_and_adds_other_units(session: Session):
    for role, name in (
        (Role.MEMBER, "市公安局"),
        (Role.LEAD, "市公安局"),
        (Role.MEMBER, "市商务局"),
    ):
        redeem(session, link(session, role, name), by(ZHANG), NOW + timedelta(minutes=1))
    actor = actor_for(session, ZHANG, ZHANG)
    police = unit_named(session, "市公安局", NOW).id
    assert actor.units(Role.LEAD) == {police}
    assert len(actor.units()) == 2
    assert [room.chat for room in leads_of_unit(session, police)] == [ZHANG]


def test_messages_go_to_groups_first_and_to_people_where_there_is_none(session: Session):
    redeem(session, link(session), by(ZHANG), NOW)
    unit = unit_named(session, "市公安局", NOW)
    assert [room.chat for room in chats_of_unit(session, unit.id)] == [ZHANG]
    redeem(session, link(session, group=True), by(ADMIN, GROUP), NOW)
    assert [room.chat for room in chats_of_unit(session, unit.id)] == [GROUP]
    room = session.scalars(select(Chat).where(Chat.chat == GROUP)).one()
    room.state = "blocked"
    session.flush()
    assert [room.chat for room in chats_of_unit(session, unit.id)] == [ZHANG]
    assert [room.chat for room in office_chats(session)] == [ADMIN]
    redeem(session, link(session, Role.OFFICE, None, group=True), by(ADMIN, -200), NOW)
    assert [room.chat for room in office_chats(session)] == [-200]


def test_at_the_start_an_administrator_who_had_blocked_the_bot_is_reached_again(session: Session):
    room = session.scalars(select(Chat).where(Chat.chat == ADMIN)).one()
    room.state = "blocked"
    session.flush()
    events = len(session.scalars(select(AccessEvent)).all())
    ensure_admins(session, [ADMIN], NOW)
    assert [found.chat for found in admin_chats(session)] == [ADMIN]
    assert len(session.scalars(select(AccessEvent)).all()) == events
