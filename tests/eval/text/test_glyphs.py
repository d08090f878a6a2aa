import random

import pytest

from corpus.repairs.mapping import SHIFTS
from eval.text.glyphs import Mending, compare, corrupt, draw_font

TEXT = "三上下不与专持挂指按挑构析林反发取受变治理大气污染防治攻坚战整改任务完成时限责任单位"


@pytest.mark.parametrize("seed", range(20))
def test_a_drawn_font_keeps_the_order_and_shows_two_characters_never_as_one(seed: int):
    font = draw_font(TEXT, random.Random(seed), 1.0)
    shown = [font.get(char, char) for char in sorted(set(TEXT))]
    assert shown == sorted(set(shown))
    assert all(0 < ord(right) - ord(wrong) < SHIFTS for right, wrong in font.items())


def test_a_font_without_counted_runs_shows_the_text():
    assert draw_font(TEXT, random.Random(1), 0.0) == {}


def test_what_was_mended_and_what_was_harmed_is_counted():
    assert corrupt("甲乙丙", {"乙": "丁"}) == "甲丁丙"
    assert compare("甲乙丙丁", "甲丁丙丙", "戊乙丙丙") == Mending(wrong=2, mended=1, harmed=1)
