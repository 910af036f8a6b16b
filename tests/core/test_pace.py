"""Hoppers are kept filled; policies decide; nobody is counted twice."""

from dataclasses import replace
from typing import Any

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Call
from ccdialer.core.campaign import CampaignState, History, Mode, Tally
from ccdialer.core.disposition import Disposition
from ccdialer.core.pacing.policy import Decision, Policy, Scene
from tests.core.world import World, dialing


def test_without_agents_nothing_is_reserved() -> None:
    world = World()
    world.campaign(10)
    world.wait(10.0)
    assert world.every(c.ReserveTasks) == []


@pytest.mark.parametrize(("mode", "calls"), [(Mode.PROGRESSIVE, 2), (Mode.POWER, 6)])
def test_as_many_calls_as_the_mode_says(mode: Mode, calls: int) -> None:
    world = World()
    world.campaign(50, mode=mode, lines_per_agent=3.0)
    world.sign_in("anna", "bert")
    world.wait(5.0)
    assert len(world.dialed) == calls


def test_lines_are_a_ceiling() -> None:
    world = World()
    world.campaign(50, mode=Mode.POWER, lines_per_agent=10.0, max_lines=4)
    world.sign_in("anna", "bert")
    world.wait(5.0)
    assert len(world.dialed) == 4


def test_an_agent_of_two_campaigns_is_counted_once() -> None:
    world = World()
    world.campaign(20, 1)
    world.campaign(20, 2)
    world.sign_in("anna", "bert", "carl", "dora")
    world.wait(5.0)
    assert len(world.calls) == 4


def test_an_empty_hopper_is_asked_for_again_after_a_while() -> None:
    world = World()
    world.campaign(0)
    world.sign_in("anna")
    world.wait(1.9)
    assert len(world.every(c.ReserveTasks)) == 1
    world.add_tasks(1)
    world.wait(0.6)
    assert len(world.every(c.ReserveTasks)) == 2
    assert len(world.dialed) == 1


def test_when_all_agents_leave_placing_stops_and_ringing_calls_ring_their_time() -> None:
    world = World()
    world.campaign(50, mode=Mode.POWER, lines_per_agent=3.0, min_ring_s=15.0)
    world.sign_in("anna", "bert")
    dialed = len(world.dialed)
    calls = world.calls
    for call in calls:
        world.ring(call)
    for login in ("anna", "bert"):
        world.sign_out(login)
    world.wait(14.9)
    assert len(world.dialed) == dialed
    assert world.outcomes == []
    world.wait(0.6)
    assert world.outcomes == [Disposition.NO_ANSWER] * dialed
    assert len(world.dialed) == dialed
    assert not world.storage.reserved


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.STOPPED])
def test_a_campaign_that_stops_gives_its_hopper_back(state: CampaignState) -> None:
    world = World()
    world.campaign(20)
    world.sign_in("anna")
    assert len(world.storage.reserved) == 19
    call = world.call
    world.load(state)
    assert not world.storage.reserved
    assert world.call is call
    world.answer(call)
    world.hang_up(call.leg_id)
    world.wait(60.0)
    assert len(world.dialed) == 1
    world.load(CampaignState.ACTIVE)
    world.wait(1.0)
    assert len(world.dialed) == 2


def test_tasks_that_come_after_the_stop_go_back_at_once() -> None:
    world = World(prompt=False)
    world.campaign(5)
    world.sign_in("anna")
    world.load(CampaignState.PAUSED)
    world.catch_up()
    assert not world.storage.reserved
    assert world.dialed == []


def test_nothing_is_placed_while_asterisk_is_away() -> None:
    world, _call = dialing()
    world.add_tasks(5)
    world.lose_switch()
    world.sign_in("bert", "carl")
    world.wait(20.0)
    assert len(world.dialed) == 1
    world.find_switch()
    assert len(world.dialed) > 1


def test_an_agent_who_will_pause_is_not_dialed_for() -> None:
    world, call = dialing(wrap_up_s=0.0)
    world.add_tasks(5)
    world.answer(call)
    world.pause("anna")
    world.wait(10.0)
    world.hang_up(call.leg_id)
    world.wait(10.0)
    assert len(world.dialed) == 1


def test_a_call_under_detection_is_still_in_flight() -> None:
    world = World()
    world.campaign(5, amd=True)
    world.sign_in("anna")
    world.answer(world.call)
    world.wait(5.0)
    assert world.call.state is CallState.DETECTING


def loaded(world: World, history: History, closes_at: float | None = None) -> Scene:
    """What the policy is shown next, once storage has told this."""
    world.tell(e.CampaignLoaded(world.board.runs[1].campaign, history, closes_at))
    world.wait(1.0)
    scene = world.board.runs[1].scene
    assert scene is not None
    return scene


def test_todays_answers_and_the_months_are_told_apart() -> None:
    world, call = dialing()
    world.answer(call)
    world.add_tasks(1)
    scene = loaded(world, History(day=Tally(100, 3), month=Tally(900, 20)))
    assert (scene.day, scene.month) == (Tally(101, 3), Tally(901, 20)), "and the one who talks"


