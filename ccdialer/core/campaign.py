"""Campaign: tasks dialed by one rule set and one mode; its settings with their shipped defaults."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import inf

from ccdialer.core.disposition import Disposition
from ccdialer.core.numbering import DIALABLE, NumberType
from ccdialer.core.queue import QueueSettings
from ccdialer.core.result import Unresolved
from ccdialer.core.retry_rule import RetryRule


class Mode(StrEnum):
    """How a campaign decides when to place a call."""

    PREDICTIVE = "predictive"  # ahead of free agents, within the abandonment cap
    PROGRESSIVE = "progressive"  # one call per free agent
    POWER = "power"  # a fixed number of calls per free agent
    CALLBACK = "callback"  # each client when he is due, by his own agent first
    PREVIEW = "preview"  # an assignment: the agent asks for a contact, reads, then calls
    INBOUND = "inbound"  # a queue: clients call, and wait for an agent


class OwnerAway(StrEnum):
    """What is done with a callback whose owner is signed out, on leave, or paused for long."""

    WAIT = "wait"  # he is waited for all the same
    LEAVE = "leave"  # only an owner on leave is not waited for
    SKIP = "skip"  # he is not waited for


class Window(StrEnum):
    """Over which time the abandonment cap holds."""

    DAY = "day"  # on each calendar day, and so over 30 days
    MONTH = "month"  # over 30 days; a single day may exceed it by a bounded amount


class Duplicates(StrEnum):
    """Where another task of the same person makes one of this campaign superfluous (SPEC D9)."""

    KEEP = "keep"  # nowhere: each is called
    PROJECT = "project"  # in the campaigns of its project
    SITE = "site"  # in any campaign


class CampaignState(StrEnum):
    """Whether a campaign dials; stored by name."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"  # ended by a person; its tasks stay
    DONE = "done"  # an assignment all of whose contacts are settled; new ones open it again
    CANCELLED = "cancelled"  # withdrawn, and its tasks with it


def _shipped_retries() -> dict[Disposition, float]:
    """Pauses before the next attempt, seconds, by the reason of the last one (SPEC D8)."""
    return {
        Disposition.BUSY: 600.0,
        Disposition.NO_ANSWER: 3600.0,
        Disposition.REJECTED: 14400.0,
        Disposition.UNALLOCATED: 0.0,
        Disposition.UNREACHABLE: 7200.0,
        Disposition.MACHINE: 7200.0,
        Disposition.LEFT: 3600.0,
        Disposition.ABANDONED: 259200.0,  # 72 h (Ofcom 2010: no re-dial without a guaranteed agent)
        Disposition.CONGESTION: 120.0,
        Disposition.FAILED: 1800.0,
        Disposition.CANCELLED: 600.0,
        Disposition.LOST: 3600.0,
    }


def _shipped_codes() -> dict[str, str]:
    """Results by the digit that an agent keys for them."""
    return {"1": "success", "2": "refusal", "3": "callback 10"}


