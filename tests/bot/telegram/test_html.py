from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.html import LIMIT, escape, pack, plain, utf16_length
from tests.bot.telegram.strict import units, visible

TELEGRAM = 4096
words = st.text() | st.text(alphabet="<>&\"';😀👨‍👩‍👧é。\n 整改", max_size=60)
tags = st.sampled_from(
    [("<b>", "</b>"), ("<i>", "</i>"), ("<code>", "</code>"), ('<a href="u?a=1&amp;b=2">', "</a>")]
)
inner = st.recursive(
    words.map(escape),
    lambda children: (
        st.lists(children, max_size=3).map("".join)
        | st.tuples(tags, children).map(lambda pair: pair[0][0] + pair[1] + pair[0][1])
    ),
    max_leaves=8,
)
quotes = st.tuples(st.sampled_from(["<blockquote>", "<blockquote expandable>"]), inner).map(
    lambda pair: f"{pair[0]}{pair[1]}</blockquote>"
)
blocks = inner | quotes | st.tuples(inner, quotes, inner).map("".join)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(words)
def test_escaped_words_come_back(text: str):
    assert visible(escape(text)) == plain(escape(text)) == text


@given(blocks)
def test_length_is_that_of_the_words_in_utf16(block: str):
    assert utf16_length(block) == units(visible(block))


def test_length_counts_what_is_seen():
    assert utf16_length('<a href="https://x">&lt;😀</a>字') == 4


@given(st.lists(blocks, max_size=6), st.integers(2, 60))
def test_messages_are_short_whole_and_say_everything_in_order(texts: list[str], limit: int):
    messages = pack(texts, limit)
    assert all(0 < units(visible(message)) <= limit for message in messages)
    said = "".join(visible(message) for message in messages)
    assert squeezed(said) == squeezed("".join(map(visible, texts)))
    assert all(visible(message).strip() for message in messages)


@given(st.text(alphabet="a😀<&。;字”", min_size=1), st.integers(2, 12))
def test_a_long_block_keeps_every_character(text: str, limit: int):
    messages = pack([f"<blockquote><b>{escape(text)}</b></blockquote>"], limit)
    assert "".join(map(visible, messages)) == text
    assert all(message.startswith("<blockquote><b>") for message in messages)


@given(st.lists(st.text("字<😀", min_size=1, max_size=9), min_size=1, max_size=20))
def test_blocks_that_fit_are_never_cut_and_fill_the_fewest_messages(texts: list[str]):
    limit = 20
    pieces = [f"<i>{escape(text)}</i>" for text in texts]
    messages = pack(pieces, limit)
    assert "\n".join(messages) == "\n".join(pieces)
    for message, following in pairwise(messages):
        assert utf16_length(message) + 1 + utf16_length(following.split("\n")[0]) > limit


def test_a_long_quote_is_cut_at_the_end_of_a_sentence_with_its_closing_mark():
    sentence = "他说:“要&amp;严。”"
    first, second = pack([f"<b>{sentence * 3}</b>"], 20)
    assert first == f"<b>{sentence * 2}</b>"
    assert second == f"<b>{sentence}</b>"


def test_the_semicolon_of_an_entity_ends_no_sentence():
    assert pack(["字字字字字字&lt;字字字字"], 8) == ("字字字字字字&lt;字", "字字字")


def test_without_sentences_it_is_cut_between_characters():
    assert pack(["<i>" + "😀" * 5 + "</i>"], 5) == ("<i>😀😀</i>", "<i>😀😀</i>", "<i>😀</i>")


def test_the_rest_of_a_message_is_begun_with_a_long_block():
    assert pack(["依据", "字" * 18, "末"], 10) == ("依据\n" + "字" * 7, "字" * 10, "字\n末")
    assert pack(["依据依据依据", "字" * 18], 10) == ("依据依据依据", "字" * 10, "字" * 8)


def test_blank_blocks_part_paragraphs_but_begin_and_end_no_message():
    assert pack(["", "一", "", "二", "", "三三三", ""], 5) == ("一\n\n二", "三三三")
    assert pack(["", " \n", "<b> </b>"]) == ()


def test_a_message_has_no_more_formatting_than_telegram_keeps():
    messages = pack(["<b>字</b>"] * 150)
    assert [message.count("<b>") for message in messages] == [100, 50]
    assert [message.count("<i>") for message in pack(["<i>字</i>" * 150])] == [100, 50]


def test_a_default_message_is_under_the_limit_of_telegram():
    messages = pack([f"<blockquote>{'😀字&lt;' * 5000}</blockquote>"])
    assert [units(visible(message)) for message in messages] == [LIMIT] * 5
    assert LIMIT < TELEGRAM


def test_a_limit_no_character_fits_is_refused():
    with pytest.raises(ValueError, match="limited to 1"):
        pack(["字"], 1)
