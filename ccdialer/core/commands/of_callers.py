"""What storage is to write down of callers who wait in queues."""

from __future__ import annotations

from dataclasses import dataclass

from ccdialer.core.queue import Caller, Fate


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
    reason: str = ""  # why he was sent on, and where
    keeps_place_from: float | None = None  # he asked to be called back, and waits since then
