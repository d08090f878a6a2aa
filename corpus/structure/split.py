"""One file may hold many documents: a page title that comes back tells, or their own heads."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from corpus.structure.beginnings import document_starts
from corpus.structure.outline import read_marker
from corpus.structure.series import series_starts
from corpus.structure.titles import RUN_IN_TITLE, TITLE_END

_LEAST_REPEATS = 3
# Documents are longer than this; a title that comes back sooner is a running head.
_LEAST_LENGTH = 300
# Where a document begins its own title follows; under a running head the text goes on.
_HEAD, _HEAD_LINES, _TITLED_SHARE = 400, 3, 0.7
_LABEL = re.compile("[:：]")
# What stands before the first head that was found is a document too if it says so much.
_LEAST_SENTENCES = 3


def split_documents(text: str) -> tuple[list[tuple[int, int]], str | None]:
    """Return the ranges of the documents in a file, in order and without gaps, and the page title.

    The page title is None where no title of a page stands above each of them.
    """
    title = _page_title(text)
    if title is not None and (repeated := _repeated(text, title)):
        # What precedes the first title (a web page's head) belongs to the first document.
        return list(pairwise([0, *repeated[1:], len(text)])), title
    starts = series_starts(text) or document_starts(text)
    if starts and _is_document(text[: starts[0]]):
        starts = [0, *starts]
    return list(pairwise([0, *starts[1:], len(text)])), None


def _repeated(text: str, title: str) -> list[int]:
    """Where the page title stands above a document; nothing where it is a running head."""
    starts = [
        match.start() for match in re.finditer(f"(?m)^[ \u3000]*{re.escape(title)}\\s*?$", text)
    ]
    kept = starts[:1]  # none where other line ends than \n part the lines
    for start in starts[1:]:
        if start - kept[-1] >= _LEAST_LENGTH:
            kept.append(start)
    titled = sum(_has_title(text[start : start + _HEAD], title) for start in kept)
    return kept if titled >= _TITLED_SHARE * len(kept) else []


def _is_document(text: str) -> bool:
    """Whether what precedes the first head is more than a cover, contents and a word of welcome."""
    return len(text) >= _LEAST_LENGTH and len(re.findall("。\\s*\n", text)) >= _LEAST_SENTENCES


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
