import pytest

from corpus.ledger.status import is_done
from corpus.records import Deadline, DeadlineKind, Span, Task


def _task(status: str, kind: DeadlineKind | None = None) -> Task:
    deadline = Deadline(kind, "x", Span("d", 0, 1)) if kind else None
    none: tuple[str, ...] = ()
    return Task("d#1", "d", "f", 1, "", "", "", none, (), none, none, deadline, status=status)


@pytest.mark.parametrize(
    "status",
    [
        "已完成整改",
        "已销号",
        "完成",
        "已 完 成。",
        "整改完成",
        "已完成整改，已销号",
        "均已整改到位",
        "合格，已闭合",
        "已闭环",
    ],
)
def test_a_status_that_says_all_is_over_is_done(status):
    assert is_done(_task(status))


@pytest.mark.parametrize(
    "status",
    [
        "",
        "未完成",
        "尚未完成整改",
        "正在推进",
        "基本完成",
        "部分完成",
        "已完成80%",
        "合格，整改中",
        "已完成方案制定",
        "已完成整改，长期坚持",
        "已完成整改，待验收销号",
        "持续推进",
        "拟销号",
    ],
)
def test_a_status_that_leaves_work_is_not_done(status):
    assert not is_done(_task(status))


def test_a_deadline_that_says_so_is_done():
    assert is_done(_task("", DeadlineKind.DONE))
    assert not is_done(_task("正在推进", DeadlineKind.ONGOING))
