"""/import: the tasks of the indexed plans become drafts; what is there already stays as it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.handling.issuing import obstacle
from bot.handling.menu_parts import at_office, menu, rows
from bot.handling.needs import DraftsNeed
from bot.handling.scene import Scene, Screen, office
from bot.ledger.importing import Draft, Imported, import_tasks
from bot.records import Reply
from bot.state.tables import LedgerTask
from corpus.errors import RefusedError

_PART = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?")
_SEPARATORS = re.compile(r"[,、;;\s]+")
_MOST = 1000
_MOST_NAMED = 40
_EXAMPLE = "如 /import 17 或 /import 1-5,17;不写项号就是全部"


def _need(scene: Scene, words: str) -> DraftsNeed:
    return DraftsNeed(_numbers(words))


def _numbers(words: str) -> tuple[int, ...] | None:
    """The item numbers that somebody wrote; None for all.

    :raises RefusedError: a word is no number.
    """
    plain = unicodedata.normalize("NFKC", words).replace("第", "").replace("项", "")
    parts = [part for part in _SEPARATORS.split(plain) if part]
    found: set[int] = set()
    for part in parts:
        read = _PART.fullmatch(part)
        if read is None:
            raise RefusedError(f"看不懂项号“{part[:20]}”,{_EXAMPLE}")
        first, last = int(read[1]), int(read[2] or read[1])
        if not first <= last < first + _MOST:
            raise RefusedError(f"项号的范围“{part[:20]}”不对,{_EXAMPLE}")
        found |= set(range(first, last + 1))
    return tuple(sorted(found)) if parts else None


def _import(scene: Scene, words: str) -> Reply:
    numbers = _numbers(words)
    if not isinstance(scene.prepared, (list, tuple)):
        raise RefusedError("现在读不到文件索引,没有导入,请稍后再试")
    found: Sequence[Draft] = scene.prepared
    if not found:
        return scene.say(
            f"文件里没有{_listed(numbers)}任务。" if numbers else "文件里没有整改台账的任务。"
        )
    imported = import_tasks(scene.session, found, scene.actor, scene.now)
    lines = [_summary(imported, len(found)), *_warnings(scene, imported)]
    missing = set(numbers or ()) - {draft.task.number for draft in found}
    if missing:
        lines.append(f"文件里没有:{_listed(sorted(missing))}")
    look = [menu("核对草稿", "drafts")] if imported.new else []
    return scene.say(*lines, buttons=rows(look))


def _summary(imported: Imported, total: int) -> str:
    counts = [f"新增草稿 {len(imported.new)} 项"]
    counts += [f"已在台账 {len(imported.known)} 项"] if imported.known else []
    counts += [f"原文有变化 {len(imported.changed)} 项"] if imported.changed else []
    return f"<b>从文件读到 {total} 项任务</b>:{','.join(counts)}。"


def _warnings(scene: Scene, imported: Imported) -> list[str]:
    """What to look at before issuing, and what was left as the office has it."""
    new = [scene.session.get_one(LedgerTask, task_id) for task_id in imported.new]
    past = [task for task in new if task.due and task.due < scene.today]
    stuck = [task for task in new if obstacle(task)]
    changed = [scene.session.get_one(LedgerTask, task_id) for task_id in imported.changed]
    lines = []
    if past:
        lines.append(f"⚠️ 期限已过:{_listed([task.number for task in past])}")
    if stuck:
        lines.append(f"⚠️ 日期或责任单位未定:{_listed([task.number for task in stuck])}")
    if changed:
        numbers = _listed([task.number for task in changed])
        lines.append(f"原文有变化,台账没有改动,请核对:{numbers}")
    return lines


def _listed(numbers: Sequence[int]) -> str:
    shown = "、".join(f"第{number}项" for number in numbers[:_MOST_NAMED])
    return f"{shown}等 {len(numbers)} 项" if len(numbers) > _MOST_NAMED else shown


COMMANDS = {"import": at_office(Screen(_import, office, "从文件导入任务", need=_need))}
MENUS: dict[str, Screen] = {}
DIALOGS: dict[str, Screen] = {}
PRESSES: dict[type, Screen] = {}
