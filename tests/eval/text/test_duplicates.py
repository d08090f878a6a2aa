"""The documents that near-duplicates are measured on, and the measures themselves."""

from __future__ import annotations

from eval.text.duplicates import by_clusters, by_lsh, measures
from eval.text.making_copies import COPYING, make

_WORDS = "城市道路扬尘治理建筑工地锅炉拆改水源保护河道清淤企业排污监测预警督察整改责任落实通报考核资金项目"


def passages() -> list[str]:
    """Sixty-character passages, no two alike."""
    return [
        "".join(
            _WORDS[(step * step * (place + 3) + 7 * place + step) % len(_WORDS)]
            for step in range(1, 60)
        )
        + f"第{place}条。"
        for place in range(400)
    ]


def test_the_same_seed_makes_the_same_documents():
    first, second = make(passages(), 30), make(passages(), 30)
    assert [one.document.text for one in first] == [one.document.text for one in second]
    assert len(first) == 30
    assert {one.kind for one in first} - set(COPYING) <= {"original", "look-alike"}


def test_copies_are_found_that_plain_lsh_misses():
    made = make(passages(), 120, seed=3)
    mine, plain = measures(by_clusters(made)), measures(by_lsh(made))
    assert mine["recall"] == 1.0
    assert plain["recall"] < mine["recall"]
