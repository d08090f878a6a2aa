"""What the encoder is trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What official documents write, and what people say for it.
Lay = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Text:
    """A passage to train on: what its reader knows on arriving, and itself."""

    context: str
    body: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A real question, the rows of the texts that answer it, and of such as only look like it."""

    question: str
    gold: Sequence[int]
    hard: Sequence[int]
