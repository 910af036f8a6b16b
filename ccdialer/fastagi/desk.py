"""What a script may ask ccdialer about a call, and have done; the answers are plain data.

Whatever is asked is answered within the script's time or not at all, and never by an exception
that a script would have to know: the status says what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ccdialer.core.card import Card
from ccdialer.fastagi.script import Status


@dataclass(frozen=True, slots=True)
class InboundCall:
    """The call a question is about, as the line and the dialplan tell of it."""

    number: str  # of the caller, in any spelling; empty: hidden
    did: str  # the number that was called
    leg_id: str  # Asterisk's channel: the same call may ask twice
    name: str = ""  # as the line gives it
    call_id: str = ""  # of its route, if it has been routed
    ended_ago_s: float | None = None  # None: it ends now, or goes on
    lasted_s: float = 0.0  # of one that was over before it is told of


@dataclass(frozen=True, slots=True)
class Routed:
    """Where the call goes, and why."""

    status: Status
    reason: str = ""  # a short word: rule.sales, crm_timeout, hidden_number
    call_id: str = ""  # 32 hex digits: the call's row
    target_kind: str = ""
    target: str = ""
    queue: str = ""  # to wait in, where the kind is queue, group or agent
    project: str = ""
    channel: str = ""  # the advertisement that names the number
    card: str = ""  # what the CRM said: OK STALE NOTFOUND TIMEOUT ERROR NONE
    stage: str = ""
    pipeline: str = ""
    client: str = ""
    owner: str = ""  # login
    owner_phone: str = ""  # dial string
    owner_wait_s: float = 0.0  # so long he is offered first


@dataclass(frozen=True, slots=True)
class CardFound:
    """What a CRM said of the caller."""

    status: Status
    reason: str = ""
    card: Card | None = None
    is_stale: bool = False  # the CRM did not answer; this is what it said before


@dataclass(frozen=True, slots=True)
class Person:
    """An agent, and whether a caller can have him now."""

    login: str
    phone: str  # dial string
    is_on_duty: bool  # signed in
    is_free: bool  # and idle


@dataclass(frozen=True, slots=True)
class Hours:
    """Whether somebody is there."""

    status: Status
    reason: str = ""
    is_open: bool = False
    opens_in_s: int | None = None  # None: it is open, or nobody knows


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a wish; the same wish of the same call is done once."""

    status: Status
    reason: str = ""  # new, known, hidden_number, no_campaign ...
    task_id: int | None = None


@dataclass(frozen=True, slots=True)
class TaskWish:
    """A task or a callback that somebody asks for."""

    campaign: str = ""  # its name; empty for a callback: the project's only callback campaign
    project: str = ""  # empty: that of the number that was called
    after_s: float = 0.0
    note: str = ""  # for the agent
    priority: int = 5  # 0 to 9, 9 first


class Desk(Protocol):
    """What ccdialer knows and does for a call."""

    def route(self, call: InboundCall) -> Routed:
        """Where it goes, by the site's routing rules."""

    def card(self, call: InboundCall, project: str = "") -> CardFound:
        """Who calls, by the CRM."""

    def last_agent(self, call: InboundCall, project: str = "") -> Person | None:
        """Who talked with the caller last."""

    def hours(self, call: InboundCall, queue: str = "") -> Hours:
        """Whether the queue works now; without a name, the number that was called."""

    def lost(
        self, call: InboundCall, queue: str = "", reason: str = "", waited_s: float = 0.0
    ) -> Done:
        """The caller has met nobody: he is called back."""

    def talked(self, call: InboundCall, agent: str, talk_s: float, queue: str = "") -> Done:
        """An agent (login or phone) has talked with the caller elsewhere: he is remembered."""

    def call_back(self, call: InboundCall, wish: TaskWish) -> Done:
        """The caller asks to be called back."""

    def add_task(self, call: InboundCall, wish: TaskWish) -> Done:
        """The caller becomes a task of a campaign."""

    def do_not_call(self, call: InboundCall, project: str = "", reason: str = "") -> Done:
        """The caller asks not to be called: by the project, or (no project) by anybody here."""
