"""What kind of words a date is written in: the classes under which two grammars are compared."""

from __future__ import annotations

import re

from corpus.deadlines.feasts import FEASTS

# The first that is found names the shape.
_SHAPES = (
    ("rhythm", r"每|按[日周旬月季半年]|[一半][日天周旬月季年]度?一(?!日)|^(?:日|周|旬|月|季度?)$"),
    ("plan", r"十.五"),
    ("term within", r"(?<!\d{4}年)(?<!年度)(?<!^年)内$"),
    ("feast", rf"(?<![二三])(?:{'|'.join(FEASTS)})(?![月日])"),
    ("near", r"^(?:本|下个?)[月季]"),
    ("event", r"[汛季会冻冬夏学节期]\S*前|[次翌当]|前夕$"),
    ("numbers", r"\d[-./]\d"),
    ("quarter", r"季度"),
    ("half", r"半年"),
    ("ten days", r"旬"),
    ("day", r"[日号]|\d\s*(?:以|之)?前$"),
    ("month end", r"月份?\s*[底末]"),
    ("month before", r"月份?\s*(?:以|之)?前$"),
    ("month", r"月"),
    ("year end", r"年\s*[底末内]"),
    ("year before", r"前$"),
    ("year", r"年"),
)


def shape_of(words: str) -> str:
    """Return the name of the shape of a calendar expression."""
    return next((name for name, shape in _SHAPES if re.search(shape, words)), "other")
