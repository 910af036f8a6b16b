"""Staffing: everybody counted once, shares by priority and weight, as far as there is work."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board, FloorRules, Run, Seat
from ccdialer.core.campaign import (
    Campaign,
    CampaignSettings,
    CampaignState,
    History,
    Mode,
    Tally,
)
from ccdialer.core.drawing import AHEAD_S, drawing
from ccdialer.core.pacing.policies import policy_for
from ccdialer.core.staffing import shares_of, staff_of
from ccdialer.core.task import Task
from tests.core.world import World

NOW = 100.0


def campaign(id: int, **settings: object) -> Run:
    given = CampaignSettings(dial="PJSIP/{digits}@t", mode=Mode.PROGRESSIVE, **settings)  # type: ignore[arg-type]
    run = Run(Campaign(id, id, f"c{id}", CampaignState.ACTIVE, given), policy_for(given))
    run.hopper.extend(Task(id * 1000 + n, id, ("+7",)) for n in range(50))
    return run


def floor(*projects: set[int], now: float = NOW) -> Board:
    """A board with an idle agent for each set of projects, the first idle longest."""
    board = Board(lambda: "id", FloorRules(), policy_for)
    for number, mine in zip(count(1), projects, strict=False):
        agent = Agent(number, f"a{number}", "", f"PJSIP/{number}", True, frozenset(mine))
        board.seats[number] = Seat(agent, "s", AgentState.AVAILABLE, since=now + number)
    return board


def counted(board: Board, *runs: Run) -> list[int]:
    return [len(staff.counted) for _, staff in staff_of(board, list(runs), NOW)]


@given(
    st.lists(st.sets(st.integers(1, 4)), max_size=30),
    st.lists(st.integers(0, 4), min_size=30, max_size=30),
    st.lists(st.tuples(st.integers(0, 9), st.floats(0.1, 10)), min_size=4, max_size=4),
)
def test_nobody_is_counted_twice_and_nobody_is_forgotten(
    projects: list[set[int]], busy: list[int], settings: list[tuple[int, float]]
) -> None:
    board = floor(*projects)
    runs = [campaign(n, priority=p, weight=w) for n, (p, w) in enumerate(settings, 1)]
    for seat, at in zip(board.seats.values(), busy, strict=False):
        if at in seat.agent.projects:
            seat.state, seat.run = AgentState.TALKING, runs[at - 1]
    staffs = staff_of(board, runs, NOW)
    seats = [seat.agent.id for _, staff in staffs for seat in staff.counted]
    assert sorted(seats) == [s.agent.id for s in board.seats.values() if s.agent.projects]
    for run, staff in staffs:
        assert all(run.campaign.project_id in seat.agent.projects for seat in staff.counted)
        mine = [s for s in board.seats.values() if run.campaign.project_id in s.agent.projects]
        assert staff.members == len(mine)


@pytest.mark.parametrize(
    ("weights", "shares"), [((1, 1), [6, 6]), ((2, 1), [8, 4]), ((1, 5), [2, 10])]
)
def test_equal_priorities_share_by_weight(weights: tuple[int, int], shares: list[int]) -> None:
    runs = [campaign(n, weight=float(w)) for n, w in enumerate(weights, 1)]
    assert counted(floor(*[{1, 2}] * 12), *runs) == shares


def test_a_higher_priority_has_all_it_can_use() -> None:
    first, second = campaign(1, priority=9, max_lines=4), campaign(2)
    assert counted(floor(*[{1, 2}] * 12), first, second) == [4, 8]


def _drained(run: Run) -> Run:
    run.hopper.clear()
    run.exhausted = True
    return run


def _short(run: Run) -> Run:
    _drained(run).hopper.extend(Task(n, 1, ("+7",)) for n in range(3))
    return run


@pytest.mark.parametrize(("change", "shares"), [(_drained, [0, 12]), (_short, [3, 9])])
def test_what_one_cannot_use_goes_to_the_others(
    change: Callable[[Run], Run], shares: list[int]
) -> None:
    assert counted(floor(*[{1, 2}] * 12), change(campaign(1)), campaign(2)) == shares


def test_a_campaign_whose_trunk_is_full_does_not_hold_agents_for_lines_it_has_not() -> None:
    first, second = campaign(1, priority=9), campaign(2)
    first.lines.congested_at, first.lines.found = NOW, 3
    assert counted(floor(*[{1, 2}] * 12), first, second) == [3, 9]


def test_agents_on_a_break_are_no_share_of_anybody() -> None:
    board = floor(*[{1, 2}] * 8)
    for id in (1, 2, 3, 4):
        board.seats[id].state = AgentState.PAUSED
    one, two = campaign(1, weight=3.0), campaign(2)
    idle = [
        [s for s in staff.counted if s.state is AgentState.AVAILABLE]
        for _, staff in staff_of(board, [one, two], NOW)
    ]
    assert [len(seats) for seats in idle] == [3, 1]


def test_agents_stay_where_they_work_while_it_is_below_its_share() -> None:
    board, one, two = floor(*[{1, 2}] * 4), campaign(1), campaign(2)
    for id in (3, 4):
        board.seats[id].state, board.seats[id].run = AgentState.TALKING, one
    staffs = staff_of(board, [one, two], NOW)
    assert [{seat.agent.id for seat in staff.counted} for _, staff in staffs] == [{3, 4}, {1, 2}]


def test_agents_above_a_share_are_expected_back_elsewhere() -> None:
    board, one, two = floor(*[{1, 2}] * 4), campaign(1), campaign(2)
    for seat in board.seats.values():
        seat.state, seat.run = AgentState.TALKING, one
    assert counted(board, one, two) == [2, 2]


def test_agents_of_one_project_are_not_shared() -> None:
    runs = [campaign(1), campaign(2, priority=9)]
    assert counted(floor({1}, {1}, {1, 2}), *runs) == [2, 1]


def test_shares_have_fractions() -> None:
    board = floor()
    assert shares_of(board, [campaign(1), campaign(2), campaign(3)], 10, NOW) == pytest.approx(
        [10 / 3] * 3
    )


def test_the_odd_agent_goes_to_who_has_had_least_of_the_day_for_its_weight() -> None:
    board = floor({1, 2}, {1, 2}, {1, 2})
    runs = [campaign(1), campaign(2)]
    for fewer in (0, 1):
        for n, run in enumerate(runs):
            run.history = History(day=Tally(10 if n == fewer else 90))
        counts = counted(board, *runs)
        assert (counts[fewer], sum(counts)) == (2, 3)


# --- queues -------------------------------------------------------------------------------------


def shared_by_queue_and_campaign() -> World:
    """Three agents who serve a queue and a campaign of its priority."""
    world = World()
    world.queue(9)
    world.campaign(20, 1, wrap_up_s=0.0)
    world.load(CampaignState.PAUSED, 1)
    world.sign_in("anna", "bert", "carl", kept_up=True)
    return world


def test_pacing_does_not_count_on_who_talks_with_a_caller() -> None:
    world = shared_by_queue_and_campaign()
    for _ in range(2):
        world.waits()
    world.load(CampaignState.ACTIVE, 1)
    world.wait(1.0)
    assert len(world.dialed) == 1, "one agent of three is left to it"


def test_a_queue_without_callers_takes_nobody() -> None:
    world = shared_by_queue_and_campaign()
    assert drawing(world.board, world.now) == []
    world.load(CampaignState.ACTIVE, 1)
    world.wait(1.0)
    assert len(world.dialed) == 3


def test_agents_are_kept_for_callers_who_come_at_the_rate_of_late() -> None:
    world = shared_by_queue_and_campaign()
    for _ in range(20):
        world.hang_up(world.waits().leg_id)
        world.wait(AHEAD_S)
    assert not world.calls
    world.load(CampaignState.ACTIVE, 1)
    world.wait(1.0)
    assert len(world.dialed) == 1, "one caller comes while a client is being rung, or two"
    assert world.waits().state is CallState.TALKING


def test_a_campaign_of_higher_priority_is_dealt_its_agents_first() -> None:
    world = World()
    world.queue(9, {"priority": 3})
    world.campaign(20, 1, priority=6)
    world.load(CampaignState.PAUSED, 1)
    world.sign_in("anna", "bert", kept_up=True)
    for _ in range(2):
        world.hang_up(world.waits().leg_id)
        world.wait(1.0)
    world.load(CampaignState.ACTIVE, 1)
    world.wait(1.0)
    assert len(world.dialed) == 2


@pytest.mark.parametrize("priority", [3, 5, 9])
def test_whatever_the_priorities_nobody_is_dialed_for_who_is_owed_to_a_waiting_caller(
    priority: int,
) -> None:
    world = World()
    world.queue(9, {"priority": priority})
    world.campaign(20, 1, wrap_up_s=0.0)
    world.load(CampaignState.PAUSED, 1)
    world.sign_in("anna", "bert", kept_up=True)
    for _ in range(3):
        world.waits()
    queue, run = world.board.runs[9], world.board.runs[1]
    run.campaign = replace(run.campaign, state=CampaignState.ACTIVE)
    assert shares_of(world.board, [run, queue], 2, world.now) == [1.0, 1.0]
