import asyncio
from datetime import date

import pytest

from bot.handling.needs import AnswerNeed, DraftsNeed, Paper, SheetNeed, SourceNeed, TimelineNeed
from bot.office.records import Board
from bot.service.asker import Asker
from bot.service.preparing import Preparing
from bot.service.seats import ThreadSeat
from corpus.errors import EngineError

DAY = date(2026, 3, 5)


@pytest.fixture(scope="module")
def asker(shipped_home):
    opened = Asker([ThreadSeat(shipped_home)], limit=30)
    yield opened
    opened.close()


def made(asker, need):
    times = []
    return asyncio.run(Preparing(asker, None, answered=times.append)(need)), times


def test_a_question_is_answered_and_measured(asker):
    answer, times = made(asker, AnswerNeed("7:0:70", "烤烟用煤整改时限", DAY))
    assert answer.answer.text.startswith("2022年年底")
    assert answer.as_of == DAY
    assert len(times) == 1


def test_a_page_shows_the_quote(asker):
    answer, _ = made(asker, AnswerNeed("7:0:70", "烤烟用煤整改时限", DAY))
    cited = answer.answer.citations[0]
    page, times = made(asker, SourceNeed(cited.document_id, cited.start, cited.end, 0))
    assert cited.quote[:5] in "".join(page.blocks)
    assert times == []


def test_a_document_that_is_gone_is_an_error_for_the_handler(asker):
    with pytest.raises(EngineError):
        made(asker, SourceNeed("nowhere", 0, 1, 0))


def test_drafts_are_the_tasks_asked_for(asker):
    (everything, _), (two, _) = made(asker, DraftsNeed()), made(asker, DraftsNeed((1, 2)))
    assert {draft.task.number for draft in two} == {1, 2}
    assert len(everything) > len(two)


def test_pictures_and_sheets_are_papers(asker):
    board = Board(DAY, ())
    picture, _ = made(asker, TimelineNeed(board))
    sheet, _ = made(asker, SheetNeed(board, ()))
    assert (type(picture), picture.kind, picture.content[:4]) == (Paper, "picture", b"\x89PNG")
    assert (sheet.kind, sheet.name, sheet.content[:2]) == ("document", "台账20260305.xlsx", b"PK")
