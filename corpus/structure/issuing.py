"""When a document was issued, and by whom: its head, its signature, the print line at its end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from corpus.structure.days import DAY, first_day, read_day
from corpus.structure.elements import (
    begins_body,
    is_day,
    is_furniture,
    is_navigation,
    organisation,
    squeeze_letters,
)
from corpus.structure.titles import find_title

# 市长 王某, 中华人民共和国主席 习近平: orders are signed by persons.
_PERSON = re.compile(
    r".{0,20}(?:主席|总理|委员长|[省市县区州盟旗镇乡部厅局院署行]长|主任|书记)\s*[\u4e00-\u9fff]{1,2}\s*[\u4e00-\u9fff]{1,2}$"
)
# What may follow a date that ends a document: 附注, 版记, attachments.
_AFTER_DATE = re.compile(
    r"[(（].*[)）]$|附\s*[件表图]|抄\s*[送报]|主\s*[送题]|报\s*[:：送]|[送发]\s*[:：]|.{0,30}印\s*发|联\s*系\s*人|责任编辑|公开方式"
    r"|信息公开|[-=*＊—_]{3,}"
)
_PRINTED = re.compile(rf"(?P<who>.{{0,40}}?)\s*{DAY.pattern}\s*印\s*发")
# (2020年3月27日…会议通过 2021年…修订, 自…起施行): the day of each act, never that of taking effect.
_ACT = re.compile("通过|公布|发布|颁布|修[订正]|批准|印发")
_EFFECT = re.compile("^.{0,4}(?:起)?(?:施行|实施|生效|执行)")
# What stands above a signature: a sentence, a list of attachments, a remark.
_TEXT_END = re.compile(r"[。！!)）…：:；;]$|^附\s*[件:：]|^\d{1,2}\s*[.．、]|^特此")
# A list of tasks ends in its last field: 责任人：路遥.
_FIELD = re.compile(r"^[\u4e00-\u9fff、（）()]{2,12}[:：]\s*\S")
_LEAST_TITLE = 8
_FIGURES = len("2021. 12. 31")
# The head of a column: what stands below is a table.
_CELL = re.compile("(?:责任|牵头|配合|承办)(?:单位|部门)|(?:完成|整改|办结)?(?:时限|期限|时间)")
_LINE_LENGTH = 60
_SIGNATURE_LINES, _REMARK_LINES = 12, 6
_HEAD_TEXT = re.compile("[。；;，]")


def act_day(lines: Sequence[str]) -> date | None:
    """Return the day on which a law was passed, as its head says below the title."""
    text = _remark(lines)
    found = None
    matches = list(DAY.finditer(text))
    ends = [match.start() for match in matches[1:]] + [len(text)]
    for match, end in zip(matches, ends, strict=False):
        words = text[match.end() : end]
        if _ACT.search(words.split("自")[0]) and not _EFFECT.match(words):
            found = read_day(match) or found
    return found


def _remark(lines: Sequence[str]) -> str:
    """The remark right below a title, in brackets mostly, over several lines perhaps."""
    if not lines or not (lines[0].startswith(("(", "（")) or DAY.match(lines[0])):
        return ""
    text = lines[0]
    for line in lines[1:_REMARK_LINES]:
        if text.endswith((")", "）")) or not text.startswith(("(", "（")):
            break
        text += line
    return text


def head_day(lines: Sequence[str]) -> tuple[date, str | None] | None:
    """Return the day on a line of its own before the text, and the body named beside it."""
    if _is_chronicle(lines):
        return None
    for line in lines:
        if begins_body(line):
            return None
        if found := _signed_day(line):
            return found
    return None


def _is_chronicle(lines: Sequence[str]) -> bool:
    """Whether days head the paragraphs, as in 大事记."""
    told = [line for line, after in pairwise(lines) if is_day(line) and after.endswith("。")]
    # So do rows of a table that are a body and a day.
    rows = [line for line in lines if "日" in line and not is_day(line) and _signed_day(line)]
    return max(len(told), len(rows)) > 1


def _signed_day(line: str) -> tuple[date, str | None] | None:
    """Read a line that is a day, or a body and a day."""
    if len(line) > _LINE_LENGTH or "日" not in line or not (match := DAY.search(line)):
        return None
    if line[match.end() :].strip("()（） \u3000"):
        return None
    before = re.sub("^.*期[)）]?", "", line[: match.start()].strip("(（ \u3000"))
    name = organisation(re.sub("[编印主办]+$", "", before)) if before else None
    day = read_day(match) if not before or name else None
    return (day, name) if day else None


def _figures(line: str) -> tuple[date, str | None] | None:
    """Read a line that is a day in figures, 2021.3.9: below a signature only."""
    day = first_day(line) if line[:2] in {"19", "20"} and len(line) <= _FIGURES else None
    return (day, None) if day else None


def signature(lines: Sequence[str]) -> tuple[date | None, str | None]:
    """Return the day and the bodies that sign a document; lines are those without blank ones."""
    found = _signed(lines)
    return found[1:] if found else (None, None)


def signature_line(lines: Sequence[str]) -> int | None:
    """Return the index of the line with the day of the signature."""
    found = _signed(lines)
    return found[0] if found else None


def _signed(lines: Sequence[str]) -> tuple[int, date, str | None] | None:
    """A body and a day stand in tables too: a signature follows the end of a text and ends one."""
    for index, line in enumerate(lines):
        found = _signed_day(line) if "日" in line[-6:] else _figures(line)
        if not found:
            continue
        day, name = found
        names, first = _signers(lines, index)
        if "日" not in line and not names:
            continue
        above = lines[first - 1] if first else ""
        signed = [*names, name] if name else names
        if not _ends(lines[index + 1 : index + 4]):
            if signed:
                return None
            continue
        if any(map(_CELL.fullmatch, lines[max(0, first - _SIGNATURE_LINES) : first])):
            return None
        if signed and (not above or _TEXT_END.search(above) or _FIELD.match(above)):
            return index, day, " ".join(signed)
        if not signed and (_PERSON.match(above) or _TEXT_END.search(above)):
            return index, day, None
    return None


def _signers(lines: Sequence[str], day: int) -> tuple[list[str], int]:
    """The bodies named just before the line of the day, in their order, and where they begin."""
    names: list[str] = []
    first = day
    for index in range(day - 1, max(-1, day - 1 - _SIGNATURE_LINES), -1):
        parts = [organisation(part) for part in re.split(r"\s{2,}|\u3000+", lines[index])]
        whole = organisation(lines[index])
        if len(parts) > 1 and all(parts):
            names[:0] = [name for name in parts if name]
        elif whole:
            names.insert(0, " ".join(whole.split()))
        else:
            break
        first = index
    return names, first


def _ends(after: Sequence[str]) -> bool:
    """Whether a document, or its letter, ends before these lines: what it prints may follow."""
    if not after or _AFTER_DATE.match(after[0]):
        return True
    if is_furniture(after[0]) and re.search("[\u4e00-\u9fff]", after[0]):
        return True
    title = find_title(after)
    return title is not None and title.first == 0 and len(title.words) >= _LEAST_TITLE


def printed(lines: Sequence[str]) -> tuple[date | None, str | None]:
    """Return the day and the body of the print line at the end: 市政府办公室 2020年7月24日印发."""
    for line in reversed(lines):
        if "印" in line and len(line) <= _LINE_LENGTH and (match := _PRINTED.fullmatch(line)):
            return read_day(match), organisation(match["who"])
    return None, None


def bulletin_day(lines: Sequence[str]) -> date | None:
    """Return the day in a bulletin's head, beside the issue or the editors."""
    for line in lines:
        if begins_body(line) or _HEAD_TEXT.search(line):
            return None
        if (match := DAY.search(line)) and (day := read_day(match)):
            return day
    return None


def bulletin_issuer(lines: Sequence[str]) -> str | None:
    """Return who makes a bulletin: 市污染防治攻坚办 编."""
    for line in lines:
        if begins_body(line):
            return None
        words = squeeze_letters(DAY.sub("", line)).strip()
        words = re.sub(r"^.*期[)）]?\s*|\s*(?:主办|编印|编发|编)$", "", words)
        if not is_day(line) and (name := organisation(words)):
            return name
    return None


def published_day(lines: Sequence[str]) -> date | None:
    """Return the day on which a web page published a news report."""
    for line in lines:
        if is_navigation(line) and (day := first_day(line)):
            return day
    return None


def told_day(title: str) -> date | None:
    """Return the day in a subtitle: ——2021年2月25日在…会议上."""
    _, _, subtitle = title.partition("—")
    match = DAY.search(subtitle)
    return read_day(match) if match else None
