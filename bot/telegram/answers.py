"""Answers, sources and related tasks as blocks of Telegram's HTML, one thing a block."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from bot.copies import by_wording
from bot.render import countdown, document_words, page_words
from bot.telegram.html import escape
from corpus.records import Deadline, Document, Passage, Task
from index.engine import Engine
from retrieval.fields import field_text, task_title
from retrieval.inferring import remarks
from retrieval.question import Field
from retrieval.records import Answer, Citation, Copy

# A longer answer in bold is a wall.
_BOLD = 200
# Longer quotes open at a touch; among many, or where the answer has just said the same, those
# of more than about three lines.
_LONG, _THREE_LINES, _MANY = 300, 80, 6
# Quotes of one place are kept in one message up to this.
_TOGETHER = 1000
# Items longer than this on average stand apart.
_SHORT_ITEM = 60
_PAGE = 1200
# A last page shorter than this is read with the one before.
_STUB = 200
_ITEM = re.compile(r"(?:.*? )?第[0-9]+项")
# Retrieval speaks of the command line.
_COMMANDS = {"gongjian tasks": "/tasks"}
_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+\n")
_SENTENCE = re.compile(r".*?(?:[。;；!！?？]+[”’」』)）]*|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page of a document, numbered from 1, with a cited quote marked where it holds it."""

    blocks: tuple[str, ...]
    page: int
    pages: int


def answer_blocks(answer: Answer, *, as_of: date | None = None) -> tuple[str, ...]:
    """An answer: what is asked first, then what must be known with it, then the evidence."""
    about = _grouped([(detail.label, detail.text) for detail in answer.details])
    if as_of and (remark := countdown(answer, as_of)):
        about.append(_labelled("距离", remark))
    copies = [
        _labelled(words, _copies(found)) for words, found in by_wording(answer.also_in).items()
    ]
    groups = [_said(answer.text), about, _evidence(answer), copies]
    return _apart([group for group in groups if group])


def related_blocks(tasks: Sequence[Task]) -> tuple[str, ...]:
    """相关任务: what each task is, until when, and whose."""
    if not tasks:
        return ("没有相关任务。",)
    head = f"<b>相关任务</b>(共 {len(tasks)} 项)"
    return _apart([[head], *([_task(task)] for task in tasks)])


def source_page(
    engine: Engine, citation_document_id: str, start: int, end: int, page: int
) -> SourcePage:
    """原文: a page of the document a quote stands in; page 0 is the one where the quote begins.

    Other pages count from 1 to the last; a page beyond is the first or the last.

    :raises EngineError: the engine failed, or does not have the document.
    """
    document = engine.document(citation_document_id)
    start, end = max(0, min(start, end)), min(end, len(document.text))
    spans = _pages(document.text)
    quoted = next((at for at, (_, stop) in enumerate(spans, 1) if start < stop), len(spans))
    shown = min(max(page, 1), len(spans)) if page else quoted
    first, last = spans[shown - 1]
    head = _document_head(document)
    passages = engine.passages_of(citation_document_id)
    if heading := _heading(passages, start if shown == quoted else first):
        head.append(_labelled("位置", " › ".join(heading)))
    body = _marked(document.text, first, last, (start, end))
    foot = f"<b>第 {shown}/{len(spans)} 页</b>"
    if start >= last or end <= first:
        foot += f"(引文在第 {quoted} 页)"
    elif start < first or end > last:
        foot += "(引文跨页)"
    return SourcePage(_apart([head, [body], [foot]]), shown, len(spans))


