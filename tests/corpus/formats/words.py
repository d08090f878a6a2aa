"""Word documents made in code, their numbering written as Word writes it."""

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def docx(body: str, **parts: str) -> bytes:
    """A docx file of a body's XML, and of other parts by name (`numbering`, `styles`, ...)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", _part("document", f"<w:body>{body}</w:body>"))
        for name, inside in parts.items():
            archive.writestr(f"word/{name}.xml", _part(name.rstrip("0123456789"), inside))
    return stream.getvalue()


def _part(root: str, inside: str) -> str:
    spaces = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:v"'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{root} xmlns:w="{W}" {spaces}>{inside}</w:{root}>'


def p(
    text: str = "", *, numbered: tuple[int, int] | None = None, style: str = "", inside: str = ""
) -> str:
    """A paragraph, perhaps of list `numbered[0]` at depth `numbered[1]`."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbered:
        number, depth = numbered
        properties += f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    words = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{words}{inside}</w:p>"


def tc(*blocks: str, span: int = 1, merge: str = "") -> str:
    """A cell; `merge` is restart or continue."""
    properties = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    properties += f'<w:vMerge w:val="{merge}"/>' if merge else ""
    inside = "".join(block if block.startswith("<") else p(block) for block in blocks)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside or p()}</w:tc>"


def tbl(*rows: list[str]) -> str:
    """A table of rows of cells; words alone are a cell."""
    inside = "".join(
        f"<w:tr>{''.join(cell if cell.startswith('<') else tc(cell) for cell in row)}</w:tr>"
        for row in rows
    )
    return f"<w:tbl>{inside}</w:tbl>"


def levels(*formats: tuple[str, str], number: int = 0, extra: str = "") -> str:
    """An abstract list with levels of (kind, text)."""
    inside = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{extra}<w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (kind, text) in enumerate(formats)
    )
    return f'<w:abstractNum w:abstractNumId="{number}">{inside}</w:abstractNum>'


def num(number: int, abstract: int = 0, *, start: dict[int, int] | None = None) -> str:
    """A list that counts in an abstract one, started anew at some depths."""
    inside = "".join(
        f'<w:lvlOverride w:ilvl="{depth}"><w:startOverride w:val="{first}"/></w:lvlOverride>'
        for depth, first in (start or {}).items()
    )
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{inside}</w:num>'
