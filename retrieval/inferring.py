"""What a task's record was concluded from, said so that a person can weigh it."""

from __future__ import annotations

import re

from corpus.records import Task

# Written by the ledger: `lead_units: 市商务局 (原文: …; 依据: …)`; the basis where a name was
# guessed.
_UNIT = re.compile(
    r"(?:lead|cooperating)_units: (?P<name>.+?) \(原文: (?P<raw>.*?)(?:; 依据: (?P<basis>.+))?\)"
)
_KEYS = {
    "number": "编号",
    "section": "分类",
    "problem": "问题",
    "target": "目标",
    "measures": "措施",
    "leaders": "责任领导",
    "lead_units": "牵头单位",
    "cooperating_units": "配合单位",
    "deadline": "时限",
    "acceptance": "验收单位",
    "status": "整改状态",
}


def inferred_units(task: Task) -> frozenset[str]:
    """The units whose names are guessed, not read."""
    notes = (_UNIT.fullmatch(note) for note in task.inferred)
    return frozenset(note["name"] for note in notes if note and note["basis"])


def as_written(task: Task) -> dict[str, str]:
    """What the plan writes for units whose names were filled up, by the full name.

    人民政府(管委会) stands behind 各县区党委(党工委)、 for 各县区人民政府(管委会).
    """
    notes = (_UNIT.fullmatch(note) for note in task.inferred)
    filled = (note for note in notes if note and not note["basis"])
    return {note["name"]: note["raw"].rpartition("、")[2] for note in filled}


def remarks(task: Task) -> list[str]:
    """The notes of a task in plain words."""
    return [_remark(note) for note in task.inferred]


def _remark(note: str) -> str:
    unit = _UNIT.fullmatch(note)
    if unit and unit["basis"]:
        return f"“{unit['name']}”为推断:原文此处是乱码,依据{unit['basis']}"
    if unit:
        return f"“{unit['name']}”在原文中写作“{unit['raw']}”"
    key, _, words = note.partition(": ")
    return f"{_KEYS.get(key, key)}:{words}" if words else note
