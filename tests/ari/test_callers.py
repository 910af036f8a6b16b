"""Callers against a real Asterisk: they arrive, hear, are joined, and go back to the dialplan."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from ccdialer.ari import Switch
from ccdialer.core.commands import (
    Bound,
    CloseBridge,
    Entertain,
    HangUp,
    Hush,
    OpenBridge,
    Play,
    SendBack,
)
from ccdialer.core.events import (
    CallerArrived,
    CommandFailed,
    LegEnded,
    LegJoined,
    PlaybackEnded,
    SendBackFailed,
)
from ccdialer.core.speaking import spoken
from tests.ari.told import Told, settings_of, switched, until
from tests.lab.fixtures import Lab

pytestmark = pytest.mark.lab
CALL_ID = "0123456789abcdef" * 2
Pair = tuple[Switch, Told]


@pytest.fixture
async def pair(lab: Lab) -> AsyncIterator[Pair]:
    async with switched(settings_of(lab.asterisk.plan, "inbound")) as made:
        yield made


async def caller(pair: Pair, lab: Lab, words: str = "queue,sales") -> CallerArrived:
    """Somebody whom a dialplan has sent to us with these words."""
    switch, told = pair
    before = len(told.of(CallerArrived))
    call = {
        "endpoint": "Local/answer@lab-callee",
        "app": settings_of(lab.asterisk.plan, "inbound").app,
        "appArgs": words,
        "callerId": '"Ivan" <79161234567>',
    }
    assert (await switch.request("POST", "channels", call)).done
    await until(lambda: len(told.of(CallerArrived)) > before, what=told.events)
    arrived = told.of(CallerArrived)[-1]
    assert isinstance(arrived, CallerArrived)
    return arrived


async def gone(pair: Pair, leg_id: str) -> None:
    switch, told = pair
    switch.perform(HangUp(leg_id))
    await until(lambda: told.of(LegEnded, leg_id), what=told.events)


async def test_a_caller_arrives_with_what_dialplan_and_line_tell(pair: Pair, lab: Lab) -> None:
    arrived = await caller(pair, lab, f"queue,night%2Fshift%20A,{CALL_ID},%2B74951234567")
    assert arrived == CallerArrived(
        arrived.leg_id, "night/shift A", CALL_ID, "79161234567", "Ivan", "+74951234567"
    )
    assert (await pair[0].census()).callers == (arrived,), "and is found again after a cut"
    await gone(pair, arrived.leg_id)
    assert (await pair[0].census()).callers == ()


async def test_an_id_that_is_none_is_not_taken(pair: Pair, lab: Lab) -> None:
    arrived = await caller(pair, lab, "queue,sales,../../etc/passwd")
    assert (arrived.call_id, arrived.did) == ("", "answer")
    await gone(pair, arrived.leg_id)


async def test_what_is_said_is_cut_short_by_the_join(pair: Pair, lab: Lab) -> None:
    """Asterisk would carry the join out when the sound is over."""
    switch, told = pair
    leg = (await caller(pair, lab)).leg_id
    switch.perform(Entertain(leg, "default"))
    told_him = ",".join(["sound:queue-thereare", *spoken(342), "sound:queue-callswaiting"])
    switch.perform(Play(f"ccd-{CALL_ID}-p6", leg, told_him))
    await asyncio.sleep(1.5)  # it says the number by now
    switch.perform(Hush(leg, "default", f"ccd-{CALL_ID}-p6"))
    switch.perform(OpenBridge("ccd-talk", (leg,)))
    await until(lambda: told.of(LegJoined), limit_s=0.7, what=told.events)
    await until(lambda: told.of(PlaybackEnded), what=told.events)
    switch.perform(CloseBridge("ccd-talk"))
    await gone(pair, leg)
    assert told.of(CommandFailed) == []


@pytest.mark.parametrize("music", ["default", "", "no such class"])
async def test_he_goes_back_with_variables(pair: Pair, lab: Lab, music: str) -> None:
    switch, told = pair
    leg = (await caller(pair, lab)).leg_id
    switch.perform(Entertain(leg, music))
    switch.perform(Hush(leg, music))
    switch.perform(SendBack(leg, (("CCD_QUEUE_STATUS", "FULL"), ("CCD_TARGET", ""))))
    await until(lambda: told.of(LegEnded, leg), what=told.events)
    value = await switch.request("GET", f"channels/{leg}/variable", {"variable": CCD_STATUS})
    assert value.json == {"value": "FULL"}
    assert told.of(SendBackFailed) == []
    await gone(pair, leg)


async def test_who_is_gone_cannot_go_back(pair: Pair, lab: Lab) -> None:
    switch, told = pair
    leg = (await caller(pair, lab)).leg_id
    await gone(pair, leg)
    switch.perform(SendBack(leg, (("CCD_QUEUE_STATUS", "FULL"), ("CCD_TARGET", "")), CALL_ID))
    await until(lambda: told.of(SendBackFailed), what=told.events)
    assert told.of(SendBackFailed) == [SendBackFailed(CALL_ID)]


CCD_STATUS = "CCD_QUEUE_STATUS"


@pytest.mark.parametrize(("is_talking", "status"), [(False, ""), (True, "TALK")])
async def test_his_time_is_over_though_nobody_ends_it(
    pair: Pair, lab: Lab, is_talking: bool, status: str
) -> None:
    """ARI takes TIMEOUT(absolute) for a channel that is in Stasis, and it holds in a bridge."""
    switch, told = pair
    leg = (await caller(pair, lab)).leg_id
    switch.perform(Entertain(leg, "default"))
    if is_talking:
        switch.perform(OpenBridge("ccd-talk", (leg,)))
    switch.perform(Bound(leg, 2.0, is_talking))
    await asyncio.sleep(0.5)
    value = await switch.request("GET", f"channels/{leg}/variable", {"variable": CCD_STATUS})
    assert value.json == {"value": status}
    await until(lambda: told.of(LegEnded, leg), limit_s=4, what=told.events)
    await switch.request("DELETE", "bridges/ccd-talk")
    assert told.of(CommandFailed) == []


async def test_who_hung_up_before_anybody_looked_is_told_to_be_gone(pair: Pair, lab: Lab) -> None:
    switch, told = pair
    leg = (await caller(pair, lab)).leg_id
    await gone(pair, leg)
    before = len(told.of(LegEnded, leg))
    switch.perform(Entertain(leg, "default"))
    await until(lambda: len(told.of(LegEnded, leg)) > before, what=told.events)
