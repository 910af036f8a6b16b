"""How a caller waits, as his route wants it, outlives a restart of the daemon."""

from __future__ import annotations

from typing import Any


def up(migrator: object, db: Any) -> None:
    """Of earlier callers nothing is known: they wait as their queue says."""
    db.execute_sql("ALTER TABLE inbound_call ADD COLUMN waits TEXT NOT NULL DEFAULT '{}'")
