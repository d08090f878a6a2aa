"""A dialog that gathers texts and files until they are submitted: of a report, of a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.handling.acting import check, how, show, task_of
from bot.handling.cards import card
from bot.handling.controls import CARD, FILES, act, detail
from bot.handling.dialogs import COLLECT, STRAY, forget, wait_for, waiting
from bot.handling.looking import file_words
from bot.handling.menu_parts import menu, number_in, rows
from bot.handling.notices import LEADING, tell_office, tell_units
from bot.handling.phrases import cut, named
from bot.handling.scene import Buttons, Scene, Screen, anybody
from bot.ledger.actions import perform
from bot.ledger.records import Deed
from bot.records import (
    ACTION_WORDS,
    Action,
    Attachment,
    Outgoing,
    Priority,
    Reply,
    TaskState,
)
from bot.state.tables import LedgerTask, Unit
from bot.telegram.html import escape
from corpus.errors import RefusedError

# More is no evidence any more, and does not fit a dialog.
_MOST_FILES, _MOST_WORDS = 50, 8000
_SHOWN = 500
_ASKED = {
    Action.REPORT: "发送完成情况的文字说明和照片、文件,发完按“提交”。",
    Action.EVIDENCE: "发送要补充的文字说明和照片、文件,发完按“提交”。",
    Action.PROGRESS: "发送这一阶段的文字说明和照片、文件(也可以不发),发完按“提交”。",
}


@dataclass(frozen=True, slots=True)
class Material:
    """What was gathered so far, and what for."""

    task: int
    action: Action
    milestone: int = 0
    through: date | None = None
    texts: tuple[str, ...] = ()
    files: tuple[Attachment, ...] = ()

    @property
    def words(self) -> str:
        """How much it is."""
        parts = [f"文字 {len(self.texts)} 段"] if self.texts else []
        parts += [file_words((file.kind, file.name) for file in self.files)] if self.files else []
        return "、".join(parts)

    def meant_for(self, other: Material) -> Material:
        """What was gathered, for another's purpose."""
        return replace(other, texts=self.texts, files=self.files)

    def with_more(self, texts: Sequence[str], files: Sequence[Attachment]) -> Material:
        """The same with what has come since; a file counts once.

        :raises RefusedError: it is too much.
        """
        known = {file.file_unique_id for file in self.files}
        new = {file.file_unique_id: file for file in files if file.file_unique_id not in known}
        more = replace(self, texts=(*self.texts, *texts), files=(*self.files, *new.values()))
        if len(more.files) > _MOST_FILES or sum(map(len, more.texts)) > _MOST_WORDS:
            raise RefusedError(
                f"一次最多 {_MOST_FILES} 个文件、{_MOST_WORDS} 字:请先按“提交”,余下的再作补充"
            )
        return more


def begin(scene: Scene, material: Material) -> Reply:
    """Ask for texts and files; what was gathered for something else is not thrown away."""
    task = task_of(scene, material.task)
    check(scene, task, material.action)
    earlier = gathered(scene)
    same = earlier and _purpose(earlier) == _purpose(material)
    if earlier and earlier.words and not same:
        return unfinished(scene, earlier)
    if not earlier and (stray := gathered(scene, STRAY)):
        # Files that came before any button are meant for what is done next.
        material = stray.with_more(material.texts, material.files).meant_for(material)
    if earlier and same:
        material = earlier.with_more(material.texts, material.files)
    keep(scene, material)
    head = f"{named(task)}\n<b>{ACTION_WORDS[material.action]}</b>"
    got = [f"已收到{escape(material.words)}。"] if material.words else []
    return scene.say(head, *got, how(scene, _ASKED[material.action]), buttons=_buttons(material))


def unfinished(scene: Scene, earlier: Material) -> Reply:
    """What was gathered for a task is submitted or given up before something else is begun."""
    task = scene.session.get_one(LedgerTask, earlier.task)
    words = f"您正在办理 {named(task)}({escape(earlier.words)})。请先提交或放弃,再办这一项。"
    return scene.say(words, buttons=_buttons(earlier))


def gathered(scene: Scene, kind: str = COLLECT) -> Material | None:
    """What this person has gathered here; None where nothing is being gathered."""
    step = waiting(scene)
    if step is None or step.kind != kind:
        return None
    data = step.data
    through = data["through"]
    return Material(
        task=data["task"],
        action=Action(data["action"]),
        milestone=data["milestone"],
        through=date.fromisoformat(through) if through else None,
        texts=tuple(data["texts"]),
        files=tuple(Attachment(*file) for file in data["files"]),
    )


def keep(scene: Scene, material: Material, kind: str = COLLECT) -> None:
    """Gather on from here."""
    wait_for(scene, kind, **_data(material))


def thanks(scene: Scene, words: str, buttons: Buttons) -> Reply:
    """Answer what was sent; of an album, whose files come one by one, only the first."""
    incoming = scene.incoming
    if not incoming.album:
        return scene.say(words, buttons=buttons)
    message = Outgoing(
        key=f"album:{incoming.chat}:{incoming.album}",
        to=incoming.address,
        text=words,
        buttons=buttons,
        priority=Priority.ANSWER,
        reply_to=incoming.message,
    )
    return Reply((message,))


