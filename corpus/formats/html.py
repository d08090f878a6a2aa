"""A web page becomes the text it shows; what is only the page around the document is an edit."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from corpus.errors import LoadError
from corpus.formats.building import FURNITURE, TextBuilder
from corpus.formats.decoding import decode
from corpus.formats.html_blocks import Block, page_blocks
from corpus.formats.html_main import furniture
from corpus.formats.records import RawText

if TYPE_CHECKING:
    from lxml.etree import _Element

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHARSET = re.compile(
    rb"(?:<meta[^>]{0,200}?charset\s*=|<\?xml[^>]{0,100}?encoding\s*=)\s*[\"']?\s*([\w-]+)", re.I
)
_HEAD = 8192
# Pages say gb2312 and write what only its successor holds.
_SUCCESSORS = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs"}
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_INLINE_TAGS = re.compile(r"</?(?:font|b|i|u|s|em|strong|span|big|small)(?:\s[^>]*)?>", re.I)
_TITLE_PARTS = re.compile(r"\s*[_|｜]\s*|\s+[-–—]+\s+|--+")
_TITLE_NAMES = ("articletitle", "title", "og:title")
_LEAST_TITLE = 4


def read_html(data: bytes, name: str) -> RawText:
    """Return the text of a web page.

    :raises LoadError: it is in no known encoding, or shows no text.
    """
    html = _DECLARATION.sub("", _decode(data, name)).replace("\0", "")
    root, whole = _parse(html)
    if not whole:  # tags that were never closed nest without end; those of letters say nothing
        html = _INLINE_TAGS.sub("", html)
        root, whole = _parse(html)
    if not whole:
        raise LoadError(f"网页结构已损坏(标签嵌套过深),请在浏览器中打开后另存:{name}")
    blocks = page_blocks(root)
    if not blocks:
        raise LoadError(
            f"网页里没有文字(可能是框架页,或内容由脚本生成),请在浏览器中打开后另存:{name}"
        )
    apart = furniture(html, blocks)
    if all(apart):  # a page that is nothing but links is still its own text
        apart = [False] * len(blocks)
    return _write(blocks, apart, _title(root, blocks))


def _parse(html: str) -> tuple[_Element, bool]:
    """The tree of a page, and whether it holds all of it."""
    import lxml.html

    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    root = lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    return root, not any("depth" in entry.message for entry in parser.error_log)


def _decode(data: bytes, name: str) -> str:
    told = _CHARSET.search(data[:_HEAD])
    if told and not data.startswith(_MARKS):
        encoding = told.group(1).decode("ascii").lower()
        try:
            return data.decode(_SUCCESSORS.get(encoding, encoding))
        except (LookupError, UnicodeDecodeError):
            pass  # the page does not know its own encoding
    return decode(data, name)


def _write(blocks: list[Block], apart: list[bool], title: str) -> RawText:
    builder = TextBuilder()
    for block, away in zip(blocks, apart, strict=True):
        if away:
            builder.change(f"{block.text}\n", "", FURNITURE)
        elif block.grid:
            builder.table(block.grid)
        else:
            builder.write(f"{block.text}\n")
    return builder.finish(title)


def _title(root: _Element, blocks: list[Block]) -> str:
    """What the page calls the document, without the site's name."""
    metas = {
        (meta.get("name") or meta.get("property") or "").lower(): meta.get("content") or ""
        for meta in root.iter("meta")
    }
    titles = [metas.get(name, "") for name in _TITLE_NAMES]
    titles.append(next((element.text or "" for element in root.iter("title")), ""))
    shown = {"".join(block.text.split()) for block in blocks}
    for title in titles:
        parts = [" ".join(part.split()) for part in (title, *_TITLE_PARTS.split(title))]
        for part in parts:
            if "".join(part.split()) in shown and len(part) >= _LEAST_TITLE:
                return part
    first = _TITLE_PARTS.split(titles[0] or titles[-1])[0]
    return " ".join(first.split())
