"""The product over passages that do not know their title, heading and item."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.records import Reading
from eval.corpora import build_corpus
from eval.legs import searching
from eval.records import Built, System
from index.local import LocalEngine
from index.reading import CorpusReader
from index.records import SourceFile
from retrieval.records import Mode


def build(home: Path) -> Built:
    """Build the same files again, without the context of passages."""
    published = LocalEngine.open(home)
    files = [SourceFile(Path(one.path), one.source, one.note) for one in published.sources()]
    encoder = published.manifest.encoder.name
    with TemporaryDirectory() as bare:
        build_corpus(files, Path(bare), encoder=encoder, reader=_Bare())
        engine = LocalEngine.open(Path(bare))
        engine.dense("整改", 1)  # mapped files outlive their names, so all of them are opened now
    return searching(engine, Mode.HYBRID)


class _Bare(CorpusReader):
    """The product's reader, whose passages know nothing of where they stand."""

    @property
    def version(self) -> str:
        """Another than the product's."""
        return f"{super().version}-bare"

    def read(self, file: SourceFile) -> Reading:
        """Read a whole file."""
        return _bare(super().read(file))

    def read_record(self, record: str, place: str, file: SourceFile) -> Reading:
        """Read a record of a file."""
        return _bare(super().read_record(record, place, file))


def _bare(reading: Reading) -> Reading:
    return replace(reading, passages=tuple(replace(one, context="") for one in reading.passages))


SYSTEM = System("hybrid-no-context", "混合检索,段落不带标题和所属条目", build, own_index=True)
