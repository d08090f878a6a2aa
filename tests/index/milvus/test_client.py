"""Whatever pymilvus and the server raise is one clear line of ours."""

import sys
from concurrent import futures
from pathlib import Path

import grpc
import pytest
from pymilvus.exceptions import MilvusException

from corpus.errors import EngineError, IndexMissing, MissingExtra
from index.milvus.client import Client, said
from index.milvus.engine import MilvusEngine
from index.milvus.records import Server

SERVER = Server("http://user:secret@milvus:19530/office", "top:secret")


class Scripted:
    """A connection that raises what it is told, then answers."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls: list[str] = []

    def insert(self, *_: object, **__: object) -> str:
        return self._next("insert")

    def upsert(self, *_: object, **__: object) -> str:
        return self._next("upsert")

    def _next(self, name: str) -> str:
        self.calls.append(name)
        if self.failures:
            raise self.failures.pop(0)
        return "done"


def passing() -> MilvusException:
    return MilvusException(message="node is recovering", retriable=True)


def test_what_may_pass_is_tried_again_after_longer_and_longer_waits():
    waits: list[float] = []
    connected = Scripted(passing(), MilvusException(code=8, message="rate limit"), passing())
    client = Client(SERVER, connected, wait=waits.append)
    assert client.call("insert", "name", [], again="upsert") == "done"
    assert connected.calls == ["insert", "upsert", "upsert", "upsert"]
    assert waits == [0.2, 0.4, 0.8]


def test_it_is_given_up_after_so_many_attempts():
    waits: list[float] = []
    client = Client(SERVER, Scripted(*(passing() for _ in range(9))), wait=waits.append)
    with pytest.raises(EngineError, match="node is recovering"):
        client.call("insert")
    assert len(waits) == SERVER.attempts - 1


def test_what_will_not_pass_is_not_tried_again():
    connected = Scripted(MilvusException(code=6, message="bad schema"))
    with pytest.raises(EngineError, match="bad schema"):
        Client(SERVER, connected, wait=pytest.fail).call("insert")
    assert connected.calls == ["insert"]


@pytest.mark.parametrize(
    ("exc", "kind", "words"),
    [
        (MilvusException(code=100, message="x"), IndexMissing, "gongjian index --engine milvus"),
        (MilvusException(code=1600, message="x"), IndexMissing, "没有索引"),
        (MilvusException(code=1400, message="x"), EngineError, "GONGJIAN_MILVUS_TOKEN"),
        (MilvusException(message="auth check failure, no"), EngineError, "不接受这个令牌"),
        (MilvusException(code=2, message="Fail connecting"), EngineError, "GONGJIAN_MILVUS_URI"),
        (MilvusException(message="[search] Retry timeout: 10s"), EngineError, "10 秒内没有回应"),
        (ValueError("strange\nthing"), EngineError, "strange thing"),
    ],
)
def test_failures_are_said_in_one_line_without_secrets(
    exc: Exception, kind: type[Exception], words: str
):
    error = said(exc, SERVER)
    assert type(error) is kind
    assert words in str(error)
    assert "http://milvus:19530/office" in str(error)
    assert "secret" not in str(error)
    assert "\n" not in str(error)


def test_secrets_are_not_in_the_name_of_a_server():
    assert "secret" not in repr(SERVER)


def test_a_closed_port_is_an_unreachable_server():
    with pytest.raises(EngineError, match=r"连不上 Milvus 服务器 http://127\.0\.0\.1:1"):
        MilvusEngine.open(Server("http://127.0.0.1:1", timeout=2))


class _Bouncer(grpc.ServerInterceptor):
    def intercept_service(self, continuation: object, details: object) -> object:
        def refuse(_: object, context: grpc.ServicerContext) -> None:
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "auth check failure, please check token")

        return grpc.unary_unary_rpc_method_handler(refuse)


def test_a_token_that_the_server_refuses_is_named():
    server = grpc.server(futures.ThreadPoolExecutor(1), interceptors=[_Bouncer()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with pytest.raises(EngineError, match="GONGJIAN_MILVUS_TOKEN") as caught:
            MilvusEngine.open(Server(f"http://127.0.0.1:{port}", "root:wrong", timeout=5))
    finally:
        server.stop(None)
    assert "wrong" not in str(caught.value)


def test_what_pymilvus_has_tried_for_long_is_not_tried_again():
    tried = MilvusException(grpc.StatusCode.UNAVAILABLE, "[insert] Retry timeout: 10s")
    connected = Scripted(tried)
    with pytest.raises(EngineError, match="连不上"):
        Client(SERVER, connected, wait=pytest.fail).call("insert", again="upsert")


def late() -> MilvusException:
    return MilvusException(grpc.StatusCode.DEADLINE_EXCEEDED, "late")


def test_a_batch_that_is_late_is_sent_again():
    connected = Scripted(late())
    client = Client(SERVER, connected, wait=lambda _: None)
    assert client.call("insert", again="upsert") == "done"
    assert connected.calls == ["insert", "upsert"]


def test_who_asks_is_not_kept_waiting_for_what_is_late():
    connected = Scripted(late())
    with pytest.raises(EngineError, match="10 秒内没有回应"):
        Client(SERVER, connected, wait=pytest.fail).call("upsert")
    assert connected.calls == ["upsert"]


@pytest.mark.parametrize("absent", ["pymilvus", "milvus_lite"])
def test_a_missing_extra_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, absent: str
):
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(MissingExtra, match=r"pip install .*milvus"):
        MilvusEngine.open(Server(str(tmp_path / "milvus.db")))


def test_an_empty_file_holds_no_index(tmp_path: Path):
    with pytest.raises(IndexMissing, match="gongjian index --engine milvus"):
        MilvusEngine.open(Server(str(tmp_path / "new" / "milvus.db")))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError, match="无法建立文件夹"):
        MilvusEngine.open(Server(str(tmp_path / "file" / "milvus.db")))


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path):
    (tmp_path / "milvus.db").write_text("not a database")
    with pytest.raises(EngineError, match="打不开 milvus-lite 的文件"):
        MilvusEngine.open(Server(str(tmp_path / "milvus.db")))
