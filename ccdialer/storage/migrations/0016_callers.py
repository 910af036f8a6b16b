"""Recordings and results may be of a call that came in: the id they name is of either kind."""

from __future__ import annotations

from typing import Any

import peewee as pw


class Recording(pw.Model):
    """As before, but its call need not be an attempt."""

    name = pw.TextField(primary_key=True)
    attempt_id = pw.TextField()
    node = pw.TextField()
    format = pw.TextField()
    begun_at = pw.BigIntegerField()
    state = pw.TextField()
    seconds = pw.DoubleField(null=True)
    size = pw.BigIntegerField(null=True)
    reason = pw.TextField()
    deleted_at = pw.BigIntegerField(null=True)


COLUMNS = ", ".join(field.column_name for field in Recording._meta.sorted_fields)

INDEXES = (
    "CREATE INDEX recording_attempt ON recording (attempt_id)",
    "CREATE INDEX recording_begun ON recording (begun_at, name)",
    "CREATE INDEX recording_open ON recording (node, name) WHERE state IN ('asked', 'running')",
)

AGENTS_CALLS = """
    CREATE INDEX inbound_call_talks ON inbound_call (arrived_at, agent_id)
    WHERE joined_at IS NOT NULL"""

FOREIGN_KEYS = """
    SELECT conname FROM pg_constraint
    WHERE conrelid = 'recording'::regclass AND contype = 'f'"""


def up(migrator: object, db: Any) -> None:
    """PostgreSQL forgets the foreign key; SQLite cannot, and gets the table anew. Every row
    stays."""
    if isinstance(db, pw.SqliteDatabase):
        _rebuild(db)
    else:
        for (name,) in db.execute_sql(FOREIGN_KEYS).fetchall():
            db.execute_sql(f'ALTER TABLE recording DROP CONSTRAINT "{name}"')
    db.execute_sql(AGENTS_CALLS)


def _rebuild(db: Any) -> None:
    db.execute_sql("ALTER TABLE recording RENAME TO recording_before")
    for index in ("recording_attempt", "recording_begun", "recording_open"):
        db.execute_sql(f"DROP INDEX {index}")
    with db.bind_ctx([Recording]):
        db.create_tables([Recording], safe=False)
    db.execute_sql(f"INSERT INTO recording ({COLUMNS}) SELECT {COLUMNS} FROM recording_before")
    db.execute_sql("DROP TABLE recording_before")
    for statement in INDEXES:
        db.execute_sql(statement)
