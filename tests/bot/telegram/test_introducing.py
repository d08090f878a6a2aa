import asyncio

import pytest
from telegram.error import InvalidToken, NetworkError

from bot.telegram.introducing import introduce
from bot.telegram.poller import Stop
from bot.telegram.updates import Me


class FakeBot:
    id, username = 110, "ourBot"

    def __init__(self, *errors):
        self.errors = list(errors)

    async def initialize(self):
        if self.errors:
            raise self.errors.pop(0)


def introduced(bot, *, stop=False):
    beats, waits = [], []

    async def run():
        stopping = asyncio.Event()

        def wait(failures):
            waits.append(failures)
            if stop:
                stopping.set()
            return 0.001

        async with asyncio.timeout(5):
            return await introduce(bot, stopping, beat=lambda: beats.append(1), wait=wait)

    return asyncio.run(run()), len(beats), waits


def test_failure_07_it_is_asked_until_telegram_is_there_and_gives_signs_of_life():
    down = [NetworkError("down")] * 4
    assert introduced(FakeBot(*down)) == (Me(110, "ourBot"), 5, [1, 2, 3, 4])


def test_stopped_before_telegram_is_there_it_is_nobody():
    assert introduced(FakeBot(NetworkError("down"), NetworkError("down")), stop=True)[0] is None


def test_failure_09_a_refused_token_stops_it():
    with pytest.raises(Stop, match="不认这个令牌"):
        introduced(FakeBot(InvalidToken("Unauthorized")))
