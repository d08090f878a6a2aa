"""Which attachments a document names: its 附件说明, else the titles below each 附件."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.structure.elements import close_up, is_furniture, organisation, squeeze_letters
from corpus.structure.titles import find_title, title_kind

_NUMBERED = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
# 附件:1.…, 附件1:…, 附件 1 …
_STATED = re.compile(
    rf"附\s*件?\s*(?:(?P<number>{_NUMBERED})\s*[:：.．、\s]|[:：])\s*(?P<words>.*)"
)
_ALONE = re.compile(rf"附\s*件\s*(?:{_NUMBERED})?\s*[:：]?|附\s*[:：]")
_ITEM = re.compile(r"\d{1,2}\s*(?:[.．](?!\d)|、|\s)\s*(?P<words>\S.*)")
_INLINE = re.compile(r"[\s;；]+(?=\d{1,2}\s*[.．、](?!\d))")
_END = re.compile("[;；。,，、]+$")
_SENTENCE = re.compile("[。；;]")
_LENGTH = 90
_CONTINUED = 40
_LINES = 24


def read_attachments(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the titles of the attachments, in their order, each once."""
    begins = [index for index, line in enumerate(lines) if index and line.startswith("附")]
    stated: list[str] = []
    below: list[str] = []
    for index in begins:
        line = lines[index]
        if _ALONE.fullmatch(line):
            listed = _listed(lines[index + 1 : index + _LINES]) if line[-1] in ":：" else []
            if listed and not stated:
                stated = listed
            elif not listed:
                below += _title_below(lines[index + 1 : index + 5])
        elif (match := _STATED.match(line)) and not stated_already(stated, match):
            stated += _items(match["words"], lines[index + 1 : index + _LINES])
    return tuple(dict.fromkeys(stated or below))


def stated_already(stated: Sequence[str], match: re.Match[str]) -> bool:
    """Whether a later 附件 line is the attachment itself: one without number ends the list."""
    return bool(stated) and match["number"] is None


def _items(words: str, following: Sequence[str]) -> list[str]:
    """The titles of a 附件说明 that begins with these words."""
    if len(words) > _LENGTH and not _INLINE.search(words):
        return []
    first = _INLINE.split(words)
    titles = [_clean(item["words"] if (item := _ITEM.match(one)) else one) for one in first]
    if not _ITEM.match(words):
        return [title for title in _continued(titles, following[:1]) if title]
    return [title for title in titles[:-1] + _follow(titles[-1], following) if title]


def _follow(last: str, following: Sequence[str]) -> list[str]:
    titles = [last]
    for line in following:
        item = _ITEM.match(line)
        if item and len(line) <= _LENGTH and not line.endswith("。"):
            titles.append(_clean(item["words"]))
        elif (longer := _continued(titles, [line])) != titles:
            titles = longer
        else:
            break
    return titles


def _continued(titles: list[str], following: Sequence[str]) -> list[str]:
    """Append the next line to a title that was broken in the middle."""
    if not following or not titles or title_kind(titles[-1]) or not titles[-1]:
        return titles
    line = following[0]
    ends = len(line) <= _CONTINUED and title_kind(_END.sub("", line))
    if not ends or organisation(line) or is_furniture(line) or _SENTENCE.search(line[:-1]):
        return titles
    if _STATED.match(line) or re.match("[一二三四五六七八九十(（]", line):
        return titles
    return [*titles[:-1], titles[-1] + _clean(line)]


def _listed(following: Sequence[str]) -> list[str]:
    """The titles of a 附件说明 whose first line says no more than 附件."""
    if not following or not (item := _ITEM.match(following[0])):
        return []
    second = len(following) > 1 and _ITEM.match(following[1])
    if len(following[0]) > _LENGTH or (not title_kind(_clean(item["words"])) and not second):
        return []
    return _follow(_clean(item["words"]), following[1:])


def _title_below(following: Sequence[str]) -> list[str]:
    found = find_title(following)
    return [found.words] if found and found.first == 0 and not _SENTENCE.search(found.words) else []


def _clean(words: str) -> str:
    title = _END.sub("", squeeze_letters(words).strip())
    if title.startswith("《") and title.endswith("》") and title.count("《") == 1:
        title = title[1:-1]
    return title if close_up(title) else ""
