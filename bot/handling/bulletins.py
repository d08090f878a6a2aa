"""/bulletin: how the units did in a week, a month or a quarter, as text, picture and paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.handling.menu_parts import at_office, menu, rows
from bot.handling.needs import BulletinNeed, Paper
from bot.handling.scene import Scene, Screen, joined, office
from bot.ledger.queries import bulletin
from bot.office.records import Bulletin, week_of
from bot.office.texts import bulletin_lines
from bot.records import Reply
from bot.telegram.html import escape

_DAY = timedelta(days=1)
_MONTHS = 12
_NO_PAPERS = "(排名图和通报文件没有做成,请稍后再试)"


def _week(day: date) -> tuple[date, date]:
    return week_of(day)


def _month(day: date) -> tuple[date, date]:
    return _months(day, 1)


def _quarter(day: date) -> tuple[date, date]:
    return _months(day, 3)


def _months(day: date, length: int) -> tuple[date, date]:
    """The calendar period of so many months that a day is in."""
    start = (day.month - 1) // length * length + 1
    year, month = divmod(day.year * _MONTHS + start - 1 + length, _MONTHS)
    return date(day.year, start, 1), date(year, month + 1, 1) - _DAY


@dataclass(frozen=True, slots=True)
class _Period:
    """A kind of bulletin: its title, and the period that a day is in."""

    title: str
    word: str
    of: Callable[[date], tuple[date, date]]


_PERIODS = {
    "w": _Period("周调度通报", "周", _week),
    "m": _Period("月调度通报", "月", _month),
    "q": _Period("季度调度通报", "季", _quarter),
}
_WORDS = {
    written: kind
    for kind, names in {
        "w": "周 每周 本周",
        "m": "月 每月 本月",
        "q": "季 季度 本季 本季度",
    }.items()
    for written in names.split()
}
_LAST = "上"


def _chosen(scene: Scene, words: str) -> tuple[_Period, date, date] | None:
    """The period somebody means: 周, 上月; a button says w0 for this week, w1 for the last."""
    written = "".join(words.split())
    if written[:1] in _PERIODS and written[1:] in {"0", "1"}:
        kind, last = written[0], written[1] == "1"
    else:
        last = written.startswith(_LAST)
        found = _WORDS.get(written.removeprefix(_LAST).removeprefix("个"))
        if found is None:
            return None
        kind = found
    period = _PERIODS[kind]
    start, end = period.of(scene.today)
    return (period, *period.of(start - _DAY)) if last else (period, start, end)


def _made(scene: Scene, words: str) -> Bulletin | None:
    chosen = _chosen(scene, words)
    if chosen is None:
        return None
    period, start, end = chosen
    zone = scene.desk.zone
    return bulletin(scene.session, period.title, start, end, scene.today, zone)


def _need(scene: Scene, words: str) -> BulletinNeed | None:
    made = _made(scene, words)
    return BulletinNeed(made) if made else None


def _bulletin(scene: Scene, words: str) -> Reply:
    made = _made(scene, words)
    if made is None:
        choices = [
            [
                menu(f"{when}{period.word}", "bulletin", f"{kind}{back}")
                for kind, period in _PERIODS.items()
            ]
            for when, back in (("本", 0), (_LAST, 1))
        ]
        return scene.say("要哪一期调度通报?", buttons=rows(*choices))
    first, *rest = bulletin_lines(made)
    lines = [f"<b>{escape(first)}</b>", *(escape(line) for line in rest)]
    papers = scene.prepared if isinstance(scene.prepared, tuple) else ()
    handed = [scene.hand_over(paper, escape(first)) for paper in papers if isinstance(paper, Paper)]
    if not handed:
        return scene.say(*lines, _NO_PAPERS)
    return joined(scene.say(*lines), *handed)


COMMANDS = {
    "bulletin": at_office(Screen(_bulletin, office, "出调度通报", need=_need, illustrated=True))
}
MENUS = {"bulletin": at_office(Screen(_bulletin, office, need=_need, illustrated=True))}
DIALOGS: dict[str, Screen] = {}
PRESSES: dict[type, Screen] = {}
