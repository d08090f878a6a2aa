"""What a question for a list asks of the tasks: units and roles, leaders, section, kind, dates.

The conditions are taken out of the question one by one; what is left over is either nothing, or
says what the tasks are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.numerals import number_value
from corpus.records import DeadlineKind, Task
from index.engine import Engine
from retrieval.coverage import coverage, squeeze, terms
from retrieval.ledger import COOPERATING, LEAD, has_leader, has_unit
from retrieval.mentions import Mention, mentioned_leaders, mentioned_units

_LEADING = "牵头|挑头|打头|领头|主责|主管|挑大梁"
_HELPING = "配合|协办|协助|参与|参加|打下手|搭把手"
_ROLE = re.compile(f"(?P<lead>{_LEADING})|(?P<help>{_HELPING})")
_NOT_LEADING = re.compile(f"(?:不|没有?|未)(?:是|由|当|做)?(?:{_LEADING})")
_EITHER = re.compile("都算|加起来|加在一起|合计|不管|无论|不论|都要|也算|总共|加")
_ALONE = re.compile("只由|独自|单独|自己|仅由")
_NO_LEAD = re.compile(
    "(?:没有?|未)(?:写(?:明)?|列(?:出)?|明确|指定|说)?(?:是)?(?:谁|由谁|哪家|哪个单位)(?:来)?牵头|(?:没有?|无|未明确|未写明)牵头单位"
)
_ONLY = re.compile("只有|仅有|一个人|唯一|一位(?:责任)?领导|单独")
_NOT = re.compile("(?:不是|不由|不归|没有|不含|不包括|除了?|去掉)$")
_IS_NOT = re.compile("(?:都)?(?:不是|不负责|不分管|除外|以外|之外)")
_DONE = re.compile("已(?:经)?(?:整改到位|完成|整改完|办结|销号)")
_OPEN = re.compile("没有?[^,，。]{0,8}?(?:日期|时限|期限)")
_ONGOING = re.compile(
    "(?:立行立改|长期坚持|持续推进)(?:[、,，和 ]*(?:立行立改|长期坚持|持续推进))*"
)
_FIXED = re.compile(
    "(?:明确|具体|固定|确定)[^,，。]{0,6}?(?:日期|时限|期限|时间|日子)|(?:日期|时限|期限)(?:是|都)?(?:明确|具体|固定|确定)"
    "|有(?:截止日期|期限)"
)
# Standing words of a deadline that tell tasks apart; 立行立改 stands with either.
_STANDING = ("长期坚持", "持续推进")
# 2020年8月底前到期, 2021年完成的, 2020年8月15日前, 2022年以后
_DAYS = re.compile(
    r"((?:19|20)\d\d)年(?:(\d{1,2})月(?:(\d{1,2})[日号])?)?年?([底末]?)(之?前|以前|为止|之?后|以后)?"
    r"(?=.{0,6}?(?:到期|截止|完成|办结|销号|要|的|任务|事项))"
)
_NUMERAL = "[一二三四五六七八九十]|\\d{1,2}"
_PART = re.compile(
    f"(?:第({_NUMERAL})(?:大?部分|个?方面|大类|类|章)|(?:最后)一(?:大?部分|个?方面|类))"
)
# A section or a subject that covers this much of the words asked for is the one that is meant.
_SECTION, _SUBJECT = 0.75, 0.8
# 一、…整改任务(13项): what is no part of a section's words.
_HEADING = re.compile(r"^[一二三四五六七八九十]+、|(?:整改任务)?\(\d+项\)$")
_SECTION_WORDS = 6


@dataclass(frozen=True, slots=True)
class UnitCondition:
    """A unit that must have a role in a task, or any role; `alone`: no other unit has one."""

    name: str
    role: str | None = None
    alone: bool = False

    def met_by(self, task: Task) -> bool:
        """Whether the unit has the role in a task."""
        units = len(task.lead_units) + len(task.cooperating_units)
        return has_unit(task, self.name, self.role) and (not self.alone or units == 1)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What tasks must satisfy, all at once; `among`: the ids of the tasks that words describe."""

    units: tuple[UnitCondition, ...] = ()
    leaders: tuple[str, ...] = ()
    other_leaders: tuple[str, ...] = ()
    only_leader: bool = False
    section: str | None = None
    kind: DeadlineKind | None = None
    standing: tuple[str, ...] = ()
    due_after: date | None = None
    due_before: date | None = None
    among: frozenset[str] | None = None

    @property
    def dated(self) -> bool:
        """Whether a day is asked for."""
        return bool(self.due_after or self.due_before)

    def met_by(self, task: Task) -> bool:
        """Whether a task satisfies every condition."""
        return (
            all(unit.met_by(task) for unit in self.units)
            and all(has_leader(task, name) for name in self.leaders)
            and not any(has_leader(task, name) for name in self.other_leaders)
            and (not self.only_leader or len(task.leaders) == 1)
            and self.section in {None, task.section}
            and (self.among is None or task.id in self.among)
            and self._in_time(task)
        )

    def _in_time(self, task: Task) -> bool:
        deadline = task.deadline
        if self.kind and (deadline is None or deadline.kind is not self.kind):
            return False
        if self.standing and not (deadline and any(one in deadline.text for one in self.standing)):
            return False
        due = deadline.due if deadline else None
        if not self.dated:
            return True
        return (
            due is not None
            and (self.due_before is None or due <= self.due_before)
            and (self.due_after is None or due >= self.due_after)
        )


