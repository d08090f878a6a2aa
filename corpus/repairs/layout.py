"""What bold type or a page break left between the words: found, to be taken out."""

from __future__ import annotations

import re
from itertools import pairwise

from corpus.records import Edit
from corpus.structure.outline import read_marker
from corpus.structure.titles import RUN_IN_TITLE, TITLE_END

# `**` opens bold text only at the start of a line or after punctuation, and never before a unit or
# with an office: elsewhere it is a mask (达到**%, **市委书记**同志) and stays.
_BOLD = re.compile(
    r"(?:(?<=^)|(?<=[\s：:。；;，,]))\*\*(?![%％\s年月日])([^*\n]{2,}?)\*\*(?!同志|先生)(?:(?<![，、,]\*\*)|(?=\s|$))",
    re.MULTILINE,
)
_ENDS_SENTENCE = re.compile("[。！？；：!?;:”’」』〞…—）)》]$")
_STARTS_AFRESH = re.compile(
    "同志们|各位|[(（]?第?[一二三四五六七八九十\\d]+[、.．)）是要]|附件|责任|整改"
)
_CONTINUES = re.compile("[，。、；：！？,.;:!?”）)》]")
# A shorter line may well be a title or a heading of its own.
_SHORTEST_BROKEN = 22
_BLANK_LINE_SHARE = 0.4
# A labelled field (责任单位:…) or a leader's line (余 伟 市委常委) is a line of its own.
_LABELLED = re.compile(r"[\u4e00-\u9fff]{2,8}\s*[:：]")
_ENDS_POST = re.compile(
    "(?:书记|[^成增]长|主任|主席|成员|委员|常委|秘书|代表|院士|调研员|负责人)(?:[)）])?$"
)


def find_bold_marks(text: str) -> list[Edit]:
    """Find pairs of asterisks that meant bold type."""
    edits: list[Edit] = []
    if "**" not in text:
        return edits
    for match in _BOLD.finditer(text):
        edits.append(Edit(match.start(), match.start() + 2, "", "bold"))
        edits.append(Edit(match.end() - 2, match.end(), "", "bold"))
    return edits


def find_broken_lines(text: str) -> list[Edit]:
    """Find blank lines that a page break put inside a sentence.

    Only in texts whose paragraphs are set apart by blank lines, and only after a long line
    without an end or before a line that starts with punctuation.
    """
    lines = _lines(text)
    blank = sum(1 for _, _, line in lines if not line.strip())
    if blank < _BLANK_LINE_SHARE * len(lines):
        return []
    filled = [(start, line) for start, _, line in lines if line.strip()]
    edits = []
    for (start, line), (next_start, following) in pairwise(filled):
        if _is_broken(line.strip(), following.strip()):
            end = start + len(line.rstrip())
            resume = next_start + len(following) - len(following.lstrip())
            if following.strip() == "。" and line.rstrip().endswith("。"):
                resume += 1  # the full stop the page break left behind, a second time
            edits.append(Edit(end, resume, "", "broken line"))
    return edits


def _is_broken(line: str, following: str) -> bool:
    if _CONTINUES.match(following):
        return True
    if _LABELLED.match(line) or _LABELLED.match(following) or _ENDS_POST.search(line):
        return False
    if line.endswith(("、", ",", "，")):
        return True
    if len(line) < _SHORTEST_BROKEN or _ENDS_SENTENCE.search(line):
        return False
    if TITLE_END.search(line) or (
        (title := RUN_IN_TITLE.match(line)) and len(line) < 2 * title.end()
    ):
        return False
    if read_marker(line) and not re.search("[。;；]", line):
        return False  # a heading that fills its line
    return not _STARTS_AFRESH.match(following)


def _lines(text: str) -> list[tuple[int, int, str]]:
    """Start, end with its newline, and text of every line."""
    result, start = [], 0
    for line in text.splitlines(keepends=True):
        result.append((start, start + len(line), line.rstrip("\n")))
        start += len(line)
    return result
