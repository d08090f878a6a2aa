import pytest

from corpus.edits import apply_edits
from corpus.repairs.pinyin import find_pinyin
from corpus.repairs.steps import repair

INJECTED = "會(hui)議(yi)指(zhi)出,"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("網(wǎng)絡(luò)建設(shè)", "網絡建設"),
        ("网(wǎng)络（luò）建设", "网络建设"),
        ("绿(lǜ)色(sè)女(nǚ)工", "绿色女工"),
        ("绿(lv)色(se)绿(lu)化", "绿色绿化"),
        ("关(guan)(guan)(guan)乎", "关乎"),
        ("关(guan) (guan)乎", "关乎"),
        ("工 (gong) 作", "工 作"),
        ("工( gong )作（ zuo ）", "工作"),
        ("推进发展,(zhan)坚持", "推进发展,坚持"),
        ("推进发展(zhan),坚持", "推进发展,坚持"),
        ("“双(shuang)控”(kong)行动", "“双控”行动"),
        ("(guan)关于(yu)", "关于"),
        ("广(ɡuɑ\u030cnɡ)大", "广大"),
        ("圍(wei)河(he)(庫)造地", "圍河(庫)造地"),
        ("浓度(PM2.5)、(a)项、(b)项", "浓度(PM2.5)、(a)项、(b)项"),
        ("会(hao)议(cod)", "会(hao)议(cod)"),
        ("(a)啊,(e)额度", "(a)啊,(e)额度"),
        ("方案(草案)(试行)", "方案(草案)(试行)"),
    ],
)
def test_in_an_injected_text_readings_go_and_all_else_stays(text: str, expected: str):
    whole = INJECTED + text
    edited = apply_edits(whole, find_pinyin(whole))
    assert edited == "會議指出," + expected


@pytest.mark.parametrize(
    "text",
    [
        "锂(li)电池",
        "锂(lǐ)、钠(nà)、钾(jiǎ)、铷(rú)、铯(sè)等碱金属",
        "氪(ke)与氙(xian)两种气体",
        "盱眙(xū yí)、亳州(bo)、鄞(yin)州、歙(she)县、黟(yi)县",
        "(a)项,(b)项,(c)项,(d)项",
        "会(hui)议(yi)",
        "",
        "(((((",
    ],
)
def test_glosses_and_lists_are_no_injection(text: str):
    assert find_pinyin(text) == []


def test_full_width_letters_are_read_too():
    assert repair("会（ｈｕｉ）议（ｙｉ）指（ｚｈｉ）出").text == "会议指出"


def test_an_endless_run_of_groups_is_read_once():
    assert len(find_pinyin(INJECTED + "会" + "(hui)" * 20_000)) == 4
