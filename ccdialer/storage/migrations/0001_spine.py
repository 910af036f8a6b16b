"""The first tables: projects, campaigns, agents, tasks, numbers, attempts, legs, journal."""

from __future__ import annotations

from typing import Any

import peewee as pw


class Project(pw.Model):
    id = pw.AutoField()
    name = pw.TextField(unique=True)
    created_at = pw.BigIntegerField()


class Campaign(pw.Model):
    id = pw.AutoField()
    project = pw.ForeignKeyField(Project)
    name = pw.TextField()
    state = pw.TextField()
    settings = pw.TextField()
    created_at = pw.BigIntegerField()
    changed_at = pw.BigIntegerField()

    class Meta:
        indexes = ((("project", "name"), True),)


class Agent(pw.Model):
    id = pw.AutoField()
    login = pw.TextField(unique=True)
    name = pw.TextField()
    phone = pw.TextField(unique=True)
    kept_up = pw.BooleanField()
    created_at = pw.BigIntegerField()


class Membership(pw.Model):
    agent = pw.ForeignKeyField(Agent)
    project = pw.ForeignKeyField(Project)

    class Meta:
        primary_key = pw.CompositeKey("agent", "project")


class Task(pw.Model):
    id = pw.BigAutoField()
    campaign = pw.ForeignKeyField(Campaign, index=False)
    state = pw.TextField()
    priority = pw.SmallIntegerField()
    due_at = pw.BigIntegerField()
    attempts = pw.SmallIntegerField()
    external_id = pw.TextField(null=True)
    details = pw.TextField()
    node = pw.TextField(null=True)
    reason = pw.TextField()
    created_at = pw.BigIntegerField()
    changed_at = pw.BigIntegerField()


class TaskNumber(pw.Model):
    task = pw.ForeignKeyField(Task, index=False)
    position = pw.SmallIntegerField()
    campaign_id = pw.IntegerField()
    e164 = pw.TextField()
    original = pw.TextField()
    bad = pw.BooleanField()

    class Meta:
        table_name = "task_number"
        primary_key = pw.CompositeKey("task", "position")


class Attempt(pw.Model):
    id = pw.TextField(primary_key=True)
    task = pw.ForeignKeyField(Task, index=False)
    campaign_id = pw.IntegerField()
    number = pw.TextField()
    node = pw.TextField()
    opened_at = pw.BigIntegerField()
    dialed_at = pw.BigIntegerField(null=True)
    ringing_at = pw.BigIntegerField(null=True)
    answered_at = pw.BigIntegerField(null=True)
    joined_at = pw.BigIntegerField(null=True)
    ended_at = pw.BigIntegerField(null=True)
    disposition = pw.TextField(null=True)
    cause = pw.SmallIntegerField(null=True)
    sip_code = pw.SmallIntegerField(null=True)
    agent_id = pw.IntegerField(null=True)
    agent_leg_id = pw.TextField(null=True)
    counts = pw.BooleanField()
    note = pw.TextField()


class Leg(pw.Model):
    id = pw.TextField(primary_key=True)
    attempt = pw.ForeignKeyField(Attempt, index=False)
    role = pw.TextField()
    opened_at = pw.BigIntegerField()


class AgentSession(pw.Model):
    agent = pw.ForeignKeyField(Agent, primary_key=True)
    state = pw.TextField()
    reason = pw.TextField()
    since_at = pw.BigIntegerField()
    session_id = pw.TextField(null=True)
    leg_id = pw.TextField(null=True)
    campaign_id = pw.IntegerField(null=True)
    node = pw.TextField()

    class Meta:
        table_name = "agent_session"


class Journal(pw.Model):
    id = pw.BigAutoField()
    at = pw.BigIntegerField()
    kind = pw.TextField()
    state = pw.TextField()
    reason = pw.TextField()
    agent_id = pw.IntegerField(null=True)
    campaign_id = pw.IntegerField(null=True)
    task_id = pw.BigIntegerField(null=True)
    attempt_id = pw.TextField(null=True)
    node = pw.TextField(null=True)
    detail = pw.TextField()


TABLES = [
    *(Project, Campaign, Agent, Membership, Task),
    *(TaskNumber, Attempt, Leg, AgentSession, Journal),
]

# Their key is their order: on SQLite they need no second tree for it.
KEYED = (TaskNumber, Leg)

INDEXES = (
    # A claim reads only waiting tasks, in the order they are dialed: one probe per priority.
    "CREATE INDEX task_due ON task (campaign_id, priority, due_at, id) WHERE state = 'waiting'",
    # All others, by state: the hopper at start, and counts that touch no row.
    "CREATE INDEX task_settled ON task (state, campaign_id) WHERE state <> 'waiting'",
    "CREATE UNIQUE INDEX task_external ON task (campaign_id, external_id)"
    " WHERE external_id IS NOT NULL",
    "CREATE UNIQUE INDEX task_number_once ON task_number (e164, campaign_id)",
    # The promise that nobody's phone is rung by two calls at once.
    "CREATE UNIQUE INDEX attempt_live ON attempt (number) WHERE ended_at IS NULL",
    "CREATE INDEX attempt_task ON attempt (task_id)",
    "CREATE INDEX attempt_campaign ON attempt (campaign_id, opened_at, id)",
    "CREATE INDEX attempt_opened ON attempt (opened_at, id)",
    "CREATE INDEX leg_attempt ON leg (attempt_id)",
    "CREATE INDEX journal_agent ON journal (agent_id, at) WHERE agent_id IS NOT NULL",
    "CREATE INDEX journal_campaign ON journal (campaign_id, at) WHERE agent_id IS NULL",
)


def up(migrator: object, db: Any) -> None:
    """Make the tables and the indexes that Peewee cannot say."""
    for model in KEYED:
        model._meta.without_rowid = isinstance(db, pw.SqliteDatabase)
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)
