"""What the service is told by its settings, checked before anything is started."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.opening import Place, place_of
from bot.reminding.workdays import OfficeHours
from bot.settings import Settings
from corpus.errors import SettingsError, os_reason
from index.milvus.records import Server

_TOKEN = re.compile(r"(\d{1,18}):[A-Za-z0-9_-]+")
_API = "https://api.telegram.org"
_ZONE, _HOURS = "Asia/Shanghai", "09:00-17:30"


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings as values."""

    home: Path
    place: Place
    database_url: str = field(repr=False)
    token: str = field(repr=False)
    bot: int
    api_url: str
    proxy: str | None = field(repr=False)
    admins: frozenset[int]
    zone: ZoneInfo
    hours: OfficeHours
    rate: float
    workers: int
    log: str
    font: Path | None
    metrics_port: int | None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be seen in a log."""
        password = re.search(r"//[^/@:]*:([^/@]+)@", self.database_url)
        proxied = re.search(r"//[^/@:]*:([^/@]+)@", self.proxy or "")
        found = [one[1] for one in (password, proxied) if one]
        if isinstance(self.place, Server):
            written = re.search(r"//[^/@:]*:([^/@]+)@", self.place.uri)
            found += [one for one in (self.place.token, written and written[1]) if one]
        return (self.token, *found)


def configure(settings: Settings) -> Configuration:
    """Read the settings of the service.

    :raises SettingsError: one is missing or cannot be.
    """
    token, zone = read_token(settings), read_zone(settings)
    return Configuration(
        home=settings.home_folder,
        place=place_of(settings),
        database_url=settings.database_url,
        token=token,
        bot=int(token.partition(":")[0]),
        api_url=(settings.api_url or _API).rstrip("/"),
        proxy=settings.proxy,
        admins=_admins(settings.admin),
        zone=zone,
        hours=read_hours(settings, zone),
        rate=_rate(settings),
        workers=_workers(settings),
        log=_log(settings),
        font=Path(settings.font).expanduser() if settings.font else None,
        metrics_port=_metrics_port(settings),
    )


def faults(settings: Settings) -> list[str]:
    """What the service would not start with, all at once; token and zone are looked at apart."""
    readers: tuple[Callable[[Settings], object], ...] = (
        place_of,
        lambda it: _admins(it.admin),
        lambda it: read_hours(it, ZoneInfo("UTC")),
        _rate,
        _workers,
        _log,
        _metrics_port,
    )
    found = []
    for read in readers:
        try:
            read(settings)
        except SettingsError as exc:
            found.append(str(exc))
    return found


def read_token(settings: Settings) -> str:
    """The token, from the setting or the file it names.

    :raises SettingsError: there is none, it is not of a token's form, or others can read it.
    """
    token = settings.token
    if settings.token_file:
        token = _from_file(Path(settings.token_file).expanduser())
    if not token:
        raise SettingsError(
            "没有设置机器人的令牌:请向 @BotFather 申请,写入只有自己能读的文件,"
            "并设 GONGJIAN_TELEGRAM_TOKEN_FILE(或直接设 GONGJIAN_TELEGRAM_TOKEN)"
        )
    if not _TOKEN.fullmatch(token.strip()):
        raise SettingsError("机器人的令牌不完整:应当像 123456789:字母和数字,请从 @BotFather 复制")
    return token.strip()


def read_zone(settings: Settings) -> ZoneInfo:
    """The office's time zone.

    :raises SettingsError: there is none of the name.
    """
    name = settings.timezone or _ZONE
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise SettingsError(
            f"不认识的时区 {name}:应当像 Asia/Shanghai;时区数据缺失时请运行 pip install tzdata"
        ) from exc


def read_hours(settings: Settings, zone: ZoneInfo) -> OfficeHours:
    """The office's hours.

    :raises SettingsError: they are not written like 09:00-17:30, or end before they begin.
    """
    text = settings.office_hours or _HOURS
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in text.split("-"))
        return OfficeHours(opens, closes, zone)
    except ValueError as exc:
        raise SettingsError(
            f"GONGJIAN_OFFICE_HOURS={text} 看不懂:应当像 {_HOURS},先开始后结束"
        ) from exc


def _from_file(path: Path) -> str:
    try:
        # A service manager may let the bot's user read it through its group.
        if path.stat().st_mode & (stat.S_IWGRP | stat.S_IRWXO):
            raise SettingsError(f"别人也能读令牌文件 {path}:请运行 chmod 600 {path}")
        return path.read_text("utf-8").strip()
    except OSError as exc:
        raise SettingsError(f"无法读取令牌文件 {path}:{os_reason(exc)}") from exc
    except ValueError as exc:
        raise SettingsError(f"令牌文件 {path} 不是文本") from exc


def _rate(settings: Settings) -> int:
    return _number("GONGJIAN_RATE", settings.rate, 20, most=1000)


def _workers(settings: Settings) -> int:
    place = place_of(settings)
    if not isinstance(place, Server) or not place.is_lite:
        return _number("GONGJIAN_ASK_WORKERS", settings.ask_workers, 2, least=0, most=64)
    if settings.ask_workers not in (None, "0"):
        raise SettingsError(
            f"GONGJIAN_ASK_WORKERS={settings.ask_workers} 不能用:milvus-lite 的文件只能由一个进程"
            "打开,请改成 0,或用 Milvus 服务器(GONGJIAN_MILVUS_URI)"
        )
    return 0


def _metrics_port(settings: Settings) -> int | None:
    return _number("GONGJIAN_METRICS_PORT", settings.metrics_port, 0, most=65535) or None


def _log(settings: Settings) -> str:
    log = settings.log or "plain"
    if log not in {"plain", "json"}:
        raise SettingsError(f"GONGJIAN_LOG={log} 不认识:请写 plain 或 json")
    return log


def _admins(text: str | None) -> frozenset[int]:
    words = re.split(r"[,,、;;\s]+", text or "")
    for word in filter(None, words):
        if not re.fullmatch(r"\d{1,18}", word, re.ASCII):
            raise SettingsError(f"GONGJIAN_ADMIN 中的 {word} 不是 Telegram 用户编号(数字)")
    return frozenset(int(word) for word in words if word)


def _number(name: str, text: str | None, default: int, *, least: int = 1, most: int) -> int:
    if text is None:
        return default
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not least <= int(text) <= most:
        raise SettingsError(f"{name}={text} 不能用:应为 {least} 到 {most} 之间的整数")
    return int(text)
