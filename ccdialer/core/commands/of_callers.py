"""What storage is to write down of callers: how they were routed, and how they wait in queues."""

from __future__ import annotations

from dataclasses import dataclass

from ccdialer.core.queue import Caller, Fate
from ccdialer.core.target import Target


@dataclass(frozen=True, slots=True)
class RecordRoute:
    """Where a call that came in was sent, and why; said again, the later route holds."""

    call_id: str
    leg_id: str
    number: str  # E.164; empty: hidden
    did: str
    at: float
    target_kind: str  # empty, with the target: the dialplan's own fallback
    target: str
    reason: str
    trace: str  # JSON: the facts, and how each rule was judged
    caller_name: str = ""
    project_id: int | None = None
    ad_channel: str = ""
    client_id: str = ""  # `source:id`
    client_name: str = ""
    stage: str = ""
    pipeline: str = ""
    owner_id: int | None = None  # who is offered first
    card_status: str = ""
    ends_here: bool = False  # no queue of ours waits for an agent of his


@dataclass(frozen=True, slots=True)
class OpenInbound:
    """A caller waits in a queue: his row, which a script may have begun already, or which another
    queue has closed when it sent him on: then it is open again, and this queue's."""

    campaign_id: int
    caller: Caller
    at: float


@dataclass(frozen=True, slots=True)
class JoinInbound:
    """Caller and agent are talking: kept so that a restart can adopt the call."""

    call_id: str
    agent_id: int
    agent_leg_id: str
    at: float


@dataclass(frozen=True, slots=True)
class CloseForgotten:
    """Asterisk has these channels and no others: calls that came in before `before`, have been
    routed, and are none of them are over, though nobody has told of it."""

    living: frozenset[str]
    before: float


@dataclass(frozen=True, slots=True)
class CloseInbound:
    """What became of a caller, and what it means: a lost one is called back, the callbacks of one
    who talked are done; one transaction."""

    call_id: str
    campaign_id: int
    fate: Fate
    ended_at: float
    queued_at: float
    joined_at: float | None = None
    agent_id: int | None = None
    reason: str = ""  # why he was sent on, and where, in words
    sent_to: Target | None = None  # the queue's overflow; None: the dialplan's own fallback
    keeps_place_from: float | None = None  # he asked to be called back, and waits since then


@dataclass(frozen=True, slots=True)
class LoseCaller:
    """A caller who was sent on had hung up before the dialplan had him: he has left. Nothing, where
    it is known already what became of him."""

    call_id: str
    at: float
