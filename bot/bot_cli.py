"""`gongjian bot`: run the bot, check it, back it up, let people in, see what they think."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.options import common, current_settings, home_option
from bot.terminal import emit, emit_json
from retrieval.chinese_click import ChineseCommand, ChineseGroup, Count, OneOf

_MOST = 10**9 - 1


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
    from bot.bot_commands import run_alive

    sys.exit(0 if run_alive(current_settings(), as_json=as_json) else 1)


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
    from bot.bot_commands import decide_uncertain, list_uncertain

    if both := set(resend) & set(drop):
        raise click.UsageError(f"{min(both)} 不能既补发又作罢")
    if resend or drop:
        decide_uncertain(current_settings(), resend, drop)
    else:
        list_uncertain(current_settings(), as_json=as_json)


@bot.command(
    cls=ChineseCommand,
    help="列出干部对答复的评价(有用、有误),附上把它收进问题集的命令;不显示是谁评价的。",
    short_help="干部对答复的评价",
    examples=("gongjian bot feedback", "gongjian bot feedback --json > 评价.jsonl"),
)
@common
def feedback(as_json: bool) -> None:
    """List the judged answers."""
    from bot.bot_commands import run_feedback

    run_feedback(current_settings(), as_json=as_json)


@bot.command(
    cls=ChineseCommand,
    help="发一次性的绑定口令,让一个人或一个群可以使用机器人;24 小时内有效。",
    short_help="发绑定口令",
    examples=(
        "gongjian bot link --unit 市公安局 --role lead",
        "gongjian bot link --unit 市公安局 --group",
        "gongjian bot link --unit 市新设单位 --role member --new",
        "gongjian bot link --office",
    ),
)
@click.option("--unit", metavar="单位", help="哪个责任单位(简称、别名均可)")
@click.option(
    "--role", type=OneOf(["lead", "member"]), help="身份:单位负责人 lead、单位成员 member"
)
@click.option("--office", is_flag=True, help="攻坚办的人,或攻坚办的群")
@click.option("--group", is_flag=True, help="给群,而不是给个人")
@click.option("--new", is_flag=True, help="--unit 是台账里还没有的单位,新增它")
@common
def link(
    unit: str | None, role: str | None, office: bool, group: bool, new: bool, as_json: bool
) -> None:
    """Let somebody in, from the shell."""
    from bot.bot_commands import run_link
    from bot.records import Role

    if (unit is None) != office:
        raise click.UsageError("--unit 和 --office 写其中一个")
    if office and (role or new):
        raise click.UsageError("--office 不带 --role 和 --new")
    if unit is not None and group == (role is not None):
        raise click.UsageError("给个人的要写明 --role;给群的写 --group,不带 --role")
    as_role = Role.OFFICE if office else Role(role or Role.MEMBER)
    run_link(current_settings(), unit, as_role, group=group, new=new, as_json=as_json)
