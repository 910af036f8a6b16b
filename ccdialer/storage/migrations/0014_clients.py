"""The built-in client base: clients with their numbers, contact persons, deals and sums."""

from __future__ import annotations

from typing import Any

import peewee as pw


class Client(pw.Model):
    id = pw.BigAutoField()
    project_id = pw.IntegerField()
    kind = pw.TextField()
    name = pw.TextField()
    source_id = pw.TextField(null=True)
    stage = pw.TextField()
    pipeline = pw.TextField()
    owner_id = pw.IntegerField(null=True)
    city = pw.TextField()
    channel = pw.TextField()
    fields = pw.TextField()
    note = pw.TextField()
    created_at = pw.BigIntegerField()
    changed_at = pw.BigIntegerField()


class ClientContact(pw.Model):
    id = pw.BigAutoField()
    client = pw.ForeignKeyField(Client, index=False)
    name = pw.TextField()
    post = pw.TextField()

    class Meta:
        table_name = "client_contact"


class ClientNumber(pw.Model):
    e164 = pw.TextField()
    project_id = pw.IntegerField()
    client = pw.ForeignKeyField(Client, index=False)
    position = pw.SmallIntegerField()
    contact_id = pw.BigIntegerField(null=True)

    class Meta:
        table_name = "client_number"
        primary_key = pw.CompositeKey("e164", "project_id", "client")


class ClientBusiness(pw.Model):
    client = pw.ForeignKeyField(Client, index=False)
    what = pw.TextField()
    currency = pw.TextField()
    count = pw.IntegerField()
    amount = pw.BigIntegerField()

    class Meta:
        table_name = "client_business"
        primary_key = pw.CompositeKey("client", "what", "currency")


class Deal(pw.Model):
    id = pw.BigAutoField()
    client = pw.ForeignKeyField(Client, index=False)
    project_id = pw.IntegerField()
    source_id = pw.TextField(null=True)
    title = pw.TextField()
    pipeline = pw.TextField()
    stage = pw.TextField()
    owner_id = pw.IntegerField(null=True)
    amount = pw.BigIntegerField(null=True)
    currency = pw.TextField()
    created_at = pw.BigIntegerField()
    changed_at = pw.BigIntegerField()
    closed_at = pw.BigIntegerField(null=True)


MODELS = (Client, ClientContact, ClientNumber, ClientBusiness, Deal)

STATEMENTS = (
    # The id comes first: with the project first PostgreSQL walks through all of a project's rows.
    "CREATE UNIQUE INDEX client_source ON client (source_id, project_id)"
    " WHERE source_id IS NOT NULL",
    "CREATE UNIQUE INDEX deal_source ON deal (source_id, project_id) WHERE source_id IS NOT NULL",
    # The key of client_number finds the clients of a number, this the numbers of a client.
    "CREATE INDEX client_number_client ON client_number (client_id, position)",
    "CREATE INDEX client_contact_client ON client_contact (client_id)",
    "CREATE INDEX deal_client ON deal (client_id)",
    # What was changed of a client is told with him; of other entries nobody asks it.
    "ALTER TABLE journal ADD COLUMN client_id BIGINT",
    "CREATE INDEX journal_client ON journal (client_id, at) WHERE client_id IS NOT NULL",
)


def up(migrator: object, db: Any) -> None:
    """Make the tables and their indexes; what is in other tables stays untouched."""
    with db.bind_ctx(MODELS):
        db.create_tables(MODELS, safe=False)
    for statement in STATEMENTS:
        db.execute_sql(statement)
