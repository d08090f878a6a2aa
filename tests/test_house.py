"""The house: imports go one way, what is documented exists."""

import ast
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What each package may import of the others.
ALLOWED = {
    "corpus": set(),
    "index": {"corpus"},
    "retrieval": {"corpus", "index"},
    "eval": {"corpus", "index", "retrieval"},
    "bot": {"corpus", "index", "retrieval"},
}
# The one door: the command line hands `gongjian eval` over.
DOORS = {("bot/cli.py", "eval")}
# Reading the environment, the clock or argv, and printing, belong to these alone.
FRONT = {"bot", "eval"}


def modules() -> list[Path]:
    return [path for package in ALLOWED for path in sorted((ROOT / package).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path):
    name = path.relative_to(ROOT).as_posix()
    package = name.partition("/")[0]
    foreign = (imported(path) & set(ALLOWED)) - {package} - ALLOWED[package]
    assert {(name, other) for other in foreign} <= DOORS


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_front_doors_read_the_environment_and_the_clock(path: Path):
    package = path.relative_to(ROOT).parts[0]
    if package in FRONT:
        return
    source = path.read_text("utf-8")
    for reading in ("os.environ", "os.getenv", "sys.argv", "sys.stdout", "sys.stderr"):
        assert reading not in source
    for clock in ("datetime.now(", "date.today(", "time.time(", "perf_counter(", "monotonic("):
        assert clock not in source
    assert not any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        for node in ast.walk(ast.parse(source))
    )


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_stay_small(path: Path):
    assert len(path.read_text("utf-8").splitlines()) <= 320


def test_every_package_is_shipped():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert sorted(packages) == sorted(ALLOWED)


def test_the_shipped_corpus_is_unchanged():
    folder = ROOT / "corpus" / "documents"
    names = {path.name for path in folder.glob("*.txt")}
    hashes = {
        path.name[:3]: sha256(path.read_bytes()).hexdigest()[:16] for path in folder.glob("*.txt")
    }
    assert hashes == {
        "000": "aabed3483c3742dc",
        "001": "0ac21e8e458ab8d6",
        "002": "c3d5145df90ce588",
        "003": "445a5e298ff6ac59",
        "004": "fd9d00aac715ee69",
    }
    notes = tomllib.loads((folder / "sources.toml").read_text("utf-8"))
    assert set(notes) == names
