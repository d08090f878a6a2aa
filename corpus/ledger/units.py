"""Responsible units: splitting a 责任单位 line into names and roles."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from corpus.ledger.names import department_of

_ROLE_WORDS = dict.fromkeys(("牵头", "负责", "主办", "承办", "责任"), "lead") | dict.fromkeys(
    ("配合", "参与", "参加", "协助", "协办", "会同", "联合"), "cooperating"
)
_JOINING = r"会同|联合(?=[市县区各省])"
_ROLES = "|".join(word for word in _ROLE_WORDS if word not in ("会同", "联合"))
_VERBS = r"(?:负责|抓好|做好|抓总|具体|共同|组织|落实|实施|办理|推进|处理|整改|完成)"
_CLOSING = re.compile(
    rf"^(?P<name>.*?)(?:按照?各?自?职责(?:分工)?|分别|共同|联合|具体|密切|积极|统一|负责|总)*(?:[(（])?"
    rf"(?P<role>{_ROLES}){_VERBS}*(?:[)）])?$"
)
_LABEL = rf"(?P<role>{_ROLES})(?:责任)?(?:(?:单位|部门)\s*[:：]?|\s*[:：])\s*"
_OPENING = re.compile(rf"^(?:{_LABEL}|(?P<joined>{_JOINING}))")
_OWN_ROLE = re.compile(rf"[(（](?P<role>{_ROLES})(?:责任)?(?:单位|部门)?[)）]$")
_TRAILING = re.compile(r"(?:共同)?(?:办理|落实|实施|推进|处理)$")
_ETCETERA = re.compile(
    r"等(?P<count>(?:\d{1,3}|[一二三四五六七八九十]{1,3})[个家])?(?:市直)?(?:有关|相关)?(?:部门|单位)?$"
)
_BODY = re.compile(
    r"^(?P<prefix>.+?)(?:党委|党工委|人民政府|政府|管委会)(?:[(（][^()（）]*[)）])?$"
)
_BARE_BODY = re.compile(r"^(?:党委|党工委|人民政府|政府|管委会)(?:[(（]|$)")
# 源汇区、召陵区人民政府: the first stands for its government too; 开发区 has none.
_PLACE = re.compile(r"^(?!各|全|本|辖|有关|相关)[\u4e00-\u9fff]{1,8}[县区]$")
_PLACE_BODY = re.compile(r"^[\u4e00-\u9fff]{2,9}[县区](?P<body>人民政府|政府|管委会)$")
_NOT_A_GOVERNMENT = ("开发区", "示范区", "功能区", "园区", "新区", "产业区")
# 安阳、济源市党委和政府: a place without its level has the bodies of the next one that has it.
_LEVELLED = re.compile(
    r"^(?P<place>(?!各|全|有关|相关)[\u4e00-\u9fff]{2,7}?)(?P<level>[市县区州旗])(?P<body>党委|委|人民政府|政府)$"
)
_BODY_ALONE = re.compile(r"^(?P<level>[市县区州旗]?)(?P<body>人民政府|政府)$")
_LEVELS = tuple("市县区州旗")
_BARE_PLACE = re.compile(r"^(?!各|全|有关|相关|市|省|县|区)[\u4e00-\u9fff]{2,4}$")
_SEPARATORS = "、,，;；。/／\n"
_NUMBERING = re.compile(
    r"(?:^|(?<=[、,，;；。/\s]))(?:\d{1,2}[、.．]|[(（](?:\d{1,2}|[一二三四五六七八九十]{1,2})[)）]|[①-⑳])"
)
# What a whole name ends in: 自然资源 and 文化广电 do not, so their 和 is the name's own.
_WHOLE = re.compile(
    r"(?:局|委|办|厅|院|政府|公司|中心|部门|单位|[支大总]队|委员会|管委会|办公室|党委|党工委|集团"
    rf"|银行|学校|协会|总工会|联合会|妇联|分局|机构|指挥部|[县区])(?:[(（][^()（）]*[)）])?(?:{_ROLES})?{_VERBS}*$"
)
# What a broken name can go on with; a whole name begins otherwise.
_REST = re.compile(r"(?:[局委办厅院]|[和与及](?!其)|[^市县区省各国驻镇乡街]{1,3}[局委办厅院])")
_AND = re.compile(rf"(?P<blank>[ \t\u3000]+)|(?P<joined>{_JOINING})|以及|和|及(?!其)|与")
_GLUED_LABEL = re.compile(rf"(?<=[局委办府会司心])(?:{_ROLES})(?:责任)?(?:单位|部门)[:：]")
_LABEL_AHEAD = re.compile(rf"(?:{_ROLES})(?:责任)?(?:单位|部门)?\s*[:：]|(?:{_ROLES}){_VERBS}*$")


class Role(StrEnum):
    """What a unit owes a task: to lead it or to cooperate."""

    LEAD = "lead"
    COOPERATING = "cooperating"


@dataclass(frozen=True, slots=True)
class Units:
    """The units of one task by role, in order of appearance, names as written.

    `completed` pairs a name that is not as written with the words it stands for: 党委、人民政府
    after one 各县区 share it, 源汇区 in 源汇区、召陵区人民政府, 市财政局等12个部门.
    """

    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    completed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A name between separators; `group` counts the commas before it."""

    text: str
    group: int
    written: str = ""  # the words before a body was shared out, or a line break closed
    broken: bool = False  # a line ends behind it


