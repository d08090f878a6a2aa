"""One file may hold many documents: a page title that comes back marks where each begins."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from corpus.structure.outline import read_marker
from corpus.structure.titles import RUN_IN_TITLE, TITLE_END

_LEAST_REPEATS = 3
# Documents are longer than this; a title that comes back sooner is a running head.
_LEAST_LENGTH = 300
# Where a document begins its own title follows; under a running head the text goes on.
_HEAD, _HEAD_LINES, _TITLED_SHARE = 400, 3, 0.7
_LABEL = re.compile("[:：]")


def split_documents(text: str) -> tuple[list[tuple[int, int]], str | None]:
    """Return the ranges of the documents in a file, in order and without gaps, and the page title.

    The page title is None where the file holds one document.
    """
    title = _page_title(text)
    if title is None:
        return [(0, len(text))], None
    starts = [
        match.start() for match in re.finditer(f"(?m)^[ \u3000]*{re.escape(title)}\\s*?$", text)
    ]
    kept = [starts[0]]
    for start in starts[1:]:
        if start - kept[-1] >= _LEAST_LENGTH:
            kept.append(start)
    titled = sum(_has_title(text[start : start + _HEAD], title) for start in kept)
    if titled < _TITLED_SHARE * len(kept):
        return [(0, len(text))], None  # a running head, not the start of anything
    # What precedes the first title (a web page's head) belongs to the first document.
    borders = [0, *kept[1:], len(text)]
    return list(pairwise(borders)), title


def _has_title(head: str, page_title: str) -> bool:
    """Whether a document's own title follows the page's."""
    lines = [line.strip() for line in head.splitlines() if line.strip()]
    own = [line for line in lines if not line.startswith(page_title)][:_HEAD_LINES]
    return any(TITLE_END.search(line) or RUN_IN_TITLE.match(line) for line in own)


def _page_title(text: str) -> str | None:
    lines = Counter(line.strip() for line in text.splitlines())
    titles = [
        (count, line)
        for line, count in lines.items()
        if count >= _LEAST_REPEATS
        and TITLE_END.search(line)
        and read_marker(line) is None
        and not _LABEL.search(line)
    ]
    return max(titles)[1] if titles else None


def page_title_lines(text: str, title: str) -> list[tuple[int, int]]:
    """Return the ranges, newline included, of the lines that only repeat the page title."""
    pattern = (
        f"(?m)^[ \u3000]*{re.escape(title)}(?:[(（][^()（）\n]{{1,6}}[)）])?[ \u3000]*(?:\r?\n|$)"
    )
    return [match.span() for match in re.finditer(pattern, text)]
