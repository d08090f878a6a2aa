"""What a model wants to be told before a question, and before a passage.

Models say it in their own configuration; families that are known to need it but do not say it are
listed here, and whoever knows better says it in the encoder's name, `NAME?query=…&passage=…`: so it
is kept with the index, and questions are asked as passages were read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from corpus.errors import EncoderError

_KEYS = ("query", "passage")
# From the cards of the models. Their own configuration, where it has prompts, goes before.
_FAMILIES = (
    (
        re.compile(r"bge-(?:small|base|large)-zh", re.I),
        "为这个句子生成表示以用于检索相关文章：",
        "",
    ),
    (
        re.compile(r"bge-(?:small|base|large)-en", re.I),
        "Represent this sentence for searching relevant passages: ",
        "",
    ),
    (re.compile(r"multilingual-e5-.*instruct", re.I), "Query: ", ""),
    (re.compile(r"(?:^|[/\-_])e5-(?:small|base|large)", re.I), "query: ", "passage: "),
)


@dataclass(frozen=True, slots=True)
class Prompts:
    """What stands before a question and before a passage; None: what the model says itself."""

    query: str | None = None
    passage: str | None = None


def split_name(name: str) -> tuple[str, Prompts]:
    """Return an encoder's name without what follows `?`, and the prompts that says.

    :raises EncoderError: something else is said there.
    """
    model, mark, said = name.partition("?")
    if not mark:
        return name, Prompts()
    pairs = parse_qsl(said, keep_blank_values=True)
    if not pairs or any(key not in _KEYS for key, _ in pairs):
        raise EncoderError(f"编码器 {name} 的写法不对:? 之后应为 query=提示语&passage=提示语")
    return model, Prompts(**dict(pairs))


def with_prompts(name: str, prompts: Prompts) -> str:
    """Return the name that says the prompts, in the place of those it says already.

    :raises EncoderError: the name says something else.
    """
    model, before = split_name(name)
    told = {key: getattr(prompts, key) for key in _KEYS}
    told = {key: getattr(before, key) if one is None else one for key, one in told.items()}
    said = {key: one for key, one in told.items() if one is not None}
    return f"{model}?{urlencode(said)}" if said else name


def prompts_of(name: str, own: dict[str, str], said: Prompts) -> Prompts:
    """Return the prompts to use: those said, else the model's own, else its family's.

    :param own: the model's own, under `query` and, as the library calls it, `document`.
    """
    query, passage = own.get("query", ""), own.get("document") or own.get("passage", "")
    if not query and not passage:
        query, passage = _family(name)
    return Prompts(
        query if said.query is None else said.query,
        passage if said.passage is None else said.passage,
    )


def _family(name: str) -> tuple[str, str]:
    for family, query, passage in _FAMILIES:
        if family.search(name):
            return query, passage
    return "", ""
