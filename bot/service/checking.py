"""`gongjian bot check`: whether the bot could run here, and what to do where it could not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.records import Clock
from bot.service.configuration import faults, read_hours, read_token, read_zone
from bot.settings import Settings
from bot.state.database import Database
from bot.state.migrating import HEAD, revision
from bot.state.tables import Note, Person
from corpus.errors import GongjianError, IndexMissing, SettingsError, StateError

_API = "https://api.telegram.org"
_TIMEOUT = 15.0
_MOST_SECONDS_OFF = 5.0
# With one of these off, a server says that something is on disk before it is.
_DURABLE = ("fsync", "synchronous_commit")


class Grade(StrEnum):
    """How a check came out."""

    GOOD = "good"
    REMARK = "remark"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, what was found, what to do."""

    name: str
    grade: Grade
    text: str
    advice: str = ""

    @property
    def line(self) -> str:
        """The finding in one line."""
        mark = {Grade.GOOD: "✓", Grade.REMARK: "!", Grade.BAD: "✗"}[self.grade]
        return f"{mark} {self.name}: {self.text}" + (f"。{self.advice}" if self.advice else "")

    def data(self) -> dict[str, Any]:
        """The finding for machines."""
        return asdict(self)


def check(settings: Settings, clock: Clock = lambda: datetime.now(UTC)) -> list[Finding]:
    """Look at everything that the bot needs."""
    today = clock().date()
    return [
        *_guarded("令牌", lambda: _telegram(settings, clock)),
        *_guarded("设置", lambda: _settings(settings)),
        *_guarded("数据库", lambda: _database(settings)),
        *_guarded("索引", lambda: [_index(settings)]),
        *_guarded("时区", lambda: [_zone(settings, clock())]),
        *_guarded("日历", lambda: _calendar(today)),
        *_guarded("字体", lambda: [_font(settings)]),
    ]


def passed(findings: Sequence[Finding]) -> bool:
    """Whether nothing stands in the way."""
    return all(finding.grade is not Grade.BAD for finding in findings)


def _guarded(name: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return look()
    except GongjianError as exc:
        return [Finding(name, Grade.BAD, str(exc))]
    except Exception as exc:  # the other checks are still of use
        return [Finding(name, Grade.BAD, f"检查时出错:{type(exc).__name__}")]


def _telegram(settings: Settings, clock: Clock) -> list[Finding]:
    """One call says whether the token is right and what time it is; errors never show it."""
    token, base = read_token(settings), (settings.api_url or _API).rstrip("/")
    try:
        with httpx.Client(proxy=settings.proxy, timeout=_TIMEOUT) as client:
            answer = client.post(f"{base}/bot{token}/getMe")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, ImportError) as exc:
        advice = (
            "请检查网络,或设 GONGJIAN_TELEGRAM_PROXY(socks 代理需要 pip install 'httpx[socks]')"
        )
        return [Finding("令牌", Grade.BAD, f"连不上 {base}({type(exc).__name__})", advice)]
    if answer.status_code in {401, 404}:
        return [Finding("令牌", Grade.BAD, "Telegram 不认这个令牌", "请从 @BotFather 重新复制")]
    try:
        name = answer.json()["result"]["username"]
    except (ValueError, KeyError, TypeError):
        text = f"{base} 的回答不像 Telegram 的(HTTP {answer.status_code})"
        return [Finding("令牌", Grade.BAD, text, "请检查代理和 GONGJIAN_TELEGRAM_API")]
    return [
        Finding("令牌", Grade.GOOD, f"机器人是 @{name}"),
        _clock(answer.headers.get("date", ""), clock()),
    ]


def _clock(header: str, now: datetime) -> Finding:
    try:
        off = abs((now - parsedate_to_datetime(header)).total_seconds())
    except (ValueError, TypeError):
        return Finding("时钟", Grade.REMARK, "Telegram 没有说现在几点,无法对照")
    # The header has whole seconds, and the answer was on its way.
    if off <= _MOST_SECONDS_OFF:
        return Finding("时钟", Grade.GOOD, "与 Telegram 相差不超过 5 秒")
    advice = "请打开时间同步:timedatectl set-ntp true"
    return Finding("时钟", Grade.BAD, f"与 Telegram 相差 {off:.0f} 秒", advice)


def _settings(settings: Settings) -> list[Finding]:
    """Each that the service would not start with has a line of its own."""
    bad = [Finding("设置", Grade.BAD, text) for text in faults(settings)]
    return bad or [Finding("设置", Grade.GOOD, "都能用")]


