"""The tables, as Peewee models; the partial indexes that carry promises are named here too."""

from __future__ import annotations

import peewee as pw

from ccdialer.core.agent import AgentState
from ccdialer.core.campaign import CampaignState
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import TaskState


class InstantField(pw.BigIntegerField):
    """An instant as UTC epoch milliseconds: the same number on every engine and in every zone."""


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


class Leg(pw.Model):
    """One channel of an attempt; its id is Asterisk's channel id."""

    id = pw.TextField(primary_key=True)
    attempt = pw.ForeignKeyField(Attempt, lazy_load=False, index=False)
    role = pw.TextField()  # client, agent
    opened_at = InstantField()


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
    kind = pw.TextField()  # agent, campaign, task, import
    state = pw.TextField()
    reason = pw.TextField()
    agent_id = pw.IntegerField(null=True)
    campaign_id = pw.IntegerField(null=True)
    task_id = pw.BigIntegerField(null=True)
    attempt_id = pw.TextField(null=True)
    node = pw.TextField(null=True)
    detail = pw.TextField()  # JSON object


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


TABLES = (
    Project,
    Campaign,
    Agent,
    Membership,
    Task,
    TaskNumber,
    Attempt,
    Leg,
    AgentSession,
    Journal,
    PacingMemory,
    PacingJournal,
    SiteRules,
)
