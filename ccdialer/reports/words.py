"""Words for people: results of calls, causes, durations and instants."""

from __future__ import annotations

from datetime import UTC, datetime

from ccdialer.core.disposition import Disposition
from ccdialer.core.queue import Fate
from ccdialer.core.trunk import MICRO

RESULTS: dict[Disposition, str] = {
    Disposition.TALKED: "talked",
    Disposition.ABANDONED: "abandoned: no agent in time",
    Disposition.LEFT: "hung up before an agent came",
    Disposition.MACHINE: "answering machine",
    Disposition.BUSY: "busy",
    Disposition.NO_ANSWER: "no answer",
    Disposition.REJECTED: "declined",
    Disposition.UNALLOCATED: "number does not exist",
    Disposition.UNREACHABLE: "unreachable",
    Disposition.CONGESTION: "no line: congestion",
    Disposition.FAILED: "failed",
    Disposition.CANCELLED: "let go by us before an answer",
    Disposition.LOST: "outcome unknown",
}

FATES: dict[Fate, str] = {
    Fate.ANSWERED: "talked",
    Fate.LEFT: "hung up before an agent came",
    Fate.SENT_ON: "sent on",
    Fate.CALLBACK: "asked to be called back",
    Fate.LOST: "outcome unknown",
}

# ITU-T Q.850 table 1, as far as telephone networks send them.
CAUSES: dict[int, str] = {
    1: "unallocated number",
    2: "no route to transit network",
    3: "no route to destination",
    16: "normal clearing",
    17: "user busy",
    18: "no user responding",
    19: "no answer",
    20: "subscriber absent",
    21: "call rejected",
    22: "number changed",
    26: "answered elsewhere",
    27: "destination out of order",
    28: "invalid number",
    31: "normal, unspecified",
    34: "no circuit available",
    38: "network out of order",
    41: "temporary failure",
    42: "switching congestion",
    44: "requested circuit not available",
    47: "resource unavailable",
    65: "bearer capability not implemented",
    88: "incompatible destination",
    102: "timer expired",
    127: "interworking, unspecified",
}

MINUTE, HOUR, DAY = 60, 3600, 86400


def result(disposition: str | None) -> str:
    """A disposition in words; of an attempt that is still open: empty."""
    return RESULTS[Disposition(disposition)] if disposition else ""


def fate(of_caller: str | None, reason: str | None = "") -> str:
    """What became of an inbound call in words; of one that no queue has ended: empty."""
    if not of_caller:
        return ""
    return FATES[Fate(of_caller)] + (f": {reason}" if reason else "")


def cause(q850: int | None, sip_code: int | None) -> str:
    """Why the network ended the call: `SIP 486, user busy`."""
    known = [f"SIP {sip_code}"] if sip_code else []
    if q850:
        known.append(CAUSES.get(q850, f"cause {q850}"))
    return ", ".join(known)


def lasting(seconds: float) -> str:
    """About how long, in the two largest units: `42 s`, `5 min`, `2 h 10 min`, `3 days`."""
    whole = max(0, round(seconds))
    if whole < 2 * MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{round(whole / MINUTE)} min"
    if whole < 2 * DAY:
        hours, rest = divmod(round(whole / MINUTE), MINUTE)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(whole / DAY)} days"


def clock(seconds: float) -> str:
    """Exactly how long, as on a stopwatch: `2:05`, `1:02:03`."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, HOUR)
    minutes, left = divmod(rest, MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def money(micro: int) -> str:
    """An amount of millionths, with as many digits after the point as it has, two at least."""
    whole, part = divmod(abs(micro), MICRO)
    digits = f"{part:06}".rstrip("0").ljust(2, "0")
    return f"{'-' if micro < 0 else ''}{whole:,}.{digits}".replace(",", " ")


def local(at_ms: int) -> str:
    """An instant on this machine's wall clock: `2026-11-21 14:05:03`."""
    return on_the_wall(at_ms).strftime("%Y-%m-%d %H:%M:%S")


def at(at_ms: int, now_ms: int) -> str:
    """An instant as people say it: `14:05` today, `2026-11-20 14:05` on another day."""
    instant = on_the_wall(at_ms)
    same_day = instant.date() == on_the_wall(now_ms).date()
    return instant.strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M")


def on_the_wall(at_ms: int) -> datetime:
    """An instant on this machine's wall clock."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone()


def utc(at_ms: int) -> str:
    """An instant for machines, RFC 3339: `2026-11-21T11:05:03.120Z`."""
    instant = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03}Z"
