"""What is measured: the product over an index, and question sets put to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.errors import IndexMissing, LoadError
from eval.answering import Ask, answer_questions
from eval.corpora import Corpus, build_corpus, shipped_files
from eval.measuring import measure_systems
from eval.question_set import read_questions
from eval.records import Problem, Queries
from eval.relevance import Evidence, search_queries, usable
from eval.results import Result, Stamp, answers_result, search_result
from eval.summaries import ASK
from index.local import LocalEngine
from retrieval.answering import ask as ask_product


@dataclass(frozen=True, slots=True)
class Subject:
    """The product over an index, at a commit; `tell` hears how far it is."""

    corpus: Corpus
    engine: LocalEngine
    stamp: Stamp
    tell: Callable[[str], None]

    def search(
        self, names: Sequence[str], queries: Queries, *, apart: bool = True
    ) -> tuple[list[Result], list[Problem]]:
        """Measure systems on queries, each in a process of its own unless told otherwise."""
        measured, problems = measure_systems(
            names,
            self.corpus.home,
            queries,
            index_s=self.corpus.index_s,
            tell=self.tell,
            apart=apart,
        )
        results = [search_result(one, queries, self.engine, self.stamp) for one in measured]
        return results, problems


@contextmanager
def subject_of(home: Path | None, stamp: Stamp, tell: Callable[[str], None]) -> Iterator[Subject]:
    """The index in a home; where none is named, that of the shipped corpus, built for now.

    :raises IndexMissing: there is no index there.
    """
    if home is not None:
        if not home.is_dir():
            raise IndexMissing(f"没有这个文件夹:{home}")
        yield Subject(Corpus(home, None), LocalEngine.open(home), stamp, tell)
        return
    with TemporaryDirectory() as folder:
        corpus = build_corpus(shipped_files(), Path(folder), tell=tell)
        yield Subject(corpus, LocalEngine.open(corpus.home), stamp, tell)


def measure_set(
    subject: Subject,
    path: Path,
    names: Sequence[str],
    evidence: Evidence,
    *,
    ask: Ask = ask_product,
    apart: bool = True,
) -> tuple[list[Result], list[Problem]]:
    """Put a question set to the systems named, `ask` among them.

    :raises LoadError: the set cannot be read, or not one question stands in the corpus.
    """
    read, problems = read_questions(path)
    questions, unusable = usable(read, evidence)
    problems += unusable
    if not questions:
        raise LoadError(f"{path} 里没有一个可用的问题(第一处:{problems[0]})")
    results: list[Result] = []
    if ASK in names:
        subject.tell(f"{path.stem} {ASK}")
        verdicts, failed = answer_questions(subject.engine, questions, evidence, ask=ask)
        problems += failed
        results.append(answers_result(path.stem, verdicts, subject.stamp))
    searched = [name for name in names if name != ASK]
    queries = search_queries(path.stem, questions, evidence)
    if searched and not queries.texts:
        subject.tell(f"{path.stem} 没有可供检索的问题")
    elif searched:
        found, failed = subject.search(searched, queries, apart=apart)
        results += found
        problems += failed
    return results, problems
