from pathlib import Path

import pytest

from eval.question_set import read_questions, shipped_sets
from eval.records import Queries, Question
from eval.relevance import Evidence, search_queries, usable
from index.local import LocalEngine


@pytest.fixture(scope="session")
def evidence(engine: LocalEngine) -> Evidence:
    return Evidence(engine)


@pytest.fixture(scope="session")
def dev_path() -> Path:
    return next(path for path in shipped_sets() if path.stem == "dev")


@pytest.fixture(scope="session")
def dev(dev_path: Path) -> list[Question]:
    return read_questions(dev_path)[0]


@pytest.fixture(scope="session")
def queries(dev: list[Question], evidence: Evidence) -> Queries:
    kept, _ = usable(dev, evidence)
    return search_queries("dev", kept, evidence)