def _data(material: Material) -> dict[str, Any]:
    files = [[f.kind, f.file_id, f.file_unique_id, f.name, f.size] for f in material.files]
    return {
        "task": material.task,
        "action": material.action.value,
        "milestone": material.milestone,
        "through": material.through.isoformat() if material.through else "",
        "texts": list(material.texts),
        "files": files,
    }


def _purpose(material: Material) -> tuple[int, Action, int, date | None]:
    return (material.task, material.action, material.milestone, material.through)


def _buttons(material: Material) -> Buttons:
    arg = str(material.task)
    return rows([menu("提交", "submit", arg), menu("放弃", "drop", arg)])


def _collect(scene: Scene, words: str) -> Reply:
    material = gathered(scene)
    if material is None:
        return Reply()
    texts = [words.strip()] if words.strip() else []
    if not texts and not scene.incoming.attachments:
        return scene.say("这类消息不能作为佐证,请发文字、照片或文件。", buttons=_buttons(material))
    material = material.with_more(texts, scene.incoming.attachments)
    keep(scene, material)
    if scene.incoming.album:
        # Its other files are still on their way, so they cannot be counted yet.
        return thanks(scene, "这组照片、文件已收到。可以继续发送,或按“提交”。", _buttons(material))
    return scene.say(
        f"已收到{escape(material.words)}。可以继续发送,或按“提交”。", buttons=_buttons(material)
    )


def _submit(scene: Scene, arg: str) -> Reply:
    material = gathered(scene)
    if material is None or material.task != number_in(arg):
        return Reply(toast="没有待您提交的内容(谁发起,由谁提交)", alarm=True)
    task = task_of(scene, material.task)
    if material.action is Action.REPORT and task.state == TaskState.REPORTED:
        return _offer_evidence(scene, task, material)
    deed = Deed(
        material.action,
        task.id,
        scene.actor,
        scene.now,
        text="\n".join(material.texts),
        milestone=material.milestone,
        through=material.through,
        attachments=material.files,
    )
    if material.action is Action.EVIDENCE and not material.words:
        raise RefusedError("请先发送文字说明或照片、文件")
    event = perform(scene.session, deed).event
    forget(scene)
    said = _outcome(material.action)
    got = f"(随附{material.words})" if material.words else ""
    reply = scene.redraw(
        f"{named(task)}\n{escape(said + got)}。", buttons=rows([detail(task)]), toast="已提交"
    )
    unit = scene.session.get(Unit, event.unit_id) if event.unit_id else None
    who = " ".join(part for part in (unit.name if unit else "", scene.actor.name) if part)
    return replace(reply, messages=(*reply.messages, *_told(scene, task, material, who)))


def _offer_evidence(scene: Scene, task: LedgerTask, material: Material) -> Reply:
    """A colleague was faster; what was gathered can still be added."""
    material = replace(material, action=Action.EVIDENCE)
    keep(scene, material)
    words = f"{named(task)}\n刚刚已由同事报告完成。您发来的内容可以作为补充佐证提交。"
    return scene.redraw(words, buttons=_buttons(material))


def _outcome(action: Action) -> str:
    if action is Action.REPORT:
        return "已报告完成,等待攻坚办销号"
    return "已补充佐证" if action is Action.EVIDENCE else "已记下这一阶段完成"


def _told(scene: Scene, task: LedgerTask, material: Material, who: str) -> tuple[Outgoing, ...]:
    """The office gets what it can judge by; the unit's other chats know that it is done."""
    what = ACTION_WORDS[material.action]
    lines = [f"<b>{what}</b> {escape(who)}"]
    if step := _step(task, material):
        lines.append(escape(step))
    if material.texts:
        words = cut(" ".join(material.texts), _SHOWN)
        lines.append(f"<blockquote>{escape(words)}</blockquote>")
    if material.files:
        files = file_words((file.kind, file.name) for file in material.files)
        lines.append(escape(cut(files, _SHOWN)))
    lead, report = "\n".join(lines), material.action is Action.REPORT
    looks = [act(task, FILES, "看佐证", CARD if report else "")] if material.words else []
    if report:
        decide = [act(task, Action.APPROVE), act(task, Action.RETURN)]
        buttons = rows(decide, [*looks, detail(task, stage=CARD)])
        office = tell_office(
            scene, task, *card(scene, task, lead=lead, brief=True), buttons=buttons
        )
        units = tell_units(scene, task, f"{named(task)}\n{escape(who)} 已报告完成。", roles=LEADING)
        return (*office, *units)
    return tell_office(scene, task, named(task), lead, buttons=rows([*looks, detail(task)]))


def _step(task: LedgerTask, material: Material) -> str:
    if material.through is None:
        return ""
    texts = {part.id: part.text for part in task.milestones}
    return f"{material.through} {cut(texts.get(material.milestone, task.deadline_text), 80)}"


def _drop(scene: Scene, arg: str) -> Reply:
    material = gathered(scene)
    if material is None or material.task != number_in(arg):
        return Reply(toast="没有待您放弃的内容", alarm=True)
    forget(scene)
    task = task_of(scene, material.task)
    return show(scene, task, CARD, toast="已放弃")


COMMANDS: dict[str, Screen] = {}
MENUS = {"submit": Screen(_submit, anybody), "drop": Screen(_drop, anybody)}
DIALOGS = {COLLECT: Screen(_collect, anybody)}
PRESSES: dict[type, Screen] = {}
