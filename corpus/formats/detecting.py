"""What kind of file some bytes are, whatever the file is called."""

from __future__ import annotations

import io
import re
import zipfile
from enum import StrEnum

from corpus.errors import LoadError

_SAVE_AS_DOCX = "请用 Word 或 WPS 打开,另存为 docx 后再读"
_OCR = "请先做文字识别(OCR),存为 docx、pdf 或 txt"
# What cannot be read, by how it begins, and what to do about it.
_REFUSED = (
    (b"{\\rtf", f"是 RTF 文档,{_SAVE_AS_DOCX}"),
    (b"\x89PNG", f"是图片,{_OCR}"),
    (b"\xff\xd8\xff", f"是图片,{_OCR}"),
    (b"GIF8", f"是图片,{_OCR}"),
    (b"II*\0", f"是图片,{_OCR}"),
    (b"MM\0*", f"是图片,{_OCR}"),
    (b"\x1f\x8b", "是 gzip 压缩文件,请先解压"),
    (b"7z\xbc\xaf", "是 7z 压缩文件,请先解压"),
    (b"Rar!", "是 RAR 压缩文件,请先解压"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_ANY_TAG = re.compile(rb"<(?:p|div|table|br|span|body|html|h[1-6])[\s/>]", re.IGNORECASE)
_WEB_ARCHIVE = re.compile(rb"(?:[\w-]+:[^\n]*\n)*?MIME-Version:", re.IGNORECASE)
_WORD_XML = re.compile(rb"<\?mso-application|<w:wordDocument|<pkg:package")
_HEAD = 4096


class Kind(StrEnum):
    """The kinds of files that can be read."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"


HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".shtml"})
MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
SUFFIXES = frozenset({".txt", ".docx", ".pdf", *HTML_SUFFIXES, *MARKDOWN_SUFFIXES})
# Documents that are refused with what to save them as: in a folder they are not passed over.
REFUSED_SUFFIXES = frozenset(
    {".doc", ".docm", ".dot", ".wps", ".rtf", ".odt", ".ofd", ".mht", ".mhtml"}
    | {".xls", ".xlsx", ".et", ".ppt", ".pptx", ".dps"}
)


def detect(data: bytes, suffix: str, name: str) -> Kind:
    """Return what `data` is; the file's suffix only tells one kind of text from another.

    :raises LoadError: it is of a kind that cannot be read.
    """
    head = data[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if head.startswith(_ZIP):
        return _zipped(data, name)
    if head.startswith(_OLE):
        raise LoadError(f"{_ole_words(data)}:{name}")
    for mark, words in _REFUSED:
        if head.startswith(mark):
            raise LoadError(f"文件{words}:{name}")
    if _WORD_XML.search(head):
        raise LoadError(f"文件是 Word 的 XML 文档,{_SAVE_AS_DOCX}:{name}")
    if _WEB_ARCHIVE.match(head):
        raise LoadError(f"文件是网页存档(mht)或邮件,请另存为 html 后再读:{name}")
    if suffix in (".docx", ".pdf"):
        raise LoadError(f"文件不是 {suffix[1:]},或已损坏:{name}")
    narrow = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe")
    if _HTML.match(narrow) or (suffix in HTML_SUFFIXES and _ANY_TAG.search(data)):
        return Kind.HTML
    return Kind.MARKDOWN if suffix in MARKDOWN_SUFFIXES else Kind.TEXT


def _zipped(data: bytes, name: str) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except Exception as exc:  # zipfile raises whatever the damage leads it to
        raise LoadError(f"文件已损坏(不是完整的 docx):{name}") from exc
    if "word/document.xml" in names or ("[Content_Types].xml" in names and _has_word(names)):
        return Kind.DOCX
    if any(part.startswith("xl/") for part in names):
        raise LoadError(f"文件是 Excel 工作簿,请把要读的表另存为 docx 或 txt:{name}")
    if any(part.startswith("ppt/") for part in names):
        raise LoadError(f"文件是演示文稿,请把文字另存为 docx 或 txt:{name}")
    if "OFD.xml" in names:
        raise LoadError(f"文件是 OFD 版式文档,请用阅读器另存为 pdf 后再读:{name}")
    if "content.xml" in names:
        raise LoadError(f"文件是 ODF 文档,{_SAVE_AS_DOCX}:{name}")
    raise LoadError(f"文件是压缩包,请先解压:{name}")


def _has_word(names: set[str]) -> bool:
    return any(part.startswith("word/") for part in names)


def _ole_words(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "文件加了密码,请去掉密码后再读"
    if "Workbook".encode("utf-16-le") in data:
        return "文件是旧式 Excel 表(xls),请把要读的表另存为 docx 或 txt"
    return f"文件是旧式文档(doc 或 wps),{_SAVE_AS_DOCX}"
