from pathlib import Path

import pytest

from index.records import SourceFile
from tests.index.support import lay, make


@pytest.fixture
def files(tmp_path: Path) -> list[SourceFile]:
    return lay(tmp_path / "files")


@pytest.fixture
def home(tmp_path: Path, files: list[SourceFile]) -> Path:
    make(tmp_path / "home", files)
    return tmp_path / "home"
