"""Answers, hits, tasks and documents as lines for people: styled words, no printing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from bot.copies import by_wording
from corpus.records import DeadlineKind, Document, Task
from index.records import BuildReport, DocumentSummary
from retrieval.fields import field_text
from retrieval.inferring import remarks
from retrieval.question import Field
from retrieval.records import Answer, Citation, Copy, Hit

# A line is a list of (style, words); styles are those of the rich library.
Line = list[tuple[str, str]]

_QUOTE_LENGTH = 240
_HIT_LENGTH = 160
_KINDS = {
    DeadlineKind.FIXED: "有截止日期",
    DeadlineKind.RECURRING: "周期",
    DeadlineKind.ONGOING: "长期",
    DeadlineKind.DONE: "已完成",
    DeadlineKind.RELATIVE: "起算日未定",
}


def answer_lines(answer: Answer, *, as_of: date | None = None) -> list[Line]:
    """An answer: what is asked first, then what must be known with it, then the evidence."""
    style = "yellow" if answer.abstained else "bold green"
    lines: list[Line] = [[(style, text)] for text in answer.text.split("\n")]
    lines += _detail_lines(answer)
    if as_of and (remark := countdown(answer, as_of)):
        lines.append([("cyan", "  距离  "), ("", remark)])
    if answer.citations:
        lines += [[], [("bold", "最接近的段落" if answer.abstained else "依据")]]
    lines += _citation_lines(answer.citations)
    return lines + [
        [
            ("cyan", f"  {words}  "),
            ("", "、".join(f"《{one.title}》({one.source})" for one in copies)),
        ]
        for words, copies in by_wording(answer.also_in).items()
    ]


def _copy_name(copy: Copy) -> str:
    return f"《{copy.title}》({copy.source})"


def countdown(answer: Answer, as_of: date) -> str | None:
    """How long it is from a day to the one deadline of an answer."""
    due = answer.value.get("due")
    if not isinstance(due, date):
        return None
    days = (due - as_of).days
    if days < 0:
        return f"截至 {as_of},已超过 {due} 期限 {-days} 天"
    return f"截至 {as_of},距 {due} 还有 {days} 天"


def _detail_lines(answer: Answer) -> list[Line]:
    lines: list[Line] = []
    last = ""
    for detail in answer.details:
        label = detail.label if detail.label != last else "  " * len(detail.label)
        lines.append([("cyan", f"  {label}  "), ("", detail.text)])
        last = detail.label
    return lines


def _citation_lines(citations: Sequence[Citation]) -> list[Line]:
    """The quotes, numbered, under the document and the heading they stand in."""
    lines: list[Line] = []
    document, heading, page = "", None, None
    for number, citation in enumerate(citations, start=1):
        if citation.document_id != document:
            document, heading, page = citation.document_id, None, citation.page
            place = f" ({citation.source}{page_words(citation)})"
            lines.append([("", f"  {document_words(citation)}"), ("dim", place)])
        if citation.heading != heading:
            heading = citation.heading
            lines.append([("dim", f"  {' › '.join(heading)}")] if heading else [])
        turned = page_words(citation) if citation.page != page else ""
        page = citation.page
        quote = f"“{_shortened(citation.quote)}”"
        lines.append([("bold", f"    [{number}] "), ("", quote), ("dim", turned)])
    return [line for line in lines if line]


def document_words(citation: Citation | Document) -> str:
    """Title and 发文字号 of a document, or of the one a citation stands in."""
    return f"《{citation.title}》" + (f" {citation.number}" if citation.number else "")


def page_words(citation: Citation) -> str:
    """The page a citation stands on, to go after the file's name; empty where none is known."""
    return f" 第{citation.page}页" if citation.page else ""


def _shortened(quote: str) -> str:
    words = " ".join(quote.split())
    if len(words) <= _QUOTE_LENGTH:
        return words
    return f"{words[:_QUOTE_LENGTH]}……(共 {len(words)} 字)"


def hit_lines(rank: int, hit: Hit, document: Document) -> list[Line]:
    """A ranked passage."""
    words = " ".join(hit.passage.text.split())
    if len(words) > _HIT_LENGTH:
        words = words[:_HIT_LENGTH] + "…"
    parts = " ".join(f"{leg} {score:.3f}" for leg, score in hit.parts.items())
    heading = " › ".join(hit.passage.heading)
    number = f" {document.number}" if document.number else ""
    return [
        [("bold", f"{rank:>2}. "), ("", words)],
        [("dim", f"    《{document.title}》{number} {heading} ({document.source})")],
        *(
            [("cyan", f"    {words}  "), ("dim", "、".join(map(_copy_name, copies)))]
            for words, copies in by_wording(hit.copies).items()
        ),
        [("dim", f"    得分 {hit.score:.3f} ({parts})")],
    ]


