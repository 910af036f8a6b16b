"""Tables of the calls that come in, as Peewee models."""

from __future__ import annotations

import peewee as pw

from ccdialer.core.queue import Fate
from ccdialer.storage.models.instant import InstantField


class InboundCall(pw.Model):
    """A call that came in: how it was routed, and what became of it. Live while `ended_at` is
    null."""

    id = pw.TextField(primary_key=True)
    node = pw.TextField()
    leg_id = pw.TextField()  # Asterisk's channel
    number = pw.TextField()  # E.164; empty: hidden
    caller_name = pw.TextField()  # as the line gave it
    did = pw.TextField()  # the number that was called
    project_id = pw.IntegerField(null=True)
    ad_channel = pw.TextField()  # the advertisement that names this number
    client_id = pw.TextField()  # `source:id` of the card that was found
    client_name = pw.TextField()
    stage = pw.TextField()
    pipeline = pw.TextField()
    owner_id = pw.IntegerField(null=True)  # the agent who was offered first
    card_status = pw.TextField()  # what the CRM's answer was: ok, stale, notfound, timeout ...
    target_kind = pw.TextField()  # where its route sent it
    target = pw.TextField()
    reason = pw.TextField()  # the rule, in words
    trace = pw.TextField()  # JSON: how each rule was judged
    campaign_id = pw.IntegerField(null=True)  # the queue it waited in
    waits = pw.TextField(default="{}")  # JSON: how he waits, as his route wants it
    arrived_at = InstantField()
    queued_at = InstantField(null=True)
    joined_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    agent_id = pw.IntegerField(null=True)  # who talked
    agent_leg_id = pw.TextField(null=True)
    fate = pw.TextField(null=True, choices=[(f, f) for f in Fate])
    fate_reason = pw.TextField()
    task_id = pw.BigIntegerField(null=True)  # the callback that came of it

    class Meta:
        table_name = "inbound_call"
