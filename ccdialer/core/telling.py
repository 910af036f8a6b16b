"""A setting that tells about itself: its default, its sentence, its limits."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def told(default: Any, doc: str, **rules: Any) -> Any:
    """A field with its sentence and limits, as a reader of files wants them."""
    metadata = {"doc": doc, **rules}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)
