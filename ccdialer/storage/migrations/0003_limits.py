"""Who may be called when: zones and holds of tasks, the rules of the site, who was abandoned."""

from __future__ import annotations

from typing import Any

import peewee as pw


class SiteRules(pw.Model):
    id = pw.IntegerField(primary_key=True)
    rules = pw.TextField()
    changed_at = pw.BigIntegerField()

    class Meta:
        table_name = "site_rules"


STATEMENTS = (
    "ALTER TABLE task ADD COLUMN zone TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE task ADD COLUMN held_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE task ADD COLUMN asked_at BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE attempt ADD COLUMN abandoned_at BIGINT",
    # Tasks that a rule held until the same instant keep the order in which they had been due.
    "DROP INDEX task_due",
    "CREATE INDEX task_due ON task (campaign_id, priority, due_at, asked_at, id)"
    " WHERE state = 'waiting'",
    # An edit of the rules lets all of them go.
    "CREATE INDEX task_held ON task (campaign_id) WHERE asked_at > 0",
)


def up(migrator: object, db: Any) -> None:
    """Add what the rules need; every task stays as due as it was."""
    with db.bind_ctx([SiteRules]):
        db.create_tables([SiteRules], safe=False)
    for statement in STATEMENTS:
        db.execute_sql(statement)
