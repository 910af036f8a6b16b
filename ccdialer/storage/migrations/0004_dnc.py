"""Do-not-call lists: one of the site, one of each project."""

from __future__ import annotations

from typing import Any

import peewee as pw


class DoNotCall(pw.Model):
    e164 = pw.TextField()
    project_id = pw.IntegerField()
    source = pw.TextField()
    reason = pw.TextField()
    since_at = pw.BigIntegerField()
    until_at = pw.BigIntegerField(null=True)
    seen_at = pw.BigIntegerField()

    class Meta:
        table_name = "do_not_call"
        primary_key = pw.CompositeKey("e164", "project_id", "source")


def up(migrator: object, db: Any) -> None:
    """Make the table; its key is its order, so that a look-up reads one place."""
    DoNotCall._meta.without_rowid = isinstance(db, pw.SqliteDatabase)
    with db.bind_ctx([DoNotCall]):
        db.create_tables([DoNotCall], safe=False)
