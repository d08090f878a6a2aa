"""What happened to a task, and what was sent to show that it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from sqlalchemy import select

from bot.handling.phrases import cut, moment, named
from bot.handling.scene import Scene
from bot.ledger.queries import history
from bot.records import ACTION_WORDS, Action
from bot.state.tables import Evidence, LedgerTask, TaskEvent, Unit
from bot.telegram.html import escape

_EVENTS, _WORDS, _REPORTS, _REPORT = 25, 120, 8, 700
_KINDS = {"photo": ("照片", "张"), "video": ("视频", "个"), "voice": ("语音", "条")}
_FILE = ("文件", "个")


def history_lines(scene: Scene, task: LedgerTask) -> list[str]:
    """Everything that happened to a task, oldest first; of a long story the end."""
    events = history(scene.session, scene.desk.zone, task_id=task.id)
    lines = [f"{named(task)}\n<b>过程</b>(共 {len(events)} 条)", ""]
    if len(events) > _EVENTS:
        lines.append(f"……前 {len(events) - _EVENTS} 条略,全部见 /export 的表格")
    for event in events[-_EVENTS:]:
        who = " ".join(part for part in (event.unit, event.who) if part)
        said = f"\n  {cut(event.text, _WORDS)}" if event.text else ""
        lines.append(escape(f"{moment(event.at, scene)} {event.kind}({who}){said}"))
    return lines


def evidence_lines(scene: Scene, task: LedgerTask) -> list[str]:
    """What was sent with each report, by whom and when; the newest first."""
    query = (
        select(Evidence, TaskEvent, Unit.name)
        .join(TaskEvent, TaskEvent.id == Evidence.event_id)
        .outerjoin(Unit, Unit.id == TaskEvent.unit_id)
        .where(Evidence.task_id == task.id)
        .order_by(Evidence.event_id.desc(), Evidence.id)
    )
    found = scene.session.execute(query).all()
    groups = [list(rows) for _, rows in groupby(found, key=lambda row: row[1].id)]
    lines = [f"{named(task)}\n<b>佐证</b>(共 {len(groups)} 次)"]
    for rows in groups[:_REPORTS]:
        _, event, unit = rows[0]
        lines += ["", *_sent(scene, event, unit or "", [row[0] for row in rows])]
    if len(groups) > _REPORTS:
        lines += ["", f"……更早的 {len(groups) - _REPORTS} 次略"]
    return lines if groups else [*lines, "还没有佐证材料。"]


def _sent(scene: Scene, event: TaskEvent, unit: str, found: Iterable[Evidence]) -> Iterator[str]:
    who = escape(" ".join(part for part in (unit, event.who) if part))
    what = ACTION_WORDS[Action(event.action)]
    yield f"<b>{moment(event.at, scene)} {what}</b>({who})"
    found = list(found)
    for piece in found:
        if piece.kind == "text":
            yield f"<blockquote expandable>{escape(piece.text[:_REPORT])}</blockquote>"
    files = [(piece.kind, piece.file_name) for piece in found if piece.kind != "text"]
    if files:
        yield escape(file_words(files))


def file_words(files: Iterable[tuple[str, str]]) -> str:
    """Files by kind and how many, with the names there are: `照片 2 张、文件 1 个:方案.docx`."""
    files = list(files)
    counts = Counter(_KINDS.get(kind, _FILE) for kind, _ in files)
    words = "、".join(f"{word} {count} {unit}" for (word, unit), count in counts.items())
    names = "、".join(cut(name, 40) for _, name in files if name)
    return f"{words}:{names}" if names else words
