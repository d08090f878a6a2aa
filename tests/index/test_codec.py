from pathlib import Path

import pytest

from corpus.records import DeadlineKind, Document, Passage, Task
from index.codec import from_bytes, to_bytes
from index.records import DocumentSummary, Scored
from tests.index.support import lay, read


def test_every_record_comes_back_equal(tmp_path: Path):
    for file in lay(tmp_path):
        reading = read(file)
        for kind, records in (
            (Document, reading.documents),
            (Passage, reading.passages),
            (Task, reading.tasks),
        ):
            assert [from_bytes(kind, to_bytes(one)) for one in records] == list(records)


def test_enumerations_and_dates_keep_their_types(tmp_path: Path):
    task = read(lay(tmp_path)[0]).tasks[0]
    back = from_bytes(Task, to_bytes(task)).deadline
    assert (back.kind, back.due) == (DeadlineKind.FIXED, task.deadline.due)
    assert type(back.kind) is DeadlineKind


def test_fields_at_their_default_are_left_out():
    summary = DocumentSummary("a", "题", "a.txt", 1, 2, 3, 4)
    assert to_bytes(summary).decode() == (
        '{"id":"a","title":"题","source":"a.txt","characters":1,"passages":2,"tasks":3,"edits":4}'
    )


def test_a_lone_surrogate_survives():
    assert from_bytes(Scored, to_bytes(Scored("\ud800", 1.0))) == Scored("\ud800", 1.0)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"id": "a"}',
        b'{"id": 1, "score": 1.0}',
        b'{"id": "a", "score": "1"}',
        b'{"id": "a", "score": 1.0, "more": 1}',
        b'{"id": "a", "score": 1.0',
        b'\xff{"id": "a", "score": 1.0}',
    ],
)
def test_a_damaged_line_is_a_value_error(line: bytes):
    with pytest.raises(ValueError):  # noqa: PT011 -- json and ours both
        from_bytes(Scored, line)
