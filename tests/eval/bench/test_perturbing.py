"""Corpora of any size: parts with what is judged, copies that are none."""

from pathlib import Path

import pytest

from corpus.errors import LoadError
from eval.bench.perturbing import entries, perturbed, write_corpus
from eval.bench.records import Entry
from tests.eval.bench.conftest import TEXTS


def made(folder: Path, size: int, judged: set[str] = frozenset()) -> list[Entry]:
    target = folder / f"{size}.jsonl"
    written = write_corpus(folder / "corpus.jsonl", target, size, judged)
    found = list(entries(target))
    assert written == len(found)
    return found


def test_a_part_holds_the_judged_in_the_order_of_the_source(folder: Path):
    assert [one.id for one in made(folder, 2, {"d"})] == ["a", "d"]
    assert [one.id for one in made(folder, 1, {"b", "d"})] == ["b", "d"]


def test_the_whole_is_the_source(folder: Path):
    found = made(folder, len(TEXTS))
    assert {one.id: (one.title, one.text) for one in found} == TEXTS


def test_copies_fill_up_to_the_size_and_none_equals_another(folder: Path):
    found = made(folder, 11)
    assert [one.id for one in found[4:]] == ["a-1", "b-1", "c-1", "d-1", "a-2", "b-2", "c-2"]
    assert len({one.id for one in found}) == len({one.searched for one in found}) == 11


def test_the_same_corpus_and_size_give_the_same_bytes(folder: Path):
    made(folder, 11)
    first = (folder / "11.jsonl").read_bytes()
    made(folder, 11)
    assert (folder / "11.jsonl").read_bytes() == first


def test_numbers_change_and_words_with_a_numeral_in_them_stay():
    entry = Entry("x", "甲", "统一于2021年第三十二条")
    copies = [perturbed(entry, copy) for copy in range(1, 9)]
    for copy in copies:
        assert len(copy.text) == len(entry.text)
        assert "2021" not in copy.text
        assert "三十二" not in copy.text
    assert sum("统一" in copy.text for copy in copies) > 4
    assert len({copy.text for copy in copies}) == 8


def test_characters_change_places_but_none_is_lost():
    entry = Entry("x", "", "".join(chr(0x4E10 + n) for n in range(400)))
    copy = perturbed(entry, 1)
    assert copy.text != entry.text
    assert sorted(copy.text) == sorted(entry.text)


def test_an_empty_corpus_is_refused(tmp_path: Path):
    (tmp_path / "corpus.jsonl").write_text("\n")
    with pytest.raises(LoadError, match="没有可用的段落"):
        write_corpus(tmp_path / "corpus.jsonl", tmp_path / "out.jsonl", 5, set())
