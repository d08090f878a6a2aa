"""Where everything of a timeline lies: months, lanes of dated tasks, strips of undated ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.office.canvas import MARGIN, WIDTH, Ruler
from bot.office.records import BoardTask

PILL = 38
TEXT = 24
_PLOT = (MARGIN + 44, WIDTH - MARGIN - 44)
_EDGES = (MARGIN + 12, WIDTH - MARGIN - 12)
_GAP = 8
_LANE = 50
_TITLE = 34
_STRIP = 48
# As far apart as the years above the months need.
_TICK = 84
# Up to three years are drawn to one scale; beyond, what lies far off is put at the edge if that
# leaves the other half of the tasks legible.
_LONG = 1100
_BEFORE = timedelta(days=183)
_AFTER = timedelta(days=366)
_SHORTEST = 75


@dataclass(frozen=True, slots=True)
class Scale:
    """From days to pixels."""

    start: date
    end: date
    right: float = _PLOT[1]

    def at(self, day: date) -> float:
        """Where a day is; days outside lie on the edge."""
        inside = min(max(day, self.start), self.end)
        share = (inside - self.start).days / (self.end - self.start).days
        return _PLOT[0] + (self.right - _PLOT[0]) * share

    def holds(self, day: date) -> bool:
        """Whether a day is inside."""
        return self.start <= day <= self.end

    def ticks(self) -> list[tuple[date, str, str]]:
        """First days of months, quarters or years, with a word for each and its year."""
        month_width = (self.right - _PLOT[0]) / (self.end - self.start).days * 30
        steps = (step for step in (1, 2, 3, 6, 12, 24, 60, 120) if step * month_width >= _TICK)
        step = next(steps, 600)
        found: list[tuple[date, str, str]] = []
        for month in range(self.start.year * 12, self.end.year * 12 + 12):
            day = date(month // 12, month % 12 + 1, 1)
            if not self.holds(day) or month % step:
                continue
            if step >= 12:
                found.append((day, f"{day.year}年", ""))
                continue
            year = f"{day.year}年" if day.month == 1 or not found else ""
            found.append((day, f"{day.month}月", year))
        return found


@dataclass(frozen=True, slots=True)
class Mark:
    """A dated task: its number in a pill at the deadline, words beside it, a bar to today."""

    task: BoardTask
    x: float
    width: float
    label: str
    label_x: float
    left: float
    right: float
    outside: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of a unit: dated tasks side by side, or numbers of undated ones after a word."""

    height: float
    marks: tuple[Mark, ...] = ()
    title: str = ""
    word: str = ""
    chips: tuple[tuple[BoardTask, float, float], ...] = ()

    @property
    def tasks(self) -> list[BoardTask]:
        """Every task in it."""
        return [mark.task for mark in self.marks] + [task for task, _, _ in self.chips]


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is said of each dated task."""

    titles: bool
    labels: bool


def scale_for(tasks: Sequence[BoardTask], today: date, ruler: Ruler, detail: Detail) -> Scale:
    """The days to show, with room for words on their right."""
    dated = [(task, task.due) for task in tasks if task.due is not None]
    days = [due for _, due in dated]
    start, end = min([*days, today]), max([*days, today])
    if (end - start).days > _LONG:
        near = [day for day in days if today - _BEFORE <= day <= today + _AFTER]
        if 2 * len(near) >= len(days):
            start, end = max(start, today - _BEFORE), min(end, today + _AFTER)
    short = max(0, _SHORTEST - (end - start).days)
    pad = timedelta(days=max(4, (end - start).days // 30) + short // 2)
    widths = [ruler.width(due_words(task, today), TEXT) for task, _ in dated if detail.labels]
    # Half a pill and the arrow of a day that lies beyond.
    right = _EDGES[1] - max(widths) - _GAP - PILL if widths else _PLOT[1]
    return Scale(start - pad, end + pad, right)


def lanes_for(
    tasks: Sequence[BoardTask], today: date, scale: Scale, ruler: Ruler, detail: Detail
) -> tuple[Lane, ...]:
    """The lines of one unit: dated tasks by deadline, then the undated by kind."""
    dated = sorted(
        (task for task in tasks if task.due is not None),
        key=lambda task: (task.due or today, task.number, task.id),
    )
    marks = [_mark(task, today, scale, ruler, detail) for task in dated]
    lanes = _titled(marks, ruler) if detail.titles else _packed(marks)
    undated = [task for task in tasks if task.due is None]
    kinds = sorted({task.kind_name for task in undated}) if detail.labels else [""]
    for kind in kinds:
        lanes += _strips([it for it in undated if kind in ("", it.kind_name)], kind, ruler)
    return tuple(lanes)


def due_words(task: BoardTask, today: date) -> str:
    """The deadline, and how far off it is while the task is open."""
    if task.due is None:
        return ""
    plain = f"{task.due.month}-{task.due.day}"
    day = plain if task.due.year == today.year else f"{task.due.year}-{plain}"
    if not task.open:
        return day
    left = (task.due - today).days
    if left < 0:
        return f"{day} 超期{-left}天"
    return f"{day} 剩{left}天" if left else f"{day} 今天到期"


def _mark(task: BoardTask, today: date, scale: Scale, ruler: Ruler, detail: Detail) -> Mark:
    due = task.due or today
    x, now = scale.at(due), scale.at(today)
    outside = -1 if due < scale.start else 1 if due > scale.end else 0
    width = max(PILL, ruler.width(str(task.number), TEXT) + 20)
    left, right = x - width / 2, x + width / 2
    if outside:
        left, right = left - 12, right + 12
    if task.open:
        steps = [scale.at(it.due) for it in task.milestones if it.due and scale.holds(it.due)]
        left = min(left, now, *(step - _GAP for step in steps))
        right = max(right, now, *(step + _GAP for step in steps))
    # A day that lies beyond the edge cannot be read off the months.
    label = due_words(task, today) if detail.labels or outside else ""
    size = ruler.width(label, TEXT)
    # Right of the bar is free; without room there, the words lie on the bar.
    label_x = right + _GAP
    if label and label_x + size > _EDGES[1]:
        label_x = x - width / 2 - 12 - _GAP - size
    if label:
        left, right = min(left, label_x), max(right, label_x + size)
    return Mark(task, x, width, label, label_x, left, right, outside)


def _titled(marks: Sequence[Mark], ruler: Ruler) -> list[Lane]:
    width = _EDGES[1] - _EDGES[0] - 8
    return [
        Lane(
            _LANE + _TITLE,
            (mark,),
            title=ruler.fitted(f"{mark.task.number}. {mark.task.title}", TEXT, width),
        )
        for mark in marks
    ]


def _packed(marks: Sequence[Mark]) -> list[Lane]:
    """As few lanes as the first that has room for each."""
    lanes: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda it: it.left):
        free = (lane for lane in lanes if all(mark.left >= it.right + _GAP for it in lane))
        lane = next(free, None)
        if lane is None:
            lanes.append([mark])
        else:
            lane.append(mark)
    return [Lane(_LANE, tuple(lane)) for lane in lanes]


def _strips(tasks: Sequence[BoardTask], word: str, ruler: Ruler) -> list[Lane]:
    """Numbers side by side, in as many lines as they need."""
    lanes: list[Lane] = []
    start = _EDGES[0] + 4 + (ruler.width(word, TEXT) + 14 if word else 0)
    chips: list[tuple[BoardTask, float, float]] = []
    x = start
    for task in sorted(tasks, key=lambda it: (it.number, it.id)):
        width = max(PILL + 6, ruler.width(str(task.number), TEXT) + 20)
        if chips and x + width > _EDGES[1]:
            lanes.append(Lane(_STRIP, word=word, chips=tuple(chips)))
            chips, x = [], start
        chips.append((task, x, width))
        x += width + _GAP
    return [*lanes, Lane(_STRIP, word=word, chips=tuple(chips))] if chips else []


def beside(lane: Lane, start: float, end: float) -> Lane | None:
    """A strip moved to the right of something, None when it has no room there."""
    if not lane.chips:
        return None
    move = start - lane.chips[0][1]
    _, last, width = lane.chips[-1]
    if last + width + move > end:
        return None
    return Lane(lane.height, chips=tuple((task, x + move, wide) for task, x, wide in lane.chips))