def test_a_new_day_begins_at_midnight() -> None:
    world, _ = dialing()
    full = History(Tally(100, 3), Tally(900, 20), day_ends_at=world.now + 60.0)
    assert loaded(world, full).day == Tally(100, 3)
    world.wait(60.0)
    scene = world.board.runs[1].scene
    assert scene is not None
    assert (scene.day, scene.month) == (Tally(), Tally(900, 20))


def test_the_end_of_dialing_comes_nearer_and_is_forgotten() -> None:
    world, _ = dialing()
    left = loaded(world, History(), closes_at=world.now + 60.0).time_left_s
    assert left is not None
    assert 58.0 <= left <= 59.5
    world.wait(60.0)
    scene = world.board.runs[1].scene
    assert scene is not None
    assert scene.time_left_s is None


def test_a_call_waits_for_its_task_and_not_for_the_next_turn() -> None:
    world = World()
    world.campaign(1, mode=Mode.PREDICTIVE)
    world.sign_in("anna", kept_up=True)
    world.prompt = False
    world.wait(0.2)  # asks for tasks, and has none yet
    world.catch_up()
    assert [call.opened_at - world.now for call in world.calls] == [0.0]


def test_time_alone_is_no_reason_to_decide_while_the_answer_stays_true() -> None:
    world, call = dialing(mode=Mode.PREDICTIVE)
    policy = Counting(call.run.policy, look_again_s=5.0)
    call.run.policy = policy
    world.wait(1.5)
    asked = policy.asked
    world.wait(4.0)
    assert policy.asked == asked
    world.wait(2.0)
    assert policy.asked > asked
    again = policy.asked
    world.answer(call)
    world.hang_up(call.leg_id)
    world.wait(0.3)
    assert policy.asked > again


def _nobody_free(**settings: Any) -> tuple[World, Call]:
    """Anna pauses while her only client's phone rings, and the policy has taken note of it."""
    world, call = dialing(mode=Mode.PREDICTIVE, **settings)
    call.run.policy = Counting(call.run.policy, look_again_s=5.0)
    world.ring(call)
    world.pause("anna")
    world.wait(15.2)
    return world, call


def test_an_agent_who_keys_that_he_is_ready_keeps_the_call_that_rings() -> None:
    world, call = _nobody_free(min_ring_s=15.4)
    for digit in "*44":
        world.tell(e.DigitPressed(str(world.seat("anna").leg_id), digit))
    world.wait(1.0)
    assert call.state is CallState.RINGING


def test_pacing_knows_at_once_that_a_kept_up_phone_is_there() -> None:
    world, call = _nobody_free(min_ring_s=15.8)
    world.prompt = False
    world.sign_in("bert", kept_up=True)
    world.wait(0.3)
    world.catch_up()  # the last of it: his phone is in its bridge
    world.wait(1.0)
    assert call.state is CallState.RINGING


def test_a_policy_that_computes_much_is_not_asked_more_often_beside_a_quick_one() -> None:
    world, call = dialing(mode=Mode.PREDICTIVE)
    world.campaign(0, 2, mode=Mode.PROGRESSIVE)
    policy = call.run.policy = Counting(call.run.policy, look_again_s=0.0)
    for _ in range(50):  # facts come thick and fast
        world.wait(0.02)
        world.tell(e.MachineJudged("nobody's", False, ""))
    assert policy.asked <= 11


class Counting:
    """A policy that is asked so often, and says for how long its answer holds."""

    def __init__(self, policy: Policy, look_again_s: float) -> None:
        self._policy, self._look_again_s, self.asked = policy, look_again_s, 0

    def decide(self, scene: Scene, now: float) -> Decision:
        self.asked += 1
        return replace(self._policy.decide(scene, now), look_again_s=self._look_again_s)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._policy, name)


def test_a_trunk_without_a_free_line_is_tried_again_carefully() -> None:
    world = World()
    world.campaign(100, mode=Mode.POWER, lines_per_agent=8.0)
    world.sign_in("anna", kept_up=True)
    world.wait(1.0)
    lines = world.calls[:5]
    for call in world.calls[5:]:
        world.hang_up(call.leg_id, 34, 503)
    assert world.calls == lines, "no call more than the trunk has carried"
    tried = len(world.dialed)
    for _ in range(6):  # each probe is refused too
        world.wait(2.5)
        for call in [call for call in world.calls if call not in lines]:
            world.hang_up(call.leg_id, 34, 503)
    assert len(world.dialed) - tried == 6
    world.wait(8.5)
    assert len(world.calls) == 8, "the trunk carries more again"


def test_congestion_says_nothing_of_the_clients() -> None:
    world, call = dialing(mode=Mode.PREDICTIVE)
    before = call.run.policy.memory()
    world.wait(1.0)
    world.hang_up(call.leg_id, 34, 503)
    assert call.run.policy.memory()["calls"] == before["calls"]
