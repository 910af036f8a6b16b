"""Free agents are offered by the yardstick of the project (SPEC A3)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccdialer.core.board import Call
from ccdialer.core.distribution import turn_in, work_of
from ccdialer.core.events import ProjectLoaded, WorkCounted
from ccdialer.core.metrics import Work
from ccdialer.core.project import Distribution, Project, ProjectSettings
from tests.core.world import World

_D = Distribution
LOGINS = ("anna", "bert", "carl")


def world_of(distribution: Distribution, *logins: str) -> World:
    """Agents signed in a second apart, kept up, with no wrap-up."""
    world = World()
    world.tell(ProjectLoaded(Project(1, "sales", ProjectSettings(distribution))))
    world.campaign(100, wrap_up_s=0.0)
    for login in logins:
        world.sign_in(login, kept_up=True)
        world.wait(1.0)
    return world


def talk(world: World, seconds: float) -> str:
    """A client answers, and talks so long; with whom."""
    call = world.answer(_ringing(world))
    assert call.seat is not None
    login = call.seat.agent.login
    world.wait(seconds)
    world.hang_up(call.leg_id)
    return login


def _ringing(world: World) -> Call:
    return next(call for call in world.calls if call.answered_at is None)


def test_fewest_calls_whatever_their_length() -> None:
    world = world_of(_D.FEWEST_CALLS, *LOGINS)
    world.tell(WorkCounted({1: Work(2, 9.0), 2: Work(0, 0.0), 3: Work(1, 900.0)}))
    assert [talk(world, 5.0) for _ in range(4)] == ["bert", "carl", "bert", "anna"]


def test_least_talk_whatever_the_calls() -> None:
    world = world_of(_D.LEAST_TALK, *LOGINS)
    world.tell(WorkCounted({1: Work(2, 9.0), 2: Work(0, 0.0), 3: Work(1, 900.0)}))
    assert [talk(world, 5.0) for _ in range(4)] == ["bert", "bert", "anna", "bert"]


def test_longest_idle_whatever_was_before() -> None:
    world = world_of(_D.LONGEST_IDLE, *LOGINS)
    world.tell(WorkCounted({1: Work(9, 900.0)}))
    assert [talk(world, 5.0) for _ in range(4)] == ["anna", "bert", "carl", "anna"]


def test_work_outlives_a_sign_out() -> None:
    world = world_of(_D.FEWEST_CALLS, "anna")
    talk(world, 30.0)
    world.sign_out("anna")
    world.sign_in("anna", kept_up=True)
    assert work_of(world.board, world.seat("anna")) == Work(1, pytest.approx(30.0, abs=0.5))


def test_a_project_that_is_not_known_offers_the_longest_idle() -> None:
    world = World()
    world.campaign(2)
    world.sign_in("anna", "bert", kept_up=True)
    turn = turn_in(world.board, world.board.runs[1])
    seat = world.seat("anna")
    assert turn(seat) == (seat.idle_since,)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([_D.FEWEST_CALLS, _D.LEAST_TALK]),
    st.lists(st.floats(1.0, 60.0), min_size=1, max_size=15),
    st.integers(2, 4),
)
def test_nobody_gets_ahead_by_more_than_one_talk(
    distribution: Distribution, talks: list[float], agents: int
) -> None:
    """Of agents who are all free when a client answers: by calls nobody is ahead by more than one,
    by talk by more than the longest."""
    world = world_of(distribution, *(f"agent{n}" for n in range(agents)))
    for seconds in talks:
        talk(world, seconds)
    work = [work_of(world.board, seat) for seat in world.board.seats.values()]
    if distribution is _D.FEWEST_CALLS:
        assert max(w.calls for w in work) - min(w.calls for w in work) <= 1
    else:
        most = max(w.talk_s for w in work) - min(w.talk_s for w in work)
        assert most <= max(talks) + 1.0
