"""Who is reserved for a client before he is dialed."""

from __future__ import annotations

from typing import Any

STATEMENTS = ("ALTER TABLE attempt ADD COLUMN held_agent_id INTEGER",)


def up(migrator: object, db: Any) -> None:
    """Add what callbacks keep; what there is stays as it is."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
