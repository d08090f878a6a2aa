"""What administrators set right by hand: days of the calendar, messages nobody is sure of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select

from bot.access.people import record
from bot.delivery.recovering import Doubtful, decide, uncertain
from bot.handling.dates import read_day
from bot.handling.menu_parts import OLD_BUTTON, in_private, menu, number_in, rows
from bot.handling.scene import Buttons, Scene, Screen, admins
from bot.records import OutboxState, Reply
from bot.state.tables import CalendarDay, Chat, Outbox
from bot.telegram.html import escape, plain
from corpus.errors import RefusedError

_UNTIL = re.compile(r"[至到~～]")
_WORKING = {"休": False, "放假": False, "休息": False, "班": True, "上班": True}
_UNSET = frozenset({"撤销", "取消"})
# No holiday of ours is longer; a longer one is a slip of the pen.
_MOST_DAYS = 31
_WEEKDAYS = "一二三四五六日"
_USAGE = (
    "写明日期、休或班,最好还有依据,例如:",
    "<code>/holiday 2027-02-08 休 国办发明电〔2026〕7号</code>",
    "<code>/holiday 2027-02-05至2027-02-11 休</code>",
    "<code>/holiday 2027-02-14 班</code>,<code>/holiday 2027-02-14 撤销</code>",
)
_SHOWN = 5
_BEGINNING = 80
_FAILED_DAYS = 7
_DONE = "已处理"


def _holiday(scene: Scene, words: str) -> Reply:
    days, kind, source = (*words.split(maxsplit=2), "", "", "")[:3]
    if not days:
        return scene.say(*_USAGE, *_set_days(scene))
    if kind not in _WORKING and kind not in _UNSET:
        raise RefusedError(f"“{kind or words}”不是休或班;例如 /holiday 2027-02-08 休")
    span = _span(days, scene.today)
    for day in span:
        _set(scene, day, _WORKING.get(kind), source)
    spoken = _day_words(span[0]) + (f"至 {_day_words(span[-1])}" if len(span) > 1 else "")
    set_to = {True: "上班", False: "放假", None: "恢复按公布的日历"}[_WORKING.get(kind)]
    basis = f",依据 {source}" if source else ""
    record(scene.session, scene.now, "calendar", scene.actor.user, scene.actor.chat, words.strip())
    return scene.say(escape(f"已记下:{spoken} {set_to}{basis}。提醒将重新排。"))


def _span(words: str, today: date) -> list[date]:
    """The days of 2027-02-08 or 2027-02-05至2027-02-11.

    :raises RefusedError: it is no day, or is past, or the span is backwards or too long.
    """
    ends = [read_day(part, today) for part in _UNTIL.split(words)]
    first, last = ends[0], ends[-1]
    length = (last - first).days + 1
    if len(ends) > 2 or not 0 < length <= _MOST_DAYS:
        raise RefusedError(
            f"“{words}”不是一段日子;写成 2027-02-05至2027-02-11,最多 {_MOST_DAYS} 天"
        )
    return [first + timedelta(days=number) for number in range(length)]


def _set(scene: Scene, day: date, working: bool | None, source: str) -> None:
    row = scene.session.get(CalendarDay, day)
    if working is None:
        if row is not None:
            scene.session.delete(row)
    elif row is None:
        scene.session.add(CalendarDay(day=day, working=working, source=source))
    else:
        row.working, row.source = working, source
    scene.session.flush()


def _set_days(scene: Scene) -> list[str]:
    """The days set by hand that are still to come."""
    query = select(CalendarDay).where(CalendarDay.day >= scene.today).order_by(CalendarDay.day)
    lines = [
        f"· {_day_words(row.day)} {'上班' if row.working else '放假'}"
        + (f",{escape(row.source)}" if row.source else "")
        for row in scene.session.scalars(query)
    ]
    return ["", "<b>已设定</b>", *lines] if lines else []


def _day_words(day: date) -> str:
    return f"{day}(周{_WEEKDAYS[day.weekday()]})"


def _uncertain(scene: Scene, words: str) -> Reply:
    blocks, buttons = _doubts(scene)
    return scene.say(*blocks, buttons=buttons)


def _decided(scene: Scene, arg: str) -> Reply:
    """One message is sent again or let be; `drop` asks about all of them, `none` lets them be."""
    if arg == "drop":
        sure = [menu("确认全部不再发", "uncertain", "none"), menu("返回", "uncertain", "back")]
        return scene.redraw("确认全部不再发?这些消息不会再补发。", buttons=rows(sure))
    toast = ""
    if arg == "none":
        for doubt in uncertain(scene.session):
            decide(scene.session, doubt.id, False, scene.now)
        toast = "全部不再发"
    elif arg != "back":
        resend = {"y": True, "n": False}.get(arg[:1])
        if resend is None:
            raise RefusedError(OLD_BUTTON)
        done = decide(scene.session, number_in(arg[1:]), resend, scene.now)
        toast = ("将再发一次" if resend else "不再发") if done else _DONE
    blocks, buttons = _doubts(scene)
    return scene.redraw(*blocks, buttons=buttons, toast=toast)


def _doubts(scene: Scene) -> tuple[list[str], Buttons]:
    doubts = uncertain(scene.session)
    failed = _failed(scene)
    if not doubts:
        return ["没有需要决定的消息。", *failed], ()
    titles = _titles(scene, doubts[:_SHOWN])
    head = f"<b>没有把握送达的消息</b>(共 {len(doubts)} 条):可能已送到,也可能没有。"
    blocks = [head, *(_doubt(scene, doubt, titles) for doubt in doubts[:_SHOWN])]
    lines = [
        [menu(f"再发 #{doubt.id}", "uncertain", f"y{doubt.id}"),
         menu(f"不再发 #{doubt.id}", "uncertain", f"n{doubt.id}")]
        for doubt in doubts[:_SHOWN]
    ]  # fmt: skip
    if len(doubts) > _SHOWN:
        blocks.append(f"另有 {len(doubts) - _SHOWN} 条,处理完上面的再显示。")
        lines.append([menu(f"全部不再发({len(doubts)} 条)", "uncertain", "drop")])
    return [*blocks, *failed], rows(*lines)


def _doubt(scene: Scene, doubt: Doubtful, titles: dict[int, str]) -> str:
    at = doubt.at.astimezone(scene.desk.zone)
    words = " ".join(plain(doubt.text).split())
    short = words if len(words) <= _BEGINNING else words[:_BEGINNING] + "…"
    return "\n".join(
        [
            "",
            f"<b>#{doubt.id}</b> {at:%Y-%m-%d %H:%M} 发给 {escape(titles[doubt.chat])}",
            escape(short),
            f"原因:{escape(doubt.reason or '不明')}",
        ]
    )


def _titles(scene: Scene, doubts: Sequence[Doubtful]) -> dict[int, str]:
    chats = {doubt.chat for doubt in doubts}
    rooms = scene.session.execute(
        select(Chat.chat, Chat.title).where(Chat.chat.in_(chats)).order_by(Chat.id.desc())
    )
    known = {chat: title for chat, title in rooms if title}
    return {chat: known.get(chat, f"会话 {chat}") for chat in chats}


def _failed(scene: Scene) -> list[str]:
    """What the messenger refused for good is only told: sent again it would be refused again."""
    since = scene.now - timedelta(days=_FAILED_DAYS)
    query = select(Outbox.last_error, func.count()).where(
        Outbox.state == OutboxState.FAILED, Outbox.created_at >= since
    )
    counted = scene.session.execute(query.group_by(Outbox.last_error).order_by(Outbox.last_error))
    lines = [f"· {escape(error or '不明')}:{count} 条" for error, count in counted]
    return ["", f"<b>近 {_FAILED_DAYS} 天被拒收的消息</b>", *lines] if lines else []


COMMANDS = {
    "holiday": Screen(_holiday, admins, "设定某天放假或上班"),
    "uncertain": Screen(in_private(_uncertain), admins, "没有把握送达的消息"),
}
MENUS: dict[str, Screen] = {"uncertain": Screen(in_private(_decided), admins)}
