"""What callers draw of the agents on whom campaigns count, and what is said of it."""

from __future__ import annotations

import pytest

from ccdialer.core.campaign import CampaignState, Mode
from ccdialer.core.drawing import (
    AHEAD_S,
    LATELY_S,
    callers_of,
    kept_for_service,
    rate_of,
    service_of,
    wanted,
)
from tests.core.world import World


def shared(*logins: str, priority: int = 5, mode: Mode = Mode.PROGRESSIVE) -> World:
    """Agents who serve a queue of that priority, and a campaign that has not begun."""
    world = World()
    world.queue(9, {"priority": priority})
    world.campaign(40, 1, wrap_up_s=0.0, mode=mode)
    world.load(CampaignState.PAUSED, 1)
    world.sign_in(*logins, kept_up=True)
    return world


def come_and_go(world: World, count: int, every_s: float) -> None:
    for _ in range(count):
        world.hang_up(world.waits().leg_id)
        world.wait(every_s)


def test_the_rate_is_that_of_late_and_rather_above_it() -> None:
    world = shared("anna")
    queue = world.board.runs[9]
    assert rate_of(queue, world.now) == 0.0
    come_and_go(world, 20, 30.0)
    assert 1 / 30.0 < rate_of(queue, world.now) < 1.3 / 30.0
    assert rate_of(queue, world.now + LATELY_S + 1.0) == 0.0


def test_two_callers_at_once_are_no_rate_yet() -> None:
    world = shared("anna", "bert")
    come_and_go(world, 2, 1.0)
    assert rate_of(world.board.runs[9], world.now) < 3 / 300.0


def test_service_is_judged_by_ten_callers_at_least() -> None:
    world = shared("anna")
    queue = world.board.runs[9]
    come_and_go(world, 9, 1.0)
    assert service_of(queue, world.now) is None
    come_and_go(world, 1, 1.0)
    assert service_of(queue, world.now) == 1.0


def test_behind_its_goal_a_queue_has_as_large_a_share_of_the_agents_kept() -> None:
    world = shared("anna", "bert", "carl", "dora", "emil")
    queue = world.board.runs[9]
    come_and_go(world, 6, 1.0)
    for login in ("anna", "bert", "carl", "dora", "emil"):
        world.pause(login)
    for _ in range(4):
        call = world.waits()
        world.wait(30.0)
        world.hang_up(call.leg_id)
    for login in ("anna", "bert", "carl", "dora", "emil"):
        world.ready(login)
    assert service_of(queue, world.now) == pytest.approx(0.6)
    assert kept_for_service(world.board, queue, world.now) == 1
    world.load(CampaignState.ACTIVE, 1)
    world.wait(0.5)
    decision = world.board.runs[1].decision
    assert decision is not None
    assert "has answered 60% of its callers of late within 20 s, and is to answer 80%" in (
        decision.reason
    )
    assert len(world.dialed) < 5


def test_who_was_not_let_in_says_nothing_of_the_service() -> None:
    world = World()
    world.queue(9, leave_when_empty=True)
    for _ in range(12):
        world.call_in()
    assert service_of(world.board.runs[9], world.now) is None


def test_who_talks_with_a_caller_is_lent_and_who_waits_is_owed_an_agent() -> None:
    world = shared("anna")
    queue, run = world.board.runs[9], world.board.runs[1]
    world.waits()
    world.wait(7.0)
    world.waits()
    (found,) = callers_of(world.board, run, list(world.board.seats.values()), world.now)
    assert found.talking == (pytest.approx(7.0),)
    assert wanted(world.board, queue, world.now) == 1


def test_a_campaign_above_the_queue_reckons_with_its_callers_and_keeps_nobody_for_them() -> None:
    for priority, keeps in ((4, False), (5, True), (6, True)):
        world = shared("anna", "bert", priority=priority)
        come_and_go(world, 10, 10.0)
        seats = list(world.board.seats.values())
        (found,) = callers_of(world.board, world.board.runs[1], seats, world.now)
        assert found.rate > 0.0
        assert bool(found.kept) is keeps


def test_where_the_queue_goes_first_more_agents_are_kept_for_its_callers() -> None:
    kept = []
    for priority in (5, 6):
        world = shared("anna", "bert", "carl", priority=priority)
        come_and_go(world, 20, AHEAD_S)
        seats = list(world.board.seats.values())
        (found,) = callers_of(world.board, world.board.runs[1], seats, world.now)
        kept.append(found.kept)
    assert kept[0] < kept[1]


def test_decisions_say_what_callers_take() -> None:
    world = shared("anna", "bert", "carl")
    come_and_go(world, 20, AHEAD_S)
    world.load(CampaignState.ACTIVE, 1)
    world.wait(1.0)
    decision = world.board.runs[1].decision
    assert decision is not None
    assert "callers of campaign 9: 0 waiting, 0 talking, at most 1." in decision.reason
