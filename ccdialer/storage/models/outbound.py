"""Tables of projects, agents, campaigns and the calls we make, as Peewee models."""

from __future__ import annotations

import peewee as pw

from ccdialer.core.agent import AgentState
from ccdialer.core.campaign import CampaignState
from ccdialer.core.disposition import Disposition
from ccdialer.core.stored import RecordingState
from ccdialer.core.task import TaskState
from ccdialer.storage.models.instant import InstantField


class Project(pw.Model):
    """Privacy boundary: campaigns and agents' memberships."""

    id = pw.AutoField()
    name = pw.TextField(unique=True)
    created_at = InstantField()
    settings = pw.TextField(default="{}")  # ProjectSettings as JSON


class Campaign(pw.Model):
    """Tasks dialed by one rule set."""

    id = pw.AutoField()
    project = pw.ForeignKeyField(Project, lazy_load=False)
    name = pw.TextField()
    state = pw.TextField(choices=[(s, s) for s in CampaignState])
    settings = pw.TextField()  # CampaignSettings as JSON
    created_at = InstantField()
    changed_at = InstantField()

    class Meta:
        indexes = ((("project", "name"), True),)


class Agent(pw.Model):
    """A person who takes calls."""

    id = pw.AutoField()
    login = pw.TextField(unique=True)
    name = pw.TextField()
    phone = pw.TextField(unique=True)
    kept_up = pw.BooleanField()
    created_at = InstantField()
    leave_until = InstantField(null=True)  # on leave before it


class Membership(pw.Model):
    """An agent takes calls of a project."""

    agent = pw.ForeignKeyField(Agent, lazy_load=False)
    project = pw.ForeignKeyField(Project, lazy_load=False)

    class Meta:
        primary_key = pw.CompositeKey("agent", "project")


class Task(pw.Model):
    """One client to be reached."""

    id = pw.BigAutoField()
    campaign = pw.ForeignKeyField(Campaign, lazy_load=False, index=False)
    state = pw.TextField(choices=[(s, s) for s in TaskState])
    priority = pw.SmallIntegerField()  # 9 is dialed first
    due_at = InstantField()
    attempts = pw.SmallIntegerField()  # that counted
    external_id = pw.TextField(null=True)
    details = pw.TextField()  # JSON object
    node = pw.TextField(null=True)  # whose hopper it is in
    reason = pw.TextField()  # why it is in this state, where no attempt says so
    zone = pw.TextField()  # IANA name of the client's time zone; empty: his number may tell
    held_by = pw.TextField()  # the rule that put it off to due_at; empty: none did
    asked_at = InstantField()  # when it had been due before that; 0: it is not held back
    created_at = InstantField()
    changed_at = InstantField()
    owner_id = pw.IntegerField(null=True)  # the agent whom a callback is pinned to
    owner_group = pw.TextField(null=True)  # or the group
    step = pw.TextField(null=True)  # of the ladder that belongs to step_due_at
    step_at = InstantField(null=True)  # since when
    step_due_at = InstantField(null=True)
    next_number = pw.TextField(null=True)  # which the next attempt dials; none: in turn


class TaskNumber(pw.Model):
    """A number of a task, in order of preference."""

    task = pw.ForeignKeyField(Task, lazy_load=False, index=False)
    position = pw.SmallIntegerField()
    campaign_id = pw.IntegerField()
    e164 = pw.TextField()
    original = pw.TextField()  # as it was written in the file
    bad = pw.BooleanField()

    class Meta:
        table_name = "task_number"
        primary_key = pw.CompositeKey("task", "position")


class Attempt(pw.Model):
    """One try at a task; live while `ended_at` is null."""

    id = pw.TextField(primary_key=True)
    task = pw.ForeignKeyField(Task, lazy_load=False, index=False)
    campaign_id = pw.IntegerField()
    number = pw.TextField()
    node = pw.TextField()
    opened_at = InstantField()
    dialed_at = InstantField(null=True)
    ringing_at = InstantField(null=True)
    answered_at = InstantField(null=True)
    joined_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    disposition = pw.TextField(null=True, choices=[(d, d) for d in Disposition])
    cause = pw.SmallIntegerField(null=True)  # Q.850
    sip_code = pw.SmallIntegerField(null=True)
    agent_id = pw.IntegerField(null=True)
    agent_leg_id = pw.TextField(null=True)
    held_agent_id = pw.IntegerField(null=True)  # who was reserved before the client was dialed
    counts = pw.BooleanField()
    note = pw.TextField()
    abandoned_at = InstantField(null=True)  # known at once: the rest of the call may be lost
    cost = pw.BigIntegerField(null=True)  # of its legs, micro-units; null: no literal price
    currency = pw.TextField(null=True)
    due_at = InstantField(null=True)  # when its task was to be dialed, and whose it was
    owner_id = pw.IntegerField(null=True)
    owner_group = pw.TextField(null=True)


