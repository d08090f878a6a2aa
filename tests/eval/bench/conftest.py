"""A BEIR folder small enough to build in a second."""

import json
from pathlib import Path

import pytest

from eval.beir import read_beir
from eval.bench.measuring import Bench, by_document

TEXTS = {
    "a": ("烟叶烘烤条例第一条", "2021年底前,烟叶烘烤所用燃煤改为电能,县级补贴百分之三十。"),
    "b": ("渔港管理规定第二条", "渔港内的船舶应当在台风来临前二十四小时离港避风。"),
    "c": ("道路照明办法第三条", "路灯由城市管理部门维护,故障应当在3日内修复。"),
    "d": ("档案保管条例第四条", "纸质档案的库房温度不得超过24度,湿度不得超过百分之六十。"),
}
QUERIES = {"q1": "烟叶烘烤燃煤补贴", "q2": "台风船舶离港", "q3": "库房温度湿度"}
RELEVANT = {"q1": "a", "q2": "b", "q3": "d"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tiny"
    (made / "qrels").mkdir(parents=True)
    corpus = [{"_id": one, "title": head, "text": text} for one, (head, text) in TEXTS.items()]
    queries = [{"_id": one, "text": text} for one, text in QUERIES.items()]
    for name, records in (("corpus", corpus), ("queries", queries)):
        lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
        (made / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    judged = [f"{query}\t{one}\t1\n" for query, one in RELEVANT.items()]
    (made / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(judged))
    return made


def bench_of(folder: Path, tmp_path: Path, limit_s: float = 60) -> Bench:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    beir, _ = read_beir(folder, scratch)
    queries = by_document(beir.queries, list(QUERIES))
    return Bench(beir.corpus, len(TEXTS), queries, scratch, limit_s, lambda _: None)
