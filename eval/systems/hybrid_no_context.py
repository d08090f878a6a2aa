"""The product over passages that do not know their title, heading and item."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.records import Reading
from eval.corpora import build_corpus, read_source
from eval.legs import searching
from eval.records import Built, System
from index.local import LocalEngine
from index.records import SourceFile
from retrieval.records import Mode


def build(home: Path) -> Built:
    """Build the same files again, without the context of passages."""
    manifest = LocalEngine.open(home).manifest
    files = [SourceFile(Path(one.path), one.source, one.note) for one in manifest.sources]
    with TemporaryDirectory() as bare:
        build_corpus(files, Path(bare), encoder=manifest.encoder.name, read=_read)
        engine = LocalEngine.open(Path(bare))
        engine.dense("整改", 1)  # mapped files outlive their names, so all of them are opened now
    return searching(engine, Mode.HYBRID)


def _read(file: SourceFile) -> Reading:
    reading = read_source(file)
    return replace(reading, passages=tuple(replace(one, context="") for one in reading.passages))


SYSTEM = System("hybrid-no-context", "混合检索,段落不带标题和所属条目", build, own_index=True)
