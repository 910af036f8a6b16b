"""Settings as JSON and back: a dataclass by its field names, whatever version wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(settings: Any) -> str:
    """Every field of a dataclass, by name."""
    return json.dumps(asdict(settings), sort_keys=True, default=_sorted)


def _sorted(value: frozenset[Any]) -> list[Any]:
    return sorted(value)


def from_json(cls: type[T], text: str, **missing: Any) -> T:
    """A dataclass from its JSON. What is not there is as in `missing`, or has its default; a field
    or an enum's value that this version does not know is left out."""
    return cls(**(missing | _values(cls, json.loads(text))))


def _values(cls: type[Any], found: dict[str, Any]) -> dict[str, Any]:
    hints = _hints(cls)  # type: ignore[arg-type]  # types are hashable
    known = [field.name for field in fields(cls) if field.name in found]
    given = ((name, _known(found[name], hints[name])) for name in known)
    return {name: kept[0] for name, kept in given if kept}


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    return get_type_hints(cls)  # it evaluates text, which takes longer than all the rest


def _known(value: Any, wanted: Any) -> tuple[Any, ...]:
    """The value as its type wants it, alone in a tuple; an empty tuple if this version has no
    such value."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in (Union, UnionType):
        inner = next(a for a in arguments if a is not NoneType)
        return (None,) if value is None else _known(value, inner)
    if origin in (tuple, frozenset):
        return (origin(_each(value, arguments[0])),)
    if origin is dict:
        names, items = arguments
        pairs = ((_known(k, names), _known(v, items)) for k, v in value.items())
        return ({k[0]: v[0] for k, v in pairs if k and v},)
    if is_dataclass(wanted):
        cls: Any = wanted
        return (cls(**_values(cls, value)),)
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return (wanted(value),) if value in list(wanted) else ()
    return (value,)


def _each(values: list[Any], wanted: Any) -> Iterator[Any]:
    for value in values:
        yield from _known(value, wanted)
