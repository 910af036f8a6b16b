"""Which number a task's next attempt dials, and what is set of a project."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    "ALTER TABLE task ADD COLUMN next_number TEXT",
    "ALTER TABLE project ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'",
)


def up(migrator: object, db: Any) -> None:
    """Both engines add such columns without touching a row."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
