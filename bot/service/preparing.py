"""Makes what a handler needs before its transaction, in the processes where the engine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from bot.handling.needs import (
    AnswerNeed,
    BulletinNeed,
    DraftsNeed,
    Need,
    Paper,
    SheetNeed,
    SourceNeed,
    TimelineNeed,
)
from bot.ledger.importing import Draft, drafts
from bot.office.records import Board, Bulletin, LedgerEvent
from bot.service.asker import Asker
from bot.telegram.answers import SourcePage, source_page
from index.engine import Engine

_MOST_SECONDS = 60.0  # a paper of a whole ledger takes longer than an answer


class Preparing:
    """Fulfils needs."""

    def __init__(
        self, asker: Asker, font: Path | None, *, answered: Callable[[float], None]
    ) -> None:
        """Make things with an asker.

        :param answered: told how long each answer took.
        """
        self._asker, self._font, self._answered = asker, font, answered

    async def __call__(self, need: Need) -> object:
        """What was needed: an answer, a page, drafts, a paper, or a bulletin's papers.

        :raises GongjianError: it cannot be made.
        """
        match need:
            case AnswerNeed(conversation, question, as_of):
                began = time.monotonic()
                answer = await self._asker.ask(conversation, question, as_of)
                self._answered(time.monotonic() - began)
                return answer
            case SourceNeed(document, start, end, page):
                return await self._asker.run(_page, document, start, end, page)
            case DraftsNeed(numbers):
                return await self._asker.run(_drafts, numbers)
            case TimelineNeed(board):
                return await self._slow(_timeline, board, self._font)
            case SheetNeed(board, events):
                return await self._slow(_sheet, board, events)
            case BulletinNeed(bulletin):
                return await self._slow(_bulletin, bulletin, self._font)

    async def _slow(self, function: Callable[..., object], *arguments: object) -> object:
        return await self._asker.run(function, *arguments, limit=_MOST_SECONDS)


def _page(engine: Engine, document: str, start: int, end: int, page: int) -> SourcePage:
    return source_page(engine, document, start, end, page)


def _drafts(engine: Engine, numbers: tuple[int, ...] | None) -> list[Draft]:
    return drafts(engine, numbers)


def _timeline(_: Engine, board: Board, font: Path | None) -> Paper:
    from bot.office.fonts import find_font
    from bot.office.pictures import timeline

    return Paper("picture", "时间轴.png", timeline(board, font=find_font(font)))


def _sheet(_: Engine, board: Board, events: tuple[LedgerEvent, ...]) -> Paper:
    from bot.office.sheets import export

    return Paper("document", f"台账{board.as_of:%Y%m%d}.xlsx", export(board, events))


def _bulletin(_: Engine, bulletin: Bulletin, font: Path | None) -> tuple[Paper, ...]:
    """The ranking as a picture, and the paper that has it in it."""
    from bot.office.fonts import find_font
    from bot.office.papers import bulletin_docx
    from bot.office.rankings import ranking

    picture = ranking(bulletin, font=find_font(font))
    name = f"{bulletin.name}{bulletin.end:%Y%m%d}"
    return (
        Paper("picture", f"{name}.png", picture),
        Paper("document", f"{name}.docx", bulletin_docx(bulletin, picture)),
    )
