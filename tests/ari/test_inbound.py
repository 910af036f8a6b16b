"""Connecting from our side: again and again, slowly after a refusal, and as a stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from ccdialer.ari.connection import Websocket
from ccdialer.ari.inbound import LOOKS, REPLACED, keep_connecting, stand_in
from ccdialer.ari.rest import Rest
from ccdialer.ari.settings import AriSettings
from ccdialer.errors import SwitchUnreachable
from tests.ari.told import settings_of, until
from tests.lab.fixtures import Lab
from tests.lab.ports import free_port

NOWHERE = AriSettings(url=f"http://127.0.0.1:{free_port()}/ari", retry_s=0.01, retry_max_s=0.02)


class Guest:
    """Serves websockets by closing them, for a reason of its own."""

    def __init__(self, reason: str = "cut") -> None:
        self.served = 0
        self.reason = reason
        self.troubles: list[SwitchUnreachable] = []

    async def serve(self, ws: Websocket) -> str:
        self.served += 1
        await ws.close()
        return self.reason


async def while_running(work: Awaitable[None], holds: Callable[[], object]) -> None:
    """Let `work`, which never ends, run until it holds."""
    task = asyncio.ensure_future(work)
    try:
        await until(holds)
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_it_never_gives_up() -> None:
    guest = Guest()
    async with Rest(NOWHERE) as rest:
        work = keep_connecting(NOWHERE, rest, guest.serve, guest.troubles.append)
        await while_running(work, lambda: len(guest.troubles) >= 4)


@pytest.mark.lab
async def test_a_websocket_that_ends_is_opened_again(lab: Lab) -> None:
    settings = replace(settings_of(lab.asterisk.plan, "inbound"), retry_s=0.01)
    guest = Guest()
    async with Rest(settings) as rest:
        work = keep_connecting(settings, rest, guest.serve, guest.troubles.append)
        await while_running(work, lambda: guest.served >= 3)


@pytest.mark.lab
async def test_after_a_refusal_or_a_takeover_it_waits_long(lab: Lab) -> None:
    """The pause is hours here: a second try would be seen before the last one's connection."""
    patient = replace(settings_of(lab.asterisk.plan, "inbound"), retry_s=0.01, refused_retry_s=9e9)
    refused, replaced, quick = Guest(), Guest(REPLACED), Guest()
    wrong = replace(patient, password="wrong")
    async with Rest(patient) as rest, Rest(wrong) as without:
        slow = [
            asyncio.create_task(
                keep_connecting(wrong, without, refused.serve, refused.troubles.append)
            ),
            asyncio.create_task(
                keep_connecting(patient, rest, replaced.serve, replaced.troubles.append)
            ),
        ]
        await until(lambda: refused.troubles and replaced.served)
        work = keep_connecting(patient, rest, quick.serve, quick.troubles.append)
        await while_running(work, lambda: quick.served >= 5)
        for task in slow:
            task.cancel()
        await asyncio.wait(slow)
    assert (len(refused.troubles), replaced.served) == (1, 1)


@pytest.mark.lab
async def test_a_stand_in_connects_only_while_nobody_else_is(lab: Lab) -> None:
    settings = replace(settings_of(lab.asterisk.plan, "inbound"), knock_within_s=0.01)
    guest, asked = Guest(), list[bool]()

    def connected() -> bool:
        asked.append(True)
        return len(asked) <= 5

    async with Rest(settings) as rest:
        work = stand_in(settings, rest, guest.serve, guest.troubles.append, connected)
        await while_running(work, lambda: guest.served)
    assert len(asked) > 5
    assert "has not opened its websocket" in str(guest.troubles[0])


async def test_a_stand_in_tells_that_asterisk_is_not_there() -> None:
    settings = replace(NOWHERE, knock_within_s=0.01)
    guest = Guest()
    async with Rest(settings) as rest:
        work = stand_in(settings, rest, guest.serve, guest.troubles.append, lambda: False)
        await while_running(work, lambda: guest.troubles)
    assert "does not answer" in str(guest.troubles[0])


async def test_a_stand_in_leaves_asterisk_the_time_to_knock_again() -> None:
    """A cut that is new when it looks is none to be mended by us: the silence is counted anew."""
    settings = replace(NOWHERE, knock_within_s=0.02)
    guest, looks = Guest(), list[int]()

    def connected() -> bool:
        looks.append(len(guest.troubles))
        return len(looks) % (LOOKS - 1) == 0 and len(looks) < 5 * LOOKS

    async with Rest(settings) as rest:
        work = stand_in(settings, rest, guest.serve, guest.troubles.append, connected)
        await while_running(work, lambda: guest.troubles)
    assert looks.count(0) >= 5 * LOOKS
