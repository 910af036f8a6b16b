"""Predictive dialing: bounds that always hold, and abandonment and utilisation in a small world."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ccdialer.core.campaign import Mode, Tally
from ccdialer.core.pacing.freeing import Freeing
from ccdialer.core.pacing.policies import policy_for
from ccdialer.core.pacing.policy import Callers, Scene
from ccdialer.core.pacing.predictive import LEARNED_CALLS, Predictive
from tests.core.pacing.scenes import scenes
from tests.core.pacing.world import World, settings

CAP = 0.03
TEAM = Scene(2, 0, (10.0, 60.0, 200.0), (5.0,), (2.0, 9.0), free_lines=100, day=Tally(400))


def experienced(**changes: object) -> Predictive:
    """A policy that has seen enough calls to dial ahead, answered as often as the prior has it."""
    policy = Predictive(settings(**changes))
    for n in range(LEARNED_CALLS):
        policy.call_ended(10.0 if n % 10 < 3 else 20.0, answered=n % 10 < 3)
    return policy


def decide(scene: Scene, **changes: object) -> int:
    return experienced(**changes).decide(scene, 0.0).place


def test_the_first_calls_are_never_placed_ahead() -> None:
    scene = replace(TEAM, idle=10, in_flight=(), day=Tally())
    policy = Predictive(settings())
    for _ in range(LEARNED_CALLS):
        decision = policy.decide(scene, 0.0)
        assert decision.place == 10
        assert "too few to dial ahead" in decision.reason
        policy.call_ended(15.0, answered=False)
    assert policy.decide(scene, 0.0).place > 10


@given(scenes(), st.floats(0, 1e6))
@hypothesis_settings(deadline=None)
def test_never_more_calls_than_lines_and_tasks(scene: Scene, now: float) -> None:
    policy = experienced()
    for later in (0.0, 0.5, 30.0):
        place = policy.decide(scene, now + later).place
        assert 0 <= place <= scene.free_lines
        assert scene.tasks_left is None or place <= scene.tasks_left


@given(scenes())
@hypothesis_settings(deadline=None)
def test_never_less_than_progressive(scene: Scene) -> None:
    progressive = policy_for(settings(mode=Mode.PROGRESSIVE))
    assert decide(scene) >= progressive.decide(scene, 0.0).place


def test_for_an_idle_agent_whom_a_caller_may_take_a_call_is_placed_by_its_risk_alone() -> None:
    idle = Scene(10, 0, (), (), (), free_lines=100, day=Tally(400))
    crowd = Callers(9, Freeing(0.0), (), (), rate=2.0, kept=0)
    assert decide(idle) >= 10
    assert decide(replace(idle, callers=(crowd,))) == 0
    assert decide(replace(idle, callers=(replace(crowd, rate=0.0),))) >= 10
    spent = replace(idle, callers=(crowd,), day=Tally(400, 400))
    assert decide(spent) == 10, "who is set aside is taken by nobody"


@given(scenes())
@hypothesis_settings(deadline=None)
def test_with_the_budget_spent_it_is_progressive(scene: Scene) -> None:
    spent = replace(scene, day=Tally(scene.day.answered, scene.day.answered))
    progressive = policy_for(settings(mode=Mode.PROGRESSIVE))
    assert decide(spent) == progressive.decide(spent, 0.0).place


@given(scenes())
@hypothesis_settings(deadline=None)
def test_the_reason_can_always_be_read(scene: Scene) -> None:
    decision = experienced().decide(scene, 0.0)
    assert f"placed {decision.place}" in decision.reason


def test_it_dials_ahead_of_agents_who_are_about_to_be_free() -> None:
    wrapping = replace(TEAM, idle=0, talking=(), wrapping=(12.0,) * 10, in_flight=())
    just_talking = replace(TEAM, idle=0, talking=(1.0,) * 10, wrapping=(), in_flight=())
    assert decide(wrapping, wrap_up_s=15.0) > 10
    assert decide(wrapping, wrap_up_s=15.0) > decide(just_talking, wrap_up_s=15.0)


def test_it_dials_more_than_one_line_per_idle_agent() -> None:
    assert decide(replace(TEAM, idle=10, in_flight=())) > 15


def test_lines_per_agent_have_a_ceiling() -> None:
    lonely = replace(TEAM, idle=10, talking=(), wrapping=(), in_flight=())
    assert decide(lonely, lines_per_agent=0.5) <= 15


def test_old_calls_may_be_let_go_only_when_no_agent_is_free() -> None:
    policy = experienced(min_ring_s=17.0)
    assert policy.decide(replace(TEAM, idle=0), 0.0).let_go_after_s == 17.0
    assert policy.decide(TEAM, 0.0).let_go_after_s is None


def test_reasons_name_what_limits() -> None:
    spent = experienced().decide(replace(TEAM, day=Tally(400, 40)), 0.0)
    assert spent.reason == (
        "40 of 400 live answers abandoned leave no budget to dial ahead: "
        "2 idle, 0 waiting, 2 ringing, one call per idle agent: placed 0"
    )
    fresh = experienced().decide(replace(TEAM, tasks_left=20, day=Tally(3)), 0.0)
    assert fresh.reason.startswith("3 live answers so far and those to come are too few for")
    lines = experienced().decide(replace(TEAM, idle=9, free_lines=8), 0.0)
    assert lines.reason.endswith("placed 8, no line or task for more")
    risk = experienced().decide(replace(TEAM, idle=9), 0.0)
    assert "(9 idle" in risk.reason
    assert "one more call would be abandoned with" in risk.reason


def test_a_budget_that_earlier_days_have_spent_is_told_as_theirs() -> None:
    scene = replace(TEAM, day=Tally(12), month=Tally(900, 60))
    reason = experienced().decide(scene, 0.0).reason
    assert reason.startswith("60 of 900 live answers of 30 days abandoned leave no budget")


def test_a_team_too_small_dials_one_call_per_idle_agent_and_says_so() -> None:
    alone = experienced().decide(Scene(1, 0, (), (), (), 9), 0.0)
    assert alone.place == 1
    assert "1 on duty are too few to dial ahead: even with all" in alone.reason
    assert alone.reason.endswith("one call per idle agent: placed 1")
    assert experienced().decide(Scene(9, 0, (), (), (), 90), 0.0).place > 9


def test_what_is_too_small_depends_on_how_many_answer() -> None:
    def places(answers: bool) -> int:
        policy = Predictive(settings())
        for n in range(200):
            policy.call_ended(12.0, answers or n % 8 == 0)
        for second in range(90):
            policy.decide(Scene(3, 0, (), (), (), 90), float(second))
        return policy.decide(Scene(3, 0, (), (), (), 90, day=Tally(500, 5)), 90.0).place

    assert places(answers=False) > 3 == places(answers=True)


def steady(rate: float) -> Callable[[float], float]:
    return lambda _: rate


@cache
def day(mode: Mode, agents: int, rate: float, seed: int) -> World:
    """An hour and a half of a campaign."""
    return World(policy_for(settings(mode=mode)), agents, steady(rate), seed).run(1.5)


@pytest.mark.parametrize(
    ("agents", "rate", "seeds", "least_gain"),
    [
        (10, 0.2, 1, 1.25),
        (10, 0.35, 2, 1.08),
        (10, 0.6, 1, 0.97),  # little to be gained (1.03), and chance
        (20, 0.35, 1, 1.15),
        (30, 0.2, 1, 1.35),
        (30, 0.6, 1, 1.04),
    ],
)
def test_the_cap_holds_and_agents_talk_more(
    agents: int, rate: float, seeds: int, least_gain: float
) -> None:
    ahead = [day(Mode.PREDICTIVE, agents, rate, seed) for seed in range(seeds)]
    one_each = [day(Mode.PROGRESSIVE, agents, rate, seed) for seed in range(seeds)]
    assert sum(w.abandoned for w in ahead) <= CAP * sum(w.answered for w in ahead) + 3
    assert sum(w.abandoned for w in ahead) > 0
    gain = sum(w.utilisation for w in ahead) / sum(w.utilisation for w in one_each)
    assert gain >= least_gain


def test_progressive_abandons_next_to_nobody() -> None:
    assert day(Mode.PROGRESSIVE, 20, 0.35, 0).abandonment_rate < 0.002


def test_the_cap_holds_when_suddenly_three_times_as_many_answer() -> None:
    def jump(now: float) -> float:
        return 0.2 if now < 3600.0 else 0.6

    world = World(Predictive(settings()), 20, jump, seed=4).run(2.5)
    assert world.abandonment_rate <= CAP + 0.003
    assert world.utilisation > 0.72
