"""Our grammar of dates beside JioNLP's, expression by expression.

Run as `python -m eval.text.dates [--statutes FOLDER] [--every N] [--json]`. Over the shipped corpus
(every moment, rhythm, term and event of every document, and every deadline and milestone of the
ledger) and over every Nth article of a BEIR folder of statutes, both read the same words by the
same day: the document's day of issue, else 2020-07-23. Pairs fall into classes by the shape of
the words and by who says what; the committed `dates_judged.toml` says, class by class, who is
right, from reading the words. What JioNLP alone hears in running text is listed too.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import click

from corpus.deadlines.dates import find_moments
from corpus.deadlines.reading import read_deadline
from corpus.deadlines.rhythms import find_rhythms
from corpus.deadlines.terms import EVENT, TERM
from corpus.formats.jsonl import beir_fields, json_value, numbered_lines
from corpus.reading import is_readable, read_file
from corpus.records import Deadline, DeadlineKind, Reading
from eval.text.oracle import extracted, period_of, theirs
from eval.text.shapes import shape_of

BASE = date(2020, 7, 23)
_CORPUS = Path(__file__).parents[2] / "corpus" / "documents"
_JUDGED = Path(__file__).with_name("dates_judged.toml")
_EVERY = 5  # 28,000 articles: a minute and a half
_EXAMPLES = 4
_CHINESE = dict(enumerate("一二三四五六七八九十", 1)) | {11: "十一", 12: "十二"}
_FORMS = (
    "{year}年{month}月{day}日前", "{year}年{month}月{day}日", "{year}年{month:02}月{day:02}日前",
    "{year}年{month}月底前", "{year}年{month}月底", "{year}年{month}月末前", "{year}年{month}月",
    "{year}年底前", "{year}年年底", "{year}年底", "{year}年末", "{year}年内", "{year}年",
    "{year}-{month:02}-{day:02}", "{year}.{month}.{day}", "{year}/{month}/{day}",
    "{year}年第{quarter}季度", "{year}年{half}半年", "{year}年{month}月{ten}旬",
    "{numerals}年{月}月{日}日前", "{numerals}年{月}月底前", "{numerals}年底前",
    "每月{day}日前", "每年{month}月底前",
)  # fmt: skip
_WIDEST = 24  # characters of an example


@dataclass(frozen=True, slots=True)
class Pair:
    """One expression, where it was found, and what each grammar says of it."""

    place: str
    shape: str
    words: str
    ours: str
    theirs: str

    @property
    def outcome(self) -> str:
        """Who says what: agree, differ, only ours, only theirs, neither."""
        if self.ours == self.theirs:
            return "agree" if self.ours else "neither"
        if self.ours and self.theirs:
            return "differ"
        return "only ours" if self.ours else "only theirs"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who is right in a class, and why."""

    right: str
    why: str


@dataclass(frozen=True, slots=True)
class ClassOfPairs:
    """Pairs of one place, shape and outcome: how many, some of them, and the verdict."""

    place: str
    shape: str
    outcome: str
    count: int
    examples: tuple[str, ...]
    verdict: Verdict | None


def pairs_of_text(place: str, text: str, base: date) -> Iterator[Pair]:
    """Yield every expression that either grammar finds in a text."""
    ours = [
        (m.start, m.end, m.due.isoformat() if m.due else "") for m in find_moments(text, base=base)
    ]
    ours += [(r.start, r.end, period_of(r.rule)) for r in find_rhythms(text)]
    ours += [(*m.span(), "") for shape in (TERM, EVENT) for m in shape.find(text)]
    ours.sort(key=lambda one: (one[0], -one[1]))
    covered = 0
    for start, end, said in ours:
        if start >= covered:
            covered = end
            words = text[start:end]
            yield Pair(place, shape_of(words), words, said, theirs(words, base))
    for start, end in extracted(text, base):
        if not any(a < end and start < b for a, b, _ in ours):
            words = text[start:end]
            yield Pair(place, "not a date of ours", words, "", theirs(words, base) or "a time")


def pairs_of_ledger(reading: Reading) -> Iterator[Pair]:
    """Yield the deadlines and milestones of a ledger, read whole by JioNLP."""
    bases = {document.id: document.base for document in reading.documents}
    for task in reading.tasks:
        base = bases[task.document_id] or BASE
        for item in filter(None, (task.deadline, *task.milestones)):
            yield Pair("ledger", item.kind.value, item.text, _said(item), theirs(item.text, base))


