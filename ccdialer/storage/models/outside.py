"""Tables of what goes to outside systems, as Peewee models."""

from __future__ import annotations

import peewee as pw

from ccdialer.core.notice import NoticeKind, ParcelState
from ccdialer.storage.models.instant import InstantField


class Outbox(pw.Model):
    """One thing that one outside system is to be told."""

    id = pw.BigAutoField()
    key = pw.TextField(unique=True)  # connector/kind/call: it is promised once
    kind = pw.TextField(choices=[(k, k) for k in NoticeKind])
    connector = pw.TextField()
    subject = pw.TextField()  # whose it is: those of one subject are delivered in order
    payload = pw.TextField()  # the notice as JSON
    state = pw.TextField(choices=[(s, s) for s in ParcelState])
    made_at = InstantField()
    due_at = InstantField()
    tries = pw.SmallIntegerField()
    node = pw.TextField(null=True)  # whose worker has it
    leased_until = InstantField(null=True)  # then it waits again
    reference = pw.TextField()  # what the other side calls it
    last_error = pw.TextField()
    settled_at = InstantField(null=True)  # done, parked or dropped since then

    class Meta:
        table_name = "outbox"


class Token(pw.Model):
    """The tokens of a connector that knows us by OAuth; the refresh token is used once."""

    connector = pw.TextField(primary_key=True)
    tokens = pw.TextField()  # JSON
    taken_at = InstantField()
    refreshing_until = InstantField()  # somebody is fetching new ones; 0: nobody

    class Meta:
        table_name = "token"
