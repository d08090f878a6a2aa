"""The systems that can be measured, by name; one file each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from corpus.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.records import System

BASELINE = "rank-bm25"
PRODUCT = "hybrid"
# In the order of every table: the baseline, chance, the lexical units, the legs, their fusions,
# and what each part is worth.
NAMES = (
    BASELINE,
    "random",
    "words",
    "bigrams",
    "lexical",
    "dense",
    "rrf",
    "convex",
    PRODUCT,
    "hybrid-no-words",
    "hybrid-no-bigrams",
    "hybrid-no-marks",
    "hybrid-no-context",
    "hybrid-no-thesaurus",
    "hybrid-no-dense",
    "hybrid-no-lexical",
    "hybrid-constant",
)
# Measured only when asked for by name: it needs a model that is not shipped.
RERANKED = "hybrid-rerank"
ON_DEMAND = (RERANKED,)
# The product, and the product without each of its parts.
PARTS = (
    PRODUCT,
    *(name for name in NAMES if name.startswith(f"{PRODUCT}-no-")),
    "rrf",
    "hybrid-constant",
)
_MODULES = {"random": "random_order"}


def known_names(given: Sequence[str], all_names: Sequence[str]) -> list[str]:
    """Return the names given, each once, or all where none is.

    What is measured on demand may be given, and is not among all.

    :raises SettingsError: one is not among them.
    """
    known = (*all_names, *ON_DEMAND)
    for name in given:
        if name not in known:
            raise SettingsError(f"没有叫 {name} 的系统;可用的有:{'、'.join(known)}")
    return list(dict.fromkeys(given)) or list(all_names)


def find_system(name: str) -> System:
    """Return a system by its name.

    :raises SettingsError: there is none of this name.
    """
    known_names([name], NAMES)
    module = import_module(f"eval.systems.{_MODULES.get(name, name.replace('-', '_'))}")
    system: System = module.SYSTEM
    return system
