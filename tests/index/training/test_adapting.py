"""Adapting to a corpus: what is held out, what is measured, and that it is the same every time."""

from pathlib import Path

import numpy as np
import pytest

from corpus.errors import LoadError
from corpus.records import Passage, Span
from index.piece_encoder import PieceEncoder, rounded, weight_files
from index.training.adapting import (
    LEAST,
    adapt,
    by_heading,
    course_for,
    figures,
    held_out,
    without_questions,
)
from index.training.card import card
from index.training.records import Asked, Text
from index.training.vocabulary import choose

pytest.importorskip("torch")

THINGS = (
    "散煤",
    "秸秆",
    "扬尘",
    "油品",
    "油烟",
    "鞭炮",
    "污水",
    "垃圾",
    "噪声",
    "树木",
    "草坪",
    "裸土",
)


def passages() -> list[Passage]:
    """Two passages of three sentences under each heading."""
    found = []
    for number, thing in enumerate(THINGS):
        for place in range(2):
            text = f"{thing}由{place}组管。违反{thing}规定的处罚款。每年检查{thing}{place + 2}次。"
            heading = (f"{number + 1}. {thing}治理办法",)
            span = Span("d", len(found), len(found) + 1)
            found.append(Passage(f"d:{len(found)}", span, heading, "paragraph", text, heading[0]))
    return found


@pytest.fixture(scope="module")
def small() -> PieceEncoder:
    """An encoder of random rows over the characters of the passages."""
    vocabulary = choose([Text("", one.text) for one in passages()] * 9, [], [])
    rng = np.random.default_rng(3)
    size = len(vocabulary.split("\n")) + 64
    table = rng.standard_normal((size, 16), np.float32)
    turn = np.eye(16, dtype=np.float32)
    weights = rounded(vocabulary, 64, table, asks=np.ones(size, np.float32), turn=turn, context=0.5)
    return PieceEncoder.over(weights, "small")


def test_a_heading_is_held_out_with_all_under_it_or_not_at_all():
    held = held_out(passages(), 1)
    assert 0 < sum(held) < len(held)
    assert held[::2] == held[1::2]
    assert held == held_out(passages(), 1)
    assert any(held_out(passages(), seed) != held for seed in range(5))


def test_what_is_asked_is_nowhere_in_what_is_learned():
    given = passages()
    held = [row < 4 for row in range(len(given))]
    left, asked = without_questions(given, held, 1)
    assert len(left) == len(given)
    assert [one.gold for one in asked] == [[0], [1], [2], [3]]
    for one in asked:
        assert one.question in given[one.gold[0]].text
        assert one.question not in left[one.gold[0]].body
    assert [one.context for one in left[:4]] == [""] * 4
    assert left[4:] == [Text(one.context, one.text) for one in given[4:]]


def test_held_out_headings_ask_for_what_stands_under_them_without_their_numbers():
    given = passages()
    held = [row in (0, 1, 6) for row in range(len(given))]
    assert by_heading(given, held) == [
        Asked("散煤治理办法", [0, 1], ()),
        Asked("油品治理办法", [6], ()),
    ]


def test_figures_are_those_of_the_ranks(small: PieceEncoder):
    texts = [one.text for one in passages()]
    right = [Asked(text, [row], ()) for row, text in enumerate(texts)]
    assert figures(small, right, texts).hit1 == 1.0
    wrong = [Asked(texts[0], [len(texts) - 1], ())]
    rows = small.encode_passages(texts) @ small.encode_queries([texts[0]])[0]
    rank = int((rows > rows[-1]).sum()) + 1
    found = figures(small, wrong, texts)
    assert rank > 1
    assert found.mrr10 == pytest.approx(1 / rank if rank <= 10 else 0.0, abs=1e-4)
    # A tie is no success: an answer that is nothing is as near as everything else.
    assert figures(small, [Asked("？", [0], ())], texts).found10 == 0.0


def test_the_same_corpus_and_seed_give_the_same_bytes_another_seed_others(small: PieceEncoder):
    given = passages()

    def made(seed: int) -> dict[str, bytes]:
        adapted = adapt(small, given, {}, course_for(len(given), epochs=4, seed=seed))
        files = weight_files(adapted.weights)
        return files | {"README.md": card(adapted, "索引 x").encode()}

    assert made(1) == made(1)
    assert made(1)["model.safetensors"] != made(2)["model.safetensors"]


def test_what_is_learned_finds_better_and_the_card_says_so(small: PieceEncoder):
    given = passages()
    heard: list[tuple[str, int, int]] = []
    course = course_for(len(given), epochs=100, seed=1)
    adapted = adapt(small, given, {}, course, lambda *now: heard.append(now))
    assert heard[0] == ("measure", 1, course.steps)
    assert heard[-1] == ("all", course.steps, course.steps)
    assert len(heard) == 2 * course.steps
    kinds = {one.kind: one for one in adapted.compared}
    assert set(kinds) == {"headings", "sentences"}
    told = kinds["headings"]
    text = card(adapted, "索引 x")
    assert f"{told.before.mrr10:.3f} → {told.after.mrr10:.3f}" in text
    assert f"种子 {course.seed}" in text
    # What is written has learned all headings.
    asked, bodies = by_heading(given, [True] * len(given)), [one.text for one in given]
    learned = PieceEncoder.over(adapted.weights, "learned")
    assert figures(learned, asked, bodies).mrr10 > figures(small, asked, bodies).mrr10


def test_an_adapted_encoder_is_opened_like_the_shipped_one(small: PieceEncoder, tmp_path: Path):
    given = passages()
    adapted = adapt(small, given, {}, course_for(len(given), epochs=4))
    for name, data in weight_files(adapted.weights).items():
        (tmp_path / name).write_bytes(data)
    texts = [one.text for one in given]
    opened = PieceEncoder(tmp_path).encode_passages(texts)
    held = PieceEncoder.over(adapted.weights, "held").encode_passages(texts)
    np.testing.assert_allclose(opened, held, atol=2e-3)


def test_too_few_passages_are_refused(small: PieceEncoder):
    with pytest.raises(LoadError, match=f"只有 3 段文字,至少要有 {LEAST} 段"):
        adapt(small, passages()[:3], {}, course_for(3))


def test_epochs_are_so_many_times_all_passages():
    assert course_for(24, epochs=8).steps == 2
    assert course_for(24).batch == 96
    assert course_for(10_000, epochs=2).steps == 20
    assert (course_for(10_000).batch, course_for(10_000).steps) == (1024, 60)
