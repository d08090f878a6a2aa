"""`gongjian index train` on the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from bot.options import common, current_settings
from retrieval.chinese_click import ChineseCommand, Count

_PATHS = click.Path(path_type=Path, readable=False)


@click.command(
    cls=ChineseCommand,
    help="让随产品发布的编码器适应自己的语料(现有索引的,或所写路径的),写成一个模型文件夹,"
    "并报告前后的检索效果。只用文字,不用问题。需要 gongjian[models]。",
    examples=("gongjian index train", "gongjian index train 文件夹 --into 编码器 --minutes 10"),
)
@click.argument("paths", nargs=-1, metavar="[路径]...", type=_PATHS)
@click.option(
    "--into", type=_PATHS, metavar="文件夹", help="写到这里(默认是 GONGJIAN_HOME 里的 encoder)"
)
@click.option("--epochs", type=Count(100000), help="每段约用几遍(默认按步数,共 60 步)")
@click.option("--minutes", type=Count(10000), help="最多用几分钟")
@click.option("--seed", type=Count(999999999), help="随机数的种子(同样的语料和种子得到同样的文件)")
@common
def train(paths: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Adapt the shipped encoder to a corpus."""
    from bot.train_command import run_train

    sys.exit(run_train(current_settings(), paths, as_json=as_json, **options))


class IndexCommand(ChineseCommand):
    """`index` takes paths; the word train in the first place is a command of its own."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Read the arguments, or have `train` read those behind its name."""
        if args[:1] == [train.name]:
            return train.make_context(f"{info_name} {train.name}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)
