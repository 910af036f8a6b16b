"""Table of what goes to outside systems, as a Peewee model."""

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
    tries = pw.IntegerField()  # how often it was handed out
    faults = pw.IntegerField()  # how often it was to blame that it was not taken
    node = pw.TextField(null=True)  # whose worker has it
    leased_until = InstantField(null=True)  # then it waits again
    reference = pw.TextField()  # what the other side calls it
    last_error = pw.TextField()
    settled_at = InstantField(null=True)  # done, parked or dropped since then

    class Meta:
        table_name = "outbox"
