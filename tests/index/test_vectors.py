from pathlib import Path

import numpy as np
import pytest

from corpus.errors import IndexFormatError
from index.files import Staging
from index.ranking import ranked
from index.vectors import Vectors, rounded, write_vectors


@pytest.fixture
def rows() -> np.ndarray:
    rows = np.random.default_rng(5).standard_normal((300, 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Opened:
    """Vectors, with what they find as pairs."""

    def __init__(self, folder: Path, rows: np.ndarray) -> None:
        write_vectors(Staging(folder, lambda _: None), ".", rows)
        self.vectors = Vectors(folder, passages=len(rows), dimensions=rows.shape[1])

    def search(
        self, query: np.ndarray, k: int, allowed: np.ndarray | None = None
    ) -> list[tuple[int, float]]:
        return ranked([self.vectors.search(query, k, allowed=allowed)], k)


def opened(folder: Path, rows: np.ndarray) -> Opened:
    return Opened(folder, rows)


def lying_about(centres: int, rows: int) -> np.ndarray:
    """Vectors of length 1 around some centres, as texts lie around subjects."""
    draw = np.random.default_rng(4)
    middle = draw.standard_normal((centres, 32))
    found = middle[draw.integers(0, centres, rows)] + 0.7 * draw.standard_normal((rows, 32))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def in_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Opened, np.ndarray]:
    """3,000 vectors in cells, of which a question's nearest third is looked through."""
    monkeypatch.setattr("index.vectors.CELLS_FROM", 100)
    monkeypatch.setattr("index.vectors._PROBED", 85)
    monkeypatch.setattr("index.vectors._FEW_ALLOWED", 10)
    rows = lying_about(60, 3000)
    return opened(tmp_path / "v", rows), rows


def test_cells_find_nearly_all_and_tell_exact_cosines(in_cells: tuple[Opened, np.ndarray]):
    vectors, rows = in_cells
    shared = []
    for query in lying_about(60, 40):
        exact = rounded(rows) @ query
        found = vectors.search(query, 20)
        np.testing.assert_allclose(
            [score for _, score in found], exact[[row for row, _ in found]], rtol=1e-5
        )
        shared.append(len({row for row, _ in found} & set(np.argsort(-exact)[:20].tolist())) / 20)
    assert np.mean(shared) > 0.9


def test_cells_keep_to_what_is_allowed(in_cells: tuple[Opened, np.ndarray]):
    vectors, rows = in_cells
    allowed = np.arange(len(rows)) % 7 == 0
    found = vectors.search(rows[14], 10, allowed=allowed)
    assert found[0][0] == 14
    assert {row % 7 for row, _ in found} == {0}
    few = np.isin(np.arange(len(rows)), [1, 1500, 2999])
    assert {row for row, _ in vectors.search(rows[0], 10, allowed=few)} == {1, 1500, 2999}


def test_cells_are_the_same_for_the_same_vectors(
    tmp_path: Path, in_cells: tuple[Opened, np.ndarray]
):
    opened(tmp_path / "again", in_cells[1])
    cells = (tmp_path / "v" / "cells.faiss").read_bytes()
    assert (tmp_path / "again" / "cells.faiss").read_bytes() == cells


def test_search_finds_what_numpy_finds(tmp_path: Path, rows: np.ndarray):
    vectors = opened(tmp_path / "v", rows)
    for query in rows[:20] + 0.1:
        exact = rounded(rows) @ query
        found = vectors.search(query, 10)
        assert [row for row, _ in found] == np.argsort(-exact)[:10].tolist()
        np.testing.assert_allclose([s for _, s in found], np.sort(exact)[::-1][:10], rtol=1e-5)


def test_only_allowed_rows_are_found(tmp_path: Path, rows: np.ndarray):
    vectors = opened(tmp_path / "v", rows)
    allowed = np.zeros(len(rows), np.bool_)
    allowed[[3, 17, 250]] = True
    found = vectors.search(rows[3], 10, allowed=allowed)
    assert found[0][0] == 3
    assert {row for row, _ in found} == {3, 17, 250}


def test_equal_vectors_come_in_the_order_of_rows(tmp_path: Path, rows: np.ndarray):
    vectors = opened(tmp_path / "v", np.repeat(rows[:2], 3, axis=0))
    assert [row for row, _ in vectors.search(rows[1], 3)] == [3, 4, 5]


def test_no_vectors_find_nothing(tmp_path: Path, rows: np.ndarray):
    assert opened(tmp_path / "v", rows[:0]).search(rows[0], 5) == []


def test_vectors_of_another_shape_are_refused(tmp_path: Path, rows: np.ndarray):
    opened(tmp_path / "v", rows)
    with pytest.raises(IndexFormatError, match=r"vectors\.npy"):
        Vectors(tmp_path / "v", passages=300, dimensions=8)
