"""Readers that ask all the while an index is updated, builders killed among it.

`make hammer` does it with a thousand updates, the suite with some.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
UPDATES = int(os.environ.get("GONGJIAN_HAMMER", "60"))
READERS, KILLED_EVERY = 8, max(UPDATES // 10, 20)

# The builder changes one document at a time; document n always says the same number in its text
# and in its task, so that a version of which half is old is seen by who reads it.
BUILDER = """
import os, random, signal, sys
from pathlib import Path
from tests.index.support import lay, make

home, folder, first, last, kill = Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:6])
os.fsync = lambda handle: None  # what is tested is ours, not the disk
names = [f"f{number}.txt" for number in range(12)]

def text(name, turn):
    return f"{name}方案\\n1.散煤治理第{turn}轮。\\n整改时限第{turn}轮。"

def die(step):
    if turn == kill and random.random() < 0.05:
        os.kill(os.getpid(), signal.SIGKILL)

for turn in range(first, last):
    name = names[turn % len(names)]
    gone = names[(turn * 7 + 3) % len(names)] if turn % 3 == 0 and turn > 20 else None
    lay(folder, {name: text(name, turn)})
    if not turn:
        lay(folder, {one: text(one, 0) for one in names})
    files = lay(folder, {name: text(name, turn)})
    there = [one for one in names if one != gone]
    from index.records import SourceFile
    every = [SourceFile(folder / one, one) for one in there]
    unseen = frozenset(one for one in every if one.source != name)
    make(home, every, unseen=unseen, checkpoint=die, created_at=str(turn))
    print(turn, flush=True)
"""

READER = """
import json, re, sys, time
from pathlib import Path
from index.local import LocalEngine, live_version
from tests.index.support import FakeEncoder

home, stop = Path(sys.argv[1]), Path(sys.argv[2])
encoder, versions, asked = FakeEncoder(), set(), 0
while not stop.exists():
    engine = LocalEngine.open(home, encoder=encoder)
    versions.add(engine.version)
    summaries = engine.documents()
    assert len(summaries) in (11, 12), len(summaries)
    tasks = {one.document_id: one for one in engine.tasks()}
    found = engine.lexical("散煤治理", 50) + engine.dense("整改时限", 50)
    held = {one.id: one for one in engine.passages({one.id for one in found})}
    for one in summaries:
        turns = set(re.findall(r"第(\\\\d+)轮", engine.document(one.id).text))
        for passage in engine.passages_of(one.id):
            turns |= set(re.findall(r"第(\\\\d+)轮", passage.text))
        turns |= set(re.findall(r"第(\\\\d+)轮", tasks[one.id].problem))
        assert len(turns) == 1, turns
    assert {one.span.document_id for one in held.values()} == {one.id for one in summaries}
    asked += 1
    time.sleep(0.5)  # eight that never rest would leave the builder nothing of two cores
print(json.dumps({"asked": asked, "versions": len(versions)}))
"""


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script.replace("\\\\", "\\"), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )


def build(home: Path, folder: Path, first: int, *, kill: int, last: int = UPDATES) -> int:
    """Update from one turn on, perhaps killed in another; return the turn to go on from."""
    builder = start(BUILDER, home, folder, first, last, kill)
    out, err = builder.communicate(timeout=100)
    assert builder.returncode in (0, -9), err
    return int(out.split()[-1]) + 1 if out.split() else first


def test_readers_never_fail_or_see_half_of_an_update(tmp_path: Path):
    home, folder, stop = tmp_path / "home", tmp_path / "files", tmp_path / "stop"
    turn = build(home, folder, 0, kill=-1, last=1)
    readers = [start(READER, home, stop) for _ in range(READERS)]
    kills = 0
    while turn < UPDATES:
        before = turn
        turn = build(home, folder, turn, kill=turn + KILLED_EVERY)
        kills += turn < UPDATES
        assert turn > before or kills
    stop.write_text("")
    for reader in readers:
        out, err = reader.communicate(timeout=60)
        assert reader.returncode == 0, err
        told = json.loads(out)
        assert told["asked"] > 3
        assert told["versions"] > 1
    assert kills > 0
