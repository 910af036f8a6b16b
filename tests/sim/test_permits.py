"""Simulated people are called within the hours of their place, and no more often than allowed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ccdialer.core.schedule import NO_CALENDAR, is_open, schedule
from ccdialer.sim.permits import permits_of
from ccdialer.sim.scenario import Callees, CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.world import World

BEGINS = "2026-11-30T09:00+03:00"
SHOP = {"mon-fri": "09:00-20:00"}
OPEN = schedule(SHOP, NO_CALENDAR, "campaign")
ZONES = ("Europe/Moscow", "Asia/Vladivostok")
SCENARIO = Scenario(
    begins=BEGINS,
    hours=3.0,
    per_day=1,
    campaigns=(
        CampaignPlan(
            tasks=200,
            zones=ZONES,
            settings=dialing_settings(
                calling_hours=SHOP, retry_after_s={"busy": 60.0, "no_answer": 60.0}
            ),
            callees=Callees(answer_rate={0.0: 0.2}),
        ),
    ),
    teams=(Team(agents=5),),
)


def opened_in(scenario: Scenario) -> list[tuple[int, float]]:
    """Places in the list and instants of the attempts of a day."""
    world = World(scenario, seed=1)
    world.live()
    return [(world.store.lead_of(task_id), at) for task_id, at in _contacts(world)]


def _contacts(world: World) -> list[tuple[int, float]]:
    assert world.store.permits is not None
    found = world.store.permits.memory.contacts
    return [(task_id, at) for task_id, instants in found.items() for at in instants]


def test_a_day_within_the_hours_and_the_limit() -> None:
    found = opened_in(SCENARIO)
    assert len(found) >= 90  # those of Moscow; in Vladivostok it is four in the afternoon at first
    for lead, at in found:
        assert is_open([OPEN], [ZONES[lead % 2]], at)
    assert max(Counter(lead for lead, _ in found).values()) == 1
    assert {lead % 2 for lead, _ in found} == {0, 1}


def test_vladivostok_closes_when_moscow_is_at_one() -> None:
    late = replace(SCENARIO, begins="2026-11-30T13:00+03:00")
    assert {lead % 2 for lead, _ in opened_in(late)} == {0}


def test_without_a_beginning_nothing_is_asked() -> None:
    assert permits_of(replace(SCENARIO, begins=""), lambda task_id: task_id) is None


def test_nobody_knows_where_he_is() -> None:
    (plan,) = SCENARIO.campaigns
    nowhere = replace(SCENARIO, campaigns=(replace(plan, zones=()),))
    permits = permits_of(nowhere, lambda task_id: task_id)
    assert permits is not None
    assert permits.held_until(1, 7, 5.0) == 86405.0


def test_an_abandoned_client_waits_three_days() -> None:
    permits = permits_of(SCENARIO, lambda task_id: task_id)
    assert permits is not None
    assert permits.held_until(1, 2, 0.0) is None
    permits.abandoned(2, 0.0)
    assert permits.held_until(1, 2, 60.0) == 72 * 3600.0
