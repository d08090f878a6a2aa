"""The systems of the benchmark, by name; one file each."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from eval.systems import known_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.bench.records import Peer

PRODUCT = "gongjian"
BASELINE = "rank-bm25"
_LEXICAL_PRODUCT = "gongjian-lexical"
# In the order of every table: the product, the textbook, then what else a user would pick.
NAMES = (
    PRODUCT,
    BASELINE,
    "bm25s-default",
    "bm25s-numpy",
    "bm25s-numba",
    "tantivy",
    "haystack",
    "lancedb",
)
# The engines that could stand behind the product's lexical leg, all on its tokens.
LEXICAL = (_LEXICAL_PRODUCT, "bm25s-numpy", "bm25s-numba", "tantivy")
ALL = tuple(dict.fromkeys((*NAMES, *LEXICAL)))


def find_peer(name: str) -> Peer:
    """Return a system by its name.

    :raises SettingsError: there is none of this name.
    """
    known_names([name], ALL)
    peer: Peer = import_module(f"eval.bench.systems.{name.replace('-', '_')}").PEER
    return peer


def missing(needs: Sequence[str]) -> list[str]:
    """Return those modules that are not installed."""
    return [name for name in needs if find_spec(name) is None]
