"""Whatever the task, the calendar and the window: what holds of every reminder's day."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reminding.stages import StagePlan, Subject, occurrences, offset_of
from bot.reminding.workdays import WorkCalendar
from corpus.records import DeadlineKind

ONE = timedelta(days=1)
# Longer than any run of days off that is drawn: nothing later is sent before.
LONGEST = 90 * ONE
# Most of what there is to say is of these two.
KINDS = [DeadlineKind.FIXED] * 3 + [DeadlineKind.RECURRING] * 3 + list(DeadlineKind)
RULES = {
    # rule -> (is the day due, days between two)
    "FREQ=WEEKLY": (lambda day: day.isoweekday() == 7, 7),
    "FREQ=WEEKLY;BYDAY=TU,FR": (lambda day: day.isoweekday() in (2, 5), 3),
    "FREQ=MONTHLY": (lambda day: (day + ONE).day == 1, 30),
    "FREQ=MONTHLY;BYMONTHDAY=1": (lambda day: day.day == 1, 30),
    "FREQ=MONTHLY;BYMONTHDAY=30": (
        lambda day: day.day == 30 or (day.month == 2 and (day + ONE).month == 3),
        30,
    ),
    "FREQ=MONTHLY;INTERVAL=3": (
        lambda day: (day.month, day.day) in {(3, 31), (6, 30), (9, 30), (12, 31)},
        91,
    ),
    "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=-1": (lambda day: (day.month, day.day) == (6, 30), 365),
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29": (
        lambda day: day.month == 2 and (day + ONE).month == 3,
        365,
    ),
    "FREQ=DAILY": (lambda day: True, 1),
}
# Across the end of the published calendar, and two Spring Festivals.
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@st.composite
def plans(draw):
    before = draw(st.sets(st.integers(0, 60), max_size=5))
    overdue = draw(st.sets(st.integers(1, 30), max_size=4))
    plan = StagePlan(
        tuple(sorted(before, reverse=True)), tuple(sorted(overdue)), draw(st.booleans())
    )
    return draw(st.sampled_from([StagePlan(), plan]))


@st.composite
def subjects(draw):
    kind = draw(st.sampled_from(KINDS))
    rule = draw(st.sampled_from(list(RULES)))
    due = draw(DAYS) if kind is DeadlineKind.FIXED else draw(st.none() | DAYS)
    issued_late = (due or date(2026, 1, 1)) + draw(st.integers(-40, 40)) * ONE
    return Subject(
        kind,
        due,
        rule if kind is DeadlineKind.RECURRING else None,
        draw(DAYS | st.just(date(2024, 1, 1)) | st.just(issued_late)),
        draw(plans()),
        draw(st.none() | DAYS),
    )


@st.composite
def calendars(draw):
    overrides = draw(st.dictionaries(DAYS, st.booleans(), max_size=20))
    if draw(st.booleans()):
        closed = draw(DAYS)
        overrides |= {closed + n * ONE: False for n in range(draw(st.integers(1, 40)))}
    return WorkCalendar(overrides)


@st.composite
def cases(draw):
    """A subject, a calendar, and a window near what the subject is about."""
    subject = draw(subjects())
    near = subject.due or subject.anchor
    start = near + draw(st.integers(-50, 50)) * ONE
    length = draw(st.integers(0, 14) | st.integers(0, 150))
    return subject, draw(calendars()), start, start + length * ONE


def naive_sends(subject, calendar, start, end):
    """Walk every day as a clerk would, asking of each what is to be said, then when."""
    period = RULES[subject.recurrence][1] if subject.recurrence else None
    quarterly = subject.kind is DeadlineKind.ONGOING or period == 1
    if subject.kind is DeadlineKind.DONE:
        return set()
    desk = {}  # (due, send day) -> the furthest offset laid there
    day = date(2024, 1, 1)
    while day <= end + LONGEST + 60 * ONE:
        if quarterly:
            if day.day == 1 and day.month in (1, 4, 7, 10):
                send = forward(day, calendar)
                if day >= subject.anchor:
                    desk[None, send] = (day, "Q")
        elif is_due(subject, day, period):
            lay(desk, subject, calendar, day, period, end)
        day += ONE
    return {
        (due, stage, send, nominal)
        for (due, send), (nominal, stage) in desk.items()
        if start <= send <= end
    }


def is_due(subject, day, period):
    if subject.done_through and day <= subject.done_through:
        return False
    if period:
        return day >= subject.anchor and RULES[subject.recurrence][0](day)
    return day == subject.due


def lay(desk, subject, calendar, due, period, end):
    offset = -60
    while due + offset * ONE <= end + LONGEST:
        nominal = due + offset * ONE
        if planned(subject.plan, offset, period):
            send = forward(nominal, calendar) if offset > 0 else backward(nominal, calendar)
            # On the day of issue its notice has said all that lies ahead.
            told = subject.anchor + ONE if offset < 0 else subject.anchor
            if nominal >= told and send >= told:
                name = "T0" if offset == 0 else f"T+{offset}" if offset > 0 else f"T-{-offset}"
                desk[due, send] = (nominal, name)
        offset += 1
        if period and offset > 60:
            break


def planned(plan, offset, period):
    if period and (offset <= -period / 2 or offset >= period / 8):
        return False
    if offset <= 0:
        return -offset in plan.before
    if offset in plan.overdue:
        return True
    last = max((0, *plan.overdue))
    return not period and plan.weekly_after and offset > last and (offset - last) % 7 == 0


def forward(day, calendar):
    while not calendar.is_workday(day):
        day += ONE
    return day


def backward(day, calendar):
    while not calendar.is_workday(day):
        day -= ONE
    return day


@settings(max_examples=250, deadline=None)
@given(cases())
def test_the_reminders_are_those_of_a_day_by_day_simulation(case):
    subject, calendar, start, end = case
    found = occurrences(subject, calendar, start=start, end=end)
    assert {(o.due, o.stage, o.day, o.nominal) for o in found} == naive_sends(
        subject, calendar, start, end
    )
    assert len(found) == len({(o.due, o.day) for o in found})


@settings(max_examples=150, deadline=None)
@given(cases())
def test_every_reminder_is_on_a_working_day_on_the_right_side_of_its_due_day(case):
    subject, calendar, start, end = case
    found = occurrences(subject, calendar, start=start, end=end)
    assert [(o.day, o.nominal) for o in found] == sorted((o.day, o.nominal) for o in found)
    for o in found:
        assert start <= o.day <= end
        assert calendar.is_workday(o.day)
        assert min(o.day, o.nominal) >= subject.anchor
        if o.stage == "Q":
            assert o.due is None
            assert o.day >= o.nominal
        elif offset_of(o.stage) <= 0:
            assert o.day <= o.nominal <= o.due
        else:
            assert o.due < o.nominal <= o.day
        if o.calendar_known:
            assert calendar.is_known(o.day)
            assert calendar.is_known(o.nominal)


@settings(max_examples=150, deadline=None)
@given(cases(), st.integers(0, 150))
def test_a_window_may_be_split_anywhere(case, at):
    subject, calendar, start, end = case
    middle = min(start + at * ONE, end)
    whole = occurrences(subject, calendar, start=start, end=end)
    first = occurrences(subject, calendar, start=start, end=middle)
    second = occurrences(subject, calendar, start=middle + ONE, end=end)
    assert first + second == whole
