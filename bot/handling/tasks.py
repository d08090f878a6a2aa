"""Tasks in lists: a unit's own, soonest due first; and one by its number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.handling.acting import drawn, show, units_here, visible
from bot.handling.controls import ALL, OPEN, detail, grid, is_place, pages
from bot.handling.menu_parts import menu, number_in, page_of, rows
from bot.handling.phrases import item
from bot.handling.scene import Scene, Screen, anybody
from bot.ledger.actions import perform
from bot.ledger.queries import tasks_in, tasks_numbered, tasks_of_units
from bot.ledger.records import Deed
from bot.records import OPEN_STATES, REMINDED, Action, Button, Reply, TaskState
from bot.state.tables import LedgerTask, Unit
from bot.telegram.html import escape
from corpus.errors import RefusedError

_SIZE = 6
_MOST_DIGITS = 9
_ISSUED = frozenset(TaskState) - {TaskState.DRAFT, TaskState.CANCELLED}
_HOW = "请写明项号,例如:<code>/task 17</code>"


def _tasks(scene: Scene, arg: str) -> Reply:
    """The list: a page of it in the place of another, else below what is to stay."""
    turned = is_place(arg) and arg[0] in (OPEN, ALL)
    place = arg if turned else f"{OPEN}0"
    only_open = place[0] == OPEN
    own = units_here(scene)
    tasks = _listed(scene, own, only_open=only_open)
    page, count, turns = pages(place, len(tasks), _SIZE)
    place = f"{place[0]}{page}"
    shown = page_of(tasks, page, _SIZE)
    lines = _head(scene, own, tasks, only_open=only_open)
    if count > 1:
        lines.append(f"第 {page + 1}/{count} 页")
    for task in shown:
        lines += ["", item(task, scene, own)]
    opens = grid([detail(task, f"第{task.number}项", place) for task in shown])
    other = ("看全部", f"{ALL}0") if only_open else ("只看未完成", f"{OPEN}0")
    line = [menu(other[0], "tasks", other[1]), *_sign_button(scene, tasks)]
    return drawn(scene, apart=not turned)(*lines, buttons=(*opens, *rows(turns, line)))


def _listed(scene: Scene, own: frozenset[int], *, only_open: bool) -> list[LedgerTask]:
    """A unit's tasks; for the office, which has none of its own, everybody's."""
    if own:
        return tasks_of_units(scene.session, own, only_open=only_open)
    tasks = tasks_in(scene.session, OPEN_STATES if only_open else _ISSUED)
    return sorted(tasks, key=lambda task: (task.due or date.max, task.number, task.id))


def _head(
    scene: Scene, own: frozenset[int], tasks: Sequence[LedgerTask], *, only_open: bool
) -> list[str]:
    names = [unit.name for unit in map(lambda it: scene.session.get(Unit, it), sorted(own)) if unit]
    whose = escape("、".join(names)) if names else "各单位"
    what = "未完成的任务" if only_open else "全部任务"
    if not tasks:
        return [f"<b>{whose}</b> 没有{what}。"]
    late = sum(bool(t.due and t.due < scene.today and t.state in REMINDED) for t in tasks)
    unsigned = len(_unsigned(tasks, own))
    counts = [f"{what} {len(tasks)} 项"]
    counts += [f"🔴 超期 {late} 项"] if late else []
    counts += [f"待签收 {unsigned} 项"] if unsigned else []
    return [f"<b>{whose}</b>", ",".join(counts)]


def _unsigned(tasks: Sequence[LedgerTask], own: frozenset[int]) -> list[LedgerTask]:
    return [
        task
        for task in tasks
        if task.state in REMINDED
        and any(part.unit_id in own and not part.acknowledged_at for part in task.units)
    ]


def _sign_button(scene: Scene, tasks: Sequence[LedgerTask]) -> list[Button]:
    """Of several unsigned ones, all at once; the moment says which were there to be read."""
    count = len(_unsigned(tasks, units_here(scene)))
    return [sign_all(count, scene)] if count > 1 else []


def sign_all(count: int, scene: Scene) -> Button:
    """A button that acknowledges all that was issued by now."""
    return menu(f"✅ 全部签收({count})", "sign_all", str(int(scene.now.timestamp()) + 1))


def _sign_all(scene: Scene, arg: str) -> Reply:
    until = number_in(arg)
    own = scene.actor.units() & units_here(scene)
    waiting = [
        task
        for task in _unsigned(tasks_of_units(scene.session, own), own)
        if task.issued_at and task.issued_at.timestamp() <= until
    ]
    if not own:
        return Reply(toast="签收由责任单位办理", alarm=True)
    for task in waiting:
        perform(scene.session, Deed(Action.ACKNOWLEDGE, task.id, scene.actor, scene.now))
    if not waiting:
        return Reply(toast="已签收")
    numbers = "、".join(f"第{task.number}项" for task in waiting)
    words = f"<b>已签收 {len(waiting)} 项</b>:{numbers}"
    return scene.say(words, buttons=rows([menu("看本单位任务", "tasks")]), toast="已签收")


def _task(scene: Scene, words: str) -> Reply:
    """All tasks of a number: one plan's, or several plans'."""
    number = words.strip().removeprefix("第").removesuffix("项")
    if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
        return scene.say(_HOW)
    tasks = [task for task in tasks_numbered(scene.session, int(number)) if visible(scene, task)]
    if not tasks:
        raise RefusedError(f"没有第{int(number)}项任务,或不是您单位的任务。见 /tasks")
    if len(tasks) == 1:
        return show(scene, tasks[0])
    lines = [f"有 {len(tasks)} 份方案都有第{int(number)}项,请选择:"]
    for place, task in enumerate(tasks, 1):
        lines += ["", f"{place}. {escape(task.plan)}\n{item(task, scene)}"]
    opens = [detail(task, f"{place}") for place, task in enumerate(tasks, 1)]
    return scene.say(*lines, buttons=grid(opens))


COMMANDS = {
    "tasks": Screen(_tasks, anybody, "看任务"),
    "task": Screen(_task, anybody, "看某一项任务,如 /task 17"),
}
MENUS = {
    "tasks": Screen(_tasks, anybody),
    "sign_all": Screen(_sign_all, anybody),
}
DIALOGS: dict[str, Screen] = {}
PRESSES: dict[type, Screen] = {}
