"""Coming in by a link, the first words, help, and what is said to what nobody understands."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.access.chats import admin_chats
from bot.access.links import Bound, MisplacedError, redeem
from bot.access.people import actor_for
from bot.handling.dialogs import forget
from bot.handling.scene import Desk, Scene, Screen, anybody, outgoings
from bot.records import (
    ROLE_WORDS,
    Actor,
    Address,
    ChatKind,
    Incoming,
    IncomingKind,
    Outgoing,
    Priority,
    Reply,
)
from bot.state.tables import AccessEvent, Person
from bot.telegram.html import escape
from corpus.errors import RefusedError

# Whoever tries more secrets than this in a day is not answered any more.
_TRIES_A_DAY = 5

EXAMPLES = (
    "烤烟用煤整改时限",
    "烤烟用煤由谁牵头",
    "市公安局牵头哪些任务",
    "2020年底前到期的任务",
)
# It has to work right after the first example.
FOLLOW_UP = "责任单位呢"
_SOURCES = "每个答案都附出处,按“原文”看上下文。"
_UNIT_HELP = (
    "<b>办任务</b>",
    "/tasks 看本单位的任务;点开一项,可以签收、报告完成、申请延期。",
    "报告完成时,把文字说明和照片、文件发给我,发完按“提交”。",
)
_OFFICE_HELP = (
    "<b>管台账</b>",
    "/import 从文件导入任务(先成草稿),/drafts 核对日期后下达。",
    "/board 看全市进度,/reports 办理待销号的报告和延期申请。",
    "/task 17 看第17项,可以改期、退回、中止、销号。",
    "/bulletin 出调度通报,/export 导出表格。",
)
_ADMIN_HELP = (
    "<b>管人员</b>",
    "/link 发绑定链接(个人或群),/people 看人员和群并可移除。",
    "/holiday 2027-02-08 休 设定某天放假或上班,/uncertain 看没有把握送达的消息。",
)


def secret_of(incoming: Incoming) -> str | None:
    """The secret that somebody brings with /start or /bind."""
    if incoming.kind is not IncomingKind.MESSAGE or incoming.command not in {"start", "bind"}:
        return None
    return incoming.text.strip() or None


def join(session: Session, incoming: Incoming, secret: str, now: datetime, desk: Desk) -> Reply:
    """Let in whoever brings a good secret, and say so to the administrators.

    The others are told a few times a day, then not; strangers in a group never.
    """
    if _tries(session, incoming.user, now) >= _TRIES_A_DAY:
        return Reply()
    try:
        bound = redeem(session, secret, incoming, now)
    except MisplacedError as error:
        return Reply(_words(incoming, escape(str(error))))
    except RefusedError as error:
        private = incoming.chat_kind is ChatKind.PRIVATE
        told = private or _known(session, incoming.user)
        return Reply(_words(incoming, escape(str(error))) if told else ())
    news = _news(session, incoming, bound, now, desk)
    if bound.kind == "chat":
        where = bound.unit or ROLE_WORDS[bound.role]
        words = f"本群已绑定 <b>{escape(where)}</b>,提醒和通报将发到这里。"
        return Reply((*_words(incoming, words), *news))
    actor = actor_for(session, incoming.user, incoming.chat, incoming.thread)
    return Reply((*_words(incoming, _bound_words(bound), *_help(actor, desk)), *news))


def _known(session: Session, user: int) -> bool:
    known = select(Person.id).where(Person.user == user, Person.active)
    return session.scalar(known) is not None


def _news(
    session: Session, incoming: Incoming, bound: Bound, now: datetime, desk: Desk
) -> tuple[Outgoing, ...]:
    """What the administrators are told: who came in, as what, of which unit, when."""
    who = f"{incoming.user_name}(编号 {incoming.user})".strip()
    what = ROLE_WORDS[bound.role] if bound.unit is None else f"{bound.unit} {_role_words(bound)}"
    group = f"群“{incoming.chat_title}”绑定为" if bound.kind == "chat" else ""
    when = now.astimezone(desk.zone).strftime("%Y-%m-%d %H:%M")
    words = f"<b>绑定链接已使用</b>\n{escape(f'{when} {who},{group}{what}')}"
    words += "\n如不认识,请用 /people 移除。"
    return tuple(
        message
        for room in admin_chats(session)
        if room.chat not in {incoming.chat, incoming.user}  # who did it knows
        for message in outgoings(
            f"u:{incoming.update}:joined:{room.id}",
            Address(room.chat, room.thread),
            (words,),
            (),
            Priority.NOTICE,
            audience="office",
        )
    )


def _role_words(bound: Bound) -> str:
    return "群" if bound.kind == "chat" else ROLE_WORDS[bound.role]


def _tries(session: Session, user: int, now: datetime) -> int:
    recent = select(func.count()).where(
        AccessEvent.user == user,
        AccessEvent.at > now - timedelta(days=1),
        AccessEvent.kind.in_(("link unknown", "link used", "link expired")),
    )
    return session.scalar(recent) or 0


def _bound_words(bound: Bound) -> str:
    where = f"<b>{escape(bound.unit)}</b> " if bound.unit else ""
    return f"绑定成功:{where}{ROLE_WORDS[bound.role]}。"


def _words(incoming: Incoming, *blocks: str) -> tuple[Outgoing, ...]:
    return outgoings(f"u:{incoming.update}", incoming.address, blocks, (), Priority.ANSWER)


def _help(actor: Actor | None, desk: Desk) -> tuple[str, ...]:
    if actor is None:
        return ()
    ask = "直接把问题发给我" if actor.chat == actor.user else f"@{desk.bot_name} 后面写问题"
    blocks = ["<b>提问</b>", f"{ask},例如:"]
    blocks += [f"· <code>{escape(example)}</code>" for example in EXAMPLES]
    blocks += [f"问完“{EXAMPLES[0]}”,可以追问“{FOLLOW_UP}”。", _SOURCES, ""]
    if actor.units():
        blocks += [*_UNIT_HELP, ""]
    if actor.office:
        blocks += [*_OFFICE_HELP, ""]
    if actor.admin:
        blocks += [*_ADMIN_HELP, ""]
    return tuple([*blocks, "/cancel 放弃正在输入的内容。"])


def _start(scene: Scene, words: str) -> Reply:
    # Whom the settings let in, nobody has seen yet; and people change their names.
    person = scene.session.get(Person, scene.actor.person)
    if person is not None and scene.incoming.user_name:
        person.name = scene.incoming.user_name
    name = scene.incoming.user_name or scene.actor.name
    greeting = f"{escape(name)},您好。我回答政策文件里的问题,并提醒整改任务的期限。"
    return scene.say(greeting, "", *_help(scene.actor, scene.desk))


def _show_help(scene: Scene, words: str) -> Reply:
    return scene.say(*_help(scene.actor, scene.desk))


def _cancel(scene: Scene, words: str) -> Reply:
    gone = forget(scene)
    return scene.say("已放弃。" if gone else "没有正在输入的内容。")


def _unknown(scene: Scene, words: str) -> Reply:
    command = escape("/" + scene.incoming.command)
    return scene.say(f"没有 {command} 这个命令。/help 看能做什么;提问请直接写问题。")


def _old_button(scene: Scene, words: str) -> Reply:
    return Reply(toast="这个按钮已失效,请用 /tasks 或重新提问", alarm=True)


UNKNOWN = Screen(_unknown, anybody)
OLD_BUTTON = Screen(_old_button, anybody)
COMMANDS = {
    "start": Screen(_start, anybody),
    "help": Screen(_show_help, anybody, "怎么用"),
    "cancel": Screen(_cancel, anybody, "放弃正在输入的内容"),
}
MENUS: dict[str, Screen] = {}
DIALOGS: dict[str, Screen] = {}
PRESSES: dict[type, Screen] = {}
