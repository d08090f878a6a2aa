"""`ask` on a public set: whether what it says first holds an accepted answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from eval.beir import Beir, document_id
from eval.judging import holds_folded, opens_with
from eval.measuring import percentile
from eval.records import Problem, reason_of
from index.engine import Engine
from retrieval.answering import ask
from retrieval.records import Answer

_TOLD_EVERY = 500


@dataclass(frozen=True, slots=True)
class AnswersMeasured:
    """Shares over the queries that have accepted answers.

    `brief`: the first 60 characters of the answer hold one; `held`: the whole answer does;
    `cited`: the first citation is from a relevant document; `abstained`: nothing was said.
    """

    queries: int
    brief: float
    held: float
    cited: float
    abstained: float
    p50_ms: float
    p99_ms: float


def measure_answers(
    engine: Engine, beir: Beir, tell: Callable[[str], None]
) -> tuple[AnswersMeasured | None, list[Problem]]:
    """Ask every judged query that has accepted answers; None where there is none."""
    texts = {query: text for query, text in beir.queries.texts.items() if beir.answers.get(query)}
    brief = held = cited = abstained = 0
    elapsed: list[float] = []
    problems: list[Problem] = []
    for done, (query, text) in enumerate(texts.items()):
        if done % _TOLD_EVERY == 0:
            tell(f"ask {done}/{len(texts)}")
        started = time.perf_counter()
        try:
            answer, _ = ask(engine, text)
        except Exception as exc:  # whatever it is: the rest is measured
            problems.append(Problem(f"查询 {query}", f"回答时出错({reason_of(exc)})"))
            continue
        elapsed.append((time.perf_counter() - started) * 1000)
        accepted = beir.answers[query]
        brief += not answer.abstained and opens_with(answer.text, accepted)
        held += not answer.abstained and holds_folded(answer.text, accepted)
        cited += _cites(answer, beir, query)
        abstained += answer.abstained
    if not texts:
        return None, problems
    shares = (round(one / len(texts), 6) for one in (brief, held, cited, abstained))
    times = (round(percentile(elapsed, percent), 3) for percent in (50, 99))
    return AnswersMeasured(len(texts), *shares, *times), problems


def _cites(answer: Answer, beir: Beir, query: str) -> bool:
    if answer.abstained or not answer.citations:
        return False
    relevant = {document_id(one) for one, grade in beir.queries.qrels[query].items() if grade > 0}
    return answer.citations[0].document_id in relevant
