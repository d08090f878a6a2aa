"""How an answer came about, as plain data: what `--explain` prints and `--json` gives.

It is put together after the answer, from the trail that was kept of it and from the same public
functions that answered: the search is asked once more for the figures of each leg.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from index.engine import Engine
from index.tokens import fold
from retrieval.anchors import DOCUMENT_NUMBER
from retrieval.bridging import bridges
from retrieval.conditions import Conditions
from retrieval.coverage import known_words
from retrieval.fields import task_title
from retrieval.folding import search_folded
from retrieval.fusion import dense_weight_for
from retrieval.matching import match_tasks
from retrieval.mentions import mentioned_leaders, mentioned_units
from retrieval.question import content
from retrieval.reasons import reason
from retrieval.records import Answer, Candidate, Check, Hit, Mode, Piece
from retrieval.search import CANDIDATES, Legs, legs
from retrieval.trail import Attempt, Record

_SHOWN = 5
_DIGITS = 4


def explain(engine: Engine, record: Record, answer: Answer) -> dict[str, Any]:
    """Return how an answer came about, from the record of it.

    `question`: what was read (`read`, `subject`, `fields`, `items`, `list`, `units`, `leaders`,
    `document`, `places`, `years`, `figures`, `conditions`, `followed`); `mended`: `typed` and
    `read`; `bridged`: `word`, its `thesaurus` entry, what of it is `used`; `way`: where it was
    found; `tasks`: `number`, `title`, `score`, `chosen`; `search`: `query`, `dense_weight`,
    `ceiling`, `candidates` with each leg's figures; `checks`: `what`, `value`, `least`, `met`;
    `why` in words; `proof`: `words` with the `citation` that says them, or `why` they are known.

    :raises EngineError: the engine failed.
    """
    attempt = record.attempt
    words, hits = _found(engine, attempt)
    found = legs(engine, words, CANDIDATES)
    pieces = record.proof.pieces if record.proof else ()
    return {
        "question": _question(engine, attempt),
        "mended": [{"typed": typed, "read": read} for typed, read in record.changes],
        "bridged": bridged_data(engine, attempt.question.folded),
        "way": attempt.way,
        "tasks": _tasks(engine, attempt, answer),
        "search": {
            "query": found.query,
            **_weight(found),
            "candidates": _ranked(engine, attempt, answer, hits, found),
        },
        "checks": [_check(check) for check in attempt.checks],
        "why": reason(attempt, answer, record.proof),
        "proof": [_piece(piece) for piece in pieces],
    }


def _found(engine: Engine, attempt: Attempt) -> tuple[str, tuple[Hit, ...]]:
    """What was searched with, and what it found; of a task told by its subject what it finds.

    A list and a document's own head are not searched for.
    """
    question = attempt.question
    words = attempt.words or content(question.folded) or question.text
    by_subject = attempt.way.startswith("台账") and attempt.conditions is None and question.subject
    if attempt.hits or not by_subject:
        return words, attempt.hits
    return words, tuple(search_folded(engine, words, _SHOWN))


def _question(engine: Engine, attempt: Attempt) -> dict[str, Any]:
    question, tasks = attempt.question, engine.tasks()
    number = DOCUMENT_NUMBER.search(question.folded)
    return {
        "read": question.folded,
        "subject": question.subject,
        "fields": [one.value for one in question.fields],
        "items": list(question.items),
        "list": attempt.conditions is not None,
        "units": [one.words for one in mentioned_units(question.folded, tasks)],
        "leaders": [one.words for one in mentioned_leaders(question.folded, tasks)],
        "document": number.group() if number else None,
        "places": list(attempt.anchors.places),
        "years": list(attempt.anchors.years),
        "figures": list(attempt.anchors.codes),
        "conditions": _conditions(attempt.conditions) if attempt.conditions else [],
        "followed": list(attempt.followed),
    }


def _conditions(conditions: Conditions) -> list[str]:
    """The conditions of a list in words, one each."""
    found = [_party(one.names, one.role, absent=one.absent) for one in conditions.units]
    if conditions.leaders:
        found += [f"领导 {name}" for name in conditions.leaders.names]
        found += [f"领导不是 {name}" for name in conditions.leaders.absent]
    if conditions.section:
        found.append(f"属于“{conditions.section}”")
    if conditions.kind:
        found.append(f"时限种类 {conditions.kind.value}")
    found += [f"时限写有“{one}”" for one in conditions.standing]
    if conditions.unfinished:
        found.append("尚未完成")
    if conditions.due_after:
        found.append(f"不早于 {conditions.due_after}")
    if conditions.due_before:
        found.append(f"不晚于 {conditions.due_before}")
    if conditions.among is not None:
        found.append(f"问句所说的 {len(conditions.among)} 项之内")
    return found or ["全部任务"]


def _party(names: Sequence[str], role: str | None, *, absent: bool) -> str:
    roles = {"lead": "牵头", "cooperating": "配合"}
    return f"{'不由 ' if absent else '由 '}{'、'.join(names)} {roles.get(role or '', '承担')}"


def bridged_data(engine: Engine, text: str) -> list[dict[str, Any]]:
    """Each word of the thesaurus in a text, its entry, and what of it this corpus writes."""
    return [
        {
            "word": bridge.word,
            "thesaurus": list(bridge.official),
            "used": [words for words, _ in known_words(engine, bridge)],
        }
        for bridge in bridges(fold(text).strip())
    ]


def _tasks(engine: Engine, attempt: Attempt, answer: Answer) -> list[dict[str, Any]]:
    """The tasks that the subject fits best; none where none was looked for by its subject."""
    question = attempt.question
    asked = question.fields or attempt.way.startswith("台账")
    if not question.subject or attempt.conditions or not asked:
        return []
    chosen = {task.id for task in answer.tasks}
    return [
        {
            "number": match.task.number,
            "title": task_title(match.task),
            "score": round(match.score, _DIGITS),
            "chosen": match.task.id in chosen,
        }
        for match in match_tasks(engine, question.subject)[:_SHOWN]
    ]


def explain_search(
    engine: Engine, query: str, hits: Sequence[Hit], mode: Mode = Mode.HYBRID
) -> dict[str, Any]:
    """What a query became, how much the cosine counted, and each hit's figures in their order.

    :raises EngineError: the engine failed.
    """
    found = legs(engine, query, max(CANDIDATES, len(hits)), mode=mode)
    return {
        "bridged": bridged_data(engine, query) if mode is not Mode.LEXICAL else [],
        "query": found.query,
        **_weight(found),
        "hits": [leg_scores(found, hit.passage.id, hit) for hit in hits],
    }


def _weight(found: Legs) -> dict[str, Any]:
    if not found.ceiling:
        return {"dense_weight": None, "ceiling": None}
    weight = dense_weight_for(found.lexical, found.dense, found.ceiling)
    return {"dense_weight": round(weight, _DIGITS), "ceiling": round(found.ceiling, _DIGITS)}


def _ranked(
    engine: Engine, attempt: Attempt, answer: Answer, hits: Sequence[Hit], found: Legs
) -> list[dict[str, Any]]:
    """The passages that were weighed, best first, the chosen one among them."""
    by_id = {hit.passage.id: hit for hit in hits}
    weighed = sorted(attempt.candidates, key=lambda one: -one.score)
    shown: list[tuple[str, Candidate | None]] = [(one.passage.id, one) for one in weighed[:_SHOWN]]
    if not weighed:
        shown = [(hit.passage.id, None) for hit in hits[:_SHOWN]]
    if attempt.chosen and attempt.chosen not in dict(shown):
        chosen = next(one for one in weighed if one.passage.id == attempt.chosen)
        shown.append((attempt.chosen, chosen))
    return [
        _candidate(engine, identifier, one, by_id.get(identifier), found)
        | {"chosen": _chosen(engine, attempt, answer, identifier)}
        for identifier, one in shown
    ]


def _chosen(engine: Engine, attempt: Attempt, answer: Answer, identifier: str) -> bool:
    """Whether a passage was answered from: the one that was read, or one of a task's."""
    if answer.tasks:
        return engine.passages([identifier])[0].task in {task.id for task in answer.tasks}
    return identifier == attempt.chosen and not answer.abstained


