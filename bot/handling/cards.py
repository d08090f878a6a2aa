"""The card of a task: everything about it that fits one message of a phone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select

from bot.handling.phrases import (
    SIGNED,
    cut,
    days_words,
    due_words,
    file_counts,
    labelled,
    left_words,
    moment,
    signed_here,
)
from bot.handling.scene import Scene
from bot.handling.steps import Step, steps_of
from bot.ledger.consequences import open_extension
from bot.records import (
    ACTION_WORDS,
    OPEN_STATES,
    REMINDED,
    STATE_WORDS,
    UNIT_ROLE_WORDS,
    Action,
    TaskState,
    UnitRole,
)
from bot.state.tables import Evidence, LedgerTask, Person, TaskEvent
from bot.telegram.html import escape, pack
from corpus.records import Task
from retrieval.inferring import remarks

# A leader's post takes more room than the name, and the units know it.
_POST = re.compile(r"\(.*\)$")
_TITLE, _TARGET, _MEASURE, _STEP, _QUOTE, _WORDS = 300, 160, 90, 60, 200, 60
_UNITS, _REMARKS, _MEASURES, _STEPS, _EVENTS = 400, 300, 8, 8, 3


def card(
    scene: Scene,
    task: LedgerTask,
    *,
    lead: str = "",
    brief: bool = False,
    own: frozenset[int] = frozenset(),
) -> tuple[str, ...]:
    """The blocks of a task's card, always one message; `lead` (HTML) stands above.

    A brief one is for those who know the task, and are to decide something. `own` are the units
    it is shown to, of which it says that they have signed.
    """
    head = [lead, ""] if lead else []
    needed = [*head, *_head(task, own), "", *_dates(scene, task), "", *_people(task)]
    waiting, basis = [*_waiting(scene, task)], [*_basis(task)]
    if brief:
        return _fitting(needed, ((waiting, basis), (waiting,), ()))
    steps, work, events = [*_steps(scene, task)], [*_work(task)], [*_events(scene, task)]
    # What a card can do without goes first, where a document is very wordy.
    whole = (waiting, steps, work, events, basis)
    return _fitting(needed, (whole, (waiting, steps, events, basis), (waiting, basis), ()))


def _fitting(needed: Sequence[str], choices: Iterable[Iterable[Sequence[str]]]) -> tuple[str, ...]:
    """What is needed and the first choice of further parts that one message holds with it."""
    for parts in choices:
        blocks = (*needed, *(line for part in parts if part for line in ("", *part)))
        if len(pack(blocks)) == 1:
            return blocks
    return pack(needed)[:1]


def evidence_words(scene: Scene, task: LedgerTask) -> str:
    """How much evidence there is of a task; empty where there is none."""
    query = select(Evidence.kind).where(Evidence.task_id == task.id).order_by(Evidence.id)
    kinds = scene.session.scalars(query).all()
    texts, files = kinds.count("text"), [kind for kind in kinds if kind != "text"]
    parts = [f"文字 {texts} 段"] if texts else []
    parts += [file_counts(files)] if files else []
    return "、".join(parts)


def remark_words(task: LedgerTask) -> list[str]:
    """What was inferred of a task when it was read, in plain words."""
    read = Task(
        id=task.source_key,
        document_id=task.document_id,
        source="",
        number=task.number,
        section=task.section,
        problem=task.title,
        target=task.target,
        measures=(),
        leaders=(),
        lead_units=(),
        cooperating_units=(),
        deadline=None,
        inferred=tuple(task.inferred),
    )
    return remarks(read)


def _head(task: LedgerTask, own: frozenset[int]) -> Iterator[str]:
    state = STATE_WORDS[TaskState(task.state)]
    if signed_here(task, own):
        state += f",{SIGNED}"
    yield f"<b>第{task.number}项</b> · <b>{escape(state)}</b>"
    if task.section:
        yield f"<i>{escape(cut(task.section, _STEP))}</i>"
    yield escape(cut(task.title, _TITLE))


def _dates(scene: Scene, task: LedgerTask) -> Iterator[str]:
    words = due_words(task)
    if task.due is not None and task.deadline_text:
        words += f"(原文:{cut(task.deadline_text, _STEP)})"
    yield labelled("期限", words)
    if left := left_words(task, scene.today):
        yield f"<b>{escape(left)}</b>"
    if task.state == TaskState.REPORTED and task.reported_at:
        yield escape(_reported(scene, task))
    if task.stages:
        yield labelled("提醒", task.stages)


def _reported(scene: Scene, task: LedgerTask) -> str:
    assert task.reported_at is not None
    day = task.reported_at.astimezone(scene.desk.zone).date()
    late = (day - task.due).days if task.due else 0
    when = f"{moment(task.reported_at, scene)} 报告完成"
    return f"{when},超期 {late} 天,等待攻坚办销号" if late > 0 else f"{when},等待攻坚办销号"


def _people(task: LedgerTask) -> Iterator[str]:
    for role in UnitRole:
        names = "、".join(part.unit.name for part in task.units if part.role == role)
        if names:
            yield labelled(UNIT_ROLE_WORDS[role], cut(names, _UNITS))
    if not task.units:
        yield labelled("牵头", "⚠️ 没有责任单位")
    if task.leaders:
        leaders = [_POST.sub("", leader) for leader in task.leaders]
        yield labelled("领导", cut("、".join(leaders), _UNITS))
    if task.state in OPEN_STATES:
        yield from _signatures(task)


def _signatures(task: LedgerTask) -> Iterator[str]:
    missing = [part.unit.name for part in task.units if part.acknowledged_at is None]
    signed = len(task.units) - len(missing)
    if not missing:
        yield labelled("签收", "各单位都已签收 ✅")
    elif signed:
        names = "、".join(part.unit.name for part in task.units if part.acknowledged_at)
        yield labelled("已签收", cut(names, _UNITS))
        yield labelled("未签收", cut("、".join(missing), _UNITS))
    else:
        yield labelled("签收", "还没有单位签收")


def _waiting(scene: Scene, task: LedgerTask) -> Iterator[str]:
    """What the office is asked for, and what it can judge by."""
    if asked := open_extension(scene.session, task.id):
        person = scene.session.get(Person, asked.asked_by)
        words = f"延到 {asked.new_due},理由:{cut(asked.reason, _TARGET)}"
        about = f"({person.name if person else '?'} {moment(asked.created_at, scene)})"
        yield labelled("延期申请", words + about)
    if evidence := evidence_words(scene, task):
        yield labelled("佐证", evidence)


def _work(task: LedgerTask) -> Iterator[str]:
    if task.target:
        yield labelled("目标", cut(task.target, _TARGET))
    if task.measures:
        first = enumerate(task.measures[:_MEASURES], 1)
        shown = [f"{place}. {cut(words, _MEASURE)}" for place, words in first]
        rest = len(task.measures) - len(shown)
        shown += [f"……另有 {rest} 条"] if rest else []
        lines = escape("\n".join(shown))
        yield f"<b>措施</b>({len(task.measures)} 条)"
        yield f"<blockquote expandable>{lines}</blockquote>"


def _steps(scene: Scene, task: LedgerTask) -> Iterator[str]:
    found = steps_of(task, scene.today, scene.desk.zone)
    if not found:
        return
    yield "<b>阶段</b>"
    for step in found[:_STEPS]:
        yield escape(f"· {_step(scene, task, step)}")
    if len(found) > _STEPS:
        yield f"……另有 {len(found) - _STEPS} 个"


def _step(scene: Scene, task: LedgerTask, step: Step) -> str:
    words = f"{step.due} {cut(step.text, _STEP)}"
    if step.done:
        return f"✅ {words}"
    if task.issued_at and step.due < task.issued_at.astimezone(scene.desk.zone).date():
        return f"{words}(下达前已过)"
    left = (step.due - scene.today).days
    return f"{words}({days_words(left)})" if task.state in REMINDED else words


def _basis(task: LedgerTask) -> Iterator[str]:
    source = " ".join(part for part in (f"《{task.plan}》", task.document_number) if part)
    yield labelled("依据", cut(" › ".join([source, *task.heading[-1:]]), _QUOTE))
    if task.quote:
        yield f"<blockquote>{escape(cut(task.quote, _QUOTE))}</blockquote>"
    if notes := remark_words(task):
        yield labelled("注意", cut(";".join(notes), _REMARKS))


def _events(scene: Scene, task: LedgerTask) -> Iterator[str]:
    query = select(TaskEvent).where(
        TaskEvent.task_id == task.id, TaskEvent.action != Action.IMPORT.value
    )
    newest = scene.session.scalars(query.order_by(TaskEvent.id.desc()).limit(_EVENTS)).all()
    if newest:
        yield "<b>近况</b>"
    for event in reversed(newest):
        what = ACTION_WORDS[Action(event.action)]
        said = f":{cut(event.text, _WORDS)}" if event.text else ""
        yield escape(f"· {moment(event.at, scene)} {what}({event.who}){said}")
