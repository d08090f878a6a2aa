"""`gongjian eval folds`: the encoder trained and measured on questions it was not trained on.

The questions of a BEIR folder are dealt into five folds by a hash of their ids. An encoder that has
seen only texts is trained on with the questions of four folds, and ranks for the fifth; every
question is so ranked for once by an encoder that knows neither it nor its answer. What is shipped
is trained by the same recipe on all of them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from eval.beir import Beir, read_beir
from eval.console import emit, show, tell, tell_problems
from eval.corpora import read_source, shipped_files
from eval.legs import OtherVectors, searching
from eval.measures import DEPTH
from eval.records import Measured, Queries, Ranking
from eval.results import Result, Stamp, make_folder, search_result, write_results
from eval.tables import systems_table
from index.build import Options, build
from index.local import LocalEngine
from index.piece_encoder import PieceEncoder, weight_files
from index.records import SourceFile
from index.training.pairs import PHRASES
from index.training.recipe import Trainer
from index.training.records import Asked, Text
from index.training.vocabulary import choose
from retrieval.bridging import people_words
from retrieval.records import Mode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus.records import Passage
    from index.training.learner import State

FOLDS = 5
_ALL = FOLDS  # the turn that trains on every question
_MODES = {"lexical": Mode.LEXICAL, "dense": Mode.DENSE, "rrf": Mode.RRF, "hybrid": Mode.HYBRID}
_HARD = 120  # best by words, from which the passages that only look right are drawn
_OWN_TIMES = 20  # what a pair of characters in the shipped corpus counts for in the vocabulary


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all folds share; `base` is what was learned from texts alone."""

    home: Path
    queries: Queries
    trainer: Trainer | None
    base: State | None
    asked: Mapping[str, Asked]
    keep: Path
    ship: Path | None


def run_folds(
    folder: Path,
    stamp: Stamp,
    *,
    ship: Path | None,
    jobs: int,
    keep: Path | None,
    results: Path | None,
    as_json: bool,
) -> int:
    """Train and measure the folds; with `ship`, train on all questions and write that encoder.

    Encoders that already lie in `keep` are measured as they are.
    """
    for wanted in (ship, keep, results):
        make_folder(wanted)
    with TemporaryDirectory() as scratch:
        beir, problems = read_beir(folder, Path(scratch))
        ground = _ground(beir, Path(scratch) / "home", keep or Path(scratch) / "keep", ship)
        parts = _in_turn(ground, jobs)
        engine = LocalEngine.open(ground.home)
        measured = [_joined(name, parts, engine) for name in _MODES]
        found = [search_result(one, beir.queries, engine, stamp) for one in measured]
        _show(found, as_json=as_json)
        write_results(found, results, tell)
    return tell_problems(problems)


