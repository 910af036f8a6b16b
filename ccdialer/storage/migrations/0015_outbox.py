"""What outside systems are to be told of calls."""

from __future__ import annotations

from typing import Any

import peewee as pw


class Outbox(pw.Model):
    id = pw.BigAutoField()
    key = pw.TextField(unique=True)
    kind = pw.TextField()
    connector = pw.TextField()
    subject = pw.TextField()
    payload = pw.TextField()
    state = pw.TextField()
    made_at = pw.BigIntegerField()
    due_at = pw.BigIntegerField()
    tries = pw.IntegerField()
    faults = pw.IntegerField()
    node = pw.TextField(null=True)
    leased_until = pw.BigIntegerField(null=True)
    reference = pw.TextField()
    last_error = pw.TextField()
    settled_at = pw.BigIntegerField(null=True)

    class Meta:
        table_name = "outbox"


INDEXES = (
    "CREATE INDEX outbox_due ON outbox (connector, due_at, id) WHERE state = 'waiting'",
    # Who waits behind whom is asked for every row that is handed out.
    "CREATE INDEX outbox_order ON outbox (connector, subject, id)"
    " WHERE state IN ('waiting', 'sending')",
    "CREATE INDEX outbox_parked ON outbox (id) WHERE state = 'parked'",
    "CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at IS NOT NULL",
)


def up(migrator: object, db: Any) -> None:
    """Make the table and its indexes."""
    with db.bind_ctx([Outbox]):
        db.create_tables([Outbox], safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)