def split_units(text: str, *, role: Role | None = None) -> Units:
    """Split a 责任单位 value: names at 、，；和 outside parentheses, roles by 牵头 and 配合.

    A role word closes a group and holds for every name before it; names after the last role
    word cooperate, and lead where nobody is said to.

    :param role: the role a label (牵头单位:) gives to names that carry no role word.
    """
    assigned: list[tuple[str, Role, int]] = []
    pending: list[tuple[str, int]] = []
    completed: list[tuple[str, str]] = []
    stated: Role | None = role
    for piece in _with_bodies(_with_levels(_pieces(text))):
        name, opening, closing, own = _roles_of(piece.text)
        if opening:
            assigned += _with_role(pending, stated, assigned)
            pending, stated = [], opening
        name, whole = _complete(name, [p[0] for p in pending] or [a[0] for a in assigned])
        name, counted = _without_count(name)
        whole = piece.written or whole or counted
        completed += [(name, whole)] if whole and name else []
        if own:
            assigned.append((name, own, piece.group))
            continue
        pending += [(name, piece.group)] if name else []
        if closing:
            assigned += [(n, closing, group) for n, group in pending]
            pending = []
    assigned += _with_role(pending, stated, assigned)
    # Under 配合单位: a comma says nothing about who leads.
    assigned = assigned if role else _led_by_first_group(assigned)
    lead = dict.fromkeys(name for name, role_, _ in assigned if role_ is Role.LEAD)
    rest = dict.fromkeys(name for name, role_, _ in assigned if role_ is not Role.LEAD)
    return Units(tuple(lead), tuple(n for n in rest if n not in lead), tuple(completed))


def _pieces(text: str) -> list[_Piece]:
    """Cut at separators outside parentheses, and at 和 and blanks between whole names."""
    pieces: list[_Piece] = []
    depth, group, current = 0, 0, ""
    plain = _GLUED_LABEL.sub(r" \g<0>", _NUMBERING.sub("、", text))
    for char in f"{plain}\n":
        depth += (char in "(（") - (char in ")）")
        # An unclosed parenthesis must not swallow the lines after it.
        depth = 0 if char == "\n" else max(depth, 0)
        if char not in _SEPARATORS or depth:
            current += char
            continue
        found = [_Piece(name, group) for name in _names(current.strip())]
        pieces += [*found[:-1], *(replace(one, broken=char == "\n") for one in found[-1:])]
        group += char not in "、/／"
        current = ""
    return _unbroken(pieces)


