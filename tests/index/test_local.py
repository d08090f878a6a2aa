import subprocess
import sys
import threading
from pathlib import Path

import pytest

from corpus.errors import EncoderMismatch, EngineError, IndexMissing
from index.engine import Engine
from index.local import LocalEngine, live_version
from index.records import DocumentSummary, SourceFile, Where
from tests.index.support import NEEDLES, TEXTS, FakeEncoder, lay_model2vec, make


@pytest.fixture
def engine(home: Path) -> LocalEngine:
    return LocalEngine.open(home, encoder=FakeEncoder())


def test_a_local_engine_is_an_engine(engine: LocalEngine):
    whole: Engine = engine
    assert whole.version == engine.version


@pytest.mark.parametrize("needle", NEEDLES.values())
def test_both_searches_find_the_passage_that_says_it(engine: LocalEngine, needle: str):
    for search in (engine.lexical, engine.dense):
        [best] = engine.passages([search(needle, 1)[0].id])
        assert needle in best.text


def test_scores_fall_and_k_bounds_them(engine: LocalEngine):
    for search in (engine.lexical, engine.dense):
        scores = [one.score for one in search("烤烟用煤整改时限治理", 4)]
        assert scores == sorted(scores, reverse=True)
        assert len(scores) == 4


def test_a_passage_is_found_by_its_context(engine: LocalEngine):
    found = engine.passages(one.id for one in engine.lexical("漯河市整改方案", 10))
    assert sum(one.context == "漯河市整改方案" for one in found) == 3


def test_where_keeps_to_documents_and_kinds(engine: LocalEngine):
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
    ],
)
def test_where_nothing_fits_nothing_is_found(engine: LocalEngine, where: Where):
    assert (engine.lexical("烤烟", 5, where), engine.dense("烤烟", 5, where)) == ([], [])


def test_where_without_a_condition_is_no_condition(engine: LocalEngine):
    assert engine.lexical("烤烟", 5, Where()) == engine.lexical("烤烟", 5)


@pytest.mark.parametrize("query", ["", "。。。", "\ud800", " "])
def test_a_query_without_a_word_finds_nothing(engine: LocalEngine, query: str):
    assert engine.lexical(query, 5) == []


def test_a_query_the_encoder_knows_nothing_of_finds_nothing(engine: LocalEngine):
    assert engine.dense("", 5) == []


def test_weight_is_higher_for_the_rarer(engine: LocalEngine):
    assert engine.weight("黑加油站") > engine.weight("整改") > 0
    assert engine.weight("无此词") == 0.0


def test_summaries_say_how_much_a_document_holds(engine: LocalEngine):
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


def test_unknown_ids_are_named(engine: LocalEngine):
    with pytest.raises(EngineError, match="x9"):
        engine.document("x9")
    with pytest.raises(EngineError, match="x9"):
        engine.passages_of("x9")
    with pytest.raises(EngineError, match="x9"):
        engine.passages(["x9"])


@pytest.mark.parametrize("k", [0, -1])
def test_a_k_below_one_is_the_callers_mistake(engine: LocalEngine, k: int):
    for search in (engine.lexical, engine.dense):
        with pytest.raises(ValueError, match="k must be"):
            search("煤", k)


def test_a_home_without_an_index_says_what_to_run(tmp_path: Path):
    (tmp_path / "file").write_text("")
    for home in (tmp_path, tmp_path / "absent", tmp_path / "file" / "below"):
        with pytest.raises(IndexMissing, match="gongjian index"):
            LocalEngine.open(home)


def test_the_encoder_must_be_the_one_of_the_index(home: Path):
    class Retrained(FakeEncoder):
        def encode_queries(self, texts: list[str]) -> object:
            return -super().encode_queries(texts)

    for other in (FakeEncoder("other"), FakeEncoder(dimensions=32), Retrained()):
        engine = LocalEngine.open(home, encoder=other)
        assert engine.lexical("烤烟", 1)
        with pytest.raises(EncoderMismatch, match="gongjian index"):
            engine.dense("烤烟", 1)


def test_an_encoder_that_is_not_at_hand_is_a_mismatch(tmp_path: Path, files: list[SourceFile]):
    folder = tmp_path / "model"
    lay_model2vec(folder, list(TEXTS.values()))
    make(tmp_path / "home", files, encoder=str(folder))
    assert LocalEngine.open(tmp_path / "home").dense("烤烟", 1)
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(EncoderMismatch, match=r"tokenizer\.json"):
        LocalEngine.open(tmp_path / "home").dense("烤烟", 1)


def test_a_failing_engine_is_an_engine_error(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(engine._version.lexical, "search", fail)
    with pytest.raises(EngineError, match="boom"):
        engine.lexical("煤", 1)


def test_a_reader_keeps_its_version_through_any_number_of_builds(
    home: Path, files: list[SourceFile]
):
    reader = LocalEngine.open(home, encoder=FakeEncoder())
    for turn in range(4):
        files[0].path.write_text(f"别的文件{turn}\n与前不同。", encoding="utf-8")
        make(home, files)
    assert live_version(home) != reader.version
    # Nothing of it was read yet: vectors and texts must still be there.
    assert reader.passages([reader.dense("烤烟用煤", 1)[0].id])[0].text.startswith("17.")
    assert len(reader.tasks()) == 1


def test_threads_read_one_engine(engine: LocalEngine):
    queries = [*NEEDLES.values(), "整改时限", "市农业农村局"] * 4
    expected = [(engine.lexical(one, 5), engine.dense(one, 5)) for one in queries]
    fresh = LocalEngine(engine._version, encoder=FakeEncoder())
    found: dict[int, object] = {}

    def ask(place: int) -> None:
        found[place] = (fresh.lexical(queries[place], 5), fresh.dense(queries[place], 5))

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(queries))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[place] for place in range(len(queries))] == expected


def test_asking_imports_nothing_that_only_building_needs(home: Path):
    code = (
        "import sys; from pathlib import Path; from index.local import LocalEngine\n"
        f"engine = LocalEngine.open(Path({str(home)!r}))\n"
        "engine.passages(one.id for one in engine.lexical('烤烟用煤', 5))\n"
        "heavy = {'bm25s', 'scipy', 'faiss', 'tokenizers', 'torch', 'sentence_transformers'}\n"
        "sys.stdout.write(' '.join(sorted(heavy & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