class _Undo(Exception):
    """Ends a transaction without keeping anything."""


def _database(settings: Settings) -> list[Finding]:
    url = settings.database_url
    if url.startswith("sqlite") and not Path(url.partition("///")[2]).exists():
        return [Finding("数据库", Grade.GOOD, "还没有,启动时建立"), *_nobody(settings)]
    database = Database(url)
    try:
        with database.writer.connect() as connection:
            stands = revision(connection)
        if stands != HEAD:
            known = stands is None or stands < HEAD
            text = "启动时升级" if known else f"版本 {stands} 比本程序新"
            advice = "" if known else "请升级 gongjian"
            return [Finding("数据库", Grade.GOOD if known else Grade.BAD, text, advice)]
        _try_writing(database)
        more = [*_careless(database), *(() if _has_admin(database) else _nobody(settings))]
    except SQLAlchemyError as exc:
        reason = str(getattr(exc, "orig", None) or exc).strip().splitlines()[0]
        return [Finding("数据库", Grade.BAD, reason, "请检查 GONGJIAN_DATABASE、权限和磁盘空间")]
    except StateError as exc:
        return [Finding("数据库", Grade.BAD, str(exc), "请检查权限和磁盘空间")]
    finally:
        database.close()
    return [Finding("数据库", Grade.GOOD, "可读可写"), *more]


def _nobody(settings: Settings) -> list[Finding]:
    """Without an administrator nobody could be let in."""
    if (settings.admin or "").strip():
        return []
    advice = "请设 GONGJIAN_ADMIN 为您的 Telegram 用户编号"
    return [Finding("管理员", Grade.REMARK, "没有设置管理员,没有人能发绑定链接", advice)]


def _has_admin(database: Database) -> bool:
    admin = select(Person.id).where(Person.admin, Person.active).limit(1)
    return database.read(lambda session: session.scalar(admin)) is not None


def _careless(database: Database) -> list[Finding]:
    """What a server is set to forget when the power goes; SQLite is never told to."""
    if database.writer.dialect.name != "postgresql":
        return []
    with database.writer.connect() as connection:
        off = [
            name
            for name in _DURABLE
            if connection.execute(text(f"SHOW {name}")).scalar_one() == "off"
        ]
    words = "断电时可能丢失刚提交的内容"
    return [
        Finding("数据库", Grade.REMARK, f"PostgreSQL 的 {name} 是 off,{words}", f"请设 {name} = on")
        for name in off
    ]


def _try_writing(database: Database) -> None:
    def work(session: Any) -> None:
        session.merge(Note(name="check", value=""))
        session.flush()
        raise _Undo

    try:
        database.write(work)
    except _Undo:
        return


def _index(settings: Settings) -> Finding:
    from bot.opening import open_published

    try:
        engine = open_published(settings)
    except IndexMissing:
        return Finding("索引", Grade.GOOD, "还没有,启动时为自带的语料建立")
    documents, tasks = len(engine.documents()), len(engine.tasks())
    return Finding("索引", Grade.GOOD, f"{documents} 份文件,{tasks} 项任务")


def _zone(settings: Settings, now: datetime) -> Finding:
    zone = read_zone(settings)
    words = f"{zone.key},现在是 {now.astimezone(zone):%Y-%m-%d %H:%M}"
    with contextlib.suppress(SettingsError):  # said among the settings
        hours = read_hours(settings, zone)
        words += f";{hours.opens:%H:%M}-{hours.closes:%H:%M} 发提醒"
    return Finding("时区", Grade.GOOD, words)


def _calendar(today: date) -> list[Finding]:
    """Next year's holidays are published in autumn; until then it is no fault."""
    from bot.reminding.workdays import chinese_workday

    findings = []
    for year, grade in ((today.year, Grade.BAD), (today.year + 1, Grade.REMARK)):
        if chinese_workday(date(year, 6, 1)) is not None:
            findings.append(Finding("日历", Grade.GOOD, f"有 {year} 年的节假日安排"))
            continue
        advice = "公布后请运行 pip install -U chinesecalendar;在此之前按周一至周五推算"
        findings.append(Finding("日历", grade, f"没有 {year} 年的节假日安排", advice))
    return findings


def _font(settings: Settings) -> Finding:
    from bot.office.fonts import find_font

    font = find_font(Path(settings.font).expanduser() if settings.font else None)
    return Finding("字体", Grade.GOOD, f"{font.name}({font.path})")
