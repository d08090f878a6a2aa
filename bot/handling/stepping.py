"""阶段完成: which milestone, or which occurrence of a recurring duty, is done."""

from __future__ import annotations

from bot.handling.acting import Act, check
from bot.handling.collecting import Material, begin
from bot.handling.controls import act, back_to_card
from bot.handling.menu_parts import rows
from bot.handling.phrases import cut, days_words, named
from bot.handling.scene import Scene
from bot.handling.steps import Step, pending
from bot.records import Action, Reply
from bot.reminding.digest import progress_mark, read_progress_mark
from bot.state.tables import LedgerTask
from bot.telegram.buttons import TaskPress
from bot.telegram.html import escape

_MOST = 12
_TEXT = 80


def _progress(scene: Scene, task: LedgerTask, press: TaskPress) -> Reply:
    check(scene, task, Action.PROGRESS)
    if mark := read_progress_mark(press.stage):
        milestone, through = mark
        return begin(scene, Material(task.id, Action.PROGRESS, milestone, through))
    left = pending(task, scene.today, scene.desk.zone)[:_MOST]
    if not left:
        return Reply(toast="各阶段都已完成;全部完成请按“报告完成”", alarm=True)
    lines = [f"{named(task)}\n<b>完成的是哪一阶段?</b>", ""]
    lines += [f"{place}. {escape(_words(scene, step))}" for place, step in enumerate(left, 1)]
    choices = [
        [
            act(
                task,
                Action.PROGRESS,
                f"{place}. {step.due} {cut(step.text, 12)}",
                progress_mark(step.milestone, step.due),
            )
        ]
        for place, step in enumerate(left, 1)
    ]
    return scene.redraw(*lines, buttons=rows(*choices, [back_to_card(task, press.stage)]))


def _words(scene: Scene, step: Step) -> str:
    """A duty reported for a day is reported for all days before it."""
    left = days_words((step.due - scene.today).days)
    through = f"截至 {step.due} 的各期" if step.recurring else f"{step.due}"
    return f"{through} {cut(step.text, _TEXT)}({left})"


ACTS: dict[str, Act] = {Action.PROGRESS: _progress}
