"""Tables of the built-in client base, as Peewee models."""

from __future__ import annotations

import peewee as pw

from ccdialer.core.client import Business, ClientKind
from ccdialer.storage.models.instant import InstantField


class Client(pw.Model):
    """A person or a company that a project knows."""

    id = pw.BigAutoField()
    project_id = pw.IntegerField()
    kind = pw.TextField(choices=[(k, k) for k in ClientKind])
    name = pw.TextField()
    source_id = pw.TextField(null=True)  # in the system that it was imported from
    stage = pw.TextField()
    pipeline = pw.TextField()
    owner_id = pw.IntegerField(null=True)  # the agent who looks after him
    city = pw.TextField()
    channel = pw.TextField()  # the advertisement or source that he came by
    fields = pw.TextField()  # JSON object of texts
    note = pw.TextField()
    created_at = InstantField()  # the card's date
    changed_at = InstantField()


class ClientContact(pw.Model):
    """A person whom one talks with at a client's."""

    id = pw.BigAutoField()
    client = pw.ForeignKeyField(Client, lazy_load=False, index=False)
    name = pw.TextField()
    post = pw.TextField()  # what he is there: accountant

    class Meta:
        table_name = "client_contact"


class ClientNumber(pw.Model):
    """A number of a client, or of a contact person of his; several clients may have it."""

    e164 = pw.TextField()
    project_id = pw.IntegerField()
    client = pw.ForeignKeyField(Client, lazy_load=False, index=False)
    position = pw.SmallIntegerField()
    contact_id = pw.BigIntegerField(null=True)  # whose it is; null: the client's own

    class Meta:
        table_name = "client_number"
        primary_key = pw.CompositeKey("e164", "project_id", "client")


class ClientBusiness(pw.Model):
    """How many orders or invoices of a client there are, and their sum."""

    client = pw.ForeignKeyField(Client, lazy_load=False, index=False)
    what = pw.TextField(choices=[(b, b) for b in Business])
    currency = pw.TextField()
    count = pw.IntegerField()
    amount = pw.BigIntegerField()  # micro-units

    class Meta:
        table_name = "client_business"
        primary_key = pw.CompositeKey("client", "what", "currency")


class Deal(pw.Model):
    """A piece of business with a client; open while `closed_at` is null."""

    id = pw.BigAutoField()
    client = pw.ForeignKeyField(Client, lazy_load=False, index=False)
    project_id = pw.IntegerField()
    source_id = pw.TextField(null=True)
    title = pw.TextField()
    pipeline = pw.TextField()
    stage = pw.TextField()
    owner_id = pw.IntegerField(null=True)
    amount = pw.BigIntegerField(null=True)  # micro-units
    currency = pw.TextField()
    created_at = InstantField()
    changed_at = InstantField()
    closed_at = InstantField(null=True)
