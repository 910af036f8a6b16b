"""Table of what CRMs said, as a Peewee model."""

from __future__ import annotations

import peewee as pw

from ccdialer.storage.models.instant import InstantField


class CrmCard(pw.Model):
    """The last answer of a connector about a number."""

    source = pw.TextField()  # name of the connector
    number = pw.TextField()  # E.164
    asked_at = InstantField()
    card = pw.TextField(null=True)  # JSON; null: it does not know him

    class Meta:
        table_name = "crm_card"
        primary_key = pw.CompositeKey("source", "number")
