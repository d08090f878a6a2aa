from pathlib import Path

import matplotlib
import pytest

import corpus
from bot.office import fonts
from bot.office.fonts import find_font, first_font, named_font, shipped_fonts, system_fonts
from corpus.errors import MissingExtra, SettingsError

LATIN = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"


def test_the_shipped_font_is_the_simplified_face_of_its_collection():
    font = first_font(shipped_fonts())
    assert font is not None
    assert font.name == "Noto Sans CJK SC"
    assert font.face == 2


def test_the_shipped_font_has_every_character_of_the_shipped_documents():
    font = first_font(shipped_fonts())
    assert font is not None
    folder = Path(corpus.__file__).parent / "documents"
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))]
    assert texts
    assert {c for text in texts for c in text if ord(c) not in font.characters} == {"\n"}


def test_the_font_named_is_taken():
    shipped = shipped_fonts()[0]
    assert find_font(shipped).path == shipped


def test_a_named_font_without_chinese_is_refused():
    with pytest.raises(SettingsError, match="没有简体中文"):
        named_font(LATIN)


def test_a_named_file_that_is_no_font_is_refused(tmp_path):
    for name, content in [("a.ttf", b"no font"), ("b.ttf", b"")]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SettingsError, match="打不开"):
            named_font(tmp_path / name)
    with pytest.raises(SettingsError, match="打不开"):
        named_font(tmp_path / "absent.ttf")


def test_a_damaged_font_does_not_keep_the_next_from_being_tried(tmp_path):
    (tmp_path / "a.ttf").write_bytes(b"no font")
    shipped = shipped_fonts()[0]
    found = first_font([tmp_path / "a.ttf", LATIN, shipped])
    assert found is not None
    assert found.path == shipped


def test_the_system_s_fonts_go_by_how_good_they_are(monkeypatch):
    names = ["/f/simhei.ttf", "/f/DejaVuSans.ttf", "/f/NotoSansCJK-Regular.ttc", "/f/MSYH.ttc"]
    monkeypatch.setattr(fonts, "findSystemFonts", lambda: names)
    assert [path.name for path in system_fonts()] == [
        "NotoSansCJK-Regular.ttc",
        "MSYH.ttc",
        "simhei.ttf",
    ]


def test_the_system_s_font_goes_before_the_shipped_one(monkeypatch, tmp_path):
    mine = tmp_path / "NotoSansSC.ttc"
    mine.symlink_to(shipped_fonts()[0])
    monkeypatch.setattr(fonts, "findSystemFonts", lambda: [str(mine)])
    assert find_font().path == mine


def test_without_any_font_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(fonts, "findSystemFonts", lambda: [str(LATIN)])
    monkeypatch.setattr(fonts, "_PACKAGE", "no_such_font_package")
    with pytest.raises(MissingExtra, match="请安装一种中文字体"):
        find_font()


def test_what_the_font_lacks_is_shown_as_a_missing_type():
    font = named_font(shipped_fonts()[0])
    assert font.shown("市\n公安局\U0001f600 $x$") == "市 公安局〓 $x$"
