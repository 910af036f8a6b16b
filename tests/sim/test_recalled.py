"""Recalled people do what people of the log did, hour by hour."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ccdialer.core.agent import AgentState
from ccdialer.core.disposition import Disposition
from ccdialer.sim.people import Outcome
from ccdialer.sim.recalled import LEAST_OF_AN_HOUR, NEVER_S, OUTCOMES, Past, Recalled, past_of
from ccdialer.sim.scenario import dialing_settings
from ccdialer.storage.calllog import Log, LoggedCall, LoggedState

SETTINGS = dialing_settings()
D = Disposition


def call(disposition: Disposition, at: float, **changes: object) -> LoggedCall:
    found = LoggedCall(1, at, at + 2, None, None, at + 20, disposition, 16, None)
    return replace(found, **changes)  # type: ignore[arg-type]


def talk(at: float, length_s: float) -> LoggedCall:
    joined = {"answered_at": at + 7, "joined_at": at + 7.1, "ended_at": at + 7.1 + length_s}
    return call(D.TALKED, at, agent_id=5, **joined)


def past(*calls: LoggedCall, hours: int = 2) -> Past:
    wrap_up = [
        state
        for each in calls
        if each.disposition is D.TALKED
        for state in (
            LoggedState(each.ended_at, AgentState.WRAP_UP, 1),
            LoggedState(each.ended_at + each.ended_at % 7 + 1, AgentState.AVAILABLE, None),
        )
    ]
    return past_of(Log(1, calls, {5: tuple(wrap_up)}, {5: "anna"}), SETTINGS, 0.0, hours)


def test_each_hour_has_its_own_people() -> None:
    morning = [talk(60.0 * n, 30.0) for n in range(LEAST_OF_AN_HOUR)]
    noon = [call(D.BUSY, 3600 + 60.0 * n) for n in range(LEAST_OF_AN_HOUR)]
    people = Recalled(past(*morning, *noon), 1)
    assert {people.fate(n, 0, 1800.0).outcome for n in range(50)} == {Outcome.PERSON}
    assert {people.fate(n, 0, 5400.0).outcome for n in range(50)} == {Outcome.BUSY}
    assert people.fate(0, 0, 5400.0).delay_s == 20.0  # refused after it


def test_an_hour_with_few_calls_borrows_from_its_neighbours() -> None:
    morning = [talk(60.0 * n, 30.0) for n in range(LEAST_OF_AN_HOUR)]
    people = Recalled(past(*morning, call(D.BUSY, 3700.0)), 1)
    found = Counter(people.fate(n, 0, 3700.0).outcome for n in range(300))
    assert found[Outcome.PERSON] > 250
    assert found[Outcome.BUSY] > 0


def test_a_fate_is_that_of_a_call() -> None:
    people = Recalled(past(talk(0.0, 30.0), hours=1), 1)
    fate = people.fate(0, 0, 0.0)
    assert (fate.outcome, fate.delay_s, fate.ring_s) == (Outcome.PERSON, 2.0, 5.0)
    assert round(fate.talk_s, 6) == 30.0
    assert round(fate.wrap_up_s, 6) == round(37.1 % 7 + 1, 6)
    assert fate.taken_for_person
    assert people.fate(0, 0, 0.0) == fate
    nobody = Recalled(past(talk(0.0, 30.0), call(D.NO_ANSWER, 1.0), hours=1), 1)
    rings = {nobody.fate(n, 0, 0.0).ring_s for n in range(50)}
    assert rings == {5.0, NEVER_S}


def test_where_ringing_is_not_told_it_rings_from_the_dial() -> None:
    silent = replace(talk(0.0, 30.0), ringing_at=None)
    (fate,) = past(silent, hours=1).fates[0]
    assert (fate.delay_s, fate.ring_s) == (0.0, 7.0)
    nobody = call(D.NO_ANSWER, 0.0, ringing_at=None)
    assert past(nobody, silent, hours=1).fates[0][0].delay_s == 0.0


def test_detection_takes_as_long_as_it_did() -> None:
    machine = call(D.MACHINE, 0.0, answered_at=5.0, ended_at=8.5)
    late = replace(talk(10.0, 30.0), joined_at=20.1)  # 3 s: nobody waits that long for an agent
    found = {
        (fate.outcome, fate.taken_for_person, round(fate.judged_s, 3))
        for fate in past(machine, late, hours=1).fates[0]
    }
    assert found == {(Outcome.MACHINE, False, 3.5), (Outcome.PERSON, True, 3.0)}


def test_what_nobody_knows_is_no_fate() -> None:
    unknown = [call(each, 5.0) for each in D if each not in OUTCOMES]
    assert {each.disposition for each in unknown} == {D.CANCELLED, D.FAILED, D.LOST}
    assert len(past(talk(0.0, 30.0), *unknown, hours=1).fates[0]) == 1
