"""What pacing keeps: its memory, a journal of its decisions, and live answers counted by index."""

from __future__ import annotations

from typing import Any

import peewee as pw


class Campaign(pw.Model):
    id = pw.AutoField()


class PacingMemory(pw.Model):
    campaign = pw.ForeignKeyField(Campaign, primary_key=True)
    learned_at = pw.BigIntegerField()
    memory = pw.TextField()

    class Meta:
        table_name = "pacing_memory"


class PacingJournal(pw.Model):
    id = pw.BigAutoField()
    campaign_id = pw.IntegerField()
    at = pw.BigIntegerField()
    placed = pw.IntegerField()
    decisions = pw.IntegerField()
    idle = pw.IntegerField()
    waiting = pw.IntegerField()
    in_flight = pw.IntegerField()
    risk = pw.DoubleField(null=True)
    allowed = pw.DoubleField(null=True)
    reason = pw.TextField()

    class Meta:
        table_name = "pacing_journal"


TABLES = [PacingMemory, PacingJournal]

INDEXES = (
    "CREATE INDEX pacing_journal_at ON pacing_journal (at, id)",
    # 30 days of live answers are counted every half minute: a fifth of the attempts, and no row.
    "CREATE INDEX attempt_answer ON attempt (campaign_id, opened_at, disposition)"
    " WHERE disposition IN ('abandoned', 'talked')",
)


def up(migrator: object, db: Any) -> None:
    """Make the tables and the indexes that Peewee cannot say."""
    with db.bind_ctx([Campaign, *TABLES]):
        db.create_tables(TABLES, safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)
