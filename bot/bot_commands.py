"""What the commands of `gongjian bot` do with its database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.access.links import LIFETIME, make_link
from bot.access.people import unit_named
from bot.delivery.recovering import Doubtful, decide, uncertain
from bot.handling.feedback import feedback_lines
from bot.records import ROLE_WORDS, Role
from bot.render import Line
from bot.service.watch import STALE, stored_stale
from bot.settings import Settings
from bot.state.database import Database
from bot.state.tables import Unit
from bot.terminal import emit, emit_json
from corpus.errors import RefusedError
from corpus.ledger.names import unit_matches

T = TypeVar("T")

# Signs of life are written down this many seconds late.
_WRITTEN = 30.0
_VERDICTS = {"useful": ("green", "有用"), "wrong": ("red", "有误")}
_LONGEST_NAME = 200


def run_alive(settings: Settings, *, as_json: bool) -> bool:
    """Print which loops have been silent; whether none has."""
    now = datetime.now(UTC)
    silent = _reading(settings, lambda session: stored_stale(session, now, STALE + _WRITTEN))
    if as_json:
        emit_json({"alive": silent == [], "silent": silent})
    elif silent is None:
        emit([[("", "机器人没有运行过")]])
    else:
        emit([[("", f"没有动静:{'、'.join(silent)}" if silent else "正常")]])
    return silent == []


def list_uncertain(settings: Settings, *, as_json: bool) -> None:
    """Print the messages of which nobody knows whether they arrived."""
    rows = _reading(settings, uncertain)
    if as_json:
        for row in rows:
            emit_json(_doubtful_data(row))
    else:
        emit([line for row in rows for line in _doubtful(row)] or [[("", "没有不能确定的消息")]])


def decide_uncertain(settings: Settings, resend: Sequence[int], drop: Sequence[int]) -> None:
    """Send uncertain messages once more, or let them be.

    :raises RefusedError: some were not there to decide about; the others are decided.
    """
    now = datetime.now(UTC)
    wishes = [*((number, True) for number in resend), *((number, False) for number in drop)]

    def work(session: Session) -> list[int]:
        return [number for number, again in wishes if not decide(session, number, again, now)]

    if unknown := _writing(settings, work):
        numbers = "、".join(map(str, unknown))
        raise RefusedError(f"编号 {numbers} 不在待核之列(见 gongjian bot uncertain)")
    emit([[("", f"补发 {len(resend)} 条,作罢 {len(drop)} 条")]])


def run_feedback(settings: Settings, *, as_json: bool) -> None:
    """Print what cadres thought of the answers, and how each becomes a question of a set."""
    judged = _reading(settings, feedback_lines)
    if as_json:
        for one in judged:
            emit_json(one)
    else:
        emit([line for one in judged for line in _feedback(one)] + [[("", _count(judged))]])


def run_link(
    settings: Settings, unit: str | None, role: Role, *, group: bool, new: bool, as_json: bool
) -> None:
    """Print a one-time link, which only its hash is kept of.

    :param unit: the unit it is for; None: the office.
    :param new: the unit may be one that is not known yet.
    :raises RefusedError: no unit is called so, or several are.
    """
    now = datetime.now(UTC)

    def work(session: Session) -> tuple[str, str | None]:
        found = None if unit is None else _unit(session, unit, now, new=new)
        secret = make_link(session, None, role=role, unit=found, now=now, group=group)
        return secret, found.name if found else None

    secret, name = _writing(settings, work)
    if as_json:
        until = (now + LIFETIME).isoformat()
        whose = {"unit": name, "role": role.value, "group": group}
        emit_json({"bind": f"/bind {secret}", **whose, "expires_at": until})
    else:
        emit(_link(secret, name, role, group=group))


def _link(secret: str, unit: str | None, role: Role, *, group: bool) -> list[Line]:
    hours = int(LIFETIME.total_seconds()) // 3600
    whose = unit or ROLE_WORDS[Role.OFFICE]
    if group:
        how = f"{whose} 群的绑定口令,请本单位的人在群里发送:"
    else:
        rank = f" {ROLE_WORDS[role]}" if unit else ""
        how = f"{whose}{rank} 的绑定口令,请本人在与机器人的私聊里发送:"
    return [
        [("", how)],
        [("bold", f"/bind {secret}")],
        [("", f"只能用一次,{hours} 小时内有效。请私下交给对方,不要转给别人。")],
    ]


def _unit(session: Session, name: str, now: datetime, *, new: bool) -> Unit:
    name = "".join(name.split())
    if not 0 < len(name) <= _LONGEST_NAME:
        raise RefusedError(f"单位名称应为 1 到 {_LONGEST_NAME} 个字")
    units = session.scalars(select(Unit).order_by(Unit.name)).all()
    if new or any(unit.name == name for unit in units):
        return unit_named(session, name, now)
    found = [unit for unit in units if unit_matches(name, unit.name)]
    if not found:
        raise RefusedError(f"台账里没有叫“{name}”的单位;确实是新单位的,请加 --new")
    if len(found) > 1:
        names = "、".join(unit.name for unit in found)
        raise RefusedError(f"叫“{name}”的单位有 {len(found)} 个,请写全称:{names}")
    return found[0]


def _feedback(one: dict[str, Any]) -> list[Line]:
    style, verdict = _VERDICTS[one["verdict"]]
    before = [[("dim", f"    此前问过: {asked}")] for asked in one["before"]]
    comment = [[("", f"    意见: {_flat(one['comment'])}")]] if one["comment"] else []
    return [
        [(style, verdict), ("bold", f"  {_flat(one['add']['question'])}")],
        *before,
        [("", f"    答复: {_flat(one['said'])}")],
        *comment,
        [("dim", f"    {one['command']}")],
    ]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _count(judged: Sequence[dict[str, Any]]) -> str:
    if not judged:
        return "还没有人评价过答复"
    useful = sum(one["verdict"] == "useful" for one in judged)
    return f"共 {len(judged)} 条:有用 {useful},有误 {len(judged) - useful}"


def _doubtful(row: Doubtful) -> list[Line]:
    again = ",已补发过一次" if row.resent else ""
    return [
        [("bold", f"{row.id}"), ("", f"  {row.at:%Y-%m-%d %H:%MZ}  发往 {row.chat}{again}")],
        [("", f"    {_flat(row.text)[:60]}")],
        [("dim", f"    {row.reason}")],
    ]


def _doubtful_data(row: Doubtful) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "chat": row.chat,
        "text": row.text,
        "reason": row.reason,
        "at": row.at.isoformat(),
        "resent": row.resent,
    }


def _reading(settings: Settings, work: Callable[[Session], T]) -> T:
    database = Database.open(settings.database_url)
    try:
        return database.read(work)
    finally:
        database.close()


def _writing(settings: Settings, work: Callable[[Session], T]) -> T:
    database = Database.open(settings.database_url)
    try:
        return database.write(work)
    finally:
        database.close()
