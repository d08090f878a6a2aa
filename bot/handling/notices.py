"""Who else is told of what was done: the units of a task, the office."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.access.chats import chats_of_units, office_chats
from bot.handling.controls import detail
from bot.handling.menu_parts import rows
from bot.handling.phrases import cut, named
from bot.handling.scene import Buttons, Scene
from bot.records import Outgoing, UnitRole
from bot.state.tables import Chat, LedgerTask
from bot.telegram.html import escape

_EVERYBODY = frozenset(UnitRole)
LEADING = frozenset({UnitRole.LEAD})
_REASON = 300


def unit_rooms(
    scene: Scene, task: LedgerTask, roles: Collection[UnitRole] = _EVERYBODY
) -> list[Chat]:
    """The chats of a task's units, each once."""
    ids = [part.unit_id for part in task.units if part.role in roles]
    found = chats_of_units(scene.session, ids)
    return list({room.id: room for unit in ids for room in found.get(unit, [])}.values())


def unreached(scene: Scene, tasks: Sequence[LedgerTask]) -> list[str]:
    """The units of tasks that no message reaches, by name."""
    names = {part.unit_id: part.unit.name for task in tasks for part in task.units}
    found = chats_of_units(scene.session, list(names))
    return [name for unit, name in names.items() if unit not in found]


def tell_units(
    scene: Scene,
    task: LedgerTask,
    *blocks: str,
    buttons: Buttons = (),
    roles: Collection[UnitRole] = _EVERYBODY,
) -> tuple[Outgoing, ...]:
    """Tell the units of a task."""
    shown = buttons or rows([detail(task)])
    rooms = unit_rooms(scene, task, roles)
    return scene.notify(rooms, *blocks, buttons=shown, audience="unit")


def tell_office(
    scene: Scene, task: LedgerTask, *blocks: str, buttons: Buttons = ()
) -> tuple[Outgoing, ...]:
    """Tell the office."""
    shown = buttons or rows([detail(task)])
    rooms = office_chats(scene.session)
    return scene.notify(rooms, *blocks, buttons=shown, audience="office")


def decided(
    scene: Scene,
    task: LedgerTask,
    what: str,
    *,
    reason: str = "",
    ask: str = "",
    buttons: Buttons = (),
    roles: Collection[UnitRole] = _EVERYBODY,
) -> tuple[Outgoing, ...]:
    """Tell the units what the office decided, and the rest of the office who did.

    `what` and `ask` (what is expected now) are plain words.
    """
    head = f"{named(task)}\n<b>{escape(what)}</b>"
    why = [f"理由:{escape(cut(reason, _REASON))}"] if reason else []
    who = f"办理:攻坚办 {escape(scene.actor.name)}"
    asked = [escape(ask)] if ask else []
    units = tell_units(scene, task, head, *why, *asked, who, buttons=buttons, roles=roles)
    return (*units, *tell_office(scene, task, head, *why, who))


def not_reached_words(names: Sequence[str]) -> str:
    """What the office is told of units that no message reaches; empty where there are none."""
    if not names:
        return ""
    listed = escape("、".join(names))
    return f"⚠️ 以下单位还没有绑定,收不到通知:{listed}"