def _unbroken(pieces: list[_Piece]) -> list[_Piece]:
    """Join a name that a line's end has broken: 市农业农村⏎局."""
    found: list[_Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last and last.broken and not _WHOLE.search(last.text) and _REST.match(piece.text):
            written = f"{last.text}\n{piece.text}"
            piece = replace(piece, text=last.text + piece.text, group=last.group, written=written)
            found.pop()
        found.append(piece)
    return found


def _names(words: str) -> list[str]:
    """Cut A和B, A B and A会同B where both sides are whole names or role words."""
    begin, names = 0, []
    for match in _AND.finditer(words):
        left, right = words[begin : match.start()].strip(), words[match.end() :].strip()
        if left.count("(") + left.count("（") > left.count(")") + left.count("）"):
            continue
        follows = _AND.split(right, maxsplit=1)[0] if match["blank"] else right
        label = match["blank"] and _LABEL_AHEAD.match(right)
        if left and (label or (_WHOLE.search(left) and (_WHOLE.search(follows) or label))):
            names.append(left)
            begin = match.start() if match["joined"] else match.end()
    names.append(words[begin:].strip())
    return [name for name in names if name]


def _with_levels(pieces: list[_Piece]) -> list[_Piece]:
    """Complete places that share level and bodies with the last one in their list."""
    bodies: list[str] = []
    alone, group, found = "", -1, []
    for piece in reversed(pieces):
        name, *_ = _roles_of(piece.text)
        if match := _LEVELLED.match(name):
            further = [match["level"] + alone] if alone and group == piece.group else []
            bodies, group = [match["level"] + match["body"], *further], piece.group
            alone = ""
        elif match := _BODY_ALONE.match(name):
            alone, group, bodies = match["body"], piece.group, []
        elif bodies and group == piece.group and _is_place(name, bodies[0]):
            level = 1 if name.endswith(_LEVELS) else 0  # 东江市 has its own
            whole = [name + body[level:] for body in reversed(bodies)]
            found += [replace(piece, text=one, written=name) for one in whole]
            continue
        else:
            alone, bodies = "", []
        found.append(piece)
    return found[::-1]


def _is_place(name: str, body: str) -> bool:
    """Tell whether a name is a place that a body is left out of: 安阳, 东江市, 源汇区.

    Without its level only a town's counts: 教体、南湖县政府 are an office and a county.
    """
    if not _BARE_PLACE.match(name) or name.endswith(_NOT_A_GOVERNMENT):
        return False
    if name.endswith(_LEVELS):
        return True
    town = body.startswith(("市", "州"))
    return town and _WHOLE.search(name) is None and department_of(name) is None


def _with_bodies(pieces: list[_Piece]) -> list[_Piece]:
    """Complete places that share the 人民政府 of the last one in their list."""
    body, group, found = "", -1, []
    for piece in reversed(pieces):
        name, *_ = _roles_of(piece.text)
        if match := _PLACE_BODY.match(name):
            body, group = match["body"], piece.group
        elif body and piece.group == group and _PLACE.match(name):
            if body == "管委会" or not name.endswith(_NOT_A_GOVERNMENT):
                text = piece.text.replace(name, name + body)
                piece = _Piece(text, piece.group, written=name)
        else:
            body = ""
        found.append(piece)
    return found[::-1]


def _roles_of(piece: str) -> tuple[str, Role | None, Role | None, Role | None]:
    """Return the name in a piece, and the roles its words open, close or give to it alone."""
    opening = closing = own = None
    if match := _OPENING.match(piece):
        opening = Role(_ROLE_WORDS[match["role"] or match["joined"]])
        piece = piece[match.end() :]
    if match := _OWN_ROLE.search(piece):
        own, piece = Role(_ROLE_WORDS[match["role"]]), piece[: match.start()]
    elif match := _CLOSING.match(piece):
        closing, piece = Role(_ROLE_WORDS[match["role"]]), match["name"]
    name = _TRAILING.sub("", piece.strip()).removeprefix("由").strip()
    return name, opening, closing, own


def _without_count(name: str) -> tuple[str, str]:
    """Cut 等部门 off; a number of units that are not named (等12个部门) is kept as read."""
    match = _ETCETERA.search(name)
    if match is None:
        return name, ""
    return name[: match.start()].strip(), name if match["count"] else ""


def _complete(name: str, before: list[str]) -> tuple[str, str]:
    """Give a bare 人民政府 the place of the 党委 before it; the second value is what was read."""
    if _BARE_BODY.match(name) and before and (body := _BODY.match(before[-1])):
        return body["prefix"] + name, f"{before[-1]}、{name}"
    # 林海市委、市政府 in a province's plan: the 市政府 is that town's.
    if (alone := _BODY_ALONE.match(name)) and before and (body := _LEVELLED.match(before[-1])):
        whole = f"{body['place']}{body['level']}{alone['body']}"
        if alone["level"] in ("", body["level"]):
            return whole, f"{before[-1]}、{name}"
    return name, ""


def _with_role(
    pending: list[tuple[str, int]], stated: Role | None, assigned: list[tuple[str, Role, int]]
) -> list[tuple[str, Role, int]]:
    """Give names without a role word theirs: a label's, else lead unless somebody leads."""
    default = Role.COOPERATING if assigned else Role.LEAD
    return [(name, stated or default, group) for name, group in pending]


def _led_by_first_group(assigned: list[tuple[str, Role, int]]) -> list[tuple[str, Role, int]]:
    """Let the group up to a comma lead, where all that is said is who cooperates."""
    if not assigned or any(role is Role.LEAD for _, role, _ in assigned):
        return assigned
    first, last = assigned[0][2], assigned[-1][2]
    if first == last:
        return assigned
    return [(name, Role.LEAD if group == first else role, group) for name, role, group in assigned]
