"""Counts what lives in Asterisk now; over HTTP, as a long list over the websocket kills it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ccdialer.ari.rest import Rest
from ccdialer.ari.translate import callers_among
from ccdialer.core.attempt import is_ours
from ccdialer.core.events import CallerArrived, SeenLeg

# `GET /channels` over REST-over-WebSocket with 1200 channels (0.42 MB) ends the whole Asterisk
# process: the frame is built on a thread's stack (observed on 22.10.1).

OTHER_HALF = ";2"
"""Ending of the far half of a Local channel: its near half is the leg, and ends it."""


@dataclass(frozen=True, slots=True)
class SeenBridge:
    """A bridge of ours found in Asterisk."""

    bridge_id: str
    leg_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Census:
    """What is ours in Asterisk. `started_at`: since when Asterisk runs, in seconds of the epoch;
    another value than last time means that every channel before it is gone. `counted_at`: when the
    count began, by time.monotonic(); whoever came before and lives is among the living."""

    legs: tuple[SeenLeg, ...]
    callers: tuple[CallerArrived, ...]  # whom the dialplan has sent into a queue
    living: frozenset[str]  # every channel there is
    bridges: tuple[SeenBridge, ...]
    version: str
    started_at: float
    counted_at: float


@dataclass(frozen=True, slots=True)
class SeenEndpoint:
    """A phone or trunk Asterisk knows. `name` as in a dial string: PJSIP/anna."""

    name: str
    state: str  # online, offline, unknown


async def take(rest: Rest, app: str) -> Census:
    """Count. `app`'s own legs are ours, and those with our ids. Raises SwitchUnreachable."""
    # In this order: a leg that joins a bridge meanwhile is seen without it, and its event follows.
    began_at = time.monotonic()
    info = await rest.get("asterisk/info")
    bridges, channels, apps = await asyncio.gather(
        rest.get("bridges"), rest.get("channels"), rest.get("applications")
    )
    entered = {leg: bridge["id"] for bridge in bridges for leg in bridge["channels"]}
    followed = {leg for each in apps if each["name"] == app for leg in each["channel_ids"]}
    return Census(
        legs=tuple(_legs(channels, entered, followed)),
        callers=callers_among(channels, app),
        living=frozenset(channel["id"] for channel in channels),
        bridges=tuple(
            SeenBridge(bridge["id"], tuple(bridge["channels"]))
            for bridge in bridges
            if is_ours(bridge["id"])
        ),
        version=info["system"]["version"],
        started_at=datetime.fromisoformat(info["status"]["startup_time"]).timestamp(),
        counted_at=began_at,
    )


def _legs(
    channels: list[dict[str, Any]], entered: dict[str, str], followed: set[str]
) -> Iterable[SeenLeg]:
    for channel in channels:
        leg_id = channel["id"]
        if leg_id.endswith(OTHER_HALF):
            continue
        if is_ours(leg_id) or leg_id in followed:
            yield SeenLeg(leg_id, channel["state"] == "Up", entered.get(leg_id))


async def endpoints(rest: Rest) -> tuple[SeenEndpoint, ...]:
    """Every endpoint, as `doctor` shows them. Raises SwitchUnreachable."""
    found = await rest.get("endpoints")
    return tuple(SeenEndpoint(f"{e['technology']}/{e['resource']}", e["state"]) for e in found)


async def modules(rest: Rest) -> frozenset[str]:
    """Names of the modules that run, such as app_amd.so. Raises SwitchUnreachable."""
    found = await rest.get("asterisk/modules")
    return frozenset(module["name"] for module in found if module["status"] == "Running")
