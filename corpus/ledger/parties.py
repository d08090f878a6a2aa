"""Who answers for an item: its units by role, its leaders, and who accepts it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from corpus.ledger.items import Item, Part
from corpus.ledger.labels import Field
from corpus.ledger.leaders import is_post, read_leaders, read_people, unit_of_post
from corpus.ledger.units import Role, Units, split_units
from corpus.records import Leader
from corpus.repairs.spam import SPAM_MARK

ROLES = {
    Field.UNITS: None,
    Field.PARTIES: None,
    Field.LEAD_UNITS: Role.LEAD,
    Field.COOPERATING_UNITS: Role.COOPERATING,
}
_NAME_BEFORE = " \t\u3000\n(（:：、,，"
# Spam behind a name, which is whole.
_BEHIND_NAME = re.compile(rf"(?<=[\u4e00-\u9fff]){SPAM_MARK}(?=\s*(?:[(（、,，;；。]|$|\s))")
_NOBODY = re.compile(r"[\s\W无]*")  # a dash, or nothing


def item_units(text: str, item: Item) -> tuple[Units, list[str]]:
    """Read the units of every 责任单位, 牵头单位 and 配合单位, and name what was filled up."""
    lead: dict[str, None] = {}
    rest: dict[str, None] = {}
    notes: dict[str, None] = {}
    for part, role in _roles(text, item):
        units = split_units(text[part.value : part.end], role=role)
        people = people_of(text, part)
        lead |= dict.fromkeys(_without_people(units.lead, people))
        rest |= dict.fromkeys(_without_people(units.cooperating, people))
        for name, whole in units.completed:
            shown = "lead_units" if name in lead else "cooperating_units"
            notes[f"{shown}: {name} (原文: {whole})"] = None
    return Units(tuple(lead), tuple(name for name in rest if name not in lead)), list(notes)


def _roles(text: str, item: Item) -> list[tuple[Part, Role | None]]:
    """Return the parts of units, each with the role that its label gives.

    Beside a 牵头单位, a 责任单位 does not lead; where 配合单位 stands too, it does.
    """
    found: list[tuple[Part, Role | None]] = []
    for _, run in groupby(_numbered_runs(item), key=lambda pair: pair[0]):
        parts = [part for _, part in run if part.field in ROLES]
        stated = [_stated_role(text, part) for part in parts]
        beside = Role.LEAD in stated and Role.COOPERATING not in stated
        default = Role.COOPERATING if beside else None
        found += [(part, role or default) for part, role in zip(parts, stated, strict=True)]
    return found


def _numbered_runs(item: Item) -> list[tuple[int, Part]]:
    """Number the parts by the measure they stand behind: each may have units of its own."""
    count, found = 0, []
    several = sum(part.field is Field.MEASURES for part in item.parts) > 1
    for part in item.parts:
        count += several and part.field is Field.MEASURES
        found.append((count, part))
    return found


def _stated_role(text: str, part: Part) -> Role | None:
    """Return the role that a label states: 牵头领导及单位 leads."""
    leads = part.field is Field.PARTIES and "牵头" in text[part.start : part.value]
    return Role.LEAD if leads else ROLES[part.field]


def people_of(text: str, part: Part) -> list[Leader]:
    """Return the people that a part of units names beside them."""
    return read_people(text[part.value : part.end], mixed=part.field is Field.PARTIES)


def _without_people(names: tuple[str, ...], people: Sequence[Leader]) -> list[str]:
    """Cut the people off units that share a value with them: 市公安局 张三, 市公安局(张三)."""
    units: list[str] = []
    posts: list[str] = []
    for name in names:
        # 赵 亮 is written with a blank where others have three characters.
        patterns = (r"[ \t\u3000]*".join(person.name) for person in people)
        places = [match.start() for pattern in patterns if (match := re.search(pattern, name))]
        kept = name[: min(places)].rstrip(_NAME_BEFORE) if places else name
        (posts if people and is_post(kept) else units).append(kept)
    # 市公安局局长张三 alone tells the unit by the post.
    units = units if any(units) else [unit for post in posts if (unit := unit_of_post(post))]
    return [name for name in units if name]


def item_leaders(text: str, item: Item) -> tuple[tuple[Leader, ...], list[str]]:
    """Read the leaders of every 责任领导, and note the posts that have no name."""
    found: dict[Leader, None] = {}
    notes: dict[str, None] = {}
    for part in item.parts:
        if part.field in ROLES:
            found |= dict.fromkeys(people_of(text, part))
        elif part.field is Field.LEADERS:
            value = text[part.value : part.end]
            people, nameless = read_leaders(_BEHIND_NAME.sub("", value))
            found |= dict.fromkeys(people)
            notes |= dict.fromkeys(f"leaders: 原文只写职务“{post}”" for post in nameless)
            if _BEHIND_NAME.search(value):
                notes[f"leaders: 姓名后的广告文字已略去 (现文: {' '.join(value.split())})"] = None
            if not (people or nameless or _NOBODY.fullmatch(value)):
                notes[f"leaders: 未能识别 (原文: {' '.join(value.split())})"] = None
    return tuple(found), list(notes)


def accepting_units(text: str, item: Item) -> tuple[str, ...]:
    """Return the units that accept an item's work."""
    read = [split_units(text[p.value : p.end]) for p in item.parts if p.field is Field.ACCEPTANCE]
    return tuple(dict.fromkeys(name for one in read for name in (*one.lead, *one.cooperating)))