def task_lines(tasks: Sequence[Task], plans: Mapping[str, str]) -> list[Line]:
    """The ledger, complete, with the count at the end.

    `plans`: what to call a document, by its id; said where the tasks are of several.
    """
    lines: list[Line] = []
    several = len({task.document_id for task in tasks}) > 1
    plan = section = ""
    for task in tasks:
        if several and task.document_id != plan:
            plan, section = task.document_id, ""
            lines += [[], [("bold", plans[plan]), ("dim", f" ({task.source})")]]
        if task.section != section:
            section = task.section
            lines += [[], [("bold", section)]] if section else [[]]
        lines += _task(task)
    return [*lines, [], [("bold", f"共 {len(tasks)} 项")]]


def _task(task: Task) -> list[Line]:
    due = f"(至 {task.deadline.due})" if task.deadline and task.deadline.due else ""
    lines: list[Line] = [
        [("bold", f"{task.number:>3}. "), ("", task.problem)],
        [("cyan", "     时限  "), ("", field_text(task, Field.DEADLINE) + due)],
        [("cyan", "     牵头  "), ("", field_text(task, Field.LEAD))],
    ]
    if task.cooperating_units:
        lines.append([("cyan", "     配合  "), ("", field_text(task, Field.COOPERATING))])
    if task.leaders:
        names = "、".join(leader.name for leader in task.leaders)
        lines.append([("cyan", "     领导  "), ("", names)])
    if task.acceptance_units:
        lines.append([("cyan", "     验收  "), ("", field_text(task, Field.ACCEPTANCE))])
    if task.status:
        lines.append([("cyan", "     状态  "), ("", task.status)])
    return lines + [[("cyan", "     注意  "), ("yellow", remark)] for remark in remarks(task)]


def document_lines(
    documents: Sequence[DocumentSummary], copies: Mapping[str, str] = MappingProxyType({})
) -> list[Line]:
    """What is indexed, one document a paragraph; `copies` says what it is to others, by its id."""
    lines: list[Line] = []
    for item in documents:
        known = [item.number, item.issuer, _day(item), item.kind]
        about = " ".join(part for part in known if part)
        size = f"{item.characters} 字,{item.passages} 段,{item.tasks} 项任务,{item.edits} 处修正"
        lines += [
            [("bold", item.id), ("", f"  {item.title}")],
            [("dim", f"    {about}" if about else "    (文号、日期未写明)")],
            *_named("主送", item.addressees),
            *_named("附件", item.attachments),
            [("dim", f"    {size} ({item.source})")],
        ]
        if item.id in copies:
            lines.append([("cyan", "    副本  "), ("", copies[item.id])])
    return [*lines, [], [("bold", f"共 {len(documents)} 份文件")]]


def _day(item: DocumentSummary) -> str:
    """The day of issue; else the year, where only title or text tells it."""
    if item.issued_on or item.year is None or str(item.year) in (item.number or ""):
        return str(item.issued_on or "")
    return f"{item.year}年(推断)"


def _named(label: str, names: Sequence[str]) -> list[Line]:
    """A line of what a document names under a label; none where it names nothing."""
    return [[("dim", f"    {label}:{'、'.join(names)}")]] if names else []


def report_lines(
    report: BuildReport, passed: Sequence[str] = (), issues: Sequence[str] = ()
) -> list[Line]:
    """What a build did, every file that is not in it, and what does not add up in a ledger."""
    counts = report.counts
    done = "索引已发布" if report.published else "索引没有变化"
    lines: list[Line] = [
        [
            ("bold green", done),
            ("", f":{counts.documents} 份文件,{counts.passages} 段,{counts.tasks} 项任务"),
            (
                "dim",
                f"(读取 {report.files_read} 个文件,沿用 {report.files_reused} 个)",
            ),
        ]
    ]
    for failure in report.failures:
        lines.append([("bold red", "未能收入  "), ("", f"{failure.source}:{failure.reason}")])
    if passed:
        names = "、".join(passed)
        lines.append([("yellow", f"跳过 {len(passed)} 个不支持的文件  "), ("", names)])
    return lines + [[("yellow", "台账疑点  "), ("", issue)] for issue in issues]
