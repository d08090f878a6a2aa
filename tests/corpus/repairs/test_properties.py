"""Whatever the text: edits apply, compose and lead back, and a mended text is not mended again."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.edits import OffsetMap, Revision, apply_edits, revise
from corpus.repairs.masks import find_masks
from corpus.repairs.steps import STEPS, repair
from eval.text.glyphs import corrupt, draw_font

SENTENCES = [
    "登封市召開污染防治攻堅會議,傳達學習生態環境保護工作會議精神。",
    "要坚决打好污染防治攻坚战,确保2020年底前完成整改任务。",
    "會(hui)議(yi)指(zhi)出(chu),關(guan)(guan)乎全(quan)局。",
    "责任单位:市36500365体育在线投注_手机365体育网站下载APP牵头,市财政局",
    "澳门新葡京官网-澳门新葡京娱乐-官网首页",
    "上一篇：无",
    "【字体：大 中 小】 打印 关闭",
    "**一要**统一思想,达到**%,20××年X月",
    "２０２０年⼯作",
    "散\u200b煤\u00a0治理\r\n",
    "癿収丌劢乢仸迚亍挃夗",
    "绊济収展丌平衡癿矛盾,迚一步推劢绿色収展。",
    "\n\n",
    "\x0c\x85\u2028",
    "乾隆年間著名的著作,著眼長遠",
    "\ud800\U00020000\U0001f600",
    "(a)(b)(（hui）)",
]
texts = st.lists(st.one_of(st.sampled_from(SENTENCES), st.text(max_size=12)), max_size=12).map(
    "\n".join
)
quick = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


@quick
@given(texts)
def test_edits_lead_from_the_raw_text_to_the_clean_one_and_back(text: str):
    revision = repair(text)
    assert apply_edits(text, revision.edits) == revision.text
    offsets = OffsetMap(revision.edits)
    ends = [offsets.raw_end(place) for place in range(1, len(revision.text) + 1)]
    starts = [offsets.raw_start(place) for place in range(len(revision.text))]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(0 <= start < len(text) for start in starts)


@quick
@given(texts)
def test_every_step_finds_disjoint_edits_in_order(text: str):
    for step in STEPS:
        found = step.find(text)
        assert all(edit.start < edit.end for edit in found)
        revision = revise(Revision(text, text), found)
        assert apply_edits(text, found) == revision.text


@quick
@given(texts)
def test_masks_are_ranges_of_the_text_in_order(text: str):
    masks = find_masks(text)
    flat = [place for mask in masks for place in mask]
    assert flat == sorted(flat)
    assert all(text[start:end] for start, end in masks)


@settings(max_examples=6, deadline=None, database=None)
@given(st.integers(0, 1000), st.sampled_from([0.2, 0.5, 1.0]))
def test_edits_of_a_corrupted_text_change_no_length(seed: int, share: float):
    text = (
        SENTENCES[1] * 10
        + "今年以来,全市上下认真贯彻落实省委省政府决策部署,生态环境质量持续改善。" * 20
    )
    dirty = corrupt(text, draw_font(text, random.Random(seed), share))
    revision = repair(dirty)
    assert len(revision.text) == len(dirty)
    assert apply_edits(dirty, revision.edits) == revision.text
