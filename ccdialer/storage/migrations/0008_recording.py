"""Recordings of talks, by the name of their file."""

from __future__ import annotations

from typing import Any

import peewee as pw


class Attempt(pw.Model):
    id = pw.TextField(primary_key=True)


class Recording(pw.Model):
    name = pw.TextField(primary_key=True)
    attempt = pw.ForeignKeyField(Attempt, index=False)
    node = pw.TextField()
    format = pw.TextField()
    begun_at = pw.BigIntegerField()
    state = pw.TextField()
    seconds = pw.DoubleField(null=True)
    size = pw.BigIntegerField(null=True)
    reason = pw.TextField()
    deleted_at = pw.BigIntegerField(null=True)


INDEXES = (
    "CREATE INDEX recording_attempt ON recording (attempt_id)",
    "CREATE INDEX recording_begun ON recording (begun_at, name)",
    # What has no word of its end is looked for every hour: some rows of millions.
    "CREATE INDEX recording_open ON recording (node, name) WHERE state IN ('asked', 'running')",
)


def up(migrator: object, db: Any) -> None:
    """Make the table and its indexes."""
    with db.bind_ctx([Attempt, Recording]):
        db.create_tables([Recording], safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)
