"""The switch against a real Asterisk, the carrier and the agents' phones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ccdialer.ari import Switch
from ccdialer.core.attempt import attempt_of, recorder
from ccdialer.core.commands import (
    CloseBridge,
    DetectMachine,
    HangUp,
    Join,
    OpenBridge,
    Originate,
    Play,
    StartRecording,
    StopRecording,
)
from ccdialer.core.events import (
    CommandFailed,
    LegAnswered,
    LegEnded,
    LegJoined,
    LegRinging,
    MachineJudged,
    OriginateFailed,
    PhoneCalled,
    PlaybackEnded,
    RecordingEnded,
    RecordingFailed,
    RecordingStarted,
)
from tests.ari.told import Told, answered, call, new_leg, settings_of, switched, until
from tests.lab import sipp
from tests.lab.asterisk import Asterisk, Plan
from tests.lab.fixtures import Lab

pytestmark = pytest.mark.lab
MODES = ("outbound", "inbound")
AGENT = "PJSIP/agent1"
Pair = tuple[Switch, Told]


@pytest.fixture(params=MODES)
async def pair(lab: Lab, request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    """A connected switch, with what it tells."""
    async with switched(settings_of(lab.asterisk.plan, request.param)) as made:
        yield made


@pytest.fixture
async def outbound(lab: Lab) -> AsyncIterator[Pair]:
    """A switch that Asterisk has connected to: the dialplan's application is its own."""
    async with switched(settings_of(lab.asterisk.plan, "outbound")) as made:
        yield made


def invited(lab: Lab, number: str) -> int:
    return [n.word for n in lab.carrier.notes() if n.number == number].count("INVITE")


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Asterisk]:
    """An Asterisk whose carrier's callees never hang up by themselves, AMD however slow."""
    asterisk = Asterisk(tmp_path / "asterisk")
    asterisk.start()
    carrier = sipp.carrier(
        tmp_path / "carrier", asterisk.plan.carrier_port, sipp.Manners(talk_ms=(0, 0))
    )
    yield asterisk
    carrier.stop()
    asterisk.stop()


async def ended(told: Told, leg_id: str) -> LegEnded:
    await until(lambda: told.of(LegEnded, leg_id), what=told.events)
    (event,) = told.of(LegEnded, leg_id)
    assert isinstance(event, LegEnded)
    return event


@pytest.mark.parametrize(
    ("digit", "cause", "sip_code"),
    [(3, 17, 486), (4, 34, 503), (6, 1, 404), (8, 21, 603), (9, 19, 480)],
)
async def test_a_refused_call_ends_with_its_causes(
    pair: Pair, digit: int, cause: int, sip_code: int
) -> None:
    switch, told = pair
    command = call(f"7900{digit}000001")
    switch.perform(command)
    assert await ended(told, command.leg_id) == LegEnded(command.leg_id, cause, sip_code)
    assert told.of(LegAnswered) == told.of(OriginateFailed) == []


async def test_our_own_ring_timeout_is_no_word_of_the_network(pair: Pair) -> None:
    """Asterisk says 480 for both: only a 480 of the network's may tell that he is unreachable."""
    switch, told = pair
    command = call("79005000001", ring_timeout_s=1)
    switch.perform(command)
    assert await ended(told, command.leg_id) == LegEnded(command.leg_id, 19, None)
    assert told.of(LegRinging) == [LegRinging(command.leg_id)]


async def test_an_answered_call_is_joined_played_to_and_hung_up(pair: Pair, lab: Lab) -> None:
    switch, told = pair
    client, bridge = new_leg(), "ccd-bridge"
    agent = await answered(switch, told, Originate(new_leg(), AGENT, "1", 5, 60, auto_answer=True))
    switch.perform(OpenBridge(bridge, (agent,)))
    await answered(switch, told, call("79001000002", leg_id=client))
    switch.perform(Join(bridge, client))
    await until(lambda: len(told.of(LegJoined)) == 2, what=told.events)
    assert told.of(LegJoined) == [LegJoined(bridge, agent), LegJoined(bridge, client)]
    seen = {leg.leg_id: leg for leg in (await switch.census()).legs}
    assert seen[client].bridge_id == bridge
    assert seen[client].up
    switch.perform(Play("ccd-sound", agent, "sound:beep,sound:beep"))
    await until(lambda: told.of(PlaybackEnded), what=told.events)
    for command in (HangUp(client), HangUp(agent), CloseBridge(bridge)):
        switch.perform(command)
    assert (await ended(told, client)).cause == 16
    await ended(told, agent)
    assert told.of(CommandFailed) == []


