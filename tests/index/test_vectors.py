from pathlib import Path

import numpy as np
import pytest

from corpus.errors import IndexFormatError
from index.files import Staging
from index.vectors import Vectors, write_vectors


@pytest.fixture
def rows() -> np.ndarray:
    rows = np.random.default_rng(5).standard_normal((300, 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def opened(folder: Path, rows: np.ndarray) -> Vectors:
    write_vectors(Staging(folder, lambda _: None), ".", rows)
    return Vectors(folder, passages=len(rows), dimensions=rows.shape[1])


def test_search_finds_what_numpy_finds(tmp_path: Path, rows: np.ndarray):
    vectors = opened(tmp_path / "v", rows)
    for query in rows[:20] + 0.1:
        exact = rows @ query
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
