"""The whole command: documented JSON, pictures, and a row for whatever goes wrong."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.bench.measuring import measure_sizes
from eval.bench.records import Material, Opened, Peer, Row, Status
from eval.bench.report import size_table
from eval.bench.systems import find_peer
from tests.eval.bench.conftest import QUERIES, bench_of

PAIR = "gongjian,rank-bm25"
PLAIN = {one.name for one in fields(Row)} - {"quality", "agreement"}
MEASURES = {"hit@1", "mrr@10", "ndcg@10", "recall@10"}


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["bench", *arguments])
    said = capfd.readouterr()
    return int(left.value.code or 0), said.out, said.err


@pytest.mark.slow
def test_the_whole_command(folder: Path, tmp_path: Path, capfd):
    out = tmp_path / "out"
    code, said, _ = run(
        capfd, str(folder), "--sizes", "4", "--systems", PAIR, "--out", str(out), "--json"
    )
    assert code == 0
    ours, textbook = rows = [json.loads(line) for line in said.splitlines()]
    assert [row["system"] for row in rows] == ["gongjian", "rank-bm25"]
    for row in rows:
        assert set(row) == PLAIN | MEASURES
        assert (row["status"], row["passages"]) == ("ok", 4)
        assert row["build_s"] == row["index_s"] + (row["cut_s"] or 0) > 0
        assert row["timed"] == row["judged"] == len(QUERIES)
        assert 0 < row["open_s"] < row["process_s"]
        assert 0 < row["p50_ms"] <= row["p99_ms"]
    assert ours["hit@1"] == 1
    assert ours["incremental"] is True
    assert min(ours["add_s"], ours["remove_s"], ours["disk_mb"]) > 0
    assert (textbook["incremental"], textbook["add_s"], textbook["disk_mb"]) == (False, None, None)
    assert ours["encoder"]
    assert textbook["encoder"] is None
    data = json.loads((out / "bench.json").read_text("utf-8"))
    assert data["rows"] == rows
    assert {"format", "set", "commit", "measured_at", "machine"} <= set(data)
    assert "gongjian" in (out / "bench.svg").read_text("utf-8")
    assert (out / "bench.png").read_bytes().startswith(b"\x89PNG")


def test_beyond_the_corpus_there_are_copies_and_no_quality(folder: Path, capfd):
    code, said, _ = run(
        capfd, str(folder), "--sizes", "all,9", "--systems", "bm25s-numpy", "--json"
    )
    assert code == 0
    whole, more = [json.loads(line) for line in said.splitlines()]
    assert (whole["passages"], whole["judged"], whole["hit@1"]) == (4, 3, 1)
    assert (more["passages"], more["judged"], more["timed"]) == (9, 0, 3)
    assert set(more) == PLAIN


def test_engines_are_held_to_the_formula(folder: Path, capfd):
    code, said, _ = run(
        capfd, str(folder), "--sizes", "all", "--systems", "bm25s-numpy", "--lexical"
    )
    assert code == 0
    assert "4 段,与 BM25 公式(双精度)比较" in said


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--sizes", "10k"), "规模 10k 应为正整数或 all"),
        (("--sizes", "0"), "规模 0 应为正整数"),
        (("--systems", "lucene"), "没有叫 lucene 的系统"),
    ],
)
def test_a_wrong_option_is_one_line(folder: Path, capfd, options: tuple[str, ...], why: str):
    code, _, told = run(capfd, str(folder), *options)
    assert code == 1
    assert told.startswith("错误: ")
    assert why in told
    assert len(told.splitlines()) == 1


def never(_: Material) -> Opened:
    raise AssertionError("a peer is opened in a process of its own")


def test_what_goes_wrong_is_a_row_and_the_rest_is_measured(folder: Path, tmp_path: Path):
    peers = [
        Peer("gone", "没有安装的", never, needs=("no_such_module",)),
        Peer("nobody", "没有这个系统", never),
        find_peer("bm25s-numpy"),
    ]
    bench = bench_of(folder, tmp_path)
    gone, nobody, sound = measure_sizes(bench, [4], peers)
    assert (gone.status, gone.reason) == (Status.MISSING, "没有安装 no_such_module")
    assert nobody.status is Status.FAILED
    assert "没有叫 nobody 的系统" in nobody.reason
    assert sound.status is Status.DONE
    assert sound.quality["hit@1"] == 1
    assert list(bench.scratch.iterdir()) == []
    table = size_table([gone, nobody, sound])
    assert [row[-1] for row in table.rows] == [gone.reason, nobody.reason, ""]
    assert {len(row) for row in table.rows} == {len(table.headings)}


def test_out_of_time_is_a_row(folder: Path, tmp_path: Path):
    (row,) = measure_sizes(bench_of(folder, tmp_path, 0.01), [4], [find_peer("bm25s-numpy")])
    assert (row.status, row.reason) == (Status.LATE, "超过 0.01 秒")
    assert row.p50_ms is None
