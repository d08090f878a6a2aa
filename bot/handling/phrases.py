"""Words that several screens share: how long a task has, when something was, what it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from bot.handling.scene import Scene
from bot.handling.steps import pending
from bot.records import REMINDED, STATE_WORDS, TaskState
from bot.reminding import cards
from bot.state.tables import LedgerTask
from bot.telegram.html import escape

# From here on a date deserves a second look.
_SOON = 7
_DEADLINE = 60
SIGNED = "本单位已签收"
FILE_KINDS = {"photo": ("照片", "张"), "video": ("视频", "个"), "voice": ("语音", "条")}
FILE = ("文件", "个")


def labelled(label: str, words: str) -> str:
    """A line of a card."""
    return f"<b>{escape(label)}</b>:{escape(words)}"


def cut(words: str, length: int) -> str:
    """Words on one line, cut short with … where there are more."""
    line = " ".join(words.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def headline(task: LedgerTask, length: int = 0) -> str:
    """The number of a task and the first words of its title, cut shorter where asked for."""
    words = cards.headline(task.number, task.title)
    return cut(words, length) if length else words


def named(task: LedgerTask, length: int = 28) -> str:
    """The task in bold, for the middle of a sentence."""
    return f"<b>{escape(headline(task, length))}</b>"


def moment(instant: datetime, scene: Scene) -> str:
    """When something was, by the office's clock; the year only where it is another."""
    local = instant.astimezone(scene.desk.zone)
    form = "%m-%d %H:%M" if local.year == scene.today.year else "%Y-%m-%d %H:%M"
    return local.strftime(form)


def left_words(task: LedgerTask, today: date) -> str:
    """How long a task has, or how long it is over; nothing where nobody is working on it."""
    if task.due is None:
        return ""
    days, state = (task.due - today).days, TaskState(task.state)
    if state is TaskState.DRAFT:
        return f"⚠️ 期限已过 {-days} 天" if days < 0 else f"还有 {days} 天"
    return days_words(days) if state in REMINDED else ""


def days_words(days: int) -> str:
    """How long until a day, counted in days; negative once it is past."""
    if days < 0:
        return f"🔴 已超期 {-days} 天"
    if days == 0:
        return "🟠 今天到期"
    return f"{'🟡 ' if days <= _SOON else ''}还有 {days} 天"


def due_words(task: LedgerTask) -> str:
    """The day of a task, or the words of the document where it has none."""
    if task.due is not None:
        return str(task.due)
    if task.kind == "relative":
        return f"⚠️ 日期未定(原文:{cut(task.deadline_text, _DEADLINE)})"
    return cut(task.deadline_text, _DEADLINE)


def signed_here(task: LedgerTask, own: frozenset[int]) -> bool:
    """Whether these units have signed a task that still waits for another's signature."""
    mine = [part for part in task.units if part.unit_id in own]
    signed = bool(mine) and all(part.acknowledged_at for part in mine)
    return signed and task.state == TaskState.ISSUED


def file_counts(kinds: Iterable[str]) -> str:
    """Files by their kind and how many of each: `照片 2 张、文件 1 个`."""
    counts = Counter(FILE_KINDS.get(kind, FILE) for kind in kinds)
    return "、".join(f"{word} {count} {unit}" for (word, unit), count in counts.items())


def item(task: LedgerTask, scene: Scene, own: frozenset[int] = frozenset()) -> str:
    """A task in a list: what it is, and below how it stands."""
    unsigned = any(part.unit_id in own and not part.acknowledged_at for part in task.units)
    waiting = unsigned and task.state in REMINDED
    state = SIGNED if signed_here(task, own) else STATE_WORDS[TaskState(task.state)]
    words = [
        left_words(task, scene.today),
        due_words(task),
        _next_step(task, scene),
        "" if task.state == TaskState.DRAFT else "待签收" if waiting else state,
    ]
    about = " · ".join(word for word in words if word)
    return f"<b>{escape(headline(task))}</b>\n{escape(about)}"


def _next_step(task: LedgerTask, scene: Scene) -> str:
    """Of what has no day of its own, the next date inside it."""
    if task.due is not None or task.state not in REMINDED:
        return ""
    found = next(iter(pending(task, scene.today, scene.desk.zone)), None)
    return f"阶段 {found.due} {days_words((found.due - scene.today).days)}" if found else ""
