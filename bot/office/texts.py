"""The board and the bulletin as plain lines, for where no picture can be shown."""

from __future__ import annotations

import re
from datetime import date

from bot.office.records import Board, BoardTask, Bulletin, UnitProgress, ranked

_TITLE_LENGTH = 40
_NO_UNIT = "未定牵头单位"
# What XML, and so neither a workbook nor a paper, can hold.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def board_lines(board: Board) -> tuple[str, ...]:
    """How many tasks are in each state, what is due this week, and what is overdue."""
    counts = "、".join(f"{name} {count}" for name, count in board.counts.items() if count)
    lines = [f"截至 {board.as_of},共 {len(board.tasks)} 项任务" + (f": {counts}" if counts else "")]
    if board.due_this_week:
        lines.append(f"本周到期 {len(board.due_this_week)} 项:")
        lines += [
            _due_line(due.task, board.as_of, due.day, due.step) for due in board.due_this_week
        ]
    else:
        lines.append("本周没有到期的任务")
    return (*lines, *_overdue_lines(board.overdue, board.as_of))


def bulletin_lines(bulletin: Bulletin) -> tuple[str, ...]:
    """The ranking of the units, what is overdue, and what is due next."""
    lines = [f"{bulletin.name}({bulletin.start} 至 {bulletin.end})"]
    if bulletin.units:
        lines.append("按销号率排名:")
        lines += [f"{rank}. {unit_words(unit)}" for rank, unit in ranked(bulletin.units)]
    else:
        lines.append("没有单位参加排名")
    lines += _overdue_lines(bulletin.overdue, bulletin.as_of)
    if bulletin.due_next:
        lines.append(f"下期到期 {len(bulletin.due_next)} 项:")
        lines += [
            _due_line(task, bulletin.as_of, task.due) for task in bulletin.due_next if task.due
        ]
    return tuple(lines)


def unit_words(unit: UnitProgress) -> str:
    """How far a unit got, in one line."""
    if not unit.tasks:
        return f"{unit.unit}: 没有任务"
    words = [
        f"{unit.unit}: 任务 {unit.tasks} 项",
        f"签收 {unit.acknowledged}",
        f"报告 {unit.reported}",
        f"销号 {unit.closed}(销号率 {unit.closing_percent}%)",
        f"超期 {unit.overdue}" if unit.overdue else "",
        f"超期办理 {unit.late}" if unit.late else "",
    ]
    return ",".join(word for word in words if word)


def leads(task: BoardTask) -> str:
    """The lead units of a task."""
    return "、".join(task.lead_units) or _NO_UNIT


def shortened(title: str, length: int = _TITLE_LENGTH) -> str:
    """A title on one line, cut short with … where it is longer."""
    line = " ".join(title.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def writable(text: str) -> str:
    """The text without the characters that no workbook or paper can hold."""
    return _UNWRITABLE.sub("", text)


def _due_line(task: BoardTask, day: date, due: date, step: str = "") -> str:
    left = (due - day).days
    when = f"剩 {left} 天" if left > 0 else f"已超期 {-left} 天" if left else "今天到期"
    which = f"“{shortened(step)}”" if step else ""
    return f"第{task.number}项 {shortened(task.title)}({leads(task)}): {which}{due} 到期,{when}"


def _overdue_lines(tasks: tuple[BoardTask, ...], day: date) -> list[str]:
    if not tasks:
        return ["没有超期的任务"]
    return [
        f"超期 {len(tasks)} 项:",
        *(
            f"第{task.number}项 {shortened(task.title)}({leads(task)}): "
            f"{task.due} 到期,已超期 {task.days_overdue(day)} 天"
            for task in tasks
        ),
    ]
