"""What the CRMs said of callers, so that a restart does not forget it."""

from __future__ import annotations

from typing import Any

import peewee as pw


class CrmCard(pw.Model):
    source = pw.TextField()
    number = pw.TextField()
    asked_at = pw.BigIntegerField()
    card = pw.TextField(null=True)

    class Meta:
        table_name = "crm_card"
        primary_key = pw.CompositeKey("source", "number")


def up(migrator: object, db: Any) -> None:
    """Make the table and the index by age."""
    with db.bind_ctx([CrmCard]):
        db.create_tables([CrmCard], safe=False)
    db.execute_sql("CREATE INDEX crm_card_asked ON crm_card (asked_at)")
