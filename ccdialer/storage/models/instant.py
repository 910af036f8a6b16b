"""An instant as a column."""

from __future__ import annotations

import peewee as pw


class InstantField(pw.BigIntegerField):
    """An instant as UTC epoch milliseconds: the same number on every engine and in every zone."""
