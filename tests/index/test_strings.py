from pathlib import Path

import numpy as np
import pytest

from corpus.errors import IndexFormatError
from index.files import Staging, read_array
from index.strings import StringTable, write_strings

NAMES = ["煤", "a", "烤烟", "", "b#2", "b#10", "𠮷"]


def table(folder: Path, names: list[str]) -> StringTable:
    write_strings(Staging(folder, lambda _: None), "ids", names)
    return StringTable(folder, "ids", len(names))


def test_every_string_is_found_in_its_row(tmp_path: Path):
    found = table(tmp_path / "t", NAMES)
    assert [found.find(name) for name in NAMES] == list(range(len(NAMES)))
    assert [found.string(row) for row in range(len(found))] == NAMES


@pytest.mark.parametrize("name", ["c", "烤", "煤炭", "b#1", "\ud800"])
def test_an_absent_string_has_no_row(tmp_path: Path, name: str):
    assert table(tmp_path / "t", NAMES).find(name) is None


def test_an_empty_table_finds_nothing(tmp_path: Path):
    found = table(tmp_path / "t", [])
    assert (len(found), found.find("a")) == (0, None)


def test_a_large_table_is_mapped_and_found_alike(tmp_path: Path):
    names = [f"词{number}" for number in range(30_000)]
    found = table(tmp_path / "t", names)
    assert [found.find(name) for name in names[::997]] == list(range(0, 30_000, 997))


def test_of_equal_strings_the_first_is_found(tmp_path: Path):
    assert table(tmp_path / "t", ["a", "b", "a"]).find("a") == 0


def test_arrays_come_back_as_they_were_written(tmp_path: Path):
    staging = Staging(tmp_path / "t", lambda _: None)
    for name, array in {
        "a.npy": np.arange(6, dtype=np.float32).reshape(2, 3),
        "b.npy": np.zeros((0, 3), np.float32),
        "c.npy": np.ones((400, 100), np.float32),
    }.items():
        staging.write_array(name, array)
        back = read_array(tmp_path / "t" / name, "float32", array.shape)
        np.testing.assert_array_equal(back, array)


def test_an_array_of_another_type_or_shape_is_refused(tmp_path: Path):
    staging = Staging(tmp_path / "t", lambda _: None)
    staging.write_array("a.npy", np.zeros(3, np.int64))
    for dtype, shape in [("int32", (3,)), ("int64", (4,)), ("int64", (3, 1))]:
        with pytest.raises(IndexFormatError, match=r"gongjian index"):
            read_array(tmp_path / "t" / "a.npy", dtype, shape)
