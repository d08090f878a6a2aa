from datetime import date
from io import BytesIO

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image

from bot.office.papers import bulletin_docx
from tests.bot.office.boards import bulletin, task, unit

UNITS = (
    unit("市公安局", 4, 3, 2, 1, 1, 2),
    unit("市水利局", 2, 2, 2, 2),
    unit("市商务局", 2, 2, 2, 2),
)
TASKS = (
    task(3, date(2026, 11, 13), lead_units=("市公安局", "市水利局")),
    task(4, date(2026, 11, 29), "acknowledged", lead_units=()),
    task(5, date(2026, 11, 1), "closed"),
)


def opened(content):
    return Document(BytesIO(content))


def picture(width, height):
    out = BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    return out.getvalue()


def lines(paper):
    return [paragraph.text for paragraph in paper.paragraphs if paragraph.text]


def rows(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_the_bulletin_says_what_when_and_who():
    assert lines(opened(bulletin_docx(bulletin(UNITS, TASKS), None))) == [
        "周调度通报",
        "(2026年11月16日至2026年11月22日)",
        "本期共调度任务3项,涉及单位3个。截至2026年11月23日,已销号1项,超期1项,下期到期1项。现将有关情况通报如下:",
        "一、单位排名",
        "二、签收、报告和超期办理情况",
        "已全部签收的单位: 市水利局、市商务局。",
        "尚有任务未签收的单位: 市公安局(1项)。",
        "已报告完成情况的单位: 市公安局(2项)、市水利局(2项)、市商务局(2项)。",
        "超过期限才办理的单位: 市公安局(2项)。",
        "三、超期任务",
        "四、下期到期任务",
        "2026年11月23日",
    ]


def test_the_tables_rank_and_list():
    ranking, late, due = opened(bulletin_docx(bulletin(UNITS, TASKS), None)).tables
    assert rows(ranking) == [
        ["排名", "单位", "任务", "签收", "报告", "销号", "销号率", "超期", "超期办理"],
        ["1", "市水利局", "2", "2", "2", "2", "100%", "0", "0"],
        ["1", "市商务局", "2", "2", "2", "2", "100%", "0", "0"],
        ["3", "市公安局", "4", "3", "2", "1", "25%", "1", "2"],
    ]
    title = "推进“散乱污”企业动态清零"
    assert rows(late) == [
        ["序号", "任务", "牵头单位", "截止日期", "超期天数"],
        ["3", title, "市公安局、市水利局", "2026-11-13", "10"],
    ]
    assert rows(due)[1] == ["4", title, "未定牵头单位", "2026-11-29", "已签收"]


def test_a_bulletin_about_nothing_says_so():
    paper = opened(bulletin_docx(bulletin(), None))
    assert paper.tables == []
    said = lines(paper)
    assert "没有单位参加排名。" in said
    assert "截至2026年11月23日,没有超期的任务。" in said
    assert "下期没有到期的任务。" in said


def test_chinese_fonts_are_those_of_an_official_paper():
    paper = opened(bulletin_docx(bulletin(UNITS, TASKS), None))
    fonts = {
        paragraph.text: paragraph.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia"))
        for paragraph in paper.paragraphs
        if paragraph.text
    }
    assert fonts["周调度通报"] == "宋体"
    assert fonts["一、单位排名"] == "黑体"
    assert fonts["已全部签收的单位: 市水利局、市商务局。"] == "仿宋"
    cell = paper.tables[0].cell(1, 1).paragraphs[0].runs[0]
    assert cell._r.rPr.rFonts.get(qn("w:eastAsia")) == "宋体"


def test_the_page_is_a4_with_its_number_below():
    section = opened(bulletin_docx(bulletin(), None)).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert "PAGE" in section.footer.paragraphs[0]._p.xml


def test_the_header_of_a_table_is_repeated_on_every_page():
    table = opened(bulletin_docx(bulletin(UNITS, TASKS), None)).tables[0]
    repeated = [
        row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table.rows
    ]
    assert repeated == [True, False, False, False]


def test_a_picture_is_as_wide_as_the_text_and_no_higher_than_a_page():
    wide = opened(bulletin_docx(bulletin(UNITS), picture(400, 100))).inline_shapes[0]
    high = opened(bulletin_docx(bulletin(UNITS), picture(100, 400))).inline_shapes[0]
    assert abs(wide.width - Mm(150)) < 10
    assert abs(high.height - Mm(200)) < 10
    assert abs(high.width - Mm(50)) < 10


def test_characters_a_paper_cannot_hold_are_left_out():
    odd = task(1, date(2026, 11, 1), title="甲\x00\x0b乙", lead_units=("丙\x01丁",))
    assert rows(opened(bulletin_docx(bulletin((), (odd,)), None)).tables[0])[1][1:3] == [
        "甲 乙",
        "丙丁",
    ]
