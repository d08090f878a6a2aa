import re
import threading
import unicodedata
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.tokens import fold, segment, tokenize, tokenizer_version

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "corpus" / "documents").glob("*.txt"))
DICTIONARY = ROOT / "index" / "dictionary.txt"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("PM2.5", "pm2.5"),
        ("ＰＭ２.５％", "pm2.5%"),
        ("長期堅持", "长期坚持"),
        ("漯發〔２０２０〕１３號", "漯发〔2020〕13号"),
        ("著", "著"),
        ("①20", "①20"),
        ("\u3000,。", " ,。"),
        ("ﾊﾟ", "パ"),
        ("İ", "İ"),
        ("\ud800", "\ufffd"),
        ("", ""),
    ],
)
def test_fold_gives_the_matching_form(text: str, folded: str):
    assert fold(text) == folded


@settings(deadline=None)  # the first call loads the converter
@given(st.text(st.characters(codec=None)))
def test_fold_keeps_every_offset(text: str):
    assert len(fold(text)) == len(text)


@settings(deadline=None)  # the first call loads the converter
@given(st.text())
def test_fold_is_settled_after_once_for_width_and_case(text: str):
    folded = fold(text)
    assert [c for c in folded if unicodedata.decomposition(c).startswith("<wide>")] == []
    assert folded == "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_fold_keeps_the_offsets_of_the_shipped_documents(path: Path):
    text = path.read_text(encoding="utf-8", errors="replace")
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("煤", ["煤"]),
        ("烤烟用煤", ["烤烟", "用煤", "烤烟", "烟用", "用煤"]),
        ("两断三清", ["两断三清", "两断", "断三", "三清"]),
        ("", []),
        ("。,!", []),
    ],
)
def test_words_come_before_bigrams(text: str, tokens: list[str]):
    assert tokenize(text) == tokens


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("根据漯发〔2020〕13号文件", {"漯发〔2020〕13号", "〔2020〕13号"}),
        ("2020年8月底前完成", {"2020年", "2020年8月", "2020年8月底", "8月底"}),
        ("取缔11个乡镇的黑加油站", {"11个", "11个乡镇", "黑加油站"}),
        ("PM2.5与VOCs在G107沿线", {"pm2.5", "vocs", "g107"}),
        ("民法典第一千零四十二条", {"第1042条"}),
        ("完成80%,收购4,500公斤", {"80%", "4500公斤"}),
    ],
)
def test_what_must_stay_whole_does(text: str, wanted: set[str]):
    assert wanted <= set(tokenize(text))


@pytest.mark.parametrize(
    ("loose", "tight"),
    [
        ("2020 年 1 月", "2020年1月"),
        ("散 煤 治 理", "散煤治理"),
        ("2020\u3000年", "2020年"),
        ("漯发 〔 2020 〕 13 号", "漯发〔2020〕13号"),
        ("漯发[2020]13号", "漯发〔2020〕13号"),
        ("漯发【2020】13号", "漯发〔2020〕13号"),
        ("漯發（２０２０）１３號", "漯发〔2020〕13号"),
        ("２０２２年年末", "2022年年底"),
    ],
)
def test_layout_and_spelling_do_not_matter(loose: str, tight: str):
    marks = {token for token in tokenize(tight) if re.search(r"\d", token)} or set(tokenize(tight))
    assert marks <= set(tokenize(loose))


def test_an_ordinal_is_the_same_in_either_numerals():
    assert "第17条" in tokenize("第十七條")
    assert "第17条" in tokenize("第17条")
    assert "17条" not in tokenize("第17条")


def test_a_line_end_parts_words():
    assert "煤治" not in tokenize("散煤\n治理")


def test_a_traditional_question_meets_a_simplified_text():
    assert tokenize("揚塵污染長期堅持") == tokenize("扬尘污染长期坚持")


def test_the_tokenizer_names_its_rules_and_dictionary():
    assert re.fullmatch(r"\d+-[0-9a-f]{12}", tokenizer_version())


def test_threads_cut_at_the_same_time():
    found: list[list[str]] = []
    text = "散乱污企业动态清零" * 200
    threads = [threading.Thread(target=lambda: found.append(tokenize(text))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [tokenize(text)] * 8


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_words_are_those_of_jieba_on_the_shipped_documents():
    """Jieba, the reference, with the same added words: every cut is the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel("ERROR")
    reference = jieba.Tokenizer()
    for word in DICTIONARY.read_text(encoding="utf-8").split():
        if reference.lcut(word) != [word]:
            reference.add_word(word)
    same = total = 0
    for path in SHIPPED:
        text = fold(path.read_text(encoding="utf-8", errors="replace"))
        ours, theirs = _ends(segment(text)), _ends(reference.lcut(text))
        same += len(ours & theirs)
        total += len(ours | theirs)
    assert same == total > 30_000


def _ends(words: list[str]) -> set[int]:
    """Return where Han words end; blanks and punctuation are cut differently on purpose."""
    place, ends = 0, set()
    for word in words:
        place += len(word)
        if re.match(r"[\u4e00-\u9fff]", word):
            ends.add(place)
    return ends


def test_the_dictionary_names_each_word_once():
    words = DICTIONARY.read_text(encoding="utf-8").split()
    assert len(words) == len(set(words))
    assert [word for word in words if fold(word) != word or len(word) < 2] == []


def test_every_word_of_the_dictionary_is_cut_whole():
    words = DICTIONARY.read_text(encoding="utf-8").split()
    assert [word for word in words if segment(word) != [word]] == []