def read_conditions(engine: Engine, folded: str, tasks: Sequence[Task]) -> tuple[Conditions, str]:
    """Return the conditions of a folded question, and what it says besides them."""
    leaders = mentioned_leaders(folded, tasks)
    units = [one for one in mentioned_units(folded, tasks) if not _inside(one, leaders)]
    section, rest = _section(_without(folded, [*leaders, *units]), tasks)
    kind, standing, rest = _deadline(rest)
    after, before, rest = _days(rest)
    led, rest = _taken(_NO_LEAD, rest)
    others = tuple(one.words for one in leaders if _excluded(folded, one))
    named = tuple(one.words for one in leaders if one.words not in others)
    conditions = Conditions(
        units=tuple(_unit(folded, one, units) for one in units),
        leaders=named,
        other_leaders=others,
        only_leader=bool(named and _ONLY.search(folded)),
        section=section,
        kind=kind,
        standing=standing,
        due_after=after,
        due_before=before,
        among=frozenset(_not_led(engine, tasks)) if led else None,
    )
    return conditions, rest


def about(engine: Engine, tasks: Sequence[Task], subject: str) -> list[Task] | None:
    """The tasks of a section or on a subject; None where the subject says nothing."""
    wanted = terms(engine, subject)
    if not wanted:
        return None
    section = [task for task in tasks if coverage(wanted, squeeze(task.section)) >= _SECTION]
    return section or [
        task
        for task in tasks
        if coverage(wanted, squeeze(task.section + task.problem + task.target)) >= _SUBJECT
    ]


def _inside(one: Mention, others: Iterable[Mention]) -> bool:
    return any(other.start <= one.start and one.end <= other.end for other in others)


def _without(text: str, mentions: Iterable[Mention]) -> str:
    for one in mentions:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _unit(folded: str, unit: Mention, units: Sequence[Mention]) -> UnitCondition:
    """The condition a unit stands for: its role is the nearest one that is spoken of."""
    roles = list(_ROLE.finditer(folded))
    kinds = {one.lastgroup for one in roles}
    following = min((one.start for one in units if one.start > unit.start), default=len(folded))
    before = max((one.end for one in units if one.end <= unit.start), default=0)
    alone = bool(_ALONE.search(folded[before:following])) and not kinds
    if kinds == {"lead", "help"} and len(units) == 1:
        if _NOT_LEADING.search(folded):
            return UnitCondition(unit.words, COOPERATING)
        if _EITHER.search(folded):
            return UnitCondition(unit.words)
    after = [one for one in roles if unit.end <= one.start() < following]
    earlier = [one for one in roles if before <= one.start() < unit.start]
    nearest = after[:1] or earlier[-1:]
    if not nearest or _NOT_LEADING.search(folded):
        return UnitCondition(unit.words, None, alone)
    return UnitCondition(unit.words, LEAD if nearest[0].lastgroup == "lead" else COOPERATING)


def _excluded(folded: str, leader: Mention) -> bool:
    """Whether a leader is named as one who must not be there."""
    return bool(_NOT.search(folded[: leader.start]) or _IS_NOT.match(folded, leader.end))


def _section(text: str, tasks: Sequence[Task]) -> tuple[str | None, str]:
    """The section that a question names by its number or its words, and the rest of the text."""
    sections = list(dict.fromkeys(task.section for task in tasks))
    found: str | None = None
    if match := _PART.search(text):
        number = number_value(match[1]) if match[1] else len(sections)
        found = sections[number - 1] if 0 < number <= len(sections) else None
        text = _PART.sub(" ", text)
    for section in sections:
        words = _shared(squeeze(_HEADING.sub("", section)), text)
        if words:
            found = found or section
            text = text.replace(words, " ")
    return found, text


def _shared(title: str, text: str) -> str | None:
    """The beginning of a section's title that a question repeats, where it is long enough."""
    for end in range(len(title), _SECTION_WORDS - 1, -1):
        if title[:end] in text:
            return title[:end]
    return None


def _deadline(text: str) -> tuple[DeadlineKind | None, tuple[str, ...], str]:
    """The kind of deadline asked for, the standing words it must have, the rest of the text."""
    for kind, pattern in (
        (DeadlineKind.DONE, _DONE),
        (DeadlineKind.ONGOING, _ONGOING),
        (DeadlineKind.ONGOING, _OPEN),
        (DeadlineKind.FIXED, _FIXED),
    ):
        if match := pattern.search(text):
            standing = tuple(one for one in _STANDING if one in match.group())
            return kind, standing, pattern.sub(" ", text)
    return None, (), text


def _taken(pattern: re.Pattern[str], text: str) -> tuple[bool, str]:
    return bool(pattern.search(text)), pattern.sub(" ", text)


def _not_led(engine: Engine, tasks: Sequence[Task]) -> list[str]:
    """The ids of the tasks whose units are named without one that leads."""
    found = []
    for task in tasks:
        span = task.spans.get("units")
        text = engine.document(task.document_id).text
        if span and "牵头" not in text[span.start : span.end]:
            found.append(task.id)
    return found


def _days(text: str) -> tuple[date | None, date | None, str]:
    """The first and last day that a question asks for; only one of them for 前 or 后."""
    match = _DAYS.search(text)
    if not match:
        return None, None, text
    year, month, day, edge, side = match.groups()
    try:
        last_month = date(int(year), int(month or 12), 1)
        last = date(int(year), int(month), int(day)) if day else _month_end(last_month)
    except ValueError:  # 2020年13月
        return None, None, text
    rest = text[: match.start()] + " " + text[match.end() :]
    if side and side.endswith("后"):
        return last + timedelta(days=1), None, rest
    if side:
        return None, last, rest
    if day:
        return last, last, rest
    return date(int(year), last_month.month if month or edge else 1, 1), last, rest


def _month_end(first: date) -> date:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return following - timedelta(days=1)
