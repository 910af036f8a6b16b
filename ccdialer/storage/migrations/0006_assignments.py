"""Results that agents give to their calls."""

from __future__ import annotations

from typing import Any

import peewee as pw


class Result(pw.Model):
    attempt_id = pw.TextField(primary_key=True)
    task_id = pw.BigIntegerField()
    campaign_id = pw.IntegerField()
    agent_id = pw.IntegerField()
    at = pw.BigIntegerField()
    result = pw.TextField()
    kind = pw.TextField()
    reason = pw.TextField()
    comment = pw.TextField()
    callback_places = pw.IntegerField(null=True)
    callback_at = pw.BigIntegerField(null=True)
    is_promised = pw.BooleanField()
    is_settled = pw.BooleanField()


STATEMENTS = (
    # A client's history is read by his tasks; the figures of an assignment by its days.
    "CREATE INDEX result_task ON result (task_id)",
    "CREATE INDEX result_campaign ON result (campaign_id, at)",
)


def up(migrator: object, db: Any) -> None:
    """Make the table and its indexes."""
    with db.bind_ctx([Result]):
        db.create_tables([Result], safe=False)
    for statement in STATEMENTS:
        db.execute_sql(statement)
