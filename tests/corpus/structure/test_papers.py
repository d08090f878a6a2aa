"""Hundreds of papers put together at random are read as they were made, alone and in one file."""

from dataclasses import asdict
from random import Random

import pytest

from corpus.structure.header import read_header
from corpus.structure.split import split_documents
from tests.corpus.structure.papers import paper

PAPERS = 300
TOGETHER = 4


@pytest.mark.parametrize("seed", range(PAPERS))
def test_a_paper_says_what_it_was_made_of(seed: int):
    text, said = paper(Random(seed))
    read = asdict(read_header(text))
    assert {name: read[name] for name in said} == said
    assert split_documents(text) == ([(0, len(text))], None)


@pytest.mark.parametrize("seed", range(0, PAPERS, TOGETHER))
def test_papers_in_one_file_are_told_apart(seed: int):
    papers = [paper(Random(each)) for each in range(seed, seed + TOGETHER)]
    text = "".join(text for text, _ in papers)
    ranges, _ = split_documents(text)
    assert [text[start:end] for start, end in ranges] == [text for text, _ in papers]