def fold_of(query: str) -> int:
    """The fold a question belongs to, whatever else there is."""
    digest = hashlib.blake2b(query.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % FOLDS


def _ground(beir: Beir, home: Path, keep: Path, ship: Path | None) -> _Ground:
    """Index the texts, and where anything is to be trained, learn from them."""
    tell("folds index")
    build(
        [SourceFile(beir.corpus, beir.corpus.name)],
        home,
        created_at="",
        options=Options(encoder=_Blank()),
    )
    trainer = base = None
    asked: dict[str, Asked] = {}
    if ship or not all(PieceEncoder.lies_in(keep / str(fold)) for fold in range(FOLDS)):
        engine = LocalEngine.open(home, encoder=_Blank())
        passages = _passages(engine)
        trainer = _trainer(passages)
        base = trainer.learn_texts(tell=_telling("texts"))
        rows = {passage.id: row for row, passage in enumerate(passages)}
        asked = {
            query: _asked(engine, text, beir.queries.qrels[query], rows)
            for query, text in beir.queries.texts.items()
        }
    return _Ground(home, beir.queries, trainer, base, asked, keep, ship)


def _trainer(passages: Sequence[Passage]) -> Trainer:
    """Cut the texts of a set, and after them the shipped corpus, into pieces."""
    own = [one for file in shipped_files() for one in read_source(file).passages]
    texts, few = [_text(one) for one in passages], [_text(one) for one in own]
    lay = people_words()
    terms = [*lay, *chain.from_iterable(lay.values())]
    vocabulary = choose(chain(texts, few * _OWN_TIMES), PHRASES, terms)
    return Trainer(vocabulary, [*texts, *few], lay, own=len(few))


class _Blank:
    """Stands in for an encoder where none is needed yet."""

    name, dimensions = "blank", 1

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.zeros((len(texts), 1), np.float32)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.zeros((len(texts), 1), np.float32)


def _passages(engine: LocalEngine) -> list[Passage]:
    return [one for each in engine.documents() for one in engine.passages_of(each.id)]


def _text(passage: Passage) -> Text:
    return Text(passage.context, passage.text)


def _asked(
    engine: LocalEngine, question: str, grades: Mapping[str, int], rows: Mapping[str, int]
) -> Asked:
    gold = [rows[one] for one, grade in grades.items() if grade > 0]
    looks = [rows[one.id] for one in engine.lexical(question, _HARD)]
    return Asked(question, gold, [row for row in looks if row not in gold])


def _in_turn(ground: _Ground, jobs: int) -> list[dict[str, Measured]]:
    """Measure the folds and train what is shipped, `jobs` at a time."""
    turns = [*range(FOLDS), *([_ALL] if ground.ship else [])]
    if jobs == 1:
        return [_turn(ground, turn) for turn in turns]
    # Children inherit the texts instead of being sent them.
    _INHERITED.append(ground)
    with get_context("fork").Pool(jobs) as pool:
        return pool.map(_inherited_turn, turns, chunksize=1)


_INHERITED: list[_Ground] = []


def _inherited_turn(turn: int) -> dict[str, Measured]:
    return _turn(_INHERITED[-1], turn)


def _turn(ground: _Ground, turn: int) -> dict[str, Measured]:
    """Train without a fold's questions, and let every mode rank for them; or train on all."""
    if turn == _ALL:
        _train(ground, list(ground.asked.values()), ground.ship, "all")
        return {}
    folder = ground.keep / str(turn)
    if not PieceEncoder.lies_in(folder):
        others = [one for query, one in ground.asked.items() if fold_of(query) != turn]
        _train(ground, others, folder, f"fold {turn}")
    texts = {query: text for query, text in ground.queries.texts.items() if fold_of(query) == turn}
    if not texts:
        return {}
    engine = OtherVectors.over(ground.home, PieceEncoder(folder))
    return {name: _measured(name, engine, mode, texts) for name, mode in _MODES.items()}


def _measured(name: str, engine: LocalEngine, mode: Mode, texts: Mapping[str, str]) -> Measured:
    search = searching(engine, mode).search
    run: dict[str, Ranking] = {}
    latencies = []
    for query, text in texts.items():
        started = time.perf_counter()
        run[query] = search(text, DEPTH)
        latencies.append((time.perf_counter() - started) * 1000)
    return Measured(name, run, tuple(latencies), 0, None, 0.0)


def _joined(name: str, parts: Sequence[Mapping[str, Measured]], engine: LocalEngine) -> Measured:
    each = [part[name] for part in parts if part]
    run = {query: ranking for one in each for query, ranking in one.run.items()}
    latencies = tuple(latency for one in each for latency in one.latencies_ms)
    return Measured(name, run, latencies, engine.manifest.counts.passages, None, 0.0)


def _train(ground: _Ground, questions: Sequence[Asked], folder: Path | None, name: str) -> None:
    if ground.trainer is None or ground.base is None or folder is None:
        raise ValueError("nothing to train with")
    make_folder(folder)
    learned = ground.trainer.learn_questions(ground.base, questions, _telling(name))
    for file, data in weight_files(ground.trainer.weights(learned)).items():
        (folder / file).write_bytes(data)


def _telling(name: str) -> Callable[[int, int, float], None]:
    def told(step: int, steps: int, loss: float) -> None:
        if step % 20 == 0 or step + 1 == steps:
            tell(f"{name} {step + 1}/{steps} {loss:.3f}")

    return told


def _show(results: Sequence[Result], *, as_json: bool) -> None:
    if not as_json:
        show([systems_table(results)])
        return
    for result in results:
        emit({key: value for key, value in result.rows[0].items() if key != "group"})
