"""Citations held to the text: those of real answers pass, damaged ones do not."""

from dataclasses import replace

import pytest

from eval.citations import holds, misplaced, ungrounded
from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.records import Answer

QUESTIONS = (
    "烤烟用煤整改时限",
    "登封哪七种破坏生态环境的行为要党政同责",  # its document has pinyin injected
    "南京段长江干流岸线有多长",  # its document has corrupted glyphs
    "市公安局牵头哪些任务",  # one of its quotes has spam marked
)


@pytest.fixture(params=QUESTIONS)
def answer(request, engine: LocalEngine) -> Answer:
    found = ask(engine, request.param)[0]
    assert found.citations
    return found


def test_the_citations_of_real_answers_stand_where_they_say(answer, engine):
    assert [misplaced(engine, citation) for citation in answer.citations] == [None] * len(
        answer.citations
    )
    assert ungrounded(answer) == []


@pytest.mark.parametrize("field", ["start", "end", "raw_start", "raw_end"])
@pytest.mark.parametrize("shift", [-40, 40])
def test_a_moved_offset_is_found(answer, engine, field, shift):
    citation = answer.citations[0]
    moved = replace(citation, **{field: getattr(citation, field) + shift})
    assert misplaced(engine, moved) is not None


def test_a_changed_quote_is_found(answer, engine):
    citation = answer.citations[0]
    assert misplaced(engine, replace(citation, quote=citation.quote[:-1] + "改"))
    assert misplaced(engine, replace(citation, quote=""))
    assert misplaced(engine, replace(citation, raw_end=10**9))


def test_a_number_that_no_quote_holds_is_found(answer):
    assert ungrounded(replace(answer, text=answer.text + "共98765万元")) == ["98765"]


def test_what_a_quote_holds_is_compared_folded(answer):
    quote = answer.citations[0].quote
    assert holds(answer.citations, ["没有的话", f" {quote[:6]} "])
    assert not holds(answer.citations, ["没有的话"])
