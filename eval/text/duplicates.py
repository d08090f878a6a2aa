"""Near-duplicates among generated documents: time, precision, recall, beside plain MinHash LSH.

Run as `python -m eval.text.duplicates FOLDER [--documents N] [--baseline N] [--json]`, FOLDER a
BEIR folder of clean passages. A link joins a copy with its best one; precision is the share of the
links that join one family, recall the share of the copies that lie in the cluster of their
original. The baseline is datasketch's LSH at a Jaccard index of 0.5 over the same hashed runs of
characters, without exact verification. Seconds are those of the processor.
"""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from corpus.duplicates.clusters import find_clusters
from corpus.duplicates.forms import form_of
from corpus.errors import GongjianError
from corpus.formats.jsonl import beir_fields, json_value, numbered_lines
from eval.console import emit
from eval.text.making_copies import COPYING, Made, make

_DOCUMENTS, _BASELINE = 10_000, 1_000
_SHORTEST_PASSAGE = 40
_THRESHOLD, _PERMUTATIONS = 0.5, 128
_KB = 1024


@dataclass(frozen=True, slots=True)
class Found:
    """What a way of finding near-duplicates found: pairs of document numbers, and the time."""

    system: str
    documents: Sequence[Made]
    links: frozenset[tuple[int, int]]
    seconds: float


def passages_of(folder: Path) -> list[str]:
    """Return the passages of a BEIR corpus that are whole sentences.

    :raises LoadError: the corpus cannot be read.
    """
    path = next(iter(sorted(folder.glob("corpus.jsonl*"))), folder / "corpus.jsonl")
    texts = (beir_fields(json_value(line, place), place)[2] for place, line in numbered_lines(path))
    return [text for text in texts if len(text) >= _SHORTEST_PASSAGE]


def by_clusters(documents: Sequence[Made]) -> Found:
    """Find near-duplicates as the product does."""
    places = {one.document.id: index for index, one in enumerate(documents)}
    start = time.process_time()
    clusters = find_clusters([one.document for one in documents])
    seconds = time.process_time() - start
    links = {
        _pair(places[cluster.best], places[member.document_id])
        for cluster in clusters
        for member in cluster.members
    }
    return Found("gongjian", documents, frozenset(links), seconds)


def by_lsh(documents: Sequence[Made]) -> Found:
    """Find near-duplicates by MinHash LSH on the Jaccard index alone."""
    from datasketch import MinHash, MinHashLSH

    start = time.process_time()
    lsh = MinHashLSH(threshold=_THRESHOLD, num_perm=_PERMUTATIONS)
    links = set()
    for index, one in enumerate(documents):
        sketch = MinHash(num_perm=_PERMUTATIONS, hashfunc=int)
        sketch.update_batch(form_of(one.document.text).kinds >> 32)
        links |= {_pair(index, int(other)) for other in lsh.query(sketch)}
        lsh.insert(str(index), sketch)
    return Found("datasketch-lsh", documents, frozenset(links), time.process_time() - start)


def measures(found: Found) -> dict[str, Any]:
    """Return precision, recall, and recall by kind of copy."""
    made = found.documents
    right = [pair for pair in found.links if made[pair[0]].family == made[pair[1]].family]
    together = _together(found)
    kinds: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    originals = {one.family: i for i, one in enumerate(made) if one.kind not in COPYING}
    for index, one in enumerate(made):
        if one.kind in COPYING and one.family in originals:
            kinds[one.kind] += 1
            hits[one.kind] += together(index, originals[one.family])
    return {
        "system": found.system,
        "documents": len(made),
        "characters": sum(len(one.document.text) for one in made),
        "seconds": round(found.seconds, 2),
        "links": len(found.links),
        "precision": round(len(right) / max(1, len(found.links)), 4),
        "recall": round(sum(hits.values()) / max(1, sum(kinds.values())), 4),
        "by_kind": {kind: round(hits[kind] / total, 4) for kind, total in sorted(kinds.items())},
    }


def _together(found: Found) -> Any:
    """Tell whether two documents are joined, directly or through what both are joined with."""
    neighbours: dict[int, set[int]] = {}
    for first, second in found.links:
        neighbours.setdefault(first, {first}).add(second)
        neighbours.setdefault(second, {second}).add(first)
    return lambda one, other: bool(neighbours.get(one, set()) & neighbours.get(other, set()))


def _pair(first: int, second: int) -> tuple[int, int]:
    return min(first, second), max(first, second)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--documents", type=click.IntRange(min=2), default=_DOCUMENTS, show_default=True)
@click.option("--baseline", type=click.IntRange(min=0), default=_BASELINE, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(folder: Path, documents: int, baseline: int, *, as_json: bool) -> None:
    """Generate documents, find their near-duplicates, and print what was found."""
    try:
        made = make(passages_of(folder), documents)
    except GongjianError as error:
        click.echo(f"错误: {error}", err=True)
        sys.exit(1)
    rows = [measures(by_clusters(made))]
    rows[0]["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _KB
    if baseline:
        some = made[:baseline]
        rows += [measures(by_clusters(some)), measures(by_lsh(some))]
    for row in rows:
        if as_json:
            emit(row)
        else:
            click.echo("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
