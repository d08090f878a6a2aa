"""The first question set, answered and searched, beside the textbook stack, in one run.

Run as `python -m eval.first_set`; builds the index of the shipped corpus in a temporary home
and prints one JSON object a system. For `ask`: how often the passage first cited is the right
one, and the words of the answer are in it. For searches: hit@1, hit@5 and MRR@10 over the
passages that hold the evidence (for questions on the ledger, those of the right task).
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.reading import read_file, reader_version
from corpus.records import Passage
from corpus.sources import SHIPPED
from index.build import build
from index.local import LocalEngine
from index.records import SourceFile
from retrieval.answering import ask
from retrieval.coverage import squeeze
from retrieval.records import Answer, Mode
from retrieval.search import search

QUESTIONS = Path(__file__).parent / "questions" / "first.jsonl"
_DEPTH = 10

Ranker = Callable[[str], Sequence[Passage]]


@dataclass(frozen=True, slots=True)
class Question:
    """A line of the question set."""

    id: str
    question: str
    answers: tuple[str, ...]
    evidence: tuple[str, ...]
    tasks: tuple[int, ...]

    def held_by(self, passage: Passage) -> bool:
        """Whether a passage holds the evidence, or belongs to the task asked about."""
        number = int((passage.task or "#0").rpartition("#")[2])
        text = squeeze(passage.text)
        return number in self.tasks or any(squeeze(piece) in text for piece in self.evidence)


def read_questions(path: Path = QUESTIONS) -> list[Question]:
    """Read a question set."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [
        Question(
            row["id"],
            row["question"],
            tuple(row["answers"]),
            tuple(row["evidence"]),
            tuple(row["tasks"]),
        )
        for row in rows
    ]


def cited_right(engine: LocalEngine, question: Question, answer: Answer) -> bool:
    """Whether the first citation stands in a passage that holds the evidence."""
    if answer.abstained or not answer.citations:
        return False
    if answer.tasks:
        return tuple(task.number for task in answer.tasks) == question.tasks
    first = answer.citations[0]
    return any(
        question.held_by(passage)
        for passage in engine.passages_of(first.document_id)
        if passage.span.start <= first.start and first.end <= passage.span.end
    )


def measure_answers(engine: LocalEngine, questions: Sequence[Question]) -> dict[str, object]:
    """Return how many questions are answered from the right passage and with the right words."""
    answered = [(question, ask(engine, question.question)[0]) for question in questions]
    said = [
        any(squeeze(words) in squeeze(answer.text) for words in question.answers)
        for question, answer in answered
    ]
    cited = [cited_right(engine, question, answer) for question, answer in answered]
    return {
        "system": "ask",
        "questions": len(questions),
        "right_passage_first": sum(cited),
        "right_words": sum(said),
        "wrong": [
            question.id for (question, _), right in zip(answered, cited, strict=True) if not right
        ],
    }


def measure_search(name: str, rank: Ranker, questions: Sequence[Question]) -> dict[str, object]:
    """Return hit@1, hit@5 and MRR@10 of a system."""
    places = []
    for question in questions:
        found = rank(question.question)[:_DEPTH]
        held = [place for place, hit in enumerate(found, start=1) if question.held_by(hit)]
        places.append(held[0] if held else 0)
    count = len(questions)
    return {
        "system": name,
        "questions": count,
        "hit@1": round(sum(place == 1 for place in places) / count, 3),
        "hit@5": round(sum(0 < place <= 5 for place in places) / count, 3),
        "mrr@10": round(sum(1 / place for place in places if place) / count, 3),
    }


def textbook(passages: Sequence[Passage]) -> Ranker:
    """The baseline: jieba words and rank_bm25, as the textbook has them."""
    import jieba
    from rank_bm25 import BM25Okapi

    def cut(text: str) -> list[str]:
        return [word for word in jieba.lcut(text) if re.search(r"\w", word)]

    bm25 = BM25Okapi([cut(f"{passage.context} {passage.text}") for passage in passages])

    def rank(query: str) -> list[Passage]:
        scores = bm25.get_scores(cut(query))
        order = sorted(range(len(passages)), key=lambda index: -scores[index])[:_DEPTH]
        return [passages[index] for index in order]

    return rank


def _engine(home: Path) -> LocalEngine:
    files = [SourceFile(path, path.name) for path in sorted(SHIPPED.glob("*.txt"))]
    build(
        files,
        home,
        read=lambda file: read_file(file.path, file.source),
        reader_version=reader_version(),
        created_at="",
    )
    return LocalEngine.open(home)


def main() -> None:
    """Measure every system and print."""
    questions = read_questions()
    with tempfile.TemporaryDirectory() as home:
        engine = _engine(Path(home))
        passages = [
            passage
            for document in engine.documents()
            for passage in engine.passages_of(document.id)
        ]
        rows = [measure_search("jieba + rank-bm25", textbook(passages), questions)]
        for mode in (Mode.LEXICAL, Mode.DENSE, Mode.RRF, Mode.HYBRID):

            def rank(query: str, mode: Mode = mode) -> list[Passage]:
                return [hit.passage for hit in search(engine, query, _DEPTH, mode=mode)]

            rows.append(measure_search(mode.value, rank, questions))
        rows.append(measure_answers(engine, questions))
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
