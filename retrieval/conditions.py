"""What a question for a list asks of the tasks: units and roles, leaders, section, kind, dates.

The conditions are taken out of the question one by one; what is left over is either nothing, or
says what the tasks are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from corpus.ledger.status import is_done
from corpus.numerals import number_value
from corpus.records import DeadlineKind, Task
from index.engine import Engine
from retrieval.coverage import coverage, squeeze, terms
from retrieval.homes import whereabouts_of
from retrieval.ledger import due_within, of_kind
from retrieval.mentions import Mention, mentioned_leaders, mentioned_units
from retrieval.parties import LeaderCondition, UnitCondition, read_leaders, read_units
from retrieval.periods import read_period

_NO_LEAD = re.compile(
    "(?:没有?|未)(?:写(?:明)?|列(?:出)?|明确|指定|说)?(?:是)?(?:谁|由谁|哪家|哪个单位)(?:来)?牵头|(?:没有?|无|未明确|未写明)牵头单位"
)
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
_UNFINISHED = re.compile("(?:还没有?|尚未|未|没有?)(?:整改)?(?:完成|到位|办结|改完|销号)")
# 散尘领域, where just one section's title has the word.
_NAMED_PART = re.compile("([\u4e00-\u9fff]{2})(?:治理)?(?:领域|板块|部分|方面)")
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
class Conditions:
    """What tasks must satisfy, all at once; `among`: the ids of the tasks that words describe."""

    units: tuple[UnitCondition, ...] = ()
    leaders: LeaderCondition | None = None
    section: str | None = None
    kind: DeadlineKind | None = None
    standing: tuple[str, ...] = ()
    unfinished: bool = False
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
            and (self.leaders is None or self.leaders.met_by(task))
            and self.section in {None, task.section}
            and (self.among is None or task.id in self.among)
            and self._in_time(task)
        )

    def followed_by(self, named: Conditions) -> Conditions:
        """These conditions, what `named` says in place of what was said of the same.

        A unit or a leader takes the place of whoever was asked for; a unit named without a role
        has the role of the one before.
        """
        changed: dict[str, Any] = {
            field.name: value
            for field in fields(Conditions)
            if (value := getattr(named, field.name)) != field.default
        }
        for together in (("units", "leaders"), ("section", "among"), ("due_after", "due_before")):
            if set(together) & set(changed):
                changed |= {name: getattr(named, name) for name in together}
        if named.units and self.units:
            role = self.units[0].role
            changed["units"] = tuple(
                unit if unit.role else replace(unit, role=role) for unit in named.units
            )
        return replace(self, **changed)

    def _in_time(self, task: Task) -> bool:
        deadline = task.deadline
        if self.kind and not of_kind(task, self.kind):
            return False
        if self.unfinished and is_done(task):
            return False
        if self.standing and not (deadline and any(one in deadline.text for one in self.standing)):
            return False
        return due_within(task, self.due_after, self.due_before)


def read_conditions(engine: Engine, folded: str, tasks: Sequence[Task]) -> tuple[Conditions, str]:
    """Return the conditions of a folded question, and what it says besides them."""
    leaders = mentioned_leaders(folded, tasks)
    units = [one for one in mentioned_units(folded, tasks) if not _inside(one, leaders)]
    section, rest = _section(_without(folded, [*leaders, *units]), tasks)
    unfinished, rest = _taken(_UNFINISHED, rest)
    kind, standing, rest = _deadline(rest)
    period = read_period(rest, _year(engine, tasks))
    led, rest = _taken(_NO_LEAD, period.rest)
    conditions = Conditions(
        units=read_units(folded, units),
        leaders=read_leaders(folded, leaders),
        section=section,
        kind=kind,
        standing=standing,
        unfinished=unfinished,
        due_after=period.after,
        due_before=period.before,
        among=frozenset(_not_led(engine, tasks)) if led else None,
    )
    return conditions, rest


def _year(engine: Engine, tasks: Sequence[Task]) -> int | None:
    """The year of the plan, where all tasks are of one year's."""
    plans = whereabouts_of(engine, (task.document_id for task in tasks))
    years = {where.year for where in plans.values()}
    year = years.pop() if len(years) == 1 else None
    return int(year) if year else None


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


def _section(text: str, tasks: Sequence[Task]) -> tuple[str | None, str]:
    """The section that a question names by its number or its words, and the rest of the text."""
    sections = list(dict.fromkeys(task.section for task in tasks))
    found: str | None = None
    if match := _PART.search(text):
        number = number_value(match[1]) if match[1] else len(sections)
        found = sections[number - 1] if 0 < number <= len(sections) else None
        text = _PART.sub(" ", text)
    if found is None and (match := _NAMED_PART.search(text)):
        holding = [section for section in sections if match[1] in section]
        if len(holding) == 1:
            found, text = holding[0], _NAMED_PART.sub(" ", text, count=1)
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
    texts = {plan: engine.document(plan).text for plan in {task.document_id for task in tasks}}
    return [
        task.id
        for task in tasks
        if (span := task.spans.get("units"))
        and "牵头" not in texts[task.document_id][span.start : span.end]
    ]
