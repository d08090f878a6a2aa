"""Whether clean text stays clean: every character that repair would change in it, to be read.

Run as `python -m eval.text.clean FOLDER [--each N] [--json]`, FOLDER a BEIR folder.
Line ends and invisible characters are counted only; every other repair of its passages is shown
where it stands, by reason, `--each` of a reason at most.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import click

from corpus.formats.jsonl import beir_fields, json_value, numbered_lines
from corpus.records import Edit
from corpus.repairs.steps import repair

# What no reader sees.
_UNSEEN = frozenset({"newline", "invisible"})
_AROUND = 14


@dataclass(frozen=True, slots=True)
class Repairs:
    """The repairs of a clean corpus: counts by reason, and each with the words around it."""

    passages: int
    characters: int
    counts: dict[str, int]
    shown: dict[str, list[str]]

    @property
    def per_million(self) -> float:
        """Repairs that a reader sees, in a million characters."""
        seen = sum(count for reason, count in self.counts.items() if reason not in _UNSEEN)
        return seen * 1e6 / max(1, self.characters)


def clean_repairs(corpus: Path) -> Repairs:
    """Repair every passage of a BEIR corpus.

    :raises LoadError: the corpus cannot be read.
    """
    passages = characters = 0
    counts: Counter[str] = Counter()
    shown: dict[str, list[str]] = defaultdict(list)
    for place, line in numbered_lines(corpus):
        _, _, text = beir_fields(json_value(line, place), place)
        passages += 1
        characters += len(text)
        for edit in repair(text).edits:
            counts[edit.reason] += 1
            if edit.reason not in _UNSEEN:
                shown[edit.reason].append(_in_context(text, edit))
    return Repairs(passages, characters, dict(counts), dict(shown))


def _in_context(text: str, edit: Edit) -> str:
    before = text[max(0, edit.start - _AROUND) : edit.start]
    after = text[edit.end : edit.end + _AROUND]
    line = f"{before}[{text[edit.start : edit.end]}→{edit.replacement}]{after}"
    return line.replace("\n", "⏎")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--each", default=1000, help="repairs of one reason shown at most")
@click.option("--json", "as_json", is_flag=True)
def main(folder: Path, each: int, as_json: bool) -> None:
    """Show what repair changes in the clean passages of FOLDER."""
    found = clean_repairs(next(iter(sorted(folder.glob("corpus.jsonl*")))))
    summary = {
        "passages": found.passages,
        "characters": found.characters,
        "counts": found.counts,
        "per_million": round(found.per_million, 3),
    }
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
        return
    for reason, lines in found.shown.items():
        click.echo(f"{reason}: {len(lines)}")
        for line in lines[:each]:
            click.echo(f"  {line}")
    click.echo(summary)


if __name__ == "__main__":
    main()