async def test_two_legs_enter_a_new_bridge_with_one_command(pair: Pair) -> None:
    switch, told = pair
    legs = (new_leg(), new_leg())
    for leg, endpoint in zip(legs, ("PJSIP/agent2", "PJSIP/79001000003@carrier"), strict=True):
        await answered(switch, told, Originate(leg, endpoint, "1", 5, 60))
    switch.perform(OpenBridge("ccd-two", legs))
    await until(lambda: len(told.of(LegJoined)) == 2, what=told.events)
    for leg in legs:
        switch.perform(HangUp(leg))
        await ended(told, leg)
    switch.perform(CloseBridge("ccd-two"))


async def test_a_leg_is_recorded_until_it_ends(pair: Pair, lab: Lab) -> None:
    switch, told = pair
    leg = await answered(switch, told, call("79001000011"))
    attempt_id = attempt_of(leg)
    name, recorder_id = f"2026-11-25/{attempt_id}", recorder(attempt_id, 1)
    switch.perform(StartRecording(recorder_id, leg, name, "wav"))
    await until(lambda: told.of(RecordingStarted), what=told.events)
    assert recorder_id in {seen.leg_id for seen in (await switch.census()).legs}
    switch.perform(HangUp(leg))
    await until(lambda: told.of(RecordingEnded), what=told.events)
    await ended(told, leg)
    (over,) = told.of(RecordingEnded)
    assert over.name == name  # type: ignore[attr-defined]
    assert told.of(LegAnswered) == [LegAnswered(leg)]  # the listening channel is nobody's leg
    (path,) = (lab.asterisk.folder / "spool" / "recording").rglob(f"{attempt_id}.wav")
    assert path.stat().st_size > 0
    assert await switch.delete(name) == ""
    assert not path.exists()


async def test_a_recording_is_stopped_though_its_leg_lives(pair: Pair) -> None:
    switch, told = pair
    leg = await answered(switch, told, call("79001000012"))
    recorder_id = recorder(attempt_of(leg), 1)
    name = f"2026-11-25/{attempt_of(leg)}"
    switch.perform(StartRecording(recorder_id, leg, name, "wav"))
    await until(lambda: told.of(RecordingStarted), what=told.events)
    switch.perform(StopRecording(recorder_id))
    await until(lambda: told.of(RecordingEnded), what=told.events)
    assert told.of(LegEnded) == []
    switch.perform(StartRecording(recorder(attempt_of(leg), 2), leg, name, "wav"))
    await until(lambda: told.of(RecordingFailed), what=told.events)
    (failed,) = told.of(RecordingFailed)
    assert "409" in failed.reason  # type: ignore[attr-defined]  # the file is not overwritten
    switch.perform(HangUp(leg))
    await ended(told, leg)
    assert await switch.delete(name) == ""


async def test_a_leg_that_is_not_there_and_a_strange_format_are_no_recordings(pair: Pair) -> None:
    switch, told = pair
    nobody = new_leg()
    switch.perform(StartRecording(recorder(attempt_of(nobody), 1), nobody, "2026-11-25/1", "wav"))
    leg = await answered(switch, told, call("79001000013"))
    odd = StartRecording(recorder(attempt_of(leg), 1), leg, "2026-11-25/2", "wax")
    switch.perform(odd)
    await until(lambda: len(told.of(RecordingFailed)) == 2, what=told.events)
    await until(lambda: odd.recorder_id not in switch._half_done)
    switch.perform(HangUp(leg))
    await ended(told, leg)


async def test_the_number_shown_is_the_campaigns(pair: Pair, lab: Lab) -> None:
    """`create` knows no caller id: it must reach the carrier all the same."""
    switch, told = pair
    await answered(switch, told, command := call("79001000004"))
    shown = lab.asterisk.command(f"core show channel {lab.asterisk.channels()[0]}")
    assert "4930123456" in shown
    switch.perform(HangUp(command.leg_id))
    await ended(told, command.leg_id)


async def test_no_call_outlives_its_limit(pair: Pair) -> None:
    switch, told = pair
    leg = await answered(switch, told, Originate(new_leg(), AGENT, "1", 5, max_call_s=1))
    await ended(told, leg)


