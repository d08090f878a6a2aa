from dataclasses import replace
from datetime import date, timedelta

from bot.office.records import Board, BoardTask, Bulletin, Milestone, UnitProgress

TODAY = date(2026, 11, 25)  # a Wednesday
PLAIN = BoardTask(
    id=1,
    number=1,
    section="一、组织领导",
    title="推进“散乱污”企业动态清零",
    plan="整改方案",
    document_number="漯办〔2020〕1号",
    state="issued",
    lead_units=("市生态环境局",),
    cooperating_units=(),
    leaders=(),
    due=None,
    deadline_text="立行立改,长期坚持",
    kind="ongoing",
    milestones=(),
    acknowledged_units=(),
    reported_on=None,
    closed_on=None,
    evidence=0,
    last_event="",
)


def task(number, due=None, state="issued", **changes):
    kind = "ongoing" if due is None else "fixed"
    changes = {"id": number, "number": number, "due": due, "state": state, "kind": kind} | changes
    return replace(PLAIN, **changes)


def days(count):
    return TODAY + timedelta(days=count)


def board(*tasks):
    return Board(TODAY, tasks)


def many(count):
    """Tasks of ten units, half of them undated, every state, some overdue, with milestones."""
    states = ("issued", "acknowledged", "reported", "returned", "closed", "draft", "suspended")
    return board(
        *(
            task(
                number,
                None if number % 2 else days(number * 7 % 301 - 150),
                states[number % len(states)],
                lead_units=(f"市第{number % 10}局", "市政府办公室")[: 1 + number % 3 // 2],
                milestones=(Milestone(days(number % 50), "阶段", number % 2 == 0),),
            )
            for number in range(1, count + 1)
        )
    )


def unit(name, tasks, acknowledged, reported, closed, overdue=0, late=0):
    """A unit that did all of its own work: what is closed it reported, and acknowledged."""
    stages = (closed, reported - closed, acknowledged - reported, tasks - acknowledged)
    return UnitProgress(name, tasks, acknowledged, reported, closed, overdue, late, stages)


def bulletin(units=(), tasks=()):
    return Bulletin(
        "周调度通报",
        date(2026, 11, 16),
        date(2026, 11, 22),
        date(2026, 11, 23),
        tuple(units),
        tuple(tasks),
    )
