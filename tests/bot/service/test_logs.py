import io
import json
import logging

import pytest

from bot.service.logs import set_up

TOKEN = "110201543:" + "T" * 35


@pytest.fixture
def log():
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()

    def begin(style, secrets=(TOKEN, "pass word")):
        set_up(style, secrets, stream)
        return stream

    yield begin
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.mark.parametrize("style", ["plain", "json"])
def test_the_token_is_in_no_line_be_it_an_argument_or_an_exception(log, style):
    stream = log(style)
    logger = logging.getLogger("bot.test")
    logger.info("POST https://api.telegram.org/bot%s/getMe", TOKEN)
    logger.info(
        "quoted %s, of somebody else %s", TOKEN.replace(":", "%3A"), "987654321:" + "a" * 35
    )
    logger.info("postgresql://me:%s@host, pass%%20word", "pass word")
    try:
        raise ValueError(f"bot{TOKEN}/sendMessage")
    except ValueError:
        logger.exception("failed with %r", {"token": TOKEN})
    text = stream.getvalue()
    assert text.count("***") >= 7
    for secret in ("T" * 35, "a" * 35, "pass word", "pass%20word"):
        assert secret not in text
    assert "ValueError" in text


def test_json_has_one_object_a_line(log):
    stream = log("json")
    logging.getLogger("bot.test").warning("两行\n%d 条", 3)
    (line,) = stream.getvalue().splitlines()
    data = json.loads(line)
    assert (data["level"], data["logger"], data["message"]) == ("warning", "bot.test", "两行\n3 条")
    assert data["at"].endswith("+00:00")


@pytest.mark.parametrize("name", ["httpx", "httpcore", "telegram", "telegram.ext"])
def test_those_who_log_addresses_say_less(log, name):
    stream = log("plain")
    logging.getLogger(name).info("HTTP Request: POST")
    logging.getLogger("bot.test").info("seen")
    assert [line.rpartition(" ")[2] for line in stream.getvalue().splitlines()] == ["seen"]