async def test_a_repeat_of_an_originate_rings_nobody_twice(pair: Pair, lab: Lab) -> None:
    switch, told = pair
    command = call("79005000005")
    before = invited(lab, "79005000005")
    switch.perform(command)
    await until(lambda: told.of(LegRinging), what=told.events)
    switch.perform(command)
    await until(lambda: switch.in_flight == 0)
    assert told.of(OriginateFailed) == []
    switch.perform(HangUp(command.leg_id))
    await ended(told, command.leg_id)
    assert invited(lab, "79005000005") == before + 1


async def test_a_refusal_is_told_though_asterisk_takes_it_for_a_duplicate(pair: Pair) -> None:
    """22.10.1 repeats the 409 of a thread's last duplicate for every later failure."""
    switch, told = pair
    command = call("79005000010")
    for _ in range(2):
        switch.perform(command)
    await until(lambda: told.of(LegRinging), what=told.events)
    for _ in range(8):
        switch.perform(Originate(new_leg(), "PJSIP/nosuch", "1", 5, 60))
    await until(lambda: len(told.of(OriginateFailed)) == 8, what=told.events)
    assert command.leg_id not in {event.leg_id for event in told.of(OriginateFailed)}  # type: ignore[attr-defined]
    switch.perform(HangUp(command.leg_id))
    await ended(told, command.leg_id)


async def test_what_asterisk_refuses_comes_back_as_a_failure(pair: Pair) -> None:
    switch, told = pair
    nowhere, nobody, gone = new_leg(), new_leg(), new_leg()
    switch.perform(Originate(nowhere, "PJSIP/nosuch", "1", 5, 60))
    for command in (
        Join("ccd-none", nobody),
        OpenBridge("ccd-some", (nobody,)),
        Join("ccd-some", gone),
        DetectMachine(nobody),
        Play("ccd-p", nobody, "sound:beep"),
        HangUp(nobody),
        CloseBridge("ccd-none"),
        CloseBridge("ccd-some"),
    ):
        switch.perform(command)
    await until(lambda: len(told.events) >= 6, what=told.events)
    (refused,) = told.of(OriginateFailed)
    assert (refused.leg_id, refused.certain) == (nowhere, True)  # type: ignore[attr-defined]
    failed = [(event.leg_id, event.deed) for event in told.of(CommandFailed)]  # type: ignore[attr-defined]
    assert failed == [(nobody, "Join"), (nobody, "OpenBridge"), (nobody, "DetectMachine")]
    assert told.of(PlaybackEnded) == [PlaybackEnded("ccd-p")]
    assert told.of(LegEnded, gone), "of the bridge nothing is wrong"


@pytest.mark.parametrize(("digit", "machine"), [(1, False), (0, True)])
async def test_a_machine_is_told_from_a_person(
    digit: int, machine: bool, patient: Asterisk
) -> None:
    async with switched(settings_of(patient.plan, "outbound")) as (switch, told):
        leg = await answered(switch, told, call(f"7900{digit}000006"))
        switch.perform(DetectMachine(leg))
        await until(lambda: told.of(MachineJudged), what=told.events)
        (judged,) = told.of(MachineJudged)
        assert judged.machine is machine  # type: ignore[attr-defined]
        switch.perform(HangUp(leg))
        await ended(told, leg)


async def test_a_client_who_hangs_up_while_being_judged_has_ended(outbound: Pair) -> None:
    """In AMD() the leg is in the dialplan, out of our application; its end is told all the same."""
    switch, told = outbound
    leg = await answered(switch, told, call("79000000007"))
    switch.perform(DetectMachine(leg))
    switch.perform(HangUp(leg))
    await ended(told, leg)


async def test_a_phone_calls_a_feature_code(outbound: Pair, lab: Lab, tmp_path: Path) -> None:
    switch, told = outbound
    dialing = sipp.Dialing("agent3", "*432", lab.asterisk.plan.sip_port)
    phone = sipp.feature_call(tmp_path, dialing)
    await until(lambda: told.of(PhoneCalled), what=told.events)
    (called,) = told.of(PhoneCalled)
    assert isinstance(called, PhoneCalled)
    assert (called.phone, called.feature, called.argument) == ("PJSIP/agent3", "pause", "2")
    switch.perform(Play("ccd-ok", called.leg_id, "sound:beep"))
    await until(lambda: told.of(PlaybackEnded), what=told.events)
    switch.perform(HangUp(called.leg_id))
    await ended(told, called.leg_id)
    await until(lambda: not phone.is_running())