class Leg(pw.Model):
    """One channel of an attempt; its id is Asterisk's channel id. A client's leg over a trunk keeps
    the price it was dialed at, whatever becomes of the price list. Money in micro-units."""

    id = pw.TextField(primary_key=True)
    attempt = pw.ForeignKeyField(Attempt, lazy_load=False, index=False)
    role = pw.TextField()  # client, agent
    opened_at = InstantField()
    trunk_id = pw.IntegerField(null=True)
    caller_id = pw.TextField(null=True)  # what the client saw
    answered_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    cause = pw.SmallIntegerField(null=True)  # Q.850
    sip_code = pw.SmallIntegerField(null=True)
    prefix = pw.TextField(null=True)  # the direction, as in the price list
    price = pw.BigIntegerField(null=True)  # for a minute
    currency = pw.TextField(null=True)
    fee = pw.BigIntegerField(null=True)
    first_s = pw.IntegerField(null=True)
    next_s = pw.IntegerField(null=True)
    is_literal = pw.BooleanField(null=True)
    held = pw.BigIntegerField(null=True)  # of the caps, while it lives: its longest call's cost
    billed_s = pw.IntegerField(null=True)
    cost = pw.BigIntegerField(null=True)


class AgentSession(pw.Model):
    """What an agent is doing now."""

    agent = pw.ForeignKeyField(Agent, primary_key=True, lazy_load=False)
    state = pw.TextField(choices=[(s, s) for s in AgentState])
    reason = pw.TextField()
    since_at = InstantField()
    session_id = pw.TextField(null=True)
    leg_id = pw.TextField(null=True)
    campaign_id = pw.IntegerField(null=True)
    node = pw.TextField()

    class Meta:
        table_name = "agent_session"


class Journal(pw.Model):
    """What happened, in order; rows are only ever added."""

    id = pw.BigAutoField()
    at = InstantField()
    # agent, campaign, task, import, callback, result, dnc, recording, trunk, rules, site, client
    kind = pw.TextField()
    state = pw.TextField()
    reason = pw.TextField()
    agent_id = pw.IntegerField(null=True)
    campaign_id = pw.IntegerField(null=True)
    task_id = pw.BigIntegerField(null=True)
    attempt_id = pw.TextField(null=True)
    node = pw.TextField(null=True)
    detail = pw.TextField()  # JSON object
    client_id = pw.BigIntegerField(null=True)  # of the built-in client base


class PacingMemory(pw.Model):
    """What a campaign's pacing has learned."""

    campaign = pw.ForeignKeyField(Campaign, primary_key=True, lazy_load=False)
    learned_at = InstantField()
    memory = pw.TextField()  # JSON that only the policy reads

    class Meta:
        table_name = "pacing_memory"


class PacingJournal(pw.Model):
    """Why a campaign dialed as much as it did, since its row before."""

    id = pw.BigAutoField()
    campaign_id = pw.IntegerField()
    at = InstantField()
    placed = pw.IntegerField()  # calls
    decisions = pw.IntegerField()
    idle = pw.IntegerField()
    waiting = pw.IntegerField()
    in_flight = pw.IntegerField()
    risk = pw.DoubleField(null=True)  # that one more call would meet no agent
    allowed = pw.DoubleField(null=True)
    reason = pw.TextField()

    class Meta:
        table_name = "pacing_journal"


class SiteRules(pw.Model):
    """What holds for every call of the site: one row."""

    id = pw.IntegerField(primary_key=True)
    rules = pw.TextField()  # SiteRules as JSON
    changed_at = InstantField()

    class Meta:
        table_name = "site_rules"


