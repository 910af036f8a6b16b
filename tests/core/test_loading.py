"""A campaign with a start date does nothing before that day."""

from __future__ import annotations

from ccdialer.core import events as e
from ccdialer.core.campaign import History
from tests.core.world import START, World

HOUR_S = 3600.0


def world_that_opens_at(at: float | None) -> World:
    world = World()
    world.campaign(1)
    change(world, at)
    return world


def change(world: World, opens_at: float | None) -> None:
    campaign = world.board.runs[1].campaign
    world.tell(e.CampaignLoaded(campaign, History(), opens_at=opens_at))


def test_nothing_is_dialed_before_the_day_and_everything_from_its_first_instant_on() -> None:
    world = world_that_opens_at(START + HOUR_S)
    world.sign_in("anna")
    world.wait(HOUR_S - 0.01)
    assert world.dialed == []
    world.wait(0.01)
    assert len(world.dialed) == 1


def test_a_day_that_is_moved_away_counts_no_more() -> None:
    world = world_that_opens_at(START + HOUR_S)
    world.sign_in("anna")
    change(world, START + 2 * HOUR_S)
    world.wait(1.5 * HOUR_S)
    assert world.dialed == []
    change(world, None)
    assert len(world.dialed) == 1


def test_reading_the_campaign_again_sets_no_second_timer() -> None:
    world = world_that_opens_at(START + HOUR_S)
    change(world, START + HOUR_S)
    change(world, START + HOUR_S)
    found = []
    while (due := world.board.timers.pop_due(START + HOUR_S)) is not None:
        found.append(due)
    assert found.count(("opens", "1")) == 1
