"""What happened to a task, and what was sent to show that it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from sqlalchemy import select

from bot.handling.menu_parts import menu
from bot.handling.phrases import FILE, FILE_KINDS, cut, file_counts, moment, named
from bot.handling.scene import Scene
from bot.ledger.queries import history
from bot.records import ACTION_WORDS, Action, Button, Outgoing, Priority
from bot.state.tables import Evidence, LedgerTask, TaskEvent, Unit
from bot.telegram.html import escape

_EVENTS, _WORDS, _REPORTS, _REPORT = 25, 120, 8, 700
# So many files are sent at once; a report may have more than a chat should be flooded with.
MOST_FILES = 20
_NAME = 200


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


def evidence_files(
    scene: Scene, task: LedgerTask, start: int = 0
) -> tuple[tuple[Outgoing, ...], Button | None]:
    """The files themselves, from one on, the newest report's first; and the button to the rest."""
    query = (
        select(Evidence, TaskEvent, Unit.name)
        .join(TaskEvent, TaskEvent.id == Evidence.event_id)
        .outerjoin(Unit, Unit.id == TaskEvent.unit_id)
        .where(Evidence.task_id == task.id, Evidence.file_id != "")
        .order_by(Evidence.event_id.desc(), Evidence.id)
    )
    found = scene.session.execute(query).all()
    stop = start + MOST_FILES
    messages = tuple(
        Outgoing(
            key=f"u:{scene.incoming.update}:file:{number}",
            to=scene.incoming.address,
            text=_caption(scene, task, f"{number}/{len(found)}", piece, event, unit or ""),
            priority=Priority.ANSWER,
            file_id=piece.file_id,
            file_kind=piece.kind,
        )
        for number, (piece, event, unit) in enumerate(found[start:stop], start + 1)
    )
    left = len(found) - stop
    more = menu(f"再看 {left} 个文件", "files", f"{task.id}.{stop}") if left > 0 else None
    return messages, more


def _caption(
    scene: Scene, task: LedgerTask, place: str, piece: Evidence, event: TaskEvent, unit: str
) -> str:
    kind = FILE_KINDS.get(piece.kind, FILE)[0]
    who = " ".join(part for part in (unit, event.who) if part)
    lines = [
        f"第{task.number}项 佐证 {place} {kind}",
        f"{moment(event.at, scene)} {ACTION_WORDS[Action(event.action)]}({who})",
        cut(piece.file_name, _NAME),
    ]
    return "\n".join(escape(line) for line in lines if line)


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
    words = file_counts(kind for kind, _ in files)
    names = "、".join(cut(name, 40) for _, name in files if name)
    return f"{words}:{names}" if names else words