class Trunk(pw.Model):
    """A provider's line group."""

    id = pw.AutoField()
    name = pw.TextField(unique=True)
    enabled = pw.BooleanField()
    settings = pw.TextField()  # TrunkSettings as JSON
    connection = pw.TextField()  # JSON of whoever renders Asterisk's configuration; no password
    revision = pw.IntegerField()  # grows with every change, that of prices included
    created_at = InstantField()
    changed_at = InstantField()


class TrunkRate(pw.Model):
    """What a trunk costs for numbers of a prefix; money in micro-units."""

    trunk = pw.ForeignKeyField(Trunk, lazy_load=False, index=False)
    prefix = pw.TextField()
    price = pw.BigIntegerField()  # for a minute
    currency = pw.TextField()
    fee = pw.BigIntegerField()
    first_s = pw.IntegerField()
    next_s = pw.IntegerField()
    is_literal = pw.BooleanField()
    destination = pw.TextField()

    class Meta:
        table_name = "trunk_rate"
        primary_key = pw.CompositeKey("trunk", "prefix")


class SpendingCap(pw.Model):
    """What may be spent in an hour or on a day: by the site, a project, or over a trunk."""

    scope = pw.TextField()  # site, project, trunk
    subject_id = pw.IntegerField()  # of the project or trunk; 0: the site
    period = pw.TextField()  # hour, day
    currency = pw.TextField()
    amount = pw.BigIntegerField()  # micro-units

    class Meta:
        table_name = "spending_cap"
        primary_key = pw.CompositeKey("scope", "subject_id", "period", "currency")


class Spending(pw.Model):
    """Running sums of the legs opened in an hour; money in micro-units."""

    scope = pw.TextField()
    subject_id = pw.IntegerField()
    currency = pw.TextField()
    hour_at = InstantField()  # when the hour began
    spent = pw.BigIntegerField()  # by legs that have ended
    held = pw.BigIntegerField()  # what those that live may cost at most

    class Meta:
        primary_key = pw.CompositeKey("scope", "subject_id", "currency", "hour_at")


class Standstill(pw.Model):
    """The emergency stop: while its one row is there, nothing is dialed anywhere."""

    id = pw.IntegerField(primary_key=True)
    since_at = InstantField()
    reason = pw.TextField()


class Recording(pw.Model):
    """A file with the talk of an attempt, or of an inbound call; more than one only where the first
    broke off."""

    name = pw.TextField(primary_key=True)  # below Asterisk's folder of recordings, without ending
    attempt_id = pw.TextField()  # of either
    node = pw.TextField()  # whose Asterisk has it
    format = pw.TextField()
    begun_at = InstantField()
    state = pw.TextField(choices=[(s, s) for s in RecordingState])
    seconds = pw.DoubleField(null=True)
    size = pw.BigIntegerField(null=True)  # bytes, as found in the folder
    reason = pw.TextField()  # why it failed, or who deleted it
    deleted_at = InstantField(null=True)


class DoNotCall(pw.Model):
    """A number that is not called, on the list of the site or of a project, from one source."""

    e164 = pw.TextField()
    project_id = pw.IntegerField()  # 0: the list of the site
    source = pw.TextField()
    reason = pw.TextField()
    since_at = InstantField()
    until_at = InstantField(null=True)  # without it; null: for good
    seen_at = InstantField()  # when its source named it last

    class Meta:
        table_name = "do_not_call"
        primary_key = pw.CompositeKey("e164", "project_id", "source")


class Result(pw.Model):
    """What an agent says an attempt came to; his last word."""

    attempt_id = pw.TextField(primary_key=True)
    task_id = pw.BigIntegerField()
    campaign_id = pw.IntegerField()
    agent_id = pw.IntegerField()
    at = InstantField()
    result = pw.TextField()  # success, refusal, callback
    kind = pw.TextField()  # of a success; reminders will hang on it
    reason = pw.TextField()  # of a refusal
    comment = pw.TextField()
    callback_places = pw.IntegerField(null=True)  # so far down the queue
    callback_at = InstantField(null=True)
    is_promised = pw.BooleanField()  # the callback comes back to this agent
    is_settled = pw.BooleanField()  # its task is where the result puts it


class AgentGroup(pw.Model):
    """An agent is of a group: who is in it with him comes next after him."""

    agent = pw.ForeignKeyField(Agent, lazy_load=False)
    name = pw.TextField()

    class Meta:
        table_name = "agent_group"
        primary_key = pw.CompositeKey("agent", "name")
