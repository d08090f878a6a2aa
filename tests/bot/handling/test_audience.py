"""What others are told because of a deed says for whom it is."""

from sqlalchemy import select

from bot.state.tables import Outbox
from tests.bot.handling.play import LI, WANG, ZHANG, ZHAO, Play


def told(play: Play, chat: int) -> str:
    query = select(Outbox).where(Outbox.chat == chat).order_by(Outbox.id.desc())
    return play.database.read(lambda s: s.scalars(query).first().payload["for"])


def test_the_units_of_a_task_are_told_as_such_and_the_office_as_such(play: Play):
    play.send(WANG, "/task 17")
    play.press(WANG, "下达")
    assert (told(play, ZHANG), told(play, ZHAO)) == ("unit", "unit")
    assert told(play, LI) == "office"
    assert told(play, WANG) == ""  # an answer
