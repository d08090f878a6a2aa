"""The evaluation's own door: `python -m eval …`, the same as `gongjian eval …`."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from corpus.errors import GongjianError, os_reason
from eval.bench.command_line import bench
from eval.question_set import NEAR, STYLES
from eval.records import QuestionKind
from eval.stamping import current_stamp
from eval.summaries import ASK
from eval.systems import NAMES, ON_DEMAND
from retrieval.chinese_click import ChineseCommand, ChineseGroup, Day, OneOf, usage_message

_EXIT_USAGE = 2
_EXIT_INTERRUPTED = 130
_PATH = click.Path(path_type=Path, readable=False)
_as_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON,每行一个对象")
_home = click.option(
    "--home", type=_PATH, metavar="文件夹", help="评测这里已有的索引(默认为自带的语料新建一个)"
)
_results = click.option(
    "--results", type=_PATH, metavar="文件夹", help="把每个问题的结果写成 JSON,按集、系统和提交命名"
)


def _systems(names: tuple[str, ...]) -> Callable[..., Any]:
    return click.option(
        "--system",
        "systems",
        multiple=True,
        metavar="名称",
        type=OneOf([*names, *ON_DEMAND]),
        help=f"只测这个系统,可以写多次(默认全部):{'、'.join(names)};"
        f"另有要写明才测的:{'、'.join(ON_DEMAND)}(需要设 GONGJIAN_RERANK)",
    )


@click.group(
    cls=ChineseGroup,
    help="评测:证明答案一直是对的。",
    examples=(
        "gongjian eval qa",
        "gongjian eval beir 文件夹 --system hybrid --system rank-bm25",
        "gongjian eval report --out 报告",
        "gongjian eval gate",
        "gongjian eval bench 文件夹",
    ),
)
def cli() -> None:
    """The root of the evaluation."""


@cli.command(
    cls=ChineseCommand,
    help="对问题集提问并检索:各类问题的准确率、引文、拒答,各系统的检索指标。",
    short_help="问题集:问答与检索",
    examples=("gongjian eval qa", "gongjian eval qa 问题.jsonl --home 文件夹 --system ask"),
)
@click.argument("files", nargs=-1, metavar="[问题集]...", type=_PATH)
@_systems((ASK, *NAMES))
@_home
@_results
@_as_json
def qa(files: tuple[Path, ...], systems: tuple[str, ...], **options: Any) -> None:
    """Measure question sets."""
    from eval.commands import run_qa

    sys.exit(run_qa(files, systems, current_stamp(), **options))


@cli.command(
    cls=ChineseCommand,
    help="在 BEIR 文件夹(corpus.jsonl[.gz]、queries.jsonl、qrels/test.tsv)上测检索。",
    short_help="BEIR 数据集:检索",
    examples=("gongjian eval beir 文件夹", "gongjian eval beir 文件夹 --system hybrid --answers"),
)
@click.argument("folder", metavar="文件夹", type=_PATH)
@_systems(NAMES)
@click.option("--queries", type=_PATH, metavar="文件", help="另用这个查询文件")
@click.option("--qrels", type=_PATH, metavar="文件", help="另用这个判定文件")
@click.option("--answers", is_flag=True, help="也逐个提问,看答案的前 60 个字(需要 answers.jsonl)")
@click.option("--encoder", metavar="名称或文件夹", help="建索引用的编码器")
@click.option("--runs", type=_PATH, metavar="文件夹", help="写出 TREC 格式的结果和判定")
@_results
@_as_json
def beir(folder: Path, systems: tuple[str, ...], **options: Any) -> None:
    """Measure a public set."""
    from eval.on_beir import run_beir

    sys.exit(run_beir(folder, systems, current_stamp(), **options))


@cli.command(
    cls=ChineseCommand,
    help="训练向量编码器并五折评测:每个问题都由没有学过它的编码器检索。写 --ship 时,再用全部问题"
    "训练一个,写到那里(随产品发布的即由此而来)。需要 gongjian[models]。",
    short_help="训练编码器,五折评测",
    examples=("gongjian eval folds 文件夹 --ship index/models/official",),
)
@click.argument("folder", metavar="文件夹", type=_PATH)
@click.option("--ship", type=_PATH, metavar="文件夹", help="用全部问题训练,写到这里")
@click.option("--keep", type=_PATH, metavar="文件夹", help="把每一折的编码器也写到这里")
@click.option("--jobs", type=click.IntRange(1, 5), default=1, help="同时训练几折(默认 1)")
@_results
@_as_json
def folds(folder: Path, **options: Any) -> None:
    """Train the encoder, and measure it on questions it has not seen."""
    from eval.folds import run_folds

    sys.exit(run_folds(folder, current_stamp(), **options))


@cli.command(
    cls=ChineseCommand,
    help="去掉混合检索的每一部分,各测一遍,与完整的成对比较;在自带的问题集和所写的 BEIR 文件夹上。",
    short_help="每一部分的作用",
    examples=(
        "gongjian eval ablation 文件夹1 文件夹2",
        "gongjian eval ablation 文件夹 --folds 编码器 --markdown",
    ),
)
@click.argument("folders", nargs=-1, metavar="[文件夹]...", type=_PATH)
@click.option(
    "--folds",
    type=_PATH,
    metavar="文件夹",
    help="其中以集名命名的文件夹里有各折的编码器时,每个问题由没有学过它的编码器检索"
    "(gongjian eval folds 文件夹 --keep 这里/集名)",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="输出 Markdown 表格")
@_results
@_as_json
def ablation(folders: tuple[Path, ...], **options: Any) -> None:
    """Measure what each part is worth."""
    from eval.ablation import run_ablation

    sys.exit(run_ablation(folders, current_stamp(), **options))


@cli.command(
    cls=ChineseCommand,
    help="比较两个结果文件:成对随机化检验,胜、平、负,改变了的问题和两边的答案。",
    short_help="比较两次结果",
    examples=("gongjian eval compare 结果/dev-ask-旧.json 结果/dev-ask-新.json",),
)
@click.argument("first", metavar="结果1", type=_PATH)
@click.argument("second", metavar="结果2", type=_PATH)
@_as_json
def compare(first: Path, second: Path, as_json: bool) -> None:
    """Compare two results."""
    from eval.commands import run_compare

    sys.exit(run_compare(first, second, as_json=as_json))


@cli.command(
    cls=ChineseCommand,
    help="写报告:Markdown 和一个自足的网页。不写结果文件夹时,先把问题集测一遍。",
    short_help="写评测报告",
    examples=("gongjian eval report --out 报告", "gongjian eval report 结果 --out 报告"),
)
@click.argument("results", metavar="[结果文件夹]", type=_PATH, required=False)
@click.option(
    "--out", type=_PATH, metavar="文件夹", default=Path("report"), help="写到这里(默认 report)"
)
@click.option(
    "--against", type=_PATH, metavar="文件夹", help="与这里的结果比(默认随产品提交的结果)"
)
def report(results: Path | None, out: Path, against: Path | None) -> None:
    """Write the report."""
    from eval.commands import run_report

    sys.exit(run_report(results, out, against, current_stamp()))


@cli.command(
    cls=ChineseCommand,
    help="检查提交的门槛:有一项跌破就列出变差的问题,退出码为 1。",
    short_help="门槛:不许变差",
    examples=("gongjian eval gate",),
)
@click.option("--thresholds", type=_PATH, metavar="文件", help="另用这个门槛文件")
@_as_json
def gate(thresholds: Path | None, as_json: bool) -> None:
    """Check what must not be lost."""
    from eval.commands import run_gate

    sys.exit(run_gate(thresholds, current_stamp(), as_json=as_json))


@cli.command(
    cls=ChineseCommand,
    help="本机引擎和 Milvus 是否一致。不写文件夹:问题集上的回答是否完全相同;写 BEIR 文件夹:"
    "前 10 段的重合、耗时、内存、磁盘。需要 gongjian[milvus]。",
    short_help="本机引擎与 Milvus 的比较",
    examples=("gongjian eval engines", "gongjian eval engines 文件夹 --queries 300"),
)
@click.argument("folder", metavar="[文件夹]", type=_PATH, required=False)
@click.option("--queries", type=click.IntRange(min=1), default=300, help="查询数目(默认 300)")
@click.option("--uri", metavar="地址", help="与这个 Milvus 比,发布到那里(默认用临时的文件)")
@click.option("--token", metavar="令牌", help="它的令牌")
@_home
@_as_json
def engines(folder: Path | None, **options: Any) -> None:
    """Hold Milvus against the embedded engine."""
    from eval.engines.command import run_engines

    sys.exit(run_engines(folder, **options))


@cli.command(
    cls=ChineseCommand,
    help="把一个问题连同正确答案和所在段落加入问题集;段落不含答案的不收。",
    short_help="反馈变成测试",
    examples=(
        'gongjian eval add "烤烟用煤整改时限" --kind field --answer 2022年年底'
        ' --quote "整改时限:2022年年底"',
        'gongjian eval add "许昌市烤烟用煤整改时限" --kind none --near place',
    ),
)
@click.argument("question", metavar="问题")
@click.option(
    "--kind",
    type=OneOf([kind.value for kind in QuestionKind if kind is not QuestionKind.CONVERSATION]),
    required=True,
    help="field 台账字段、fact 事实、list 完整清单、none 没有答案",
)
@click.option(
    "--answer", "answers", multiple=True, metavar="文字", help="正确答案;有几种说法就写几次"
)
@click.option(
    "--item", "items", multiple=True, metavar="文字", help="答案必须列出的一项,可以写多次"
)
@click.option("--quote", "quotes", multiple=True, metavar="原文", help="答案所在段落里的原文")
@click.option(
    "--file", "source", metavar="文件名", help="原文所在的文件(原文只在一个文件里时不用写)"
)
@click.option(
    "--task", "tasks", multiple=True, type=click.IntRange(min=1), metavar="序号", help="第几项任务"
)
@click.option("--due", type=Day(), help="时限对应的日期")
@click.option("--near", type=OneOf(sorted(NEAR)), help="none 类:接近什么")
@click.option("--style", "styles", multiple=True, type=OneOf(STYLES), help="问法")
@click.option(
    "--into", type=_PATH, metavar="问题集", help="加入这个文件(默认按内容归入 dev 或 test)"
)
@_home
@_as_json
def add(**options: Any) -> None:
    """Add a question."""
    from eval.commands import run_add

    sys.exit(run_add(current_stamp(), **options))


cli.add_command(bench)


def main(arguments: list[str] | None = None, *, prog_name: str = "python -m eval") -> None:
    """Run the evaluation; errors become one line and an exit code."""
    try:
        code = cli.main(arguments, prog_name=prog_name, standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else prog_name
        click.echo(f"错误: {usage_message(error)}(用法见 {command} --help)", err=True)
        code = _EXIT_USAGE
    except GongjianError as error:
        click.echo(f"错误: {' '.join(str(error).split())}", err=True)
        code = 1
    except (KeyboardInterrupt, click.Abort):
        click.echo("已中断", err=True)
        code = _EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough (| head)
        _discard_output()
        code = 1
    except OSError as error:
        _discard_output()
        click.echo(f"错误: 无法写出结果:{os_reason(error)}", err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _discard_output() -> None:
    """Let nothing more be written, so that Python does not complain when it exits."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
