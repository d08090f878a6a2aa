"""A quote from a file with pages says on which it stands, wherever it is shown."""

from pathlib import Path

import pytest

from bot.indexing import collect, run_build
from bot.render import answer_lines
from bot.telegram.answers import answer_blocks
from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.records import Answer, AnswerKind, Citation
from retrieval.wire import answer_data
from tests.corpus.formats.paper import PageBreak, body, pdf


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> LocalEngine:
    folder: Path = tmp_path_factory.mktemp("pages")
    first = ["关于城市公园开放时间的通知", "城市公园每日八时开放,周一闭园。"]
    (folder / "通知.pdf").write_bytes(
        pdf(*body(*first), PageBreak(), *body("工地围挡高度不得低于二点五米。"))
    )
    run_build(collect([folder / "通知.pdf"])[0], folder / "home", None)
    return LocalEngine.open(folder / "home")


def test_the_page_stands_in_the_data_and_beside_the_files_name(engine: LocalEngine):
    answer, _ = ask(engine, "工地围挡高度是多少")
    assert answer_data(answer)["citations"][0]["page"] == 2
    shown = ["".join(words for _, words in line) for line in answer_lines(answer)]
    assert any(line.endswith("(通知.pdf 第2页)") for line in shown)
    assert "第2页" in "".join(answer_blocks(answer))


def citation(page: int | None) -> Citation:
    return Citation("d", "题", None, "f.pdf", ("一",), "引文", 0, 2, 0, 2, page)


def test_a_second_quote_says_its_page_where_it_is_another():
    answer = Answer("问", AnswerKind.FACT, "答", (citation(1), citation(1), citation(3)), 1.0)
    shown = ["".join(words for _, words in line) for line in answer_lines(answer)]
    assert shown[-5:] == [
        "  《题》 (f.pdf 第1页)",
        "  一",
        "    [1] “引文”",
        "    [2] “引文”",
        "    [3] “引文” 第3页",
    ]
    assert "".join(answer_blocks(answer)).count("第1页") == 1
    assert "".join(answer_blocks(answer)).count("第3页") == 1


def test_a_file_without_pages_says_none():
    answer = Answer("问", AnswerKind.FACT, "答", (citation(None),), 1.0)
    assert answer_data(answer)["citations"][0]["page"] is None
    assert "页" not in "".join(answer_blocks(answer))