def _said(item: Deadline) -> str:
    if item.kind is DeadlineKind.RECURRING and item.recurrence:
        return period_of(item.recurrence)
    return item.due.isoformat() if item.due else ""


def shipped() -> Iterator[Pair]:
    """Yield the pairs of the shipped corpus."""
    for path in sorted(filter(is_readable, _CORPUS.iterdir())):
        reading = read_file(path, path.name)
        yield from pairs_of_ledger(reading)
        for document in reading.documents:
            yield from pairs_of_text("corpus", document.text, document.base or BASE)


def statutes(folder: Path, every: int) -> Iterator[Pair]:
    """Yield the pairs of every nth article of a BEIR folder.

    :raises LoadError: the folder's corpus cannot be read.
    """
    for number, (place, line) in enumerate(numbered_lines(folder / "corpus.jsonl.gz")):
        if number % every == 0:
            _, _, text = beir_fields(json_value(line, place), place)
            yield from pairs_of_text("statutes", text, BASE)


def plain_forms() -> Iterator[Pair]:
    """Yield written forms of days, months, quarters and years, about which no two should differ."""
    for number, year in enumerate(range(2016, 2037)):
        month, day = number % 12 + 1, number % 28 + 1
        numerals = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))
        words = {
            "year": year, "month": month, "day": day, "quarter": number % 4 + 1,
            "half": "上下"[number % 2], "ten": "上中下"[number % 3], "numerals": numerals,
            "月": _CHINESE[month], "日": _CHINESE[number % 10 + 1],
        }  # fmt: skip
        for form in _FORMS:
            said = form.format(**words)
            found = read_deadline(said, 0, "form", base=BASE)
            yield Pair(
                "forms", shape_of(said), said, _said(found) if found else "", theirs(said, BASE)
            )


def classes(pairs: Iterable[Pair]) -> list[ClassOfPairs]:
    """Gather pairs into classes, most frequent first, each with its verdict."""
    verdicts = judged()
    grouped: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for pair in pairs:
        example = f"{pair.words[:_WIDEST]!r} {pair.ours or '-'} | {pair.theirs or '-'}"
        grouped[pair.place, pair.shape, pair.outcome][example] += 1
    found = [
        ClassOfPairs(
            *key,
            count=examples.total(),
            examples=tuple(example for example, _ in examples.most_common(_EXAMPLES)),
            verdict=verdicts.get(key[1:]),
        )
        for key, examples in grouped.items()
    ]
    return sorted(found, key=lambda one: (one.place, one.outcome, -one.count))


def judged() -> dict[tuple[str, str], Verdict]:
    """Return the committed verdicts by shape and outcome."""
    data = tomllib.loads(_JUDGED.read_text(encoding="utf-8"))
    return {
        (one["shape"], one["outcome"]): Verdict(one["right"], one["why"]) for one in data["class"]
    }


@click.command()
@click.option("--statutes", "folder", type=click.Path(exists=True, path_type=Path))
@click.option("--every", default=_EVERY, show_default=True, help="Of the statutes, every nth.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a class.")
def main(folder: Path | None, every: int, as_json: bool) -> None:
    """Print the classes of agreement and disagreement, with examples and verdicts."""
    pairs = [*plain_forms(), *shipped()]
    pairs += statutes(folder, every) if folder else ()
    for one in classes(pairs):
        if as_json:
            sys.stdout.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
            continue
        verdict = f"{one.verdict.right}: {one.verdict.why}" if one.verdict else ""
        sys.stdout.write(f"{one.place:<9}{one.outcome:<12}{one.count:>6}  {one.shape}  {verdict}\n")
        if one.outcome != "agree":
            sys.stdout.writelines(f"{'':29}{example}\n" for example in one.examples)
    if not as_json:
        _write_totals(pairs)


def _write_totals(pairs: list[Pair]) -> None:
    for place in dict.fromkeys(pair.place for pair in pairs):
        counts = Counter(pair.outcome for pair in pairs if pair.place == place)
        told = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        sys.stdout.write(f"{place}: {counts.total()} expressions; {told}\n")


if __name__ == "__main__":
    main()
