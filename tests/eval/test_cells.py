import json
from pathlib import Path

import pytest

from eval.cells import measure
from index.build import Options, build
from index.records import SourceFile


@pytest.mark.parametrize(("probed", "least", "most"), [(10_000, 1.0, 1.0), (1, 0.0, 0.9)])
def test_recall_is_whole_where_every_cell_is_looked_through_and_less_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, probed: int, least: float, most: float
):
    monkeypatch.setattr("index.vectors.CELLS_FROM", 100)
    monkeypatch.setattr("index.vectors._PROBED", probed)
    corpus, queries = tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl"
    words = [
        "散煤",
        "秸秆",
        "油烟",
        "扬尘",
        "工地",
        "企业",
        "督查",
        "通报",
        "加油站",
        "食用菌",
        "河道",
        "垃圾",
    ]
    texts = [f"{words[n % 12]}{words[n // 12 % 12]}第{n}条应当整改。" for n in range(300)]
    lines = [json.dumps({"_id": str(n), "title": "", "text": text}) for n, text in enumerate(texts)]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    asked = [json.dumps({"_id": word, "text": f"{word}怎么整改"}) for word in words]
    queries.write_text("\n".join(asked), encoding="utf-8")
    files = [SourceFile(corpus, corpus.name)]
    build(files, tmp_path / "home", created_at="x", options=Options(processes=1))
    found = measure(tmp_path / "home", queries)
    assert (found["passages"], found["questions"]) == (300, 12)
    assert least <= found["recall@10"] <= most
