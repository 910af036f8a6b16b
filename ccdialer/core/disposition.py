"""The results an attempt can have, and how hang-up causes become results."""

from __future__ import annotations

from enum import StrEnum


class Disposition(StrEnum):
    """Result of an attempt; stored by name, shown in reports."""

    TALKED = "talked"  # a live client was joined with an agent
    ABANDONED = "abandoned"  # a live client met no agent in time
    LEFT = "left"  # a live client hung up before the time for an agent was over
    MACHINE = "machine"  # answering machine or voice mail
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"  # the client declined the call
    UNALLOCATED = "unallocated"  # the number does not exist, or is written wrongly
    UNREACHABLE = "unreachable"  # switched off, out of coverage, out of order
    CONGESTION = "congestion"  # the trunk or the network could not carry the call
    FAILED = "failed"  # anything else that prevented the call
    CANCELLED = "cancelled"  # let go by us before an answer
    LOST = "lost"  # we do not know what became of it: never dialed again at once


LIVE = frozenset({Disposition.TALKED, Disposition.ABANDONED})
"""Live answers: what the abandonment rate is a share of (47 CFR 64.1200(a)(7))."""

FINAL = frozenset({Disposition.TALKED})
"""Dispositions after which the task is done."""

BAD_NUMBER = frozenset({Disposition.UNALLOCATED})
"""Dispositions after which the number itself is not dialed again."""

UNCOUNTED = frozenset({Disposition.CONGESTION, Disposition.CANCELLED, Disposition.FAILED})
"""Dispositions that say nothing about the client and do not use up one of his attempts."""

_D = Disposition

# What Asterisk 22 reports in ChannelDestroyed.tech_cause, the SIP status (RFC 3261 §21).
BY_SIP: dict[int, Disposition] = {
    401: _D.CONGESTION,
    402: _D.CONGESTION,
    404: _D.UNALLOCATED,
    407: _D.CONGESTION,
    408: _D.UNREACHABLE,
    410: _D.UNALLOCATED,
    480: _D.UNREACHABLE,
    484: _D.UNALLOCATED,
    486: _D.BUSY,
    487: _D.CANCELLED,
    488: _D.FAILED,
    403: _D.REJECTED,
    500: _D.CONGESTION,
    502: _D.CONGESTION,
    503: _D.CONGESTION,
    504: _D.CONGESTION,
    600: _D.BUSY,
    603: _D.REJECTED,
    604: _D.UNALLOCATED,
    606: _D.FAILED,
    607: _D.REJECTED,
    608: _D.REJECTED,
}

# Q.850 causes (ITU-T Q.850 table 1), where there is no SIP status: Local channels, other
# technologies, Asterisk before 22.7.
CAUSE_UNKNOWN = 0
BY_CAUSE: dict[int, Disposition] = {
    CAUSE_UNKNOWN: _D.FAILED,
    1: _D.UNALLOCATED,
    2: _D.CONGESTION,
    3: _D.CONGESTION,
    16: _D.CANCELLED,
    17: _D.BUSY,
    18: _D.UNREACHABLE,
    19: _D.NO_ANSWER,
    20: _D.UNREACHABLE,
    21: _D.REJECTED,
    22: _D.UNALLOCATED,
    26: _D.CANCELLED,
    27: _D.UNREACHABLE,
    28: _D.UNALLOCATED,
    31: _D.FAILED,
    34: _D.CONGESTION,
    38: _D.CONGESTION,
    41: _D.CONGESTION,
    42: _D.CONGESTION,
    44: _D.CONGESTION,
    47: _D.CONGESTION,
    65: _D.FAILED,
    88: _D.FAILED,
    102: _D.UNREACHABLE,
    127: _D.FAILED,
}


NOT_LET_IN = frozenset({401, 402, 407})
ROUTE_SIP = frozenset({408, 500, 502, 503, 504}) | NOT_LET_IN
"""SIP statuses by which a trunk says that it cannot carry the call, whoever is called."""
FORBIDDEN = 403
"""From a network: the call is refused (RFC 3398 8.2.6.1). From a provider that knows us by
registration: perhaps that he does not know us any more."""
ROUTE_CAUSES = frozenset(cause for cause, d in BY_CAUSE.items() if d is _D.CONGESTION)


def is_route_failure(cause: int, sip_code: int | None, registers: bool) -> bool:
    """Whether an unanswered call was ended by the trunk or a network on the way, not by the client
    or his network. `registers`: the provider knows us by registration."""
    if sip_code is None:
        return cause in ROUTE_CAUSES
    return sip_code in ROUTE_SIP or (registers and sip_code == FORBIDDEN)


def of_unanswered(cause: int, sip_code: int | None) -> Disposition:
    """The result of a call that ended before it was answered and that nobody here let go.

    `cause` is the Q.850 cause and `sip_code` the SIP status of ChannelDestroyed, where known.
    """
    if sip_code is not None and sip_code in BY_SIP:
        return BY_SIP[sip_code]
    return BY_CAUSE.get(cause, _D.FAILED)
