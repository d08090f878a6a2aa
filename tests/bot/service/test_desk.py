import shutil
from datetime import date

import pytest

from bot.service import desk as module
from bot.service.desk import Desk
from corpus.errors import IndexMissing

DAY = date(2026, 3, 5)


@pytest.fixture
def home(shipped_home, tmp_path):
    return shutil.copytree(shipped_home, tmp_path / "home", symlinks=True)


def test_a_conversation_is_remembered_and_another_is_not(shipped_home):
    desk = Desk(shipped_home)
    first = desk.ask("a", "烤烟用煤整改时限", DAY).answer
    follows = desk.ask("a", "那由谁牵头", DAY).answer
    alone = desk.ask("b", "那由谁牵头", DAY).answer
    assert first.text.startswith("2022年年底")
    assert (follows.abstained, alone.abstained) == (False, True)


def test_no_more_conversations_are_remembered_than_allowed(shipped_home):
    desk = Desk(shipped_home, conversations=1)
    desk.ask("a", "烤烟用煤整改时限", DAY)
    desk.ask("b", "烤烟用煤整改时限", DAY)
    assert desk.ask("a", "那由谁牵头", DAY).answer.abstained
    assert list(desk._contexts) == ["b"]


def test_a_first_question_is_answered_once_for_all(shipped_home, monkeypatch):
    asked = []
    real = module.ask
    desk = Desk(shipped_home, answers=1)
    monkeypatch.setattr(module, "ask", lambda *args: asked.append(args[1]) or real(*args))
    first = desk.ask("a", "烤烟用煤整改时限", DAY).answer
    assert desk.ask("b", "烤烟用煤整改时限", DAY).answer == first
    assert desk.ask("b", "那由谁牵头", DAY).answer.text
    assert asked == ["烤烟用煤整改时限", "那由谁牵头"]
    desk.ask("c", "黑加油站由谁牵头", DAY)
    desk.ask("d", "烤烟用煤整改时限", DAY)
    assert asked[2:] == ["黑加油站由谁牵头", "烤烟用煤整改时限"]


def test_a_desk_is_warm_before_anybody_asks(shipped_home, monkeypatch):
    asked = []
    real = module.ask
    monkeypatch.setattr(module, "ask", lambda *args: asked.append(real(*args)[0]) or real(*args))
    Desk(shipped_home)
    assert [answer.abstained for answer in asked] == [False, True]


def test_a_newly_published_index_answers_the_next_question(home, monkeypatch):
    desk = Desk(home)
    desk.ask("a", "烤烟用煤整改时限", DAY)
    before = desk.engine()
    assert desk.engine() is before
    monkeypatch.setattr("bot.opening.live_version", lambda _: "another")
    assert desk.ask("a", "那由谁牵头", DAY).answer.abstained
    assert desk.engine() is not before


def test_a_damaged_new_index_leaves_the_old_one_answering(home):
    desk = Desk(home)
    (home / "CURRENT").write_text("nonsense")
    assert desk.ask("a", "烤烟用煤整改时限", DAY).answer.text.startswith("2022年年底")


def test_a_question_too_long_is_an_apology_and_the_conversation_goes_on(shipped_home):
    desk = Desk(shipped_home)
    desk.ask("a", "烤烟用煤整改时限", DAY)
    assert desk.ask("a", "长" * 3000, DAY).apology.startswith("问题太长(3000 字)")
    assert not desk.ask("a", "那由谁牵头", DAY).answer.abstained


def test_without_an_index_there_is_no_desk(tmp_path):
    with pytest.raises(IndexMissing):
        Desk(tmp_path)
