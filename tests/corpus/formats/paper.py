"""PDF files made in code, with a Chinese font that needs no embedding."""

import io
from collections.abc import Sequence
from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageBreak,
    PageTemplate,
    Paragraph,
    Table,
)

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
BODY = ParagraphStyle(
    "body", fontName=FONT, fontSize=14, leading=24, firstLineIndent=28, wordWrap="CJK"
)
BLOCK = ParagraphStyle("block", parent=BODY, firstLineIndent=0, spaceAfter=14)
TITLE = ParagraphStyle(
    "title", parent=BODY, fontSize=20, leading=30, firstLineIndent=0, alignment=TA_CENTER
)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=10, leading=13, firstLineIndent=0)


def body(*paragraphs: str) -> list[Flowable]:
    return [Paragraph(text, BODY) for text in paragraphs]


def table(
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    heads: int = 0,
    spans: Sequence[tuple] = (),
) -> Table:
    """A ruled table; `heads` rows are repeated on every page."""
    cells = [[Paragraph(text.replace("\n", "<br/>"), CELL) for text in row] for row in rows]
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return Table(
        cells,
        colWidths=widths,
        repeatRows=heads,
        style=[*style, *(("SPAN", *span) for span in spans)],
    )


def pdf(*story: Flowable, head: str = "", foot: str = "", columns: int = 1) -> bytes:
    """A file of flowables; `%d` in its running head or foot is the page's number."""
    stream = io.BytesIO()
    document = BaseDocTemplate(stream, pagesize=A4)
    width, height = A4
    gap = 24
    each = (width - 144 - gap * (columns - 1)) / columns
    frames = [
        Frame(
            72 + index * (each + gap),
            90,
            each,
            height - 180,
            id=str(index),
            leftPadding=0,
            rightPadding=0,
        )
        for index in range(columns)
    ]

    def decorate(canvas: Canvas, template: BaseDocTemplate) -> None:
        canvas.setFont(FONT, 10)
        if head:
            canvas.drawString(72, height - 50, head.replace("%d", str(template.page)))
        if foot:
            canvas.drawCentredString(width / 2, 45, foot.replace("%d", str(template.page)))

    document.addPageTemplates(PageTemplate(frames=frames, onPage=decorate))
    document.build(list(story))
    return stream.getvalue()


def scan(canvas: Canvas) -> None:
    """A page that is only a picture."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(Image.new("L", (40, 40), 128)), 0, 0, 595, 842)
    canvas.showPage()


def drawn(
    *pages: Sequence[tuple[float, float, str]], scans: Sequence[int] = (), **options
) -> bytes:
    """A file of pages with words at places; pages in `scans` (from 0) are pictures."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, **options)
    for number, page in enumerate(pages):
        if number in scans:
            scan(canvas)
            continue
        canvas.setFont(FONT, 14)
        for x, y, words in page:
            canvas.drawString(x, y, words)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def embedded(*paragraphs: str) -> bytes:
    """A file whose font is a subset of its own, with codes of its own, as offices print them."""
    import noto_cjk_sans_otc
    from fpdf import FPDF

    paper = FPDF()
    (font,) = Path(noto_cjk_sans_otc.__file__).parent.rglob("*Regular.ttc")
    paper.add_font("noto", fname=font, collection_font_number=2)
    paper.set_font("noto", size=14)
    paper.add_page()
    for text in paragraphs:
        paper.multi_cell(0, 9, text, align="J", new_x="LMARGIN", new_y="NEXT")
    return bytes(paper.output())


__all__ = ["BLOCK", "TITLE", "PageBreak", "Paragraph", "body", "drawn", "pdf", "table"]