def _candidate(
    engine: Engine, identifier: str, weighed: Candidate | None, hit: Hit | None, found: Legs
) -> dict[str, Any]:
    passage = weighed.passage if weighed else engine.passages([identifier])[0]
    data: dict[str, Any] = {
        "passage_id": identifier,
        "title": engine.document(passage.span.document_id).title,
        "heading": list(passage.heading),
        "text": passage.text,
        **leg_scores(found, identifier, hit),
        "copies": [copy.title for copy in hit.copies] if hit else [],
    }
    if weighed:
        data |= {
            "here": round(weighed.here, _DIGITS),
            "held": round(weighed.held, _DIGITS),
            "score": round(weighed.score, _DIGITS),
            "anchored": weighed.anchored,
        }
    return data


def leg_scores(found: Legs, identifier: str, hit: Hit | None) -> dict[str, float | None]:
    """A passage's BM25 and its share of the ceiling, its cosine and what counts of it, the sum.

    None where a leg did not find it.
    """
    bm25 = next((one.score for one in found.lexical if one.id == identifier), None)
    cosine = next((one.score for one in found.dense if one.id == identifier), None)
    parts = hit.parts if hit and found.ceiling else {}
    figures = {
        "bm25": bm25,
        "lexical": parts.get("lexical"),
        "cosine": cosine,
        "dense": parts.get("dense"),
        "fused": hit.score if hit else None,
    }
    return {name: None if one is None else round(one, _DIGITS) for name, one in figures.items()}


def _check(check: Check) -> dict[str, Any]:
    value, least = round(check.value, _DIGITS), round(check.least, _DIGITS)
    return {"what": check.what, "value": value, "least": least, "met": check.met}


def _piece(piece: Piece) -> dict[str, Any]:
    return {"words": piece.words, "citation": piece.citation or None, "why": piece.why or None}
