"""Dataclasses to JSON values and back, by their annotations.

Fields at their default are left out, so that a record costs what it says. Reading checks
types: a damaged record is a `ValueError`, never a half-filled object.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Callable, Hashable
from datetime import date
from enum import Enum
from typing import TypeVar

T = TypeVar("T")
_Decode = Callable[[object], object]


def to_bytes(value: object) -> bytes:
    """Return a dataclass as one line of JSON, in UTF-8, without the line end."""
    # Lone surrogates of undecodable sources have no UTF-8 form; JSON's \\u escape keeps them.
    line = json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))
    try:
        return line.encode()
    except UnicodeEncodeError:
        return json.dumps(to_plain(value), separators=(",", ":")).encode()


def from_bytes(kind: type[T], data: bytes) -> T:
    """Read a dataclass back from its line of JSON.

    :raises ValueError: it is not JSON, or not of this kind.
    """
    value = _decoder(typing.cast("Hashable", kind))(json.loads(data))
    return typing.cast("T", value)


def to_plain(value: object) -> object:
    """Return a value as JSON knows it: objects, lists, strings, numbers, booleans and null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        items = ((name, getattr(value, name), spare) for name, spare in _fields(type(value)))
        return {name: to_plain(item) for name, item, spare in items if item != spare}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


@functools.cache
def _fields(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, _default(field)) for field in dataclasses.fields(kind))


def _default(field: dataclasses.Field[object]) -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default  # MISSING, equal to nothing, where there is none


@functools.cache
def _decoder(kind: Hashable) -> _Decode:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _optional(*(_decoder(one) for one in arguments if one is not type(None)))
    if origin is tuple:
        return _tuple(_decoder(arguments[0]))
    if origin is dict:
        return _dict(_decoder(arguments[1]))
    if not isinstance(kind, type):
        raise TypeError(f"no way to read {kind!r} back from JSON")
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    if issubclass(kind, Enum):
        return kind
    return _date if kind is date else _scalar(kind)


def _scalar(kind: type) -> _Decode:
    return lambda value: _as(kind, value)


def _as(kind: type[T], value: object) -> T:
    if type(value) is not kind and not (kind is float and type(value) is int):
        raise ValueError(f"expected {kind.__name__}, got {value!r:.80}")
    return typing.cast("T", value)


def _date(value: object) -> date:
    return date.fromisoformat(_as(str, value))


def _optional(decode: _Decode) -> _Decode:
    return lambda value: None if value is None else decode(value)


def _tuple(decode: _Decode) -> _Decode:
    return lambda value: tuple(decode(item) for item in _as(list, value))


def _dict(decode: _Decode) -> _Decode:
    return lambda value: {key: decode(item) for key, item in _as(dict, value).items()}


def _dataclass(kind: type) -> _Decode:
    hints = typing.get_type_hints(kind)
    decoders = {name: _decoder(hints[name]) for name, _ in _fields(kind)}
    required = {name for name, spare in _fields(kind) if spare is dataclasses.MISSING}

    def decode(value: object) -> object:
        given = _as(dict, value)
        if not required <= given.keys() <= decoders.keys():
            raise ValueError(f"{kind.__name__} with fields {sorted(given)}")
        return kind(**{name: decoders[name](item) for name, item in given.items()})

    return decode
