"""What of a text is kept to find its copies by: sampled runs of characters, and a digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.duplicates.candidates import sample
from corpus.duplicates.forms import form_of

if TYPE_CHECKING:
    from corpus.duplicates.forms import Hashes

# Shorter texts are alike by chance: a line of a form, a heading.
_SHORTEST = 40
_DIGEST = 16


@dataclass(frozen=True, slots=True)
class Sketch:
    """The kept runs of a text, sorted, and the digest of its letters; empty for a short text."""

    runs: Hashes
    digest: bytes


def sketch_of(text: str) -> Sketch:
    """Return the sketch of a text; those of texts that differ in punctuation alone are equal."""
    form = form_of(text)
    if len(form.codes) < _SHORTEST:
        return no_sketch()
    digest = hashlib.blake2b(form.codes.tobytes(), digest_size=_DIGEST).digest()
    return Sketch(sample(form.kinds), digest)


def no_sketch() -> Sketch:
    """Return the sketch of what is a copy of nothing."""
    return Sketch(sample(form_of("").kinds), bytes(_DIGEST))
