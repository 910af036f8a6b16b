"""Queue: where inbound callers wait; its settings, and what can become of a caller."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ccdialer.core.target import TargetKind, mistake_in_target, target_of
from ccdialer.core.telling import told


class Fate(StrEnum):
    """What became of an inbound call."""

    ANSWERED = "answered"  # he talked with an agent
    LEFT = "left"  # he hung up before an agent had him
    SENT_ON = "sent_on"  # to elsewhere: the queue was closed, full, or he had waited long
    CALLBACK = "callback"  # he asked to be called back
    LOST = "lost"  # it ended while nobody looked: Asterisk or the daemon was away


class QueueStatus(StrEnum):
    """Why a queue gives a caller back to the dialplan: CCD_QUEUE_STATUS."""

    FULL = "FULL"  # as many wait as may
    CLOSED = "CLOSED"  # out of hours, or the campaign does not run
    EMPTY = "EMPTY"  # no agent is signed in
    TIMEOUT = "TIMEOUT"  # he has waited as long as anybody may
    CALLBACK = "CALLBACK"  # he wants to be called back
    UNKNOWN = "UNKNOWN"  # there is no such queue
    ERROR = "ERROR"  # the daemon goes down, or cannot do it


class CallbackOwner(StrEnum):
    """For whom the callback of a lost caller is."""

    LAST = "last"  # the agent who talked with him last
    OWNER = "owner"  # the CRM's; where it names none of the project's agents, as `last`
    NONE = "none"  # anyone


MET_NOBODY = frozenset({Fate.LEFT, Fate.LOST})
"""Of these a lost call is made, and a callback (SPEC E3)."""


@dataclass(frozen=True, slots=True)
class Widening:
    """From so long a wait on, the caller is offered to these agents too."""

    after_s: float = told(0.0, "How long he has waited.", least=0, most=3600)
    groups: tuple[str, ...] = told((), "Groups of agents, which are skills too; none: everybody.")


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """What a campaign in inbound mode adds to the settings of all campaigns. Times in seconds."""

    music: str = told("default", "Music class callers hear (musiconhold.conf); empty: ringing.")
    greeting: str = told("", "What a caller hears first: sound:sales/welcome; empty: nothing.")
    owner_first_s: float = told(
        20.0,
        "His own agent, or who talked with him last, is offered first for so long if he is free.",
        least=0,
        most=600,
    )
    widening: tuple[Widening, ...] = told(
        (), "Who is offered the caller, the longer he waits; none: all who serve the queue."
    )
    announce_every_s: float = told(
        45.0, "How often a caller hears his place and wait; 0: never.", least=0, most=3600
    )
    announce_place: bool = told(False, "He hears his place in the queue.")
    announce_wait: bool = told(False, "He hears how long he may have to wait.")
    service_level_s: float = told(
        20.0, "A call answered within this is answered in time.", least=1, most=600
    )
    service_level_goal: float = told(
        0.8, "Share of calls that are to be answered in time.", least=0, most=1
    )
    max_waiting: int = told(100, "More callers than this do not wait.", least=0, most=10000)
    max_wait_s: float = told(600.0, "Nobody waits longer.", least=5, most=86400)
    leave_when_empty: bool = told(False, "Callers do not wait where no agent is signed in.")
    overflow: str = told(
        "",
        "Where callers go who do not wait (any longer): queue night, extension 200; empty: the"
        " dialplan's own fallback.",
        check=lambda words: _overflow_mistake(words),
    )
    offer_callback_after_s: float = told(
        0.0, "So long a wait, and he is offered to be called back; 0: never.", least=0, most=3600
    )
    callback_key: str = told(
        "1", "The key by which a caller takes that offer.", check=lambda key: _key_mistake(key)
    )
    offer_sound: str = told(
        "", "What the offer says: sound:sales/press-1; empty: nothing is offered."
    )
    callbacks: str = told(
        "", "Callback campaign of the project that lost callers go to; empty: its only one."
    )
    callback_owner: CallbackOwner = told(
        CallbackOwner.LAST,
        "For whom that callback is: the agent who talked with him last, the CRM's owner, or none.",
    )
    lost_after_s: float = told(0.0, "Who hangs up sooner is not called back.", least=0, most=600)


def _overflow_mistake(words: str) -> str:
    """Agents are waited for in a queue, and it is that queue's settings that say for whom."""
    target = target_of(words)
    if target is not None and target.kind in (TargetKind.GROUP, TargetKind.AGENT):
        return "a queue, an extension ...; of agents or a group name the queue they serve"
    return mistake_in_target(words)


def _key_mistake(key: str) -> str:
    return "" if len(key) == 1 and key in "0123456789*#" else "one key of the phone, such as 1"


Span = tuple[float, float]
"""Two instants: from the first on, until before the second."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who waits in a queue, as far as anybody knows."""

    call_id: str  # ours, and the key of his row in storage
    leg_id: str  # Asterisk's channel
    number: str = ""  # E.164; empty: hidden
    name: str = ""
    did: str = ""  # the number he has called
    owner_id: int | None = None  # his agent, who is offered first
    owner_wait_s: float = 0.0  # for so long
    groups: frozenset[str] = frozenset()  # whom his route wants; empty: as the queue widens
    priority: int | None = None  # before others of the queue; None: the queue's own
    may_be_called: bool = True  # on no do-not-call list, as far as anybody knows
    news: str = ""  # what the agent is told: "campaign X tried you at 14:05"
