"""The commands over Milvus: the same answers, and every mistake in one line."""

import json
from pathlib import Path

import pytest

from bot.cli import main
from bot.opening import newest, open_place, place_of
from bot.service.configuration import configure
from bot.service.desk import Desk
from bot.settings import Settings
from corpus.errors import IndexMissing, SettingsError
from index.milvus.engine import MilvusEngine
from index.milvus.records import Server
from tests.running import Run, runner

TOKEN = "123456789:abc"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line over a home of the test's own: exit code, standard output and error."""
    return runner(main, capsys)


@pytest.fixture
def milvus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGJIAN_ENGINE", "milvus")


@pytest.mark.usefixtures("milvus")
def test_a_first_question_fills_a_file_and_the_next_are_answered_from_it(run: Run, tmp_path: Path):
    code, out, _ = run("ask", "烤烟用煤整改时限", "--json")
    assert (code, json.loads(out)["answer"]) == (0, "2022年年底")
    assert (tmp_path / "home" / "milvus.db").is_dir()
    code, out, _ = run("search", "黑加油站", "-k", "3", "--json")
    assert (code, len(out.splitlines())) == (0, 3)
    code, out, _ = run("tasks", "--unit", "市农业农村局", "--json")
    assert code == 0
    assert {json.loads(line)["document_id"] for line in out.splitlines()} != set()
    assert run("tasks", "--unit", "市农业农村局", "--json")[1] == out


def test_what_index_publishes_the_desk_answers_with_at_once(run: Run, tmp_path: Path, milvus: None):
    (tmp_path / "a.txt").write_text("甲县整改方案\n\n甲县要严防秸秆露天焚烧。", encoding="utf-8")
    (tmp_path / "b.txt").write_text("乙县整改方案\n\n乙县要取缔黑加油站。", encoding="utf-8")
    assert run("index", str(tmp_path / "a.txt"))[0] == 0
    place = place_of(Settings(home=str(tmp_path / "home"), engine="milvus"))
    desk = Desk(place)
    before = desk.engine()
    assert isinstance(before, MilvusEngine)
    assert newest(place, before) is before
    code, out, _ = run("index", str(tmp_path / "b.txt"), "--json")
    assert (code, json.loads(out)["published"]) == (0, True)
    assert desk.engine().version == json.loads(out)["version"] != before.version
    assert [one.title for one in desk.engine().documents()] == ["乙县整改方案"]


def test_the_engine_of_the_command_goes_before_that_of_the_settings(
    run: Run, tmp_path: Path, milvus: None
):
    assert run("index", "--engine", "local")[0] == 0
    assert not (tmp_path / "home" / "milvus.db").exists()


@pytest.mark.usefixtures("milvus")
@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("http://127.0.0.1:1", "连不上 Milvus 服务器 http://127.0.0.1:1"),
        ("nonsense", "GONGJIAN_MILVUS_URI=nonsense 不能用"),
    ],
)
def test_a_wrong_address_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, uri: str, words: str
):
    monkeypatch.setenv("GONGJIAN_MILVUS_URI", uri)
    for command in (["ask", "问题"], ["search", "问题"], ["documents"], ["tasks"]):
        code, _, err = run(*command)
        assert code == 1
        assert words in err
        assert "Traceback" not in err


def test_an_unknown_engine_is_named(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GONGJIAN_ENGINE", "lucene")
    code, _, err = run("ask", "问题")
    assert (code, "GONGJIAN_ENGINE=lucene 不认识" in err) == (1, True)


def test_a_file_is_answered_from_in_one_process_only(tmp_path: Path):
    settings = Settings(home=str(tmp_path), token=TOKEN, engine="milvus")
    assert configure(settings).workers == 0
    with pytest.raises(SettingsError, match="GONGJIAN_ASK_WORKERS=2 不能用"):
        configure(Settings(home=str(tmp_path), token=TOKEN, engine="milvus", ask_workers="2"))
    served = Settings(
        home=str(tmp_path),
        token=TOKEN,
        engine="milvus",
        milvus_uri="http://root:word@milvus:19530",
        milvus_token="root:secret",
    )
    configuration = configure(served)
    assert configuration.workers == 2
    assert {"word", "root:secret"} <= set(configuration.secrets)
    for text in (repr(configuration), repr(served)):
        assert "secret" not in text
        assert "word" not in text


def test_a_shared_server_is_not_filled_by_a_question(tmp_path: Path):
    with pytest.raises(IndexMissing, match="gongjian index --engine milvus"):
        open_place(Server(str(tmp_path / "milvus.db")))
