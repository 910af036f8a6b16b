"""What agents, coordinators and the daemon's admin ask for."""

from __future__ import annotations

from dataclasses import dataclass

from ccdialer.core.agent import Agent
from ccdialer.core.result import Given


@dataclass(frozen=True, slots=True)
class SignInAsked:
    agent: Agent
    session_id: str
    leg_id: str | None = None  # his phone's leg, where he called us; None: ring him if kept up


@dataclass(frozen=True, slots=True)
class SignOutAsked:
    agent_id: int


@dataclass(frozen=True, slots=True)
class PauseAsked:
    agent_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReadyAsked:
    """End of pause or of wrap-up."""

    agent_id: int


@dataclass(frozen=True, slots=True)
class HangUpAsked:
    agent_id: int  # who is done with his client


@dataclass(frozen=True, slots=True)
class ContactAsked:
    """Whom shall I call next?"""

    agent_id: int
    campaign_id: int | None = None  # None: any of his assignments


@dataclass(frozen=True, slots=True)
class CallAsked:
    """Call the contact he reads about."""

    agent_id: int
    number: str = ""  # one of the contact's, E.164; empty: the next in turn


@dataclass(frozen=True, slots=True)
class SkipAsked:
    agent_id: int  # who does not want to call this contact now


@dataclass(frozen=True, slots=True)
class ResultGiven:
    """What the talk he is in, or his last call, came to."""

    agent_id: int
    given: Given


@dataclass(frozen=True, slots=True)
class AgentChanged:
    agent: Agent  # as edited while he is signed in


@dataclass(frozen=True, slots=True)
class CallbacksChanged:
    """Callbacks were added to the database, or some there were moved, closed, or re-assigned."""

    is_moved: bool


@dataclass(frozen=True, slots=True)
class DrainAsked:
    """No new calls; hang up what still lives after `limit_s`."""

    limit_s: float
