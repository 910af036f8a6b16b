"""Calls that come in: how each was routed, and what became of it."""

from __future__ import annotations

from typing import Any

import peewee as pw


class InboundCall(pw.Model):
    id = pw.TextField(primary_key=True)
    node = pw.TextField()
    leg_id = pw.TextField()
    number = pw.TextField()
    caller_name = pw.TextField()
    did = pw.TextField()
    project_id = pw.IntegerField(null=True)
    ad_channel = pw.TextField()
    client_id = pw.TextField()
    client_name = pw.TextField()
    stage = pw.TextField()
    pipeline = pw.TextField()
    owner_id = pw.IntegerField(null=True)
    card_status = pw.TextField()
    target_kind = pw.TextField()
    target = pw.TextField()
    reason = pw.TextField()
    trace = pw.TextField()
    campaign_id = pw.IntegerField(null=True)
    arrived_at = pw.BigIntegerField()
    queued_at = pw.BigIntegerField(null=True)
    joined_at = pw.BigIntegerField(null=True)
    ended_at = pw.BigIntegerField(null=True)
    agent_id = pw.IntegerField(null=True)
    agent_leg_id = pw.TextField(null=True)
    fate = pw.TextField(null=True)
    fate_reason = pw.TextField()
    task_id = pw.BigIntegerField(null=True)

    class Meta:
        table_name = "inbound_call"


INDEXES = (
    "CREATE INDEX inbound_call_arrived ON inbound_call (arrived_at, id)",
    "CREATE INDEX inbound_call_number ON inbound_call (number, arrived_at)",
    "CREATE INDEX inbound_call_queue ON inbound_call (campaign_id, arrived_at)",
    # What lives is asked at every start, and before a number is dialed.
    "CREATE INDEX inbound_call_live ON inbound_call (node) WHERE ended_at IS NULL",
)


def up(migrator: object, db: Any) -> None:
    """Make the table and its indexes."""
    with db.bind_ctx([InboundCall]):
        db.create_tables([InboundCall], safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)
