"""The words and options of `gongjian eval bench`; what it does is imported when it is asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from eval.stamping import current_stamp
from retrieval.chinese_click import ChineseCommand

_PATH = click.Path(path_type=Path, readable=False)


@click.command(
    "bench",
    cls=ChineseCommand,
    help="与别的做法同场比较:建库、打开、查询、增删、内存、磁盘和质量,各系统各在自己的进程里。"
    "规模超过语料时,用改动过的副本补足。没有安装的(gongjian[bench])注明后略过。",
    short_help="与别的做法比速度、内存和质量",
    examples=(
        "gongjian eval bench 文件夹",
        "gongjian eval bench 文件夹 --sizes 10000,100000,all --out 报告",
        "gongjian eval bench 文件夹 --sizes all --lexical",
    ),
)
@click.argument("folder", metavar="文件夹", type=_PATH)
@click.option(
    "--sizes",
    default="10000",
    metavar="段数",
    help="几个规模,用逗号隔开;all 为全部(默认 10000)",
)
@click.option("--systems", metavar="名称", help="只测这些,用逗号隔开(默认全部)")
@click.option(
    "--queries",
    type=click.IntRange(min=0),
    default=100,
    metavar="个数",
    help="问前几个问题,0 为全部(默认 100)",
)
@click.option("--encoder", metavar="名称或文件夹", help="有向量的系统所用的编码器")
@click.option("--fold", type=click.IntRange(0, 4), metavar="折", help="只问这一折(见 eval folds)")
@click.option("--lexical", is_flag=True, help="只比词法引擎(同样的词),并与 BM25 公式对照")
@click.option(
    "--limit",
    type=click.FloatRange(min=0, min_open=True),
    default=900,
    metavar="秒",
    help="一个系统的每一步最多多久(默认 900)",
)
@click.option("--out", type=_PATH, metavar="文件夹", help="写出 bench.json、bench.svg 和 bench.png")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON,每行一个对象")
def bench(folder: Path, **options: Any) -> None:
    """Compare with what a user would pick instead."""
    from eval.bench.command import run_bench

    sys.exit(run_bench(folder, current_stamp(), **options))
