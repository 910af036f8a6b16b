"""When an attempt's task was due, and whose it was: how callbacks are kept is counted by it."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    "ALTER TABLE attempt ADD COLUMN due_at BIGINT",
    "ALTER TABLE attempt ADD COLUMN owner_id INTEGER",
    "ALTER TABLE attempt ADD COLUMN owner_group TEXT",
)


def up(migrator: object, db: Any) -> None:
    """Both engines add such columns without touching a row; of older attempts nobody knows it."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
