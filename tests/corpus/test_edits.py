import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.edits import OffsetMap, Revision, apply_edits, raw_span, revise
from corpus.records import Document, Edit


@st.composite
def found_edits(draw: st.DrawFn, text: str) -> list[Edit]:
    """Sorted, disjoint edits of a text, replacements in capitals."""
    edits, position = [], 0
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(position, max(position, len(text))))
        end = draw(st.integers(start, min(len(text), start + 3)))
        if end > start:
            edits.append(Edit(start, end, draw(st.text("XYZ", max_size=3)), "r"))
            position = end
    return edits


@st.composite
def revisions(draw: st.DrawFn) -> Revision:
    raw = draw(st.text("abcdef\n", max_size=16))
    revision = Revision(raw, raw)
    for _ in range(4):
        revision = revise(revision, draw(found_edits(revision.text)))
    return revision


@given(revisions())
def test_edits_composed_over_many_steps_lead_from_raw_to_text(revision: Revision):
    assert apply_edits(revision.raw, revision.edits) == revision.text
    starts = [edit.start for edit in revision.edits]
    assert starts == sorted(starts)


@given(revisions(), st.data())
def test_every_span_leads_back_to_its_words(revision: Revision, data: st.DataObject):
    document = Document("d", "t", revision.text, revision.raw, "f", 7, revision.edits)
    start = data.draw(st.integers(0, len(revision.text)))
    end = data.draw(st.integers(start, len(revision.text)))
    raw_start, raw_end = raw_span(document, start, end)
    assert 7 <= raw_start <= raw_end <= 7 + len(revision.raw)
    remaining = iter(revision.raw[raw_start - 7 : raw_end - 7])
    kept = [char for char in revision.text[start:end] if not char.isupper()]
    assert all(char in remaining for char in kept)


def test_a_span_leads_to_exactly_its_words_between_deletions():
    document = Document("d", "t", "会议要求", "會(hui)議(yi)要求", "f", 0, ())
    step = revise(Revision(document.raw, document.raw), [Edit(1, 6, "", "p"), Edit(7, 11, "", "p")])
    step = revise(step, [Edit(0, 1, "会", "t"), Edit(1, 2, "议", "t")])
    document = Document("d", "t", step.text, step.raw, "f", 0, step.edits)
    assert step.text == "会议要求"
    assert document.raw[slice(*raw_span(document, 0, 2))] == "會(hui)議"
    assert document.raw[slice(*raw_span(document, 2, 4))] == "要求"


def test_a_span_of_the_raw_text_leads_to_its_words_in_the_clean_one():
    raw = "| 任务 | 2020年\n底前 |"
    offsets = OffsetMap(
        [Edit(0, 2, "", "m"), Edit(4, 7, "\t", "m"), Edit(12, 13, "", "w"), Edit(15, 17, "", "m")]
    )
    assert (offsets.clean_start(2), offsets.clean_end(4)) == (0, 2)
    assert (offsets.clean_start(7), offsets.clean_end(15)) == (3, 10)
    assert (offsets.clean_start(13), offsets.clean_end(12)) == (8, 8)
    assert (offsets.clean_start(0), offsets.clean_end(len(raw))) == (0, 10)


def test_within_an_edit_a_span_leads_to_all_that_replaced_it():
    offsets = OffsetMap([Edit(2, 6, "甲乙", "r"), Edit(8, 10, "丙丁", "t")])
    assert (offsets.clean_start(3), offsets.clean_end(4)) == (2, 4)
    assert (offsets.clean_start(9), offsets.clean_end(9)) == (7, 7)


@given(st.data())
def test_clean_offsets_keep_the_order_of_raw_ones(data: st.DataObject):
    cuts = sorted(data.draw(st.sets(st.integers(0, 30), max_size=12)))
    edits = [
        Edit(start, end, data.draw(st.text("xyz", max_size=4)), "r")
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    offsets = OffsetMap(edits)
    text = apply_edits("a" * 30, edits)
    places = [offsets.clean_start(offset) for offset in range(31)]
    assert places == sorted(places)
    for start in range(31):
        assert 0 <= offsets.clean_start(start) <= len(text)
        assert offsets.clean_start(start) <= offsets.clean_end(30)
        if start and not any(edit.start <= start <= edit.end for edit in edits):
            assert offsets.clean_start(start) == offsets.clean_end(start)
            assert offsets.raw_start(offsets.clean_start(start)) == start


@pytest.mark.parametrize(
    "edits", [[Edit(2, 4, "", "r"), Edit(3, 5, "", "r")], [Edit(4, 9, "", "r")]]
)
def test_overlapping_or_outlying_edits_are_refused(edits: list[Edit]):
    with pytest.raises(ValueError, match="overlaps or is out of range"):
        apply_edits("abcdef", edits)


def test_an_empty_edit_is_refused():
    with pytest.raises(ValueError, match="at least one character"):
        revise(Revision("ab", "ab"), [Edit(1, 1, "x", "r")])