def _apart(groups: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Groups of blocks with a blank line between them."""
    return tuple(line for group in groups for line in ("", *group))[1:]


def _labelled(label: str, text: str) -> str:
    return f"<b>{escape(label)}</b>:{escape(text)}"


def _grouped(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Labelled lines; several under one label stand below it."""
    blocks: list[str] = []
    for label, group in groupby(pairs, key=lambda pair: pair[0]):
        texts = [text for _, text in group]
        if len(texts) == 1:
            blocks.append(_labelled(label, texts[0]))
        else:
            lines = [f"· {escape(text)}" for text in texts]
            blocks.append("\n".join([f"<b>{escape(label)}</b>:", *lines]))
    return blocks


def _said(text: str) -> list[str]:
    """The answer itself, in bold: of a list the head and the numbers of the items."""
    for spoken, command in _COMMANDS.items():
        text = text.replace(spoken, command)
    first, *rest = text.split("\n")
    if rest and first.endswith((":", "：")):
        return [f"<b>{escape(first)}</b>", *_items(rest)]
    lines = [escape(line) for line in (first, *rest)]
    return lines if len(text) > _BOLD else [f"<b>{line}</b>" if line else "" for line in lines]


def _items(lines: Sequence[str]) -> list[str]:
    if sum(map(len, lines)) <= _SHORT_ITEM * len(lines):
        return [_item(line) for line in lines]
    apart = [part for line in lines for part in (["", line] if _ITEM.match(line) else [line])]
    return [_item(line) for line in apart]


def _item(line: str) -> str:
    found = _ITEM.match(line)
    head = found[0] if found else ""
    return f"<b>{escape(head)}</b>{escape(line[len(head) :])}" if head else escape(line)


def _evidence(answer: Answer) -> list[str]:
    """The quotes, numbered, under the document and the place they stand in."""
    if not answer.citations:
        return []
    many = len(answer.citations) > _MANY
    head = "最接近的段落(不是答案)" if answer.abstained else "依据"
    # The head is of the first block, or it might end a message alone.
    lead = f"<b>{head}</b>" + (f"(共 {len(answer.citations)} 处)" if many else "") + "\n"
    blocks: list[str] = []
    before: Citation | None = None
    for number, citation in enumerate(answer.citations, start=1):
        short = many or citation.quote == answer.text
        quoted = _quoted(citation.quote, _THREE_LINES if short else _LONG)
        if _same_place(before, citation) and len(blocks[-1]) + len(quoted) <= _TOGETHER:
            blocks[-1] += f"\n<b>[{number}]</b> 同上\n{quoted}"
        else:
            place = _place(citation, before)
            blocks.append(f"{lead}<b>[{number}]</b> {place}\n{quoted}")
        lead, before = "", citation
    return blocks


def _quoted(quote: str, longest: int) -> str:
    """A quote, every character of it."""
    opening = "blockquote expandable" if len(quote) > longest else "blockquote"
    return f"<{opening}>{escape(quote)}</blockquote>"


def _same_place(before: Citation | None, citation: Citation) -> bool:
    return before is not None and (before.document_id, before.heading, before.page) == (
        citation.document_id,
        citation.heading,
        citation.page,
    )


def _place(citation: Citation, before: Citation | None) -> str:
    """Where a quote stands; a document is named once for the quotes that follow each other."""
    heading = escape(" › ".join(citation.heading))
    page = page_words(citation)
    if before and before.document_id == citation.document_id and heading:
        return heading + (page if page != page_words(before) else "")
    return escape(document_words(citation)) + page + (f"\n{heading}" if heading else "")


def _copies(copies: Sequence[Copy]) -> str:
    counted = Counter(copy.title for copy in copies)
    return "、".join(
        f"《{title}》({count} 份)" if count > 1 else f"《{title}》"
        for title, count in counted.items()
    )


def _task(task: Task) -> str:
    """One task as one block, so that it is read in one message."""
    due = _until(task.deadline) if task.deadline else field_text(task, Field.DEADLINE)
    pairs = [("时限", due), ("牵头", field_text(task, Field.LEAD))]
    if task.cooperating_units:
        pairs.append(("配合", field_text(task, Field.COOPERATING)))
    if task.leaders:
        pairs.append(("领导", field_text(task, Field.LEADERS)))
    pairs += [("阶段", _until(milestone)) for milestone in task.milestones]
    pairs += [("注意", remark) for remark in remarks(task)]
    return "\n".join([_item(task_title(task)), *_grouped(pairs)])


def _until(deadline: Deadline) -> str:
    return f"{deadline.text}(至 {deadline.due})" if deadline.due else deadline.text


def _document_head(document: Document) -> list[str]:
    known = [document.number, document.issuer, document.issued_on]
    about = " · ".join(str(part) for part in known if part)
    lines = [f"<b>原文</b> 《{escape(document.title)}》", escape(about)]
    if not document.number:
        lines.append(f"来源 <code>{escape(document.source)}</code>")
    return [line for line in lines if line]


def _heading(passages: Sequence[Passage], place: int) -> tuple[str, ...]:
    """The heading a place stands under; between passages, the one it comes after."""
    before = [passage for passage in passages if passage.span.start <= place]
    return before[-1].heading if before else ()


def _pages(text: str) -> list[tuple[int, int]]:
    """Where the pages of a document begin and end, the same whatever is quoted of it."""
    ends = [0]
    reached = 0
    for piece in _pieces(text):
        if reached > ends[-1] and piece.strip() and reached + len(piece) > ends[-1] + _PAGE:
            ends.append(reached)
        reached += len(piece)
    if len(ends) > 1 and reached - ends[-1] < _STUB:
        ends.pop()
    return list(pairwise([*ends, reached]))


def _pieces(text: str) -> list[str]:
    """Paragraphs with their line ends; of one longer than a page the sentences, or less."""
    pieces: list[str] = []
    for paragraph in text.splitlines(keepends=True):
        parts = [paragraph] if len(paragraph) <= _PAGE else _SENTENCE.findall(paragraph)
        for part in parts:
            pieces += [part[at : at + _PAGE] for at in range(0, len(part), _PAGE)]
    return pieces


def _marked(text: str, first: int, last: int, quote: tuple[int, int]) -> str:
    """A page with what it holds of the quote marked; blank lines are thinned around it only."""
    start, end = (min(max(place, first), last) for place in quote)
    before = _BLANK_LINES.sub("\n\n", text[first:start])
    after = _BLANK_LINES.sub("\n\n", text[end:last])
    if start == end:
        return escape((before + after).strip("\n"))
    marked = f"<b><u>{escape(text[start:end])}</u></b>"
    return escape(before.lstrip("\n")) + marked + escape(after.rstrip())
