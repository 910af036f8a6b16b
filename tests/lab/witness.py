"""Who was in which bridge with whom, as Asterisk itself tells an application that only listens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import inf

from tests.lab.ari import Json


@dataclass(frozen=True)
class Stay:
    """A channel in a bridge; instants in epoch seconds."""

    channel: str
    bridge: str
    since: float
    until: float = inf


@dataclass(frozen=True)
class Said:
    """What the database says of a caller's channel."""

    channel: str
    fate: str


def stays_of(events: Iterable[Json]) -> list[Stay]:
    """All stays, in the order in which they began."""
    found: list[Stay] = []
    open_: dict[tuple[str, str], float] = {}
    for event in events:
        if event["type"] not in ("ChannelEnteredBridge", "ChannelLeftBridge"):
            continue
        at = datetime.fromisoformat(event["timestamp"]).timestamp()
        key = (event["channel"]["id"], event["bridge"]["id"])
        if event["type"] == "ChannelEnteredBridge":
            open_[key] = at
        elif key in open_:
            found.append(Stay(*key, open_.pop(key), at))
    found += [Stay(*key, at) for key, at in open_.items()]
    return sorted(found, key=lambda stay: stay.since)


def asked(events: Iterable[Json]) -> set[str]:
    """The numbers of callers for whom the dialplan has asked a script."""
    return {
        event["channel"]["caller"]["number"]
        for event in events
        if event["type"] == "ChannelDialplan" and event["dialplan_app"] == "AGI"
    }


def faults_of(stays: Iterable[Stay], callers: Iterable[Said], blind_s: float) -> list[str]:
    """One sentence for everything that may not be. `blind_s`: a daemon that could not look for so
    long need not know of a talk that was shorter."""
    told = list(stays)
    fates = {caller.channel: caller.fate for caller in callers}
    in_bridge = defaultdict(list)
    of_caller = defaultdict(list)
    for stay in told:
        in_bridge[stay.bridge].append(stay)
        if stay.channel in fates:
            of_caller[stay.channel].append(stay)
    return [
        *_crowded(in_bridge, fates),
        *_joined_twice(of_caller, blind_s),
        *_untrue(of_caller, in_bridge, fates, blind_s),
    ]


def _crowded(in_bridge: dict[str, list[Stay]], fates: dict[str, str]) -> Iterator[str]:
    """A bridge has one caller and one agent at a time."""
    for bridge, stays in in_bridge.items():
        for is_caller in (True, False):
            alike = [stay for stay in stays if (stay.channel in fates) is is_caller]
            for before, after in pairwise(alike):
                if before.channel != after.channel and after.since < before.until:
                    yield f"{before.channel} and {after.channel} were in {bridge} at once"


def _joined_twice(of_caller: dict[str, list[Stay]], blind_s: float) -> Iterator[str]:
    for channel, stays in of_caller.items():
        for before, after in pairwise(stays):
            is_heard = before.until - before.since >= blind_s
            if before.bridge != after.bridge and (after.since < before.until or is_heard):
                yield f"{channel} was joined in {before.bridge}, and then in {after.bridge}"


def _untrue(
    of_caller: dict[str, list[Stay]],
    in_bridge: dict[str, list[Stay]],
    fates: dict[str, str],
    blind_s: float,
) -> Iterator[str]:
    for channel, fate in fates.items():
        together = sum(
            max(0.0, min(stay.until, other.until) - max(stay.since, other.since))
            for stay in of_caller[channel]
            for other in in_bridge[stay.bridge]
            if other.channel not in fates
        )
        if fate == "answered" and not of_caller[channel]:
            yield f"{channel} is said to have talked, and was in no bridge"
        if fate != "answered" and together >= blind_s:
            yield f"{channel} talked for {together:.1f} s, and is said to be {fate}"
