"""Callbacks: whom a task is pinned to and where its ladder stands, agents' groups and leaves, and
who is held for a client before he is dialed."""

from __future__ import annotations

from typing import Any

import peewee as pw


class Agent(pw.Model):
    id = pw.AutoField()


class AgentGroup(pw.Model):
    agent = pw.ForeignKeyField(Agent)
    name = pw.TextField()

    class Meta:
        table_name = "agent_group"
        primary_key = pw.CompositeKey("agent", "name")


STATEMENTS = (
    "ALTER TABLE attempt ADD COLUMN held_agent_id INTEGER",
    "ALTER TABLE agent ADD COLUMN leave_until BIGINT",
    "ALTER TABLE task ADD COLUMN owner_id INTEGER",
    "ALTER TABLE task ADD COLUMN owner_group TEXT",
    "ALTER TABLE task ADD COLUMN step TEXT",
    "ALTER TABLE task ADD COLUMN step_at BIGINT",
    "ALTER TABLE task ADD COLUMN step_due_at BIGINT",
    "CREATE INDEX task_owner ON task (owner_id, due_at) WHERE owner_id IS NOT NULL",
    # An agent's misses of a day are counted in it (SPEC E6).
    "CREATE INDEX journal_miss ON journal (at, agent_id) WHERE state = 'owner_missed'",
)


def up(migrator: object, db: Any) -> None:
    """Add what callbacks keep; what there is stays as it is."""
    with db.bind_ctx([Agent, AgentGroup]):
        db.create_tables([AgentGroup], safe=False)
    for statement in STATEMENTS:
        db.execute_sql(statement)
