"""Dataclasses of a schema into YAML text, which is read back to the same."""

from __future__ import annotations

import dataclasses
from dataclasses import is_dataclass
from typing import Any

import yaml

from ccdialer.schema import plain


def written(value: Any) -> str:
    """A dataclass as a YAML file that is read back to the same; defaults are left out."""
    page = differing(value, type(value)())
    return str(yaml.safe_dump(page, sort_keys=False, allow_unicode=True, default_flow_style=None))


def page_text(page: Any) -> str:
    """Plain data, or what `plain` makes plain, as a YAML file in the order of its keys."""
    return str(yaml.safe_dump(plain(page), sort_keys=False, allow_unicode=True, width=1000))


def differing(value: Any, default: Any) -> Any:
    """What of a dataclass is not as in `default`, one of its kind, as plain YAML data."""
    pairs = (
        (f.name, getattr(value, f.name), getattr(default, f.name))
        for f in dataclasses.fields(value)
    )
    return {name: _page(new, old) for name, new, old in pairs if new != old}


def _page(value: Any, default: Any) -> Any:
    if is_dataclass(value):
        return differing(value, default)
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        return [differing(item, type(item)()) for item in value]
    if isinstance(value, dict):
        return {plain(key): _page(item, _kind_of(item)) for key, item in value.items()}
    return plain(value)


def _kind_of(value: Any) -> Any:
    """A dataclass of the same kind with its defaults; nothing, for what is none."""
    kind: Any = type(value)
    return kind() if is_dataclass(value) else None
