"""/people: who and what is let in, and taking them out; with it the administrators' other menus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.access.chats import chats_of_unit
from bot.access.people import remove_chat, remove_person
from bot.handling import linking, upkeep
from bot.handling.menu_parts import OLD_BUTTON, in_private, menu, number_in, page_of, rows, turning
from bot.handling.scene import Scene, Screen, admins
from bot.records import ROLE_WORDS, Button, ChatKind, ChatState, Reply, Role
from bot.state.tables import Chat, Membership, Person, Unit
from bot.telegram.html import escape
from corpus.errors import RefusedError

_PERSON, _GROUP = "p", "g"
_OFFICE = ROLE_WORDS[Role.OFFICE]
_STATES = {ChatState.ACTIVE: "正常", ChatState.BLOCKED: "发不到(机器人被移出或屏蔽)"}
_GONE = "已经移除了"


@dataclass(frozen=True, slots=True)
class _Place:
    """What somebody is, in which unit, and whether messages reach them."""

    person: Person
    role: Role
    unit: str
    reached: bool


def _people(scene: Scene, words: str) -> Reply:
    blocks = ["<b>人员</b>"]
    unit = None
    for place in _places(scene):
        if place.unit != unit:
            unit = place.unit
            blocks += ["", f"<b>{escape(unit)}</b>"]
        blocks.append(_place_words(place))
    groups = _groups(scene)
    blocks += ["", "<b>群</b>", *(_group_words(scene, room) for room in groups)]
    if not groups:
        blocks.append("还没有绑定的群。用 /link 发群的绑定链接。")
    remove = [menu("移除人员", "people", f"{_PERSON}.0")]
    remove += [menu("移除群", "people", f"{_GROUP}.0")] if groups else []
    return scene.say(*blocks, buttons=rows(remove))


def _places(scene: Scene) -> list[_Place]:
    """Everybody who is let in, the office first; who is in two units stands there twice."""
    query = (
        select(Person, Membership.role, Unit.name, Chat.state)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Unit, Unit.id == Membership.unit_id)
        .outerjoin(Chat, Chat.person_id == Person.id)
        .where(Person.active, Membership.until.is_(None))
        .order_by(Unit.name.is_not(None), Unit.name, Membership.role, Person.id)
    )
    return [
        _Place(person, Role(role), unit or _OFFICE, state == ChatState.ACTIVE)
        for person, role, unit, state in scene.session.execute(query)
    ]


def _place_words(place: _Place) -> str:
    rank = "管理员" if place.person.admin else ROLE_WORDS[place.role]
    blocked = "" if place.reached else ",<b>收不到消息</b>"
    return f"· {escape(place.person.name)} {rank}{blocked}"


def _groups(scene: Scene) -> Sequence[Chat]:
    query = select(Chat).where(Chat.kind == ChatKind.GROUP, Chat.state != ChatState.REMOVED)
    return scene.session.scalars(query.order_by(Chat.office.desc(), Chat.id)).all()


def _group_words(scene: Scene, room: Chat) -> str:
    return (
        f"· {escape(_title(room))} → {escape(_whose(scene, room))},{_STATES[ChatState(room.state)]}"
    )


def _title(room: Chat) -> str:
    topic = f"(话题 {room.thread})" if room.thread else ""
    return (room.title or f"群 {room.chat}") + topic


def _whose(scene: Scene, room: Chat) -> str:
    unit = scene.session.get(Unit, room.unit_id) if room.unit_id else None
    return unit.name if unit else _OFFICE


def _menu(scene: Scene, arg: str) -> Reply:
    """A page of those who may be taken out, or the question whether one is meant."""
    match arg.split("."):
        case ["p", page]:
            return _choose_person(scene, number_in(page))
        case ["g", page]:
            return _choose_group(scene, number_in(page))
        case ["p", "ask", person]:
            return _ask_person(scene, number_in(person))
        case ["g", "ask", room]:
            return _ask_group(scene, number_in(room))
        case ["no"]:
            return scene.redraw("没有移除。/people 看人员和群。")
    raise RefusedError(OLD_BUTTON)


def _choose_person(scene: Scene, page: int) -> Reply:
    units: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    for place in _places(scene):
        if place.person.id != scene.actor.person:
            names[place.person.id] = place.person.name
            units.setdefault(place.person.id, []).append(place.unit)
    shown = page_of(list(names), page)
    lines = [
        [menu(f"{names[person]}({'、'.join(units[person])})", "people", f"p.ask.{person}")]
        for person in shown
    ]
    words = "移除哪一位?" if names else "除您以外还没有别人。"
    turns = turning("people", f"{_PERSON}.", page, len(names))
    return scene.redraw(words, buttons=rows(*lines, turns, [_no()]))


def _choose_group(scene: Scene, page: int) -> Reply:
    groups = _groups(scene)
    lines = [
        [menu(f"{_title(room)}({_whose(scene, room)})", "people", f"g.ask.{room.id}")]
        for room in page_of(groups, page)
    ]
    words = "移除哪个群?" if groups else "没有绑定的群。"
    turns = turning("people", f"{_GROUP}.", page, len(groups))
    return scene.redraw(words, buttons=rows(*lines, turns, [_no()]))


def _ask_person(scene: Scene, number: int) -> Reply:
    person = _person(scene, number)
    words = (
        f"确认移除 <b>{escape(person.name)}</b>?",
        "移除后立即失效:不再回应,也不再发提醒到其私聊。办过的事仍有记录。",
    )
    sure = menu("确认移除", "remove", f"{_PERSON}.{person.id}")
    return scene.redraw(*words, buttons=rows([sure, _no()]))


def _ask_group(scene: Scene, number: int) -> Reply:
    room = _group(scene, number)
    words = (
        f"确认移除群 <b>{escape(_title(room))}</b>({escape(_whose(scene, room))})?",
        "移除后立即失效:不再回应,也不再发提醒到这个群。",
    )
    sure = menu("确认移除", "remove", f"{_GROUP}.{room.id}")
    return scene.redraw(*words, buttons=rows([sure, _no()]))


def _no() -> Button:
    return menu("不移除", "people", "no")


def _remove(scene: Scene, arg: str) -> Reply:
    match arg.split("."):
        case ["p", number]:
            person = _person(scene, number_in(number))
            units = _units_of(scene, person)
            remove_person(scene.session, scene.actor, person.user, scene.now)
            words = f"已移除 <b>{escape(person.name)}</b>。"
        case ["g", number]:
            room = _group(scene, number_in(number))
            units = [room.unit_id] if room.unit_id else []
            remove_chat(scene.session, scene.actor, room.id, scene.now)
            words = f"已移除群 <b>{escape(_title(room))}</b>。"
        case _:
            raise RefusedError(OLD_BUTTON)
    return scene.redraw(words, *_unreached(scene, units), toast="已移除")


def _units_of(scene: Scene, person: Person) -> list[int]:
    query = select(Membership.unit_id).where(
        Membership.person_id == person.id,
        Membership.until.is_(None),
        Membership.unit_id.is_not(None),
    )
    return [unit for unit in scene.session.scalars(query) if unit is not None]


def _unreached(scene: Scene, units: Sequence[int]) -> list[str]:
    """A warning for each unit that nobody and no group can be reached of any more."""
    lost = [unit for unit in units if not chats_of_unit(scene.session, unit)]
    rows = [scene.session.get_one(Unit, unit) for unit in lost]
    return [f"注意:{escape(row.name)} 已没有能收到提醒的人和群。" for row in rows]


def _person(scene: Scene, number: int) -> Person:
    person = scene.session.get(Person, number)
    if person is None or not person.active:
        raise RefusedError(_GONE)
    return person


def _group(scene: Scene, number: int) -> Chat:
    room = scene.session.get(Chat, number)
    if room is None or room.kind != ChatKind.GROUP or room.state == ChatState.REMOVED:
        raise RefusedError(_GONE)
    return room


COMMANDS = {
    **linking.COMMANDS,
    "people": Screen(in_private(_people), admins, "人员和群"),
    **upkeep.COMMANDS,
}
MENUS: dict[str, Screen] = {
    **linking.MENUS,
    "people": Screen(in_private(_menu), admins),
    "remove": Screen(in_private(_remove), admins),
    **upkeep.MENUS,
}
DIALOGS: dict[str, Screen] = {}
PRESSES: dict[type, Screen] = {}