def _shipped_hours() -> dict[str, str]:
    """Within what the laws of `rules preset` allow, and what people put up with."""
    return {"mon-fri": "09:00-20:00", "sat, sun, holidays": "10:00-18:00"}


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """What `campaign apply` reads; every field has the shipped default. Times in seconds."""

    dial: str = ""  # PJSIP/{digits}@trunk; {e164} has the plus; empty: by the trunks' prices
    mode: Mode = Mode.PREDICTIVE
    description: str = ""  # for people
    script: str = ""  # name of what the agent reads out; free text
    # whom, and when he may be called
    starts_on: str = ""  # site's date (YYYY-MM-DD) from which agents see it and it dials
    calling_hours: dict[str, str] = field(default_factory=_shipped_hours)  # at the client's place
    zone: str = ""  # of clients whose task and number tell none (IANA); empty: the strictest
    number_types: tuple[NumberType, ...] = tuple(sorted(DIALABLE))  # of the numbers it dials
    countries: tuple[str, ...] = ()  # of those numbers, ISO 3166; empty: the site's own
    denied_prefixes: tuple[str, ...] = ()  # E.164 numbers that begin so are never dialed
    duplicates: Duplicates = Duplicates.KEEP  # which other tasks of a person replace one of these
    # by which agent
    agents: tuple[str, ...] = ()  # logins of those who serve it; empty: all of its project
    reading_s: float = 300.0  # preview: a contact that is read longer goes back to the queue
    priority: int = 5  # 9 is served first where agents work in several campaigns
    weight: float = 1.0  # share of such agents among campaigns of equal priority
    owner_wait_s: float = 900.0  # callback: from the due time, for the agent it is pinned to
    group_wait_s: float = 300.0  # then for his group; 0: no wait
    owner_away: OwnerAway = OwnerAway.LEAVE  # which absent owners are not waited for
    owner_pause_limit_s: float = 600.0  # who is paused longer is absent
    agent_first: bool = False  # his phone, then the client's: nobody waits for an agent
    # through which line
    trunks: tuple[str, ...] = ()  # where `dial` is empty: over these alone; none named: over all
    caller_id: str = ""  # number or "Name" <number>; empty: the trunk's own
    caller_id_by_prefix: dict[str, str] = field(default_factory=dict)  # by the client's number
    caller_id_pool: tuple[str, ...] = ()  # each client sees one of these
    caller_id_sticky: bool = True  # and the same one at every attempt
    max_lines: int = 30  # calls at once, talking included
    # how many at once
    lines_per_agent: float = 2.0  # power: calls per free agent; predictive: ceiling per agent x 3
    max_abandonment: float = 0.03  # share of live answers that may meet no agent
    abandonment_window: Window = Window.DAY  # over which that cap holds: each day, or 30 days
    day_ends: str = ""  # site's time (HH:MM) when dialing usually ends; empty: with the hours
    # one call
    ring_timeout_s: float = 25.0  # an unanswered call is let go after this
    min_ring_s: float = 15.0  # and not before this, when no agent is left (47 CFR 64.1200(a)(6))
    connect_within_s: float = 2.0  # a live answer with no agent by then is abandoned
    max_call_s: float = 7200.0  # no call outlives this, whatever happens to the daemon
    safe_harbour: str = ""  # what an abandoned client hears: sound:ccdialer/sorry; empty: nothing
    announce: str = ""  # what the agent hears before the client: sound:campaigns/verify
    record: bool = False  # the talk, both directions
    record_notice: str = ""  # what both hear first where it is recorded: sound:ccdialer/recorded
    amd: bool = False  # tell answering machines from people (app_amd)
    # after it
    wrap_up_s: float = 15.0  # limit of wrap-up; 0: the agent is available at once
    success_kinds: tuple[str, ...] = ("quote wanted", "manager to call", "meeting set")
    refusal_reasons: tuple[str, ...] = (
        *("not interested", "too expensive", "has a supplier", "not in charge"),
        "asks not to be called",
    )
    opt_out_reasons: tuple[str, ...] = ("asks not to be called",)  # then on the do-not-call list
    comment_variants: tuple[str, ...] = ()  # quick comments, chosen by number
    result_codes: dict[str, str] = field(default_factory=_shipped_codes)
    unresolved: Unresolved = Unresolved.FINISH  # what a talk that was given no result means
    # its callers
    queue: QueueSettings = field(default_factory=QueueSettings)  # inbound: how they wait
    # again
    callback_by_position: bool = True  # preview: N minutes are places in the queue, no clock time
    callback_to_agent: bool = True  # a callback comes back to the agent who has promised it
    max_attempts: int = 3  # attempts that count, over all numbers of a task
    max_uncounted: int = 10  # in a row that do not count (the route failed); the last one counts
    retry_rules: tuple[RetryRule, ...] = ()  # the first that fits decides; none fits: the pauses
    retry_after_s: dict[Disposition, float] = field(default_factory=_shipped_retries)
    best_hour: bool = False  # out of hours in which plainly fewer people answer
    best_hour_within_s: float = 86400.0  # and never later than the pause and this

    @property
    def holds_agent(self) -> bool:
        """Whether an agent is reserved before a client is dialed."""
        return self.agent_first or self.mode in (Mode.CALLBACK, Mode.PREVIEW)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as stored: identity, state and settings."""

    id: int
    project_id: int
    name: str
    state: CampaignState
    settings: CampaignSettings


@dataclass(frozen=True, slots=True)
class Tally:
    """Calls that people answered, and those of them that met no agent."""

    answered: int = 0  # the abandoned included
    abandoned: int = 0

    def __add__(self, more: Tally) -> Tally:
        return Tally(self.answered + more.answered, self.abandoned + more.abandoned)

    @property
    def talked(self) -> int:
        return self.answered - self.abandoned


TALKED, ABANDONED = Tally(1), Tally(1, 1)
"""One live answer, by its fate."""


@dataclass(frozen=True, slots=True)
class History:
    """A campaign's live answers so far, by the calendar of its site."""

    day: Tally = Tally()  # since midnight
    month: Tally = Tally()  # of the last 30 days, today included
    day_ends_at: float = inf  # the next midnight, an instant of core time

    def __add__(self, more: Tally) -> History:
        return History(self.day + more, self.month + more, self.day_ends_at)

    def at(self, now: float) -> History:
        """The same at `now`: a new day begins with nothing."""
        return replace(self, day=Tally(), day_ends_at=inf) if now >= self.day_ends_at else self


def dial_string(settings: CampaignSettings, number: str) -> str:
    """Asterisk's dial string for an E.164 number (with its plus)."""
    return settings.dial.replace("{digits}", number.lstrip("+")).replace("{e164}", number)
