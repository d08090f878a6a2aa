import json
import random
from functools import cache
from pathlib import Path

import pytest

from corpus.edits import apply_edits
from corpus.formats.decoding import read_text
from corpus.repairs.glyphs import find_glyphs
from corpus.repairs.steps import repair
from corpus.sources import SHIPPED
from corpus.structure.split import split_documents
from eval.text.glyphs import corrupt, draw_font

CASES = Path(__file__).parents[2] / "cases"


@cache
def shipped(prefix: str) -> tuple[str, list[tuple[int, int]]]:
    file = read_text(next(SHIPPED.glob(f"{prefix}*")))
    return file, split_documents(file)[0]


def clean(prefix: str) -> str:
    file, ranges = shipped(prefix)
    return repair(file[slice(*ranges[0])]).text


def a_font(text: str, seed: int, share: float = 0.6) -> dict[str, str]:
    return draw_font(text, random.Random(seed), share)


def mended(text: str) -> str:
    return apply_edits(text, find_glyphs(text))


def test_of_the_404_wrong_characters_of_the_speech_no_more_than_four_stay_or_come():
    file, ranges = shipped("002")
    places = json.loads((CASES / "glyphs.json").read_text("utf-8"))["places"]
    meant = {int(place): pair[2] for place, pair in map(str.split, places)}
    assert len(meant) == 404
    start, end = ranges[3]
    found = {start + edit.start: edit.replacement for edit in find_glyphs(file[start:end])}
    assert sum(found.get(place) != right for place, right in meant.items()) <= 4
    assert len(found.keys() - meant.keys()) <= 4


def test_words_keep_an_ordinary_character_or_show_what_it_stands_for():
    file, ranges = shipped("002")
    speech = mended(file[slice(*ranges[3])])
    for words in ("被动忙于末端治理", "甘肃祁连山国家级", "语重心长地告诫", "先污染"):
        assert words in speech


def test_no_other_shipped_document_has_wrong_glyphs():
    for prefix in ("000", "001", "002", "003", "004"):
        file, ranges = shipped(prefix)
        for number, (start, end) in enumerate(ranges):
            if (prefix, number) != ("002", 3):
                assert find_glyphs(file[start:end]) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_font_never_seen_is_mended(seed: int):
    text = clean("004")[:6000]
    dirty = corrupt(text, a_font(text, seed))
    wrong = sum(old != new for old, new in zip(text, dirty, strict=True))
    left = sum(old != new for old, new in zip(text, mended(dirty), strict=True))
    assert wrong > 300
    assert left <= 0.02 * wrong


def test_the_same_wrong_character_means_something_else_in_another_font():
    text = clean("003")
    assert "经" in text
    font = a_font(text, 1, share=1) | {"绑": "绊"}
    font.pop("经", None)
    dirty = corrupt(text, font)
    assert mended(dirty).count("经") == text.count("经")


def test_only_the_corrupted_section_of_a_clean_document_is_mended():
    text = clean("004")[:9000]
    start, end = text.index("\n", 3000) + 1, text.index("\n", 5500)
    part = text[start:end]
    dirty = text[:start] + corrupt(part, a_font(part, 5)) + text[end:]
    result = mended(dirty)
    assert result[:start] == text[:start]
    assert result[end:] == text[end:]
    assert sum(old != new for old, new in zip(part, result[start:end], strict=True)) <= 9


def test_a_heading_in_another_font_stays():
    body = clean("003")
    font = a_font(body, 2, share=1)
    heading = "关于进一步加强大气污染防治工作的实施意见\n"
    assert mended(heading + corrupt(body, font)).startswith(heading)


@pytest.mark.parametrize(
    "text",
    [
        "大气污染防治工作要坚持标本兼治。" * 50 + "癿",
        "赵喆、钱犇、孙垚、李燚、周淼、吴昉、郑玥、王翀、冯珺、陈赟、褚琰、卫骉等同志受到表彰。"
        * 3,
        "薏苡仁、芫荽、茺蔚子、蒺藜、葶苈子、薤白、藁本、虻虫、蛴螬、蜣螂、噻唑、吡啶、嘧啶、哒嗪、巯基、炔烃、肼、脒。",
        "㙍头村、垌心、坜头、圳口、岢岚、崞县、隰县、歙县、黟县、弋阳、邳州、邗江、郓城、鄄城、濉溪、盱眙。"
        * 3,
        "日本国会で経済発展と労働者の権利を広く対象とし、収益の拡大、予算の仮決定、児童図書館、辺境の鉄道。"
        * 4,
        "".join(map(chr, range(0x4E00, 0x5200))),
        "登封市召開污染防治攻堅會議,傳達學習省、鄭州市生態環境保護工作會議精神,總結成績,部署任務。"
        * 20,
        "",
        "plain ascii",
        "癿",
        "\ud800\U00020000癿収丌劢乢",
    ],
)
def test_rare_characters_alone_are_no_fault(text: str):
    assert find_glyphs(text) == []
