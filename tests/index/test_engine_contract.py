"""What every engine promises, held against each of them over the same published version."""

import threading
from pathlib import Path

import pytest

from corpus.errors import EncoderMismatch, EngineError
from index.engine import Engine
from index.local import LocalEngine
from index.milvus.engine import MilvusEngine
from index.milvus.publishing import publish_version
from index.milvus.records import Server
from index.records import DocumentSummary, Where
from tests.index.support import NEEDLES, TEXTS, FakeEncoder, lay, make


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an index, published on disk and in a milvus-lite file."""
    folder = tmp_path_factory.mktemp("library")
    make(folder / "home", lay(folder / "files"))
    source = LocalEngine.open(folder / "home", encoder=FakeEncoder())
    publish_version(source, server_of(folder), encoder=FakeEncoder())
    return folder


def server_of(library: Path) -> Server:
    return Server(str(library / "milvus.db"))


def opened(kind: str, library: Path, encoder: object) -> Engine:
    if kind == "local":
        return LocalEngine.open(library / "home", encoder=encoder)
    return MilvusEngine.open(server_of(library), encoder=encoder)


@pytest.fixture(scope="module", params=["local", "milvus"])
def engine(request: pytest.FixtureRequest, library: Path) -> Engine:
    return opened(request.param, library, FakeEncoder())


@pytest.fixture(scope="module")
def local(library: Path) -> LocalEngine:
    return LocalEngine.open(library / "home", encoder=FakeEncoder())


class TestEveryEngine:
    def test_it_says_what_it_is(self, engine: Engine, local: LocalEngine):
        assert (engine.version, engine.manifest) == (local.version, local.manifest)

    def test_it_can_be_the_key_of_what_is_gathered_from_it(self, engine: Engine):
        assert {engine: 1}[engine] == 1

    @pytest.mark.parametrize("needle", NEEDLES.values())
    def test_both_searches_find_the_passage_that_says_it(self, engine: Engine, needle: str):
        for search in (engine.lexical, engine.dense):
            [best] = engine.passages([search(needle, 1)[0].id])
            assert needle in best.text

    def test_scores_fall_and_k_bounds_them(self, engine: Engine):
        for search in (engine.lexical, engine.dense):
            scores = [one.score for one in search("烤烟用煤整改时限治理", 4)]
            assert scores == sorted(scores, reverse=True)
            assert len(scores) == 4

    @pytest.mark.parametrize("query", [*NEEDLES.values(), "整改时限治理方案", "2022年年底 80%"])
    @pytest.mark.parametrize("k", [1, 3, 100])
    def test_ranks_and_scores_are_those_of_the_embedded_engine(
        self, engine: Engine, local: LocalEngine, query: str, k: int
    ):
        for search, wanted in ((engine.lexical, local.lexical), (engine.dense, local.dense)):
            found, expected = search(query, k), wanted(query, k)
            assert [one.id for one in found] == [one.id for one in expected]
            scores = [one.score for one in expected]
            assert [one.score for one in found] == pytest.approx(scores, abs=1e-5)

    def test_a_passage_is_found_by_its_context(self, engine: Engine):
        found = engine.passages(one.id for one in engine.lexical("漯河市整改方案", 10))
        assert sum(one.context == "漯河市整改方案" for one in found) == 3

    def test_where_keeps_to_documents_and_kinds(self, engine: Engine):
        plan = engine.documents()[0].id
        for search in (engine.lexical, engine.dense):
            of_plan = engine.passages(
                one.id for one in search("治理整改", 20, Where(documents=frozenset({plan})))
            )
            assert {one.span.document_id for one in of_plan} == {plan}
            titles = engine.passages(
                one.id for one in search("关于方案战报", 20, Where(kinds=frozenset({"title"})))
            )
            assert {one.kind for one in titles} == {"title"}
            both = Where(documents=frozenset({plan}), kinds=frozenset({"title"}))
            assert [one.text for one in engine.passages(x.id for x in search("方案", 9, both))] == [
                "漯河市整改方案"
            ]

    @pytest.mark.parametrize(
        "where",
        [
            Where(documents=frozenset()),
            Where(kinds=frozenset()),
            Where(documents=frozenset({"unknown"})),
            Where(kinds=frozenset({"unknown"})),
            Where(kinds=frozenset({"'] or kind in ['"})),
        ],
    )
    def test_where_nothing_fits_nothing_is_found(self, engine: Engine, where: Where):
        assert (engine.lexical("烤烟", 5, where), engine.dense("烤烟", 5, where)) == ([], [])

    def test_where_without_a_condition_is_no_condition(self, engine: Engine):
        assert engine.lexical("烤烟", 5, Where()) == engine.lexical("烤烟", 5)

    @pytest.mark.parametrize("query", ["", "。。。", "\ud800", " "])
    def test_a_query_without_a_word_finds_nothing(self, engine: Engine, query: str):
        assert engine.lexical(query, 5) == []

    def test_a_query_the_encoder_knows_nothing_of_finds_nothing(self, engine: Engine):
        assert engine.dense("", 5) == []

    def test_weight_is_higher_for_the_rarer(self, engine: Engine, local: LocalEngine):
        assert engine.weight("黑加油站") > engine.weight("整改") > 0
        assert engine.weight("无此词") == 0.0
        words = ["黑加油站", "整改", "市农业农村局", "80%"]
        assert [engine.weight(one) for one in words] == [local.weight(one) for one in words]

    def test_summaries_say_how_much_a_document_holds(self, engine: Engine):
        first = engine.documents()[0]
        assert first == DocumentSummary(
            id=first.id,
            title="漯河市整改方案",
            source="plan.txt",
            characters=len(TEXTS["plan.txt"]),
            passages=4,
            tasks=1,
            edits=1,
            issued_on=engine.document(first.id).issued_on,
            kind="plan",
            year=engine.document(first.id).year,
        )

    def test_what_is_stored_is_had_back_whole_and_in_order(
        self, engine: Engine, local: LocalEngine
    ):
        assert engine.documents() == local.documents()
        assert engine.tasks() == local.tasks()
        assert engine.clusters() == local.clusters()
        for one in local.documents():
            assert engine.document(one.id) == local.document(one.id)
            assert engine.passages_of(one.id) == local.passages_of(one.id)

    def test_passages_come_in_the_order_asked_for(self, engine: Engine):
        ids = [one.id for each in engine.documents() for one in engine.passages_of(each.id)]
        mixed = [*ids[::-1], ids[0], ids[0]]
        assert [one.id for one in engine.passages(mixed)] == mixed

    def test_unknown_ids_are_named(self, engine: Engine):
        with pytest.raises(EngineError, match="x9"):
            engine.document("x9")
        with pytest.raises(EngineError, match="x9"):
            engine.passages_of("x9")
        with pytest.raises(EngineError, match="x9"):
            engine.passages(["x9"])

    @pytest.mark.parametrize("k", [0, -1])
    def test_a_k_below_one_is_the_callers_mistake(self, engine: Engine, k: int):
        for search in (engine.lexical, engine.dense):
            with pytest.raises(ValueError, match="k must be"):
                search("煤", k)

    def test_threads_read_one_engine(self, engine: Engine):
        queries = [*NEEDLES.values(), "整改时限", "市农业农村局"] * 4
        expected = [(engine.lexical(one, 5), engine.dense(one, 5)) for one in queries]
        found: dict[int, object] = {}

        def ask(place: int) -> None:
            found[place] = (engine.lexical(queries[place], 5), engine.dense(queries[place], 5))

        threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(queries))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [found[place] for place in range(len(queries))] == expected


class Retrained(FakeEncoder):
    def encode_queries(self, texts: list[str]) -> object:
        return -super().encode_queries(texts)


@pytest.mark.parametrize("kind", ["local", "milvus"])
@pytest.mark.parametrize("other", [FakeEncoder("other"), FakeEncoder(dimensions=32), Retrained()])
def test_the_encoder_must_be_the_one_of_the_index(kind: str, library: Path, other: FakeEncoder):
    engine = opened(kind, library, other)
    assert engine.lexical("烤烟", 1)
    with pytest.raises(EncoderMismatch, match="gongjian index"):
        engine.dense("烤烟", 1)


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> tuple[LocalEngine, MilvusEngine]:
    """Sixty documents that say the same, but for their titles."""
    folder = tmp_path_factory.mktemp("copies")
    texts = {f"{number}.txt": f"{number}号通知\n严防秸秆露天焚烧。" for number in range(60)}
    make(folder / "home", lay(folder / "files", texts))
    local = LocalEngine.open(folder / "home", encoder=FakeEncoder())
    publish_version(local, server_of(folder), encoder=FakeEncoder())
    return local, MilvusEngine.open(server_of(folder), encoder=FakeEncoder())


@pytest.mark.parametrize("k", [1, 7, 59])
def test_ties_are_decided_by_row_wherever_the_cut_falls(
    copies: tuple[LocalEngine, MilvusEngine], k: int
):
    local, milvus = copies
    for query in ("严防", "露天焚烧"):
        assert [one.id for one in milvus.lexical(query, k)] == [
            one.id for one in local.lexical(query, k)
        ]
