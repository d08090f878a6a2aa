"""click speaks Chinese: help pages, usage errors, and value types with clear messages.

Both front doors, the command line and the evaluation, speak through it.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date
from typing import Any

import click

_EXIT_USAGE = 2


class ChineseCommand(click.Command):
    """A command whose help page is Chinese, with examples."""

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[选项]")
        super().__init__(*args, **kwargs)
        self.examples = examples

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The --help option, explained in Chinese."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本帮助"
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix="用法: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the examples."""
        options = [item for item in self.get_params(ctx) if isinstance(item, click.Option)]
        records = [record for item in options if (record := item.get_help_record(ctx))]
        if records:
            with formatter.section("选项"):
                _write_rows(formatter, records)
        if self.examples:
            with formatter.section("示例"):
                for example in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{example}\n")


def _write_rows(formatter: click.HelpFormatter, rows: Sequence[tuple[str, str]]) -> None:
    """Write two columns; click counts characters, of which a Chinese one is two columns wide."""
    width = max(map(_columns, (first for first, _ in rows)))
    for first, second in rows:
        gap = " " * (width - _columns(first) + 2)
        formatter.write(f"{'':{formatter.current_indent}}{first}{gap}{second}\n")


def _columns(text: str) -> int:
    from rich.cells import cell_len  # only a help page needs it

    return cell_len(text)


class ChineseGroup(ChineseCommand, click.Group):
    """A group of commands; the list of commands is Chinese too."""

    command_class = ChineseCommand

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("subcommand_metavar", "命令 [参数]...")
        super().__init__(*args, **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; without any, show the help page, which click makes an error."""
        if not args and not ctx.resilient_parsing:
            click.echo(self.get_help(ctx))
            ctx.exit(_EXIT_USAGE)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the options and examples."""
        rows = [
            (name, command.get_short_help_str(60))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) and not command.hidden
        ]
        with formatter.section("命令"):
            _write_rows(formatter, rows)
        super().format_options(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name the nearest one."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            near = difflib.get_close_matches(name, self.list_commands(ctx), 1)
            hint = (
                f",是不是要用 {near[0]}?"
                if near
                else f",可用的命令:{'、'.join(self.list_commands(ctx))}"
            )
            raise click.UsageError(f"没有命令 {name}{hint}", ctx)
        return super().resolve_command(ctx, args)


class Day(click.ParamType[date]):
    """A day written 2020-12-31."""

    name = "日期"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> date:
        """Return the day.

        :raises click.BadParameter: it is not written so.
        """
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} 不是日期,应写成 2020-12-31", param, ctx)


class Count(click.ParamType[int]):
    """A whole number from 1 to a limit."""

    name = "数目"

    def __init__(self, most: int) -> None:
        self.most = most

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Return the number.

        :raises click.BadParameter: it is none, or out of range.
        """
        if str(value).isdecimal() and len(str(value)) < 10 and 1 <= int(value) <= self.most:
            return int(value)
        self.fail(f"{str(value)[:20]} 不是 1 到 {self.most} 之间的整数", param, ctx)


class OneOf(click.Choice[str]):
    """One of a few words."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """What is said of another word."""
        return f"{value} 不在可选的值之中:{'、'.join(map(str, self.choices))}"


def usage_message(error: click.UsageError) -> str:
    """Return a usage error in Chinese, in one line."""
    if isinstance(error, click.NoSuchOption):
        near = f",是不是要用 {error.possibilities[0]}?" if error.possibilities else ""
        return f"没有选项 {error.option_name}{near}"
    if isinstance(error, click.MissingParameter):
        name = (
            error.param.make_metavar(error.ctx) if error.param and error.ctx else error.param_hint
        )
        return f"缺少参数 {name}"
    if isinstance(error, click.BadParameter):
        option = error.param.opts[-1] if error.param else error.param_hint
        return f"{option}: {error.message}"
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 用法不对:缺少值,或不该有值"
    if "extra argument" in error.message:
        extra = error.message.partition("(")[2].rpartition(")")[0]
        return f"多余的参数:{extra}"
    return error.message