async def test_many_requests_are_in_flight_at_once(pair: Pair) -> None:
    switch, told = pair
    commands = [call("79003000008") for _ in range(60)]
    for command in commands:
        switch.perform(command)
    assert switch.in_flight == len(commands)
    await until(lambda: len(told.of(LegEnded)) == len(commands))
    assert {event.leg_id for event in told.of(LegEnded)} == {c.leg_id for c in commands}  # type: ignore[attr-defined]
    await until(lambda: switch.in_flight == 0)


async def test_without_a_connection_a_command_fails_for_certain() -> None:
    told = Told()
    switch = Switch(settings_of(Plan(), "inbound"), told.hooks())
    command = call("1")
    switch.perform(command)
    assert told.events == []  # never from within perform
    await until(lambda: told.events)
    assert told.events == [OriginateFailed(command.leg_id, True, "no connection to Asterisk")]


async def test_a_wrong_password_is_told_in_a_sentence(lab: Lab) -> None:
    settings = replace(settings_of(lab.asterisk.plan, "inbound"), password="wrong")
    told = Told()
    switch = Switch(settings, told.hooks())
    await switch.start()
    await until(lambda: told.troubles)
    await switch.close()
    assert 'refuses the account "ccdialer"; make ari.username' in str(told.troubles[0])


async def test_a_second_daemon_takes_the_application_over_and_is_noticed(lab: Lab) -> None:
    settings = settings_of(lab.asterisk.plan, "inbound")
    async with switched(settings) as (_, first), switched(settings) as (_, second):
        await until(lambda: first.lost)
        assert "has taken over" in str(first.troubles[0])
        assert second.lost == []


@pytest.mark.parametrize("connect", MODES)
async def test_a_killed_asterisk_is_lost_and_found_again(connect: str, tmp_path: Path) -> None:
    asterisk = Asterisk(tmp_path, Plan(connect=connect))
    asterisk.start()
    try:
        async with switched(settings_of(asterisk.plan, connect)) as (switch, told):
            asterisk.kill()
            await until(lambda: told.lost)
            assert not switch.connected
            asterisk.start()
            await until(lambda: len(told.found) == 2, 30, told.troubles)
            assert told.found[0].started_at < told.found[1].started_at
            reply = await switch.request("GET", "asterisk/ping")
            assert reply.json["ping"] == "pong"
    finally:
        asterisk.stop()


@pytest.mark.parametrize("connect", MODES)
async def test_a_frozen_asterisk_is_noticed_and_what_was_asked_is_unknown(
    connect: str, tmp_path: Path
) -> None:
    asterisk = Asterisk(tmp_path, Plan(connect=connect))
    asterisk.start()
    settings = replace(settings_of(asterisk.plan, connect), heartbeat_s=0.5, knock_within_s=2)
    try:
        async with switched(settings) as (switch, told):
            asterisk.freeze()
            command = call("79001000001")
            switch.perform(command)
            await until(lambda: told.lost)
            (failed,) = told.of(OriginateFailed)
            assert not failed.certain  # type: ignore[attr-defined]
            asterisk.freeze(False)
            await until(lambda: len(told.found) == 2, 30, told.troubles)
    finally:
        asterisk.stop()


@pytest.mark.parametrize("connect", MODES)
async def test_a_client_who_answers_while_the_daemon_is_away_is_kept(
    connect: str, lab: Lab
) -> None:
    settings = settings_of(lab.asterisk.plan, connect)
    command = Originate(new_leg(), "Local/late@lab-callee", "1", 10, 60)
    async with switched(settings) as (switch, told):
        switch.perform(command)
        await until(lambda: told.of(LegRinging), what=told.events)
    await until(lambda: "!Up!Stasis!" in lab.asterisk.command("core show channels concise"))
    async with switched(settings) as (switch, told):
        assert [leg.leg_id for leg in told.found[0].legs if leg.up] == [command.leg_id]
        switch.perform(HangUp(command.leg_id))
        await ended(told, command.leg_id)


async def test_an_application_that_stays_mute_is_told_and_not_dialed_with(tmp_path: Path) -> None:
    """It had a websocket of ours before Asterisk opened its own (22.10.1)."""
    asterisk = Asterisk(tmp_path / "asterisk")
    asterisk.start()
    ours = replace(settings_of(asterisk.plan, "inbound"), app=asterisk.plan.app)
    async with switched(ours):
        pass
    told = Told()
    switch = Switch(
        replace(settings_of(asterisk.plan, "outbound"), knock_within_s=60.0), told.hooks()
    )
    await switch.start()
    await until(lambda: any("restart Asterisk" in str(t) for t in told.troubles))
    assert not switch.connected
    await switch.close()
    asterisk.stop()
