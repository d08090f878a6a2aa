"""Options that every command takes, and the settings they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click

from bot.settings import Settings


def _override(context: click.Context, **values: str | None) -> None:
    root = context.find_root()
    root.obj = replace(root.obj, **values)


def _set_home(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value:
        _override(context, home=value)


# Stands before the command as well as behind it.
home_option = click.option(
    "--home",
    metavar="文件夹",
    help="索引所在的文件夹(默认取 GONGJIAN_HOME)",
    expose_value=False,
    callback=_set_home,
)


def _set_rerank(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        _override(context, rerank=value or None)


rerank_option = click.option(
    "--rerank",
    metavar="名称或文件夹",
    help="前 30 段由这个重排模型(cross-encoder)再排一次(默认取 GONGJIAN_RERANK)",
    expose_value=False,
    callback=_set_rerank,
)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that every command takes."""
    as_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON,每行一个对象")
    return home_option(as_json(command))


def current_settings() -> Settings:
    """The settings of the command that runs."""
    settings: Settings = click.get_current_context().find_root().obj
    return settings
