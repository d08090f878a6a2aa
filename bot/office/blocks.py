"""The units of a timeline, one under the other, in as much detail as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.office import canvas
from bot.office.canvas import MARGIN, NAME, WIDTH, Ruler
from bot.office.records import Board, BoardTask
from bot.office.timelines import TEXT, Detail, Lane, Scale, beside, lanes_for, scale_for

HEAD = 56
GAP = 14
_NO_UNIT = "(未定牵头单位)"
_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which tasks are drawn, in which detail; the word says it where some are left out."""

    detail: Detail
    urgent: bool = False
    open: bool = False
    word: str = ""

    def takes(self, task: BoardTask, day: date) -> bool:
        """Whether a task is drawn."""
        if self.urgent:
            return task.open and task.due is not None and task.due <= day + _SOON
        return task.open or not self.open


_SAID = Detail(titles=False, labels=True)
_BARE = Detail(titles=False, labels=False)
_URGENT = "只画超期和30天内到期的"
# From the richest to the barest: the first that has room for all it chooses is drawn.
_CHOICES = (
    Choice(Detail(titles=True, labels=True)),
    Choice(_SAID),
    Choice(_BARE),
    Choice(_BARE, open=True, word="只画在办的"),
    Choice(_SAID, urgent=True, word=_URGENT),
    Choice(_BARE, urgent=True, word=_URGENT),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A unit, all its tasks, and the lines drawn; `beside` stands on the line of its name."""

    unit: str
    tasks: tuple[BoardTask, ...]
    lanes: tuple[Lane, ...]
    beside: Lane | None = None

    @property
    def height(self) -> float:
        """The height in pixels."""
        return HEAD + sum(lane.height for lane in self.lanes) + 10

    @property
    def drawn(self) -> list[BoardTask]:
        """The tasks that are to be seen."""
        lanes = [*self.lanes, *([self.beside] if self.beside else [])]
        return [task for lane in lanes for task in lane.tasks]


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything of a timeline below its header."""

    scale: Scale
    blocks: tuple[Block, ...]
    word: str

    @property
    def height(self) -> float:
        """The height of all units with the gaps below them."""
        return sum(block.height + GAP for block in self.blocks)

    @property
    def drawn(self) -> frozenset[int]:
        """The ids of all tasks that are to be seen."""
        return frozenset(task.id for block in self.blocks for task in block.drawn)

    @property
    def dated(self) -> bool:
        """Whether any line needs the months above it."""
        return any(lane.marks for block in self.blocks for lane in block.lanes)


def laid_out(board: Board, ruler: Ruler, room: float) -> Layout:
    """The units in a height; where even the barest choice is too high, the last ones are cut."""
    for choice in _CHOICES:
        layout = _chosen(board, choice, ruler)
        # An empty picture says less than one that is cut.
        if layout.height <= room and (layout.blocks or not board.tasks):
            return layout
    barest = _CHOICES[-1] if layout.blocks else _CHOICES[3]
    layout = _chosen(board, barest, ruler)
    return replace(layout, blocks=tuple(_cut(layout.blocks, room)))


def sums(block: Block, today: date) -> list[tuple[str, str]]:
    """What stands on the right of a unit's name with its colour, the rightmost first."""
    late = sum(task.overdue(today) for task in block.tasks)
    closed = sum(task.state == "closed" for task in block.tasks)
    found = [(f"{len(block.tasks)} 项", canvas.GREY)]
    if closed:
        found.append((f"销号 {closed}", canvas.GREEN))
    if late:
        found.append((f"超期 {late}", canvas.RED))
    return found


def _chosen(board: Board, choice: Choice, ruler: Ruler) -> Layout:
    today, detail = board.as_of, choice.detail
    taken = [task for task in board.tasks if choice.takes(task, today)]
    scale = scale_for(taken, today, ruler, detail)
    blocks: list[Block] = []
    for unit, tasks in _by_unit(board):
        mine = [task for task in tasks if choice.takes(task, today)]
        block = Block(unit, tasks, lanes_for(mine, today, scale, ruler, detail))
        if mine:
            blocks.append(block if detail.labels else _folded(block, today, ruler))
    return Layout(scale, tuple(blocks), choice.word)


def _folded(block: Block, today: date, ruler: Ruler) -> Block:
    """The unit with its undated tasks on the line of its name, where there is room."""
    start = MARGIN + 40 + ruler.width(block.unit, NAME)
    end = WIDTH - MARGIN - 20 - sum(ruler.width(it, TEXT) + 20 for it, _ in sums(block, today))
    strip = beside(block.lanes[-1], start, end)
    if strip is None or any(lane.chips for lane in block.lanes[:-1]):
        return block
    return Block(block.unit, block.tasks, block.lanes[:-1], strip)


def _cut(blocks: Sequence[Block], room: float) -> list[Block]:
    """Units and lines of them from the top, as many as there is room for."""
    kept: list[Block] = []
    left = room
    for block in blocks:
        short = replace(block, lanes=())
        for lane in block.lanes:
            longer = replace(short, lanes=(*short.lanes, lane))
            if longer.height + GAP <= left:
                short = longer
        if short.drawn and short.height + GAP <= left:
            kept.append(short)
            left -= short.height + GAP
    return kept


def _by_unit(board: Board) -> list[tuple[str, tuple[BoardTask, ...]]]:
    """Tasks by lead unit, the unit with most overdue first, then the one due soonest."""
    units: dict[str, list[BoardTask]] = {}
    for task in board.tasks:
        for unit in task.lead_units or (_NO_UNIT,):
            units.setdefault(unit, []).append(task)

    def urgency(item: tuple[str, list[BoardTask]]) -> tuple[int, date, str]:
        late = sum(task.overdue(board.as_of) for task in item[1])
        return -late, min((t.due for t in item[1] if t.due and t.open), default=date.max), item[0]

    return [(unit, tuple(tasks)) for unit, tasks in sorted(units.items(), key=urgency)]
