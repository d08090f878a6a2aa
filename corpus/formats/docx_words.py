"""What a Word paragraph says: its words in order, tracked deletions left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.formats.package import child, local, switched_on, value

if TYPE_CHECKING:
    from lxml.etree import _Element

# What stands in a paragraph and is no word of it: properties, tracked deletions, field codes,
# what a field or a drawing falls back to where the first form of it is known, ruby's readings.
_SKIPPED = frozenset(
    {"pPr", "rPr", "del", "moveFrom", "instrText", "delText", "Fallback", "rt", "rubyPr", "sdtPr",
     "sdtEndPr", "tbl", "tblPr", "fldData", "annotationRef", "docPr", "cNvGraphicFramePr"}
)  # fmt: skip
_SIGNS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "-",
    "softHyphen": "",
}
# The boxes of forms, by their codes in the symbol fonts; another sign has no text of its own.
_SYMBOLS = {"a8": "□", "6f": "□", "fe": "☑", "52": "☑", "fd": "☒", "51": "☒", "a3": "□"}
_OTHER_SYMBOL = "□"
_PRIVATE = range(0xE000, 0xF900)
_NOTES = {"footnoteReference": "注", "endnoteReference": "尾注"}


@dataclass(slots=True)
class Words:
    """A paragraph's pieces (text, and whether it is hidden), its text boxes, its notes' ids."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """The text that is shown."""
        return "".join(text for text, hidden in self.pieces if not hidden)


def paragraph_words(paragraph: _Element) -> Words:
    """Return what a paragraph says."""
    words = Words()
    for item in paragraph:
        _gather(item, words, hidden=False)
    return words


def is_deleted(element: _Element, properties: str) -> bool:
    """Whether a tracked change has deleted a row or a paragraph's end."""
    return child(element, properties, "del") is not None


def _gather(element: _Element, words: Words, *, hidden: bool) -> None:
    name = local(element)
    if name == "txbxContent":
        words.boxes.append(element)
    elif name == "t":
        words.pieces.append(((element.text or "").replace("\n", " "), hidden))
    elif name in _SIGNS:
        words.pieces.append((_SIGNS[name], hidden))
    elif name == "sym":
        words.pieces.append((_symbol(value(element, "char") or ""), hidden))
    elif name in _NOTES:
        identifier = value(element, "id") or ""
        words.notes.append((name, identifier))
        words.pieces.append((note_mark(name, identifier), hidden))
    elif name not in _SKIPPED:
        hidden = hidden or switched_on(child(element, "rPr", "vanish"))
        for item in element:
            _gather(item, words, hidden=hidden)


def note_mark(kind: str, identifier: str) -> str:
    """Return what stands for a note where it is referred to, and before its text."""
    return f"[{_NOTES[kind]}{identifier}]"


def _symbol(code: str) -> str:
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if number in _PRIVATE or number <= 0xFF:
        return _SYMBOLS.get(f"{number & 0xFF:x}", _OTHER_SYMBOL)
    return chr(number) if number <= 0xFFFF else ""
