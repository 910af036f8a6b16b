"""Does the simulator tell the truth: the same day on real telephony and in the simulator."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from ccdialer.core.campaign import Mode
from ccdialer.sim.scenario import Scenario
from tests.lab import sipp, twin
from tests.lab.running import Make, Running
from tests.lab.sipp import Note, wait_until

pytestmark = [pytest.mark.lab, pytest.mark.quiet]

SEED = 11  # an ordinary day: near the middle of all of them
SEEDS = range(1, 61)
AT_WORK = {"signing_in", "available", "talking", "wrap_up"}


def test_real_telephony_agrees_with_the_simulator(make_sqlite: Make) -> None:
    running, record = live(make_sqlite)
    calls = twin.calls_of(running)
    day = twin.figures(calls)
    ours, theirs = twin.from_the_answer(calls), twin.calls_by_carrier(record)
    assert vars(twin.figures(ours)) == pytest.approx(
        vars(twin.figures(theirs)), rel=0.01, abs=0.005
    )
    measured = twin.on_this_machine(calls, record, SEED)
    bounds = twin.spread(twin.simulated(measured, seed) for seed in SEEDS)
    narrow = twin.spread_of_same_people(measured, SEED)
    told = f"lab: {day}\nany people: {bounds}\nthe same people: {narrow}\n{times_of(measured)}"
    print(told)
    assert not twin.outside(day, bounds), told
    assert not twin.outside(day, narrow), told


def times_of(scenario: Scenario) -> str:
    """The machine's times, for whoever must judge a failure: a stalled machine is seen in them."""
    times = {
        "commit": scenario.commit_s,
        "originate": scenario.originate_s,
        "join": scenario.join_s,
    }
    return ", ".join(f"{name} {1000.0 * time_s:.1f} ms" for name, time_s in times.items())


def live(make: Make) -> tuple[Running, list[Note]]:
    """The day on telephones, to its end, and what the carrier has noted of it."""
    running = make(agents=twin.AGENTS)
    site = running.site
    assert site.carrier is not None
    site.carrier.stop()
    people = twin.fates(twin.SCENARIO, SEED)
    site.carrier = sipp.people(site.folder / "people", site.plan.carrier_port, people)
    running.fill_with(twin.SETTINGS, twin.numbers())
    running.start()
    running.ask("login", all=True)
    wait_until(site.carrier.notes, 20, "the first call")
    time.sleep(twin.LAST_S + 1.0)
    states = running.database.rows("SELECT DISTINCT state FROM journal WHERE kind = 'agent'")
    assert {state for (state,) in states} <= AT_WORK, "an agent was not there all the time"
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log
    return running, site.carrier.notes()


PLAN = twin.SCENARIO.campaigns[0]
LIES = {
    "agents are joined a second late": replace(twin.SCENARIO, join_s=1.0),
    "an agent too few": replace(twin.SCENARIO, teams=(replace(twin.SCENARIO.teams[0], agents=23),)),
    "wrap-up a second too long": replace(
        twin.SCENARIO,
        campaigns=(replace(PLAN, settings=replace(PLAN.settings, wrap_up_s=6.0)),),
    ),
    "more people answer": replace(
        twin.SCENARIO,
        campaigns=(replace(PLAN, callees=replace(PLAN.callees, answer_rate={0.0: 0.46})),),
    ),
    "another policy dials": replace(
        twin.SCENARIO,
        campaigns=(replace(PLAN, settings=replace(PLAN.settings, mode=Mode.PROGRESSIVE)),),
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_simulator_that_lies_is_found_out(lie: str) -> None:
    honest = twin.simulated(twin.SCENARIO, SEED)
    assert twin.outside(honest, twin.spread_of_same_people(LIES[lie], SEED))


def test_a_simulator_that_does_not_is_believed() -> None:
    slower = replace(twin.SCENARIO, originate_s=0.03, commit_s=0.01)
    bounds = twin.spread_of_same_people(twin.SCENARIO, SEED)
    assert not twin.outside(twin.simulated(slower, SEED), bounds)
