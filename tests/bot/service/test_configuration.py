import dataclasses
from datetime import time

import pytest

from bot.service.configuration import configure
from bot.settings import Settings
from corpus.errors import SettingsError

TOKEN = "110201543:" + "T" * 35


def settings(**values):
    return Settings(**{"home": "/home/x", "token": TOKEN} | values)


def test_the_defaults():
    found = configure(settings())
    assert (found.bot, found.api_url, found.zone.key) == (
        110201543, "https://api.telegram.org", "Asia/Shanghai",
    )  # fmt: skip
    assert (found.rate, found.workers, found.log, found.metrics_port) == (20, 2, "plain", None)
    assert (found.hours.opens, found.hours.closes) == (time(9), time(17, 30))
    assert found.database_url == "sqlite:////home/x/gongjian.db"
    assert found.admins == frozenset()


def test_what_is_set_is_taken():
    found = configure(
        settings(
            admin="70,71、72", api_url="http://127.0.0.1:8081/", rate="5", ask_workers="0",
            log="json", metrics_port="9100", office_hours="8:30-12:00".replace("8", "08"), font="/f.otf",
        )
    )  # fmt: skip
    assert found.admins == {70, 71, 72}
    assert (found.api_url, found.rate, found.workers) == ("http://127.0.0.1:8081", 5, 0)
    assert (found.log, found.metrics_port, str(found.font)) == ("json", 9100, "/f.otf")
    assert (found.hours.opens, found.hours.closes) == (time(8, 30), time(12))


def test_the_token_may_stand_in_a_file_that_only_its_owner_reads(tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    assert configure(settings(token=None, token_file=str(file))).token == TOKEN
    file.chmod(0o604)
    with pytest.raises(SettingsError, match="chmod 600"):
        configure(settings(token=None, token_file=str(file)))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"token": None}, "没有设置机器人的令牌"),
        ({"token": "abc"}, "令牌不完整"),
        ({"token": TOKEN + "?"}, "令牌不完整"),
        ({"token_file": "/nowhere/token"}, "无法读取令牌文件 /nowhere/token:没有这个文件"),
        ({"admin": "70,张三"}, "张三 不是 Telegram 用户编号"),
        ({"timezone": "Asia/Nowhere"}, "不认识的时区 Asia/Nowhere"),
        ({"timezone": "../etc/passwd"}, "不认识的时区"),
        ({"office_hours": "9-5"}, "GONGJIAN_OFFICE_HOURS=9-5 看不懂"),
        ({"office_hours": "17:30-09:00"}, "先开始后结束"),
        ({"rate": "0"}, "GONGJIAN_RATE=0 不能用"),
        ({"rate": "many"}, "GONGJIAN_RATE=many 不能用"),
        ({"ask_workers": "-1"}, "GONGJIAN_ASK_WORKERS=-1 不能用"),
        ({"metrics_port": "99999"}, "GONGJIAN_METRICS_PORT=99999 不能用"),
        ({"log": "xml"}, "GONGJIAN_LOG=xml 不认识"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(values, words):
    with pytest.raises(SettingsError, match=words) as caught:
        configure(settings(**values))
    assert "\n" not in str(caught.value)
    assert "T" * 35 not in str(caught.value)


def test_secrets_are_known_and_not_shown():
    found = configure(
        settings(database="postgresql://me:geheim@h/db", proxy="socks5://u:versteckt@h:1")
    )
    assert found.secrets == (TOKEN, "geheim", "versteckt")
    for secret in found.secrets:
        assert secret not in repr(found)
    assert dataclasses.is_dataclass(found)
