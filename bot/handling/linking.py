"""/link: one-time links that let in a person, or a group; made in the private chat only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from bot.access.links import LIFETIME, make_link
from bot.handling.menu_parts import OLD_BUTTON, in_private, menu, number_in, page_of, rows, turning
from bot.handling.scene import Buttons, Scene, Screen, admins
from bot.records import ROLE_WORDS, Button, Reply, Role
from bot.state.tables import Unit
from bot.telegram.html import escape
from corpus.errors import RefusedError
from corpus.ledger.names import unit_matches

_PERSON, _GROUP = "p", "g"
_KIND_WORDS = {_PERSON: "个人", _GROUP: "群"}
_ROLES = {
    "负责人": Role.LEAD,
    "单位负责人": Role.LEAD,
    "成员": Role.MEMBER,
    "单位成员": Role.MEMBER,
}
_OFFICE = ROLE_WORDS[Role.OFFICE]
_OFFICE_ARG = "o"
# So many units of one name are a name that says nothing.
_MOST_ALIKE = 20
_NO_UNITS = "(还没有单位:用 /import 导入任务后,责任单位会出现在这里)"


def _link(scene: Scene, words: str) -> Reply:
    return _typed(scene, words.split()) if words.strip() else _choose_kind(scene)


def _typed(scene: Scene, words: Sequence[str]) -> Reply:
    """市公安局 负责人, 群 市公安局, 攻坚办: in any order; what is missing is asked for."""
    kind = _GROUP if _KIND_WORDS[_GROUP] in words else _PERSON
    role = next((_ROLES[word] for word in words if word in _ROLES), None)
    office = _OFFICE in words
    known = {*_KIND_WORDS.values(), *_ROLES, _OFFICE}
    name = "".join(word for word in words if word not in known)
    if not name:
        return _made(scene, kind, None, Role.OFFICE) if office else _choose_unit(scene, kind, 0)
    found = _units_named(scene, name)
    if not found:
        raise RefusedError(f"台账里没有叫“{name}”的单位;发 /link 按按钮选择")
    if len(found) > _MOST_ALIKE:
        raise RefusedError(f"叫“{name}”的单位有 {len(found)} 个,请写全称,或发 /link 按按钮选择")
    if len(found) > 1:
        end = f".{role}" if role and kind == _PERSON else ""
        buttons = [[menu(unit.name, "link", f"{kind}.u{unit.id}{end}")] for unit in found]
        return _draw(scene, f"叫“{escape(name)}”的单位有 {len(found)} 个,是哪一个?", rows(*buttons))
    return _for_unit(scene, kind, found[0], role)


def _units_named(scene: Scene, name: str) -> list[Unit]:
    units = scene.session.scalars(select(Unit).order_by(Unit.name)).all()
    exact = [unit for unit in units if unit.name == name]
    return exact or [unit for unit in units if unit_matches(name, unit.name)]


def _pressed(scene: Scene, arg: str) -> Reply:
    kind, *rest = arg.split(".")
    if kind not in _KIND_WORDS:
        raise RefusedError(OLD_BUTTON)
    match rest:
        case []:
            return _choose_unit(scene, kind, 0)
        case [what] if what == _OFFICE_ARG:
            return _made(scene, kind, None, Role.OFFICE)
        case [unit] if unit.startswith("u"):
            return _for_unit(scene, kind, _unit(scene, unit), None)
        case [page]:
            return _choose_unit(scene, kind, number_in(page))
        case [unit, (Role.LEAD | Role.MEMBER) as role] if unit.startswith("u"):
            return _for_unit(scene, kind, _unit(scene, unit), Role(role))
    raise RefusedError(OLD_BUTTON)


def _unit(scene: Scene, arg: str) -> Unit:
    unit = scene.session.get(Unit, number_in(arg.removeprefix("u")))
    if unit is None:
        raise RefusedError(OLD_BUTTON)
    return unit


def _choose_kind(scene: Scene) -> Reply:
    buttons = [menu(word, "link", kind) for kind, word in _KIND_WORDS.items()]
    words = (
        "发一次性的绑定链接。给谁?",
        "也可以直接写:<code>/link 市公安局 负责人</code>、<code>/link 群 市公安局</code>、"
        "<code>/link 攻坚办</code>",
    )
    return scene.say(*words, buttons=rows(buttons))


def _choose_unit(scene: Scene, kind: str, page: int) -> Reply:
    units = scene.session.scalars(select(Unit).order_by(Unit.name)).all()
    lines: list[list[Button]] = [] if page else [[menu(_OFFICE, "link", f"{kind}.{_OFFICE_ARG}")]]
    lines += [[menu(unit.name, "link", f"{kind}.u{unit.id}")] for unit in page_of(units, page)]
    lines.append(turning("link", f"{kind}.", page, len(units)))
    words = f"{_KIND_WORDS[kind]}的链接:哪个单位?" + ("" if units else _NO_UNITS)
    return _draw(scene, words, rows(*lines))


def _for_unit(scene: Scene, kind: str, unit: Unit, role: Role | None) -> Reply:
    """A group is its unit's as a whole; a person is asked for the role."""
    if kind == _GROUP:
        return _made(scene, kind, unit, Role.MEMBER)
    if role is not None:
        return _made(scene, kind, unit, role)
    buttons = [
        menu(ROLE_WORDS[one], "link", f"{kind}.u{unit.id}.{one}")
        for one in (Role.LEAD, Role.MEMBER)
    ]
    return _draw(scene, f"<b>{escape(unit.name)}</b>:什么身份?", rows(buttons))


def _made(scene: Scene, kind: str, unit: Unit | None, role: Role) -> Reply:
    secret = make_link(
        scene.session, scene.actor, role=role, unit=unit, now=scene.now, group=kind == _GROUP
    )
    whose = escape(unit.name) if unit else _OFFICE
    hours = int(LIFETIME.total_seconds()) // 3600
    rule = f"只能用一次,{hours} 小时内有效。不要发到群里,也不要转给别人。"
    if kind == _GROUP:
        blocks = _group_words(scene.desk.bot_name, secret, whose)
        rule = f"只能用一次,{hours} 小时内有效。不要转给别人。"
    else:
        rank = f" {ROLE_WORDS[role]}" if unit else ""
        blocks = _person_words(scene.desk.bot_name, secret, f"{whose}{rank}")
    drawn = _draw(scene, "\n".join([*blocks, "", rule]), ())
    return replace(drawn, messages=tuple(replace(one, secret=True) for one in drawn.messages))


def _person_words(bot: str, secret: str, whose: str) -> list[str]:
    return [
        f"<b>{whose}</b> 的绑定链接,请私下发给本人,点开后按“开始”:",
        f"https://t.me/{bot}?start={secret}",
        "或请本人私聊机器人发送:",
        f"<code>/bind {secret}</code>",
    ]


def _group_words(bot: str, secret: str, whose: str) -> list[str]:
    return [
        f"<b>{whose}</b> 群的绑定链接,点开后选择要绑定的群:",
        f"https://t.me/{bot}?startgroup={secret}",
        "机器人已经在群里时,也可以在群里发送:",
        f"<code>/bind {secret}</code>",
    ]


def _draw(scene: Scene, words: str, buttons: Buttons) -> Reply:
    """A step of the menu takes the place of the one before."""
    draw = scene.redraw if scene.incoming.press_id else scene.say
    return draw(words, buttons=buttons)


COMMANDS = {"link": Screen(in_private(_link), admins, "发绑定链接")}
MENUS: dict[str, Screen] = {"link": Screen(in_private(_pressed), admins)}
