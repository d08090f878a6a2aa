"""Whether a plan itself says that a task is done: by its deadline's words, or by its status."""

from __future__ import annotations

import re

from corpus.records import DeadlineKind, Task

# Whole values of a column 整改状态; in prose 完成 says nothing of the whole.
_DONE = re.compile(
    r"(?:问题|任务)?(?:已|已经|均已|全部)?"
    r"(?:完成|整改完成|完成整改|办结|整改到位|整改完毕|完成销号|销号|验收销号|完成验收销号|对账销号|闭合|闭环)"
    r"|(?:验收|复查)?合格"
)


def is_done(task: Task) -> bool:
    """Tell whether a task was done when the plan was written, so that nobody need be reminded."""
    if task.deadline and task.deadline.kind is DeadlineKind.DONE:
        return True
    return says_done(task.status)


def says_done(status: str) -> bool:
    """Tell whether the words of a status say that all is done."""
    words = "".join(status.split()).rstrip("。；;，,!！")
    if not words:
        return False
    # The grammar of deadlines takes its time to load, and most ledgers have no statuses.
    from corpus.deadlines.reading import read_deadline

    read = read_deadline(words, 0, "", base=None)
    pieces = [piece for piece in re.split("[,，;；、]", words) if piece]
    done = bool(pieces) and all(_DONE.fullmatch(piece) for piece in pieces)
    return done or (read is not None and read.kind is DeadlineKind.DONE)
