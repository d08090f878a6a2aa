"""`gongjian bot`: run the bot, check it, back it up, decide about uncertain messages."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot.options import common, current_settings, home_option
from bot.terminal import emit, emit_json
from corpus.errors import RefusedError
from retrieval.chinese_click import ChineseCommand, ChineseGroup, Count

_MOST = 10**9 - 1
# Signs of life are written down this many seconds late.
_WRITTEN = 30.0


class _RunningGroup(ChineseGroup):
    """Without a command it runs the bot, where other groups show their help page."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, of which there may be none."""
        return click.Group.parse_args(self, ctx, args)


@click.group(
    "bot",
    cls=_RunningGroup,
    invoke_without_command=True,
    subcommand_metavar="[命令] [参数]...",
    help="运行 Telegram 机器人:答疑、提醒、台账。令牌和其他设置取自环境变量。",
    examples=(
        "GONGJIAN_TELEGRAM_TOKEN_FILE=令牌文件 gongjian bot",
        "gongjian bot check",
        "gongjian bot backup 备份.db",
    ),
)
@click.option(
    "--restored",
    is_flag=True,
    help="数据库刚从备份恢复:备份之后可能发过的消息先不发,留待核对",
)
@home_option
@click.pass_context
def bot(context: click.Context, restored: bool) -> None:
    """Run the bot."""
    if context.invoked_subcommand is not None:
        if restored:
            raise click.UsageError("--restored 只用于启动机器人")
        return
    from bot.service.running import run_bot

    sys.exit(run_bot(current_settings(), restored=restored))


@bot.command(
    cls=ChineseCommand,
    help="检查令牌、数据库、索引、时钟、时区、日历、字体;有一项不行,退出码就是 1。",
    short_help="检查能不能运行",
    examples=("gongjian bot check", "gongjian bot check --json"),
)
@common
def check(as_json: bool) -> None:
    """Say whether the bot could run."""
    from bot.service.checking import Grade, passed
    from bot.service.checking import check as look

    findings = look(current_settings())
    styles = {Grade.GOOD: "", Grade.REMARK: "yellow", Grade.BAD: "bold red"}
    for finding in findings:
        if as_json:
            emit_json(finding.data())
        else:
            emit([[(styles[finding.grade], finding.line)]])
    sys.exit(0 if passed(findings) else 1)


@bot.command(
    cls=ChineseCommand,
    help="看正在运行的机器人是不是还活着,供容器的健康检查用;不是,退出码就是 1。",
    short_help="是否还活着",
    examples=("gongjian bot alive",),
)
@common
def alive(as_json: bool) -> None:
    """Say whether all loops gave a sign of life lately."""
    from bot.service.watch import STALE, stored_stale
    from bot.state.database import Database

    database = Database.open(current_settings().database_url)
    try:
        silent = database.read(lambda s: stored_stale(s, datetime.now(UTC), STALE + _WRITTEN))
    finally:
        database.close()
    if as_json:
        emit_json({"alive": silent == [], "silent": silent})
    elif silent is None:
        emit([[("", "机器人没有运行过")]])
    else:
        emit([[("", f"没有动静:{'、'.join(silent)}" if silent else "正常")]])
    sys.exit(0 if silent == [] else 1)


@bot.command(
    cls=ChineseCommand,
    help="备份数据库;机器人运行时也可以备份。不写文件名时,写入 GONGJIAN_HOME 的 backups 文件夹。",
    short_help="备份数据库",
    examples=("gongjian bot backup", "gongjian bot backup /备份/gongjian.db"),
)
@click.argument("file", metavar="[文件]", required=False, type=click.Path(path_type=Path))
@common
def backup(file: Path | None, as_json: bool) -> None:
    """Copy the database."""
    from bot.state.backup import backup as copy

    settings = current_settings()
    suffix = "db" if settings.database_url.startswith("sqlite") else "dump"
    name = f"gongjian-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.{suffix}"
    made = copy(settings.database_url, file or settings.home_folder / "backups" / name)
    if as_json:
        emit_json({"file": str(made), "bytes": made.stat().st_size})
    else:
        emit([[("", f"已备份到 {made}")]])


@bot.command(
    cls=ChineseCommand,
    help="列出不能确定是否发出的消息;核对后决定补发或作罢。",
    short_help="不能确定是否发出的消息",
    examples=(
        "gongjian bot uncertain",
        "gongjian bot uncertain --resend 12 --resend 13",
        "gongjian bot uncertain --drop 12",
    ),
)
@click.option(
    "--resend", multiple=True, metavar="编号", type=Count(_MOST), help="补发,并注明是补发"
)
@click.option("--drop", multiple=True, metavar="编号", type=Count(_MOST), help="不再发送")
@common
def uncertain(resend: tuple[int, ...], drop: tuple[int, ...], as_json: bool) -> None:
    """List uncertain messages, or decide about some."""
    from bot.delivery.recovering import uncertain as doubtful
    from bot.state.database import Database

    if both := set(resend) & set(drop):
        raise click.UsageError(f"{min(both)} 不能既补发又作罢")
    database = Database.open(current_settings().database_url)
    try:
        if resend or drop:
            _decide(database, resend, drop)
            return
        rows = database.read(doubtful)
    finally:
        database.close()
    if not rows and not as_json:
        emit([[("", "没有不能确定的消息")]])
    for row in rows:
        if as_json:
            emit_json(
                {
                    "id": row.id,
                    "key": row.key,
                    "chat": row.chat,
                    "text": row.text,
                    "reason": row.reason,
                    "at": row.at.isoformat(),
                    "resent": row.resent,
                }
            )
        else:
            emit(_lines(row))


def _decide(database: Any, resend: tuple[int, ...], drop: tuple[int, ...]) -> None:
    from bot.delivery.recovering import decide

    now = datetime.now(UTC)
    wishes = [*((number, True) for number in resend), *((number, False) for number in drop)]

    def work(session: Any) -> list[int]:
        return [number for number, again in wishes if not decide(session, number, again, now)]

    if unknown := database.write(work):
        numbers = "、".join(map(str, unknown))
        raise RefusedError(f"编号 {numbers} 不在待核之列(见 gongjian bot uncertain)")
    emit([[("", f"补发 {len(resend)} 条,作罢 {len(drop)} 条")]])


def _lines(row: Any) -> list[list[tuple[str, str]]]:
    first = " ".join(row.text.split())[:60]
    again = ",已补发过一次" if row.resent else ""
    return [
        [("bold", f"{row.id}"), ("", f"  {row.at:%Y-%m-%d %H:%MZ}  发往 {row.chat}{again}")],
        [("", f"    {first}")],
        [("dim", f"    {row.reason}")],
    ]
