"""The parts of an Office Open XML file, opened with care."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import TYPE_CHECKING

from corpus.errors import LoadError

if TYPE_CHECKING:
    from lxml.etree import _Element

# A document unpacks to a few megabytes; what unpacks to hundreds is made to fill the memory.
_LARGEST_PART = 150 * 1024 * 1024
_FLAG_ENCRYPTED = 0x1
_MAIN = "word/document.xml"


class Package:
    """A docx file: its XML parts by name."""

    def __init__(self, data: bytes, name: str) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._name = name
        self._sizes = {item.filename: item.file_size for item in self._archive.infolist()}
        if any(item.flag_bits & _FLAG_ENCRYPTED for item in self._archive.infolist()):
            raise LoadError(f"文件加了密码,请去掉密码后再读:{name}")

    def part(self, part: str) -> _Element | None:
        """Return the root of an XML part, None where the file has no such part.

        :raises LoadError: the part would fill the memory.
        """
        from lxml import etree

        if part not in self._sizes:
            return None
        with self._archive.open(part) as file:
            # The size that is declared may be a lie.
            data = file.read(_LARGEST_PART + 1)
        if len(data) > _LARGEST_PART:
            raise LoadError(f"文件解压后太大,可能已损坏:{self._name}")
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return etree.fromstring(data, parser)

    def main(self) -> str:
        """Return the name of the part that holds the document itself."""
        relations = self.part("_rels/.rels")
        for relation in [] if relations is None else relations:
            if str(relation.get("Type", "")).endswith("/officeDocument"):
                target = posixpath.normpath(str(relation.get("Target", ""))).lstrip("/")
                if target in self._sizes:
                    return target
        return _MAIN

    def parts(self, pattern: str) -> list[str]:
        """Return the names of the parts that a pattern matches, in order."""
        return sorted(part for part in self._sizes if re.fullmatch(pattern, part))


def local(element: _Element) -> str:
    """Return an element's name without its namespace; empty for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: _Element | None, *path: str) -> _Element | None:
    """Return the first descendant down a path of names, None where it ends."""
    for name in path:
        if element is None:
            return None
        element = next((item for item in element if local(item) == name), None)
    return element


def value(element: _Element | None, name: str = "val") -> str | None:
    """Return an attribute, whatever its namespace."""
    if element is not None:
        for key, item in element.attrib.items():
            if str(key).rpartition("}")[2] == name:
                return str(item)
    return None


def switched_on(element: _Element | None) -> bool:
    """Whether a property that may be switched on or off is on."""
    return element is not None and value(element) not in ("0", "false", "off")
