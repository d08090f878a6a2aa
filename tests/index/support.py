"""A small library of plan-like files, a reader for them, and an encoder without a model."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

from corpus.errors import LoadError
from corpus.records import (
    Deadline,
    DeadlineKind,
    Document,
    Edit,
    Leader,
    Passage,
    Reading,
    Span,
    Task,
)
from index.build import Options, build
from index.records import BuildReport, SourceFile
from index.tokens import fold, segment

BROKEN = "读不懂"  # a file that begins so cannot be read
TEXTS = {
    "plan.txt": (
        "漯河市整改方案\n17.烤烟用煤现象比较普遍。\n"
        "整改目标:用三年时间完成电代煤改造。\n整改时限:2022年年底"
    ),
    "notice.txt": "关于秸秆禁烧的通知\n各乡镇要严防秸秆露天焚烧。\n由市农业农村局牵头负责。",
    "brief.txt": "战报(第1期)\n本月检查加油站11个,查处黑加油站2个。\n散煤治理完成80%。",
}
NEEDLES = {"plan.txt": "烤烟用煤", "notice.txt": "秸秆露天焚烧", "brief.txt": "黑加油站"}


class FakeEncoder:
    """A function of the text: hashed character bigrams, so that likeness means something."""

    def __init__(self, name: str = "fake", dimensions: int = 64) -> None:
        self.name = name
        self.dimensions = dimensions
        self.encoded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for gram in map("".join, pairwise(text)):
                row[zlib.crc32(f"{self.name}{gram}".encode()) % self.dimensions] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)

    def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.encoded += texts
        return self.encode_queries(texts)


def read(file: SourceFile) -> Reading:
    """Read a text whose first line is its title and whose numbered lines are tasks."""
    text = file.path.read_text(encoding="utf-8")
    if text.startswith(BROKEN):
        raise LoadError(f"文件 {file.source} 读不懂")
    title = text.partition("\n")[0]
    # The same title is the same document: so ids can collide.
    name = f"d{zlib.crc32(title.encode()):08x}"
    passages, tasks = [], []
    for row, line in enumerate(re.finditer(r"[^\n]+", text)):
        span = Span(name, line.start(), line.end())
        item = re.match(r"(\d+)\.", line[0])
        if item:
            tasks.append(task(name, file.source, int(item[1]), line[0], span))
        kind = "task.problem" if item else "paragraph" if row else "title"
        of = tasks[-1].id if item else None
        passages.append(
            Passage(f"{name}#{row}", span, (title,), kind, line[0], title if row else "", of)
        )
    return Reading((document(name, title, text, file.source),), tuple(passages), tuple(tasks))


def document(name: str, title: str, text: str, source: str) -> Document:
    return Document(
        id=name,
        title=title,
        text=text,
        raw=text + "广告",
        source=source,
        edits=(Edit(len(text), len(text) + 2, "", "advertisement"),),
        issued_on=date(2020, 7, 23),
        kind="plan",
    )


def task(name: str, source: str, number: int, problem: str, span: Span) -> Task:
    due = Deadline(DeadlineKind.FIXED, "2022年年底", span, date(2022, 12, 31), quantity="80%")
    return Task(
        id=f"{name}/task{number}",
        document_id=name,
        source=source,
        number=number,
        section="三、散煤治理",
        problem=problem,
        target="完成改造",
        measures=("搞好培训", "加强监管"),
        leaders=(Leader("余伟", "副市长"),),
        lead_units=("市农业农村局",),
        cooperating_units=(),
        deadline=due,
        milestones=(due,),
        spans={"problem": span},
        inferred=("leaders",),
    )


def lay(folder: Path, texts: dict[str, str] | None = None) -> list[SourceFile]:
    """Write texts as files; return them as source files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (texts or TEXTS).items():
        (folder / name).write_text(text, encoding="utf-8")
    return [SourceFile(folder / name, name) for name in (texts or TEXTS)]


class Reader:
    """Reads files as wholes with a function, and remembers which."""

    def __init__(self, function: Callable[[SourceFile], Reading], version: str = "1") -> None:
        self.function, self.version = function, version
        self.seen: list[str] = []

    def records(self, file: SourceFile) -> None:
        return None

    def read(self, file: SourceFile) -> Reading:
        self.seen.append(file.source)
        return self.function(file)

    def read_record(self, record: str, place: str, file: SourceFile) -> Reading:
        raise AssertionError("these files are read whole")


def make(
    home: Path,
    files: Sequence[SourceFile],
    *,
    encoder: object = None,
    reader: object = None,
    reader_version: str = "1",
    created_at: str = "2024-01-01T00:00:00+08:00",
    **options: object,
) -> BuildReport:
    """Build with the library's reader and, unless told otherwise, the fake encoder."""
    if not hasattr(reader, "records"):
        reader = Reader(reader or read, reader_version)
    return build(
        files,
        home,
        created_at=created_at,
        options=Options(reader=reader, encoder=encoder or FakeEncoder(), **options),
    )


def lay_model2vec(folder: Path, texts: Sequence[str]) -> Path:
    """Write a model2vec folder that knows the words of some texts, with random vectors."""
    from safetensors.numpy import save_file
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    folder.mkdir(exist_ok=True)
    words = sorted({word for text in texts for word in segment(fold(text)) if word.isalnum()})
    pieces = [*words, *sorted({char for word in words for char in word} - set(words))]
    tokenizer = Tokenizer(models.Unigram([("[UNK]", -30.0), *((one, -5.0) for one in pieces)], 0))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}]+"), "removed")
    tokenizer.save(str(folder / "tokenizer.json"))
    table = np.random.default_rng(1).standard_normal((len(pieces) + 1, 24), np.float32)
    save_file({"embeddings": table}, folder / "model.safetensors")
    config = {"model_type": "model2vec", "normalize": True, "max_length": None, "folded": True}
    (folder / "config.json").write_text(json.dumps(config))
    return folder
