"""The command line: `gongjian index | ask | search | tasks | documents | …`."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from bot.bot_cli import bot
from bot.options import common, current_settings, home_option, rerank_option
from bot.settings import read_settings
from bot.terminal import discard_output, fail, prepare_streams, warn
from bot.train_cli import IndexCommand
from corpus.errors import GongjianError, os_reason
from retrieval.chinese_click import (
    ChineseCommand,
    ChineseGroup,
    Count,
    Day,
    OneOf,
    usage_message,
)

_EXIT_USAGE = 2
_EXIT_INTERRUPTED = 130
_PATHS = click.Path(path_type=Path, readable=False)


@click.group(
    cls=ChineseGroup,
    help="攻坚:对政策文件提问,得到带出处的答案;查整改任务台账。",
    examples=(
        'gongjian ask "烤烟用煤整改时限"',
        "gongjian tasks --unit 市公安局",
        "gongjian index 文件夹",
    ),
)
@click.version_option(
    None, "--version", package_name="gongjian", message="%(version)s", help="显示版本"
)
@home_option
def cli() -> None:
    """The root command."""


@cli.command(
    cls=IndexCommand,
    help="建立索引,使它恰好包含这些文件和文件夹;不写路径时,收入自带的语料。"
    "index train 是另一个命令:让编码器适应自己的语料(叫 train 的文件夹请写 ./train)。",
    short_help="建立或更新索引",
    examples=(
        "gongjian index 整改方案.txt 通报/",
        "gongjian index --add 新文件.txt",
        "gongjian index --encoder BAAI/bge-small-zh-v1.5",
        "gongjian index train --help",
    ),
)
@click.argument("paths", nargs=-1, metavar="[路径]...", type=_PATHS)
@click.option("--add", is_flag=True, help="在现有索引上增加这些路径")
@click.option("--remove", is_flag=True, help="从现有索引中去掉这些路径")
@click.option(
    "--encoder", metavar="名称或文件夹", help="向量编码器(sentence-transformers 或 model2vec)"
)
@click.option("--query-prompt", metavar="文字", help="编码问题时加在前面的提示语(默认按模型自带的)")
@click.option("--passage-prompt", metavar="文字", help="编码段落时加在前面的提示语(同上)")
@click.option("--batch", type=Count(4096), help="模型一次编码几段(默认 32)")
@click.option(
    "--engine",
    type=OneOf(["local", "milvus"]),
    help="检索引擎(默认取 GONGJIAN_ENGINE);milvus:建好后发布到 GONGJIAN_MILVUS_URI",
)
@click.option("--watch", is_flag=True, help="建好后一直跟踪这些路径,有变化就更新索引")
@common
def index(paths: tuple[Path, ...], as_json: bool, watch: bool, **options: Any) -> None:
    """Make the index hold exactly these files."""
    from bot.index_command import run_index, run_watch

    if (options["add"] or options["remove"]) and not paths:
        raise click.UsageError("--add 和 --remove 需要写明路径")
    if options["add"] and options["remove"]:
        raise click.UsageError("--add 和 --remove 不能同时使用")
    if watch and (options["remove"] or not paths):
        raise click.UsageError("--watch 要写明跟踪的路径,不能和 --remove 同时使用")
    if watch:
        sys.exit(run_watch(current_settings(), paths, as_json=as_json, **options))
    sys.exit(run_index(current_settings(), paths, as_json=as_json, **options))


@cli.command(
    cls=ChineseCommand,
    help="提问。写多个问题时,按顺序作为一次对话;不写问题时,在终端里连续对话。",
    short_help="提问,得到带出处的答案",
    examples=(
        'gongjian ask "烤烟用煤整改时限"',
        'gongjian ask "烤烟用煤由谁牵头" "责任领导呢"',
        'gongjian ask "烤烟用煤整改时限" --explain',
        "gongjian ask --file 问题.txt --json",
    ),
)
@click.argument("questions", nargs=-1, metavar="[问题]...")
@click.option("--file", "file", metavar="文件", help="每行一个问题,逐个回答;- 表示标准输入")
@click.option("--as-of", type=Day(), help="按这一天计算剩余天数")
@click.option("--explain", is_flag=True, help="说明答案的由来:问句怎样读、候选段落、为何选它、核对")
@rerank_option
@common
def ask(
    questions: tuple[str, ...], file: str | None, as_of: date | None, explain: bool, as_json: bool
) -> None:
    """Answer questions."""
    from bot.asking import Manner, run_ask, run_file, run_prompt

    manner = Manner(as_of=as_of, explain=explain, as_json=as_json)
    if file is not None and questions:
        raise click.UsageError("写了 --file,就不要再写问题")
    if file is not None:
        run_file(current_settings(), file, manner)
    elif questions:
        run_ask(current_settings(), questions, manner)
    elif sys.stdin.isatty():
        run_prompt(current_settings(), manner)
    else:
        raise click.UsageError("没有问题;写在命令后面,或用 --file 文件(- 表示标准输入)")


@cli.command(
    cls=ChineseCommand,
    help="检索段落,按相关程度排列。",
    short_help="检索段落",
    examples=('gongjian search "黑加油站" -k 5', 'gongjian search "秸秆焚烧" --mode dense'),
)
@click.argument("query", metavar="检索词")
@click.option("-k", "k", type=Count(1000), default=10, help="段落数目(默认 10)")
@click.option(
    "--mode",
    type=OneOf(["hybrid", "lexical", "dense", "rrf"]),
    default="hybrid",
    help="检索方式:混合(默认)、词语、向量、倒数排名融合",
)
@click.option("--explain", is_flag=True, help="说明检索词换成了哪些说法、每段的各项得分")
@rerank_option
@common
def search(query: str, k: int, mode: str, explain: bool, as_json: bool) -> None:
    """Rank passages."""
    from bot.commands import run_search

    run_search(current_settings(), query, k, mode, explain=explain, as_json=as_json)


@cli.command(
    cls=ChineseCommand,
    help="列出整改任务台账,完整并带总数。",
    short_help="整改任务台账",
    examples=(
        "gongjian tasks --unit 市农业农村局 --role lead",
        "gongjian tasks --due-before 2020-12-31",
        "gongjian tasks --kind ongoing --json",
    ),
)
@click.option("--unit", metavar="单位", help="责任单位(简称、别名均可)")
@click.option("--leader", metavar="姓名", help="责任领导")
@click.option(
    "--role", type=OneOf(["lead", "cooperating"]), help="单位的角色:牵头 lead、配合 cooperating"
)
@click.option("--due-before", type=Day(), help="期限不晚于这一天")
@click.option("--due-after", type=Day(), help="期限不早于这一天")
@click.option(
    "--kind",
    type=OneOf(["fixed", "recurring", "ongoing", "done", "relative"]),
    help="期限种类:有日期、周期、长期、已完成、起算日未定",
)
@common
def tasks(as_json: bool, **filters: Any) -> None:
    """List the ledger."""
    from bot.commands import run_tasks

    for name in ("unit", "leader"):
        if filters[name] is not None and not filters[name].strip():
            raise click.UsageError(f"--{name} 的值是空的")
    if filters["role"] and not filters["unit"]:
        raise click.UsageError("--role 要和 --unit 一起使用")
    run_tasks(current_settings(), filters, as_json=as_json)


@cli.command(
    cls=ChineseCommand,
    help="列出已收入的文件;写编号时,显示这份文件的正文,或用 --edits 显示对它的修正。",
    short_help="已收入的文件及其修正",
    examples=("gongjian documents", "gongjian documents 编号", "gongjian documents 编号 --edits"),
)
@click.argument("document_id", metavar="[编号]", required=False)
@click.option("--edits", is_flag=True, help="显示对原文的每一处修正及其理由")
@common
def documents(document_id: str | None, edits: bool, as_json: bool) -> None:
    """Show what is indexed."""
    from bot.commands import run_documents

    if edits and not document_id:
        raise click.UsageError("--edits 需要写明文件编号(见 gongjian documents)")
    run_documents(current_settings(), document_id, edits=edits, as_json=as_json)


@cli.command(
    cls=ChineseCommand,
    help="预览将发给各责任单位的提醒,什么也不发出。还没有下达的任务时,按索引里的台账预览。",
    short_help="预览将发出的提醒",
    examples=(
        "gongjian remind",
        "gongjian remind --as-of 2020-12-01 --days 31",
        "gongjian remind --unit 市农业农村局 --days 90 --json",
    ),
)
@click.option("--as-of", type=Day(), help="从这一天看起(默认今天)")
@click.option("--days", type=Count(366), default=1, help="看几天(默认 1)")
@click.option("--unit", metavar="单位", help="责任单位(简称、别名均可)")
@common
def remind(as_of: date | None, days: int, unit: str | None, as_json: bool) -> None:
    """Show what would be sent to whom."""
    from bot.remind_command import run_remind

    if unit is not None and not unit.strip():
        raise click.UsageError("--unit 的值是空的")
    run_remind(current_settings(), as_of, days, unit, as_json=as_json)


cli.add_command(bot)


@cli.command(
    "eval",
    cls=ChineseCommand,
    help="评测:问题集、公开数据集、比较、报告、门槛(用法见 gongjian eval --help)。",
    short_help="评测",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("rest", nargs=-1, metavar="[参数]...", type=click.UNPROCESSED)
def evaluate(rest: tuple[str, ...]) -> None:
    """Hand over to the evaluation."""
    from eval.__main__ import main as evaluation

    arguments = list(rest)
    root = click.get_current_context().find_root()
    if arguments and root.get_parameter_source("home") is ParameterSource.COMMANDLINE:
        arguments[1:1] = ["--home", str(current_settings().home_folder)]
    evaluation(arguments, prog_name="gongjian eval")


@cli.command(
    cls=ChineseCommand,
    help="输出命令补全脚本。",
    short_help="命令补全脚本",
    examples=('eval "$(gongjian completion bash)"', "gongjian completion fish | source"),
)
@click.argument("shell", metavar="bash|zsh|fish", type=OneOf(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise GongjianError(f"没有 {shell} 的补全脚本")
    click.echo(found(cli, {}, "gongjian", "_GONGJIAN_COMPLETE").source())


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; errors become one line and an exit code."""
    settings = read_settings(os.environ)
    prepare_streams()
    try:
        code = cli.main(arguments, prog_name="gongjian", standalone_mode=False, obj=settings)
        sys.stdout.flush()
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "gongjian"
        fail(f"{usage_message(error)}(用法见 {command} --help)")
        code = _EXIT_USAGE
    except GongjianError as error:
        fail(str(error))
        code = 1
    except (KeyboardInterrupt, click.Abort):
        warn("已中断")
        code = _EXIT_INTERRUPTED
    except BrokenPipeError:
        discard_output()  # the reader has seen enough (| head)
        code = 1
    except OSError as error:
        discard_output()
        fail(f"无法写出结果:{os_reason(error)}")
        code = 1
    except Exception as error:
        if settings.debug:
            raise
        fail(f"内部错误 {type(error).__name__}:{error}(设 GONGJIAN_DEBUG=1 可看详情)")
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
