"""What does not add up in a list: declared counts, gaps in its numbers, fields that lack."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import islice, pairwise, takewhile

from corpus.ledger.columns import column_named, is_head
from corpus.ledger.items import Item, Section
from corpus.ledger.labels import CHINESE, may_hold_list
from corpus.ledger.lines import list_labels
from corpus.numerals import number_value
from corpus.records import Task

# What a task must have where the list's tasks have it, by the names its readers know.
_REQUIRED = {
    "problem": "问题",
    "target": "目标",
    "measures": "措施",
    "leaders": "责任领导",
    "units": "责任单位",
    "deadline": "时限",
}
_FEWEST_HEADS = 4  # words on one line that name the columns of a list
_DECLARED_TOTAL = re.compile(
    rf"(?:共计?|分解|细化)[^。\n共]{{0,20}}?(?P<count>\d{{1,4}}|{CHINESE}{{1,5}})"
    r"(?:项|个(?=(?:具体|整改)?(?:问题|任务|事项)\s*[)）\n]))"
)


def find_issues(
    text: str, tasks: Sequence[Task], items: Sequence[Item], sections: Sequence[Section]
) -> tuple[str, ...]:
    """Return what is wrong with a list, in Chinese."""
    issues = [f"{section.title}: {note}" for section, _, note in miscounts(items, sections)]
    if not items:
        labels = list_labels(text)
        missing = f"有{'、'.join(labels)}等标签, 但没有读出任务: 未见第1项、一、1.等编号"
        if labels:
            return (*issues, missing)
        return (*issues, *_unread_table(text))
    issues += _wrong_total(text[: items[0].start], _counted(tasks))
    for (before, first), (after, second) in pairwise(zip(tasks, items, strict=False)):
        anew = after.number == 1 and first.section != second.section
        if after.number != before.number + 1 and not anew:
            issues.append(f"第{before.number}项之后是第{after.number}项, 编号不连续")
    return (*issues, *_missing_fields(tasks))


def _unread_table(text: str) -> list[str]:
    """Tell of the head of a list that is a table, where the table itself was lost."""
    if not may_hold_list(text):
        return []
    for line in text.splitlines():
        words = line.split()
        if len(words) >= _FEWEST_HEADS and is_head([column_named(word) for word in words]):
            return [f"有表头“{' '.join(words)}”, 但没有读出任务: 表格没有框线, 或格式已丢失"]
    return []


def miscounts(
    items: Sequence[Item], sections: Sequence[Section]
) -> list[tuple[Section, int | None, str]]:
    """Return the sections whose declared count is not met, with their last item's index."""
    starts = [item.start for item in items]
    found = []
    ordered = sorted(sections, key=lambda section: section.start)
    ends = _section_ends(ordered)
    for index, (section, end) in enumerate(zip(ordered, ends, strict=True)):
        first = bisect_left(starts, section.start)
        last = len(starts) if end is None else bisect_left(starts, end)
        if section.declared in (None, last - first):
            continue
        # 一、…(2个) may count the (一)(二) below it rather than the items.
        if section.declared != _headings_below(ordered, index, end):
            note = f"标题写明{section.declared}项, 读出{last - first}项"
            found.append((section, last - 1 if last > first else None, note))
    return found


def _headings_below(sections: Sequence[Section], index: int, end: int | None) -> int:
    """Return how many headings of the next level a section holds."""
    below = islice(sections, index + 1, None)
    within = takewhile(lambda one: end is None or one.start < end, below)
    return sum(one.level == sections[index].level + 1 for one in within)


def _section_ends(sections: Sequence[Section]) -> list[int | None]:
    """Return where each section ends: at the next one of its level or above."""
    ends: list[int | None] = [None] * len(sections)
    following: dict[int, int] = {}
    for index in range(len(sections) - 1, -1, -1):
        section = sections[index]
        above = [start for level, start in following.items() if level <= section.level]
        ends[index] = min(above, default=None)
        following[section.level] = section.start
    return ends


def _counted(tasks: Sequence[Task]) -> tuple[int, int]:
    """Return how many tasks there are, and how many before the numbers begin anew."""
    anew = (index for index, task in enumerate(tasks) if index and task.number == 1)
    return len(tasks), next(anew, len(tasks))


def _wrong_total(before: str, read: tuple[int, int]) -> list[str]:
    """Compare the totals that the words before a list give with what was read."""
    totals = [number_value(match["count"]) for match in _DECLARED_TOTAL.finditer(before)]
    if not totals or set(totals) & set(read):
        return []
    return [f"正文写明共{totals[0]}项, 读出{read[0]}项"]


def _missing_fields(tasks: Sequence[Task]) -> list[str]:
    """Name what single tasks lack; a field that hardly any has is not the list's."""
    counts = Counter(name for task in tasks for name in task.spans)
    usual = {name: words for name, words in _REQUIRED.items() if 2 * counts[name] >= len(tasks)}
    found = []
    for task in tasks:
        missing = [words for name, words in usual.items() if name not in task.spans]
        if missing:
            found.append(f"第{task.number}项缺少: {'、'.join(missing)}")
    return found
