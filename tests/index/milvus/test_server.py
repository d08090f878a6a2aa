"""A server is reached over the network: published to, searched, and missed when it is gone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from milvus_lite.adapter.grpc.server import start_server_in_thread

from corpus.errors import EngineError
from index.local import LocalEngine
from index.milvus.engine import MilvusEngine
from index.milvus.publishing import publish_version
from index.milvus.records import Server
from tests.index.support import NEEDLES, FakeEncoder


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[Any, str]]:
    server, database, port = start_server_in_thread(str(tmp_path / "served.db"))
    yield server, f"http://127.0.0.1:{port}"
    server.stop(None)
    database.close()


def test_a_server_answers_until_it_is_gone(serving: tuple[Any, str], home: Path):
    running, uri = serving
    place = Server(uri, timeout=5)
    local = LocalEngine.open(home, encoder=FakeEncoder())
    assert publish_version(local, place, encoder=FakeEncoder()).uploaded == 10
    engine = MilvusEngine.open(Server(uri, timeout=1), encoder=FakeEncoder())
    for needle in NEEDLES.values():
        for search, wanted in ((engine.lexical, local.lexical), (engine.dense, local.dense)):
            assert [one.id for one in search(needle, 4)] == [one.id for one in wanted(needle, 4)]
    running.stop(None).wait()
    with pytest.raises(EngineError, match=f"连不上 Milvus 服务器 {uri}"):
        engine.lexical("散煤治理", 3)
