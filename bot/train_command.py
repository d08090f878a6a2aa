"""`gongjian index train`: the shipped encoder adapted to the corpus, and how to use it."""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from bot.opening import open_engine
from bot.settings import Settings
from bot.terminal import emit, emit_json, fail, warn
from corpus.errors import GongjianError, LoadError, os_reason
from corpus.records import Passage
from index.training.card import card
from retrieval.bridging import people_words

if TYPE_CHECKING:
    from index.training.adapting import Adapted, Compared
    from index.training.recipe import Adapting

_FOLDER = "encoder"  # in the home, where none is named
_CARD = "README.md"
_TIMED = 2  # steps by which a time limit is reckoned
_PARTS = {"measure": "训练(留出一部分来测)", "all": "训练(全部段落)"}
_KINDS = {"headings": "标题找正文", "sentences": "摘出的句子找原段"}


def run_train(
    settings: Settings,
    paths: Sequence[Path],
    *,
    into: Path | None,
    epochs: int | None,
    minutes: int | None,
    seed: int | None,
    as_json: bool,
) -> int:
    """Adapt the encoder; the exit code is 1 where a file could not be read."""
    from index.training.adapting import adapt
    from index.training.recipe import require_torch

    require_torch()
    folder = (into or settings.home_folder / _FOLDER).expanduser()
    _check_folder(folder)
    passages, source, failed = _passages(settings, paths)
    encoder = _shipped()
    course = _course(encoder, passages, epochs=epochs, minutes=minutes, seed=seed)
    with _progress() as hear:
        adapted = adapt(encoder, passages, people_words(), course, hear)
    _write(folder, adapted, source)
    _show(folder, adapted, as_json=as_json)
    return 1 if failed else 0


def _shipped() -> Any:
    from index.piece_encoder import SHIPPED, SHIPPED_NAME, PieceEncoder

    return PieceEncoder(SHIPPED, name=SHIPPED_NAME)


def _course(
    encoder: Any,
    passages: Sequence[Passage],
    *,
    epochs: int | None,
    minutes: int | None,
    seed: int | None,
) -> Adapting:
    """The course; within a time limit, as many steps as this machine takes in it."""
    from dataclasses import replace

    from index.training.adapting import course_for
    from index.training.recipe import SEED, Trainer
    from index.training.records import Text

    course = course_for(len(passages), epochs=epochs, seed=SEED if seed is None else seed)
    if minutes is None or len(passages) == 0:
        return course
    weights = encoder.weights
    texts = [Text(one.context, one.text) for one in passages]
    trainer = Trainer(weights.vocabulary, texts, people_words(), shared=weights.shared)
    begun, started = trainer.state_of(weights), time.monotonic()
    trainer.learn_texts(begun, course=replace(course, steps=_TIMED))
    step = (time.monotonic() - started) / _TIMED
    within = max(1, int(minutes * 60 / 2 / step))  # it is trained twice
    if within < course.steps:
        warn(f"{minutes} 分钟之内约能训练 {within} 步(原定 {course.steps} 步)")
    return replace(course, steps=min(course.steps, within))


def _passages(settings: Settings, paths: Sequence[Path]) -> tuple[list[Passage], str, bool]:
    """The passages to adapt to, what they are of, and whether a file could not be read."""
    if paths:
        return _passages_in(paths)
    engine = open_engine(settings)
    passages = [one for each in engine.documents() for one in engine.passages_of(each.id)]
    return passages, f"索引 {engine.version}", False


def _passages_in(paths: Sequence[Path]) -> tuple[list[Passage], str, bool]:
    from bot.indexing import collect
    from index.reading import CorpusReader

    files, _ = collect(paths)
    passages: list[Passage] = []
    failed = False
    for file in files:
        try:
            passages += CorpusReader().read(file).passages
        except GongjianError as error:
            fail(f"{file.source}:{error}")
            failed = True
        except OSError as error:
            fail(f"{file.source}:{os_reason(error)}")
            failed = True
    return passages, "、".join(path.name for path in paths), failed


def _check_folder(folder: Path) -> None:
    """Refuse a folder that holds anything but an encoder, before minutes are spent for it.

    :raises LoadError: it does, or cannot be written to.
    """
    from index.piece_encoder import FILES, SHIPPED

    try:
        if folder.resolve() == SHIPPED.resolve():
            raise LoadError(f"{folder} 是随产品发布的编码器,请用 --into 写一个新的文件夹")
        others = folder.is_dir() and {path.name for path in folder.iterdir()} - {*FILES, _CARD}
        if others or (folder.exists() and not folder.is_dir()):
            raise LoadError(f"{folder} 里已有别的文件,请用 --into 写一个新的文件夹")
        folder.parent.mkdir(parents=True, exist_ok=True)
        Path(mkdtemp(dir=folder.parent)).rmdir()
    except OSError as exc:
        raise LoadError(f"无法写入 {folder}:{os_reason(exc)}") from exc


def _write(folder: Path, adapted: Adapted, source: str) -> None:
    """Write the folder beside its place, then put it there: nobody finds half of it.

    :raises LoadError: the disk refuses.
    """
    from index.piece_encoder import weight_files

    try:
        beside = Path(mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
        try:
            for name, data in weight_files(adapted.weights).items():
                (beside / name).write_bytes(data)
            (beside / _CARD).write_text(card(adapted, source), "utf-8")
            beside.chmod(0o755)
            if folder.exists():
                shutil.rmtree(folder)
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as exc:
        raise LoadError(f"无法写入 {folder}:{os_reason(exc)}") from exc


def _show(folder: Path, adapted: Adapted, *, as_json: bool) -> None:
    use = f"gongjian index --encoder {folder}"
    if as_json:
        emit_json(
            {
                "folder": str(folder),
                "passages": adapted.passages,
                "held_out": adapted.held_out,
                "steps": adapted.course.steps,
                "seed": adapted.course.seed,
                "figures": [asdict(one) for one in adapted.compared],
                "use": use,
            }
        )
        return
    emit([[("", f"已写入 {folder}:{adapted.passages} 段,{adapted.course.steps} 步")]])
    if adapted.compared:
        emit([[("", f"从 {adapted.held_out} 段留出标题和句子不训练,用它们找原段(前 → 后):")]])
    emit([[("", _row(one))] for one in adapted.compared])
    if not adapted.compared:
        emit([[("yellow", "语料太小,没有可以留出来测的标题和句子;效果没有测。")]])
    elif not any(one.after.mrr10 > one.before.mrr10 for one in adapted.compared):
        emit([[("yellow", "在这份语料上没有变好,建议仍用随产品发布的编码器。")]])
    emit([[("", f"用法:{use}")]])


def _row(one: Compared) -> str:
    pairs = (
        ("第一个就对", one.before.hit1, one.after.hit1),
        ("MRR@10", one.before.mrr10, one.after.mrr10),
        ("前十有", one.before.found10, one.after.found10),
    )
    told = ",".join(f"{name} {before:.3f} → {after:.3f}" for name, before, after in pairs)
    return f"  {_KINDS[one.kind]}({one.questions} 问):{told}"


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    from bot.indexing import progress_of

    with progress_of(_PARTS) as hear:
        yield hear
    sys.stderr.flush()
