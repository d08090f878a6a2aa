"""What is typed for a deed is shown before anything is done: 确认, 重写, or 放弃.

A text that was meant as a question thus decides nothing; and a command ends the waiting.
"""

from __future__ import annotations

from bot.handling.acting import how, show, task_of, visible
from bot.handling.controls import CARD, LABELS
from bot.handling.dialogs import Waiting, forget, wait_for, waiting
from bot.handling.menu_parts import menu, rows
from bot.handling.phrases import named
from bot.handling.scene import Buttons, Scene, Screen, anybody
from bot.records import ACTION_WORDS, Action, Reply
from bot.state.tables import LedgerTask
from bot.telegram.html import escape
from corpus.errors import RefusedError

REASON, NEW_DUE, NEW_STAGES = "reason", "new_due", "new_stages"
EXTEND_DAY, EXTEND_REASON = "extend_day", "extend_reason"
# What waits for words that decide something; its data names the task and the action.
_TYPED = frozenset({REASON, NEW_DUE, NEW_STAGES, EXTEND_DAY, EXTEND_REASON})
_LONGEST = 2000
_OLD = Reply(toast="没有待您确认的内容(已经办理、放弃,或又改过)", alarm=True)


def stop_button(token: str) -> Buttons:
    """Lets go of the dialog of this token, and of no other."""
    return rows([menu("放弃", "stop", token)])


def ask_to_confirm(scene: Scene, step: Waiting, words: str, sure: str, *about: str) -> Reply:
    """Show the reason that was typed; `sure` is the menu that does what it is a reason for.

    :raises RefusedError: there are no words, or more than a reason has.
    """
    action, text = Action(step.data["action"]), words.strip()
    if not text:
        raise RefusedError(f"{ACTION_WORDS[action]}需要写明理由")
    if len(text) > _LONGEST:
        raise RefusedError(f"理由有 {len(text)} 字,最多 {_LONGEST} 字,请写短一些")
    task = task_of(scene, step.data["task"])
    said = scene.incoming.update.replace(":", "-")
    wait_for(scene, step.kind, **step.data | {"text": text, "said": said})
    yes = menu(f"确认{ACTION_WORDS[action]}", sure, said)
    if action is Action.CANCEL:
        buttons = rows([yes, menu("返回", "stop", f"{step.token}.{CARD}")])
    else:
        stop = menu("放弃", "stop", step.token)
        buttons = rows([yes], [menu("重写", "rewrite", said), stop])
    return scene.say(
        f"{named(task)}\n<b>确认{LABELS[action]}?</b>",
        *about,
        f"理由:<blockquote>{escape(text)}</blockquote>",
        "还没有办理。要改写,再发一遍即可。",
        buttons=buttons,
    )


def confirmed(scene: Scene, kind: str, said: str) -> Waiting | None:
    """The dialog whose words were confirmed, if they are still the ones that were shown."""
    step = waiting(scene)
    if step is None or step.kind != kind or not said or step.data.get("said") != said:
        return None
    return step


def nothing_to_confirm() -> Reply:
    """What is said where `confirmed` finds nothing."""
    return _OLD


def given_up(scene: Scene) -> str:
    """A command ends the waiting for words of a deed; what to say of it, empty where none was."""
    step = waiting(scene)
    if step is None or step.kind not in _TYPED or scene.incoming.command == "cancel":
        return ""
    task = scene.session.get(LedgerTask, step.data["task"])
    forget(scene)
    if task is None or not visible(scene, task):
        return "已放弃刚才输入的内容。"
    label = LABELS[Action(step.data["action"])]
    return f"已放弃“{label}”,没有办理:{named(task)}"


def _rewrite(scene: Scene, said: str) -> Reply:
    step = waiting(scene)
    if step is None or confirmed(scene, step.kind, said) is None:
        return _OLD
    kept = {name: value for name, value in step.data.items() if name not in {"text", "said"}}
    wait_for(scene, step.kind, **kept)
    action = Action(step.data["action"])
    task = task_of(scene, step.data["task"])
    asked = how(scene, f"重新写明{ACTION_WORDS[action]}的理由。")
    return scene.say(f"{named(task)}\n{asked}", buttons=stop_button(step.token))


def _stop(scene: Scene, arg: str) -> Reply:
    """An old button does not end what was begun after it."""
    token, _, place = arg.partition(".")
    step = waiting(scene)
    if step is None or not token or step.token != token:
        return Reply(toast="没有正在输入的内容", alarm=True)
    forget(scene)
    if place == CARD:
        return show(scene, task_of(scene, step.data["task"]), CARD, toast="已放弃")
    return scene.redraw("已放弃。", toast="已放弃")


COMMANDS: dict[str, Screen] = {}
MENUS = {"stop": Screen(_stop, anybody), "rewrite": Screen(_rewrite, anybody)}
DIALOGS: dict[str, Screen] = {}
PRESSES: dict[type, Screen] = {}
