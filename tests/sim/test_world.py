"""The world: the real core among simulated people; everything adds up, and comes again."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from ccdialer.core.campaign import CampaignSettings, History, Mode, Tally
from ccdialer.core.disposition import Disposition
from ccdialer.core.pacing.policies import Policies
from ccdialer.core.pacing.policy import Decision, Memory, Scene
from ccdialer.core.pacing.predictive import Predictive
from ccdialer.sim.laws import Shape, Times
from ccdialer.sim.result import Day
from ccdialer.sim.scenario import (
    Away,
    Callees,
    CampaignPlan,
    Scenario,
    Team,
    dialing_settings,
)
from ccdialer.sim.world import Past, run
from tests.sim.results import crowded
from tests.sim.scenes import small

SAME = """
from tests.sim.scenes import small
from ccdialer.core.campaign import Mode
from ccdialer.sim.world import run
print(run(small(Mode.PREDICTIVE), 3))
"""


def one(scenario: Scenario, seed: int = 1) -> Day:
    (day,) = run(scenario, seed)
    return day


def test_a_seed_gives_the_same_day_to_the_byte() -> None:
    said = []
    for hash_seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", SAME]
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
        said.append(done.stdout)
    assert said[0] == said[1]
    assert b"talked" in said[0] or b"TALKED" in said[0]


def test_another_seed_gives_another_day() -> None:
    assert one(small(), 1) != one(small(), 2)


def test_every_call_ends_once() -> None:
    day = one(small(Mode.PREDICTIVE, agents=10))
    whole = day.whole
    assert whole.dialed > 100
    undialed = whole.ended[Disposition.CANCELLED]
    assert whole.dialed <= whole.ended.total() <= whole.dialed + undialed


def test_agents_talk_as_long_as_clients_do() -> None:
    day = one(replace(small(), stop_dialing_s=1800.0))  # no talk reaches into the evening
    assert day.time.talk_s == pytest.approx(day.whole.talk_s)
    assert sum(agent.calls for agent in day.agents) == day.whole.talked


def test_time_on_duty_is_from_signing_in_to_the_end() -> None:
    day = one(small(agents=8))
    assert all(3400.0 < agent.time.signed_in_s <= 3600.0 for agent in day.agents)
    assert all(agent.time.paused_s < 900.0 for agent in day.agents)


def test_an_agent_whose_clients_answer_at_once_only_talks() -> None:
    """Progressive, everybody answers after 1 s, talks 99 s, no wrap-up: a talk in 100 s and the
    latencies."""
    plan = CampaignPlan(
        settings=dialing_settings(mode=Mode.PROGRESSIVE, wrap_up_s=0.0),
        callees=replace(
            small(answer_rate={0.0: 1.0}).campaigns[0].callees,
            delay=Times(1.0, shape=Shape.FIXED),
            ring=Times(),
            talk=Times(99.0, shape=Shape.FIXED),
        ),
    )
    team = Team(agents=1, sign_in_over_s=0.0, break_every_s=0.0, speed_spread=0.0)
    day = one(Scenario(hours=2.0, campaigns=(plan,), teams=(team,)))
    latencies = 0.005 + 0.01 + 0.1
    assert day.utilisation == pytest.approx(99.0 / (100.0 + latencies), abs=0.004)
    assert day.whole.abandoned == 0


def test_agents_of_one_team_leave_together() -> None:
    scenario = replace(small(), teams=(Team(agents=6, ends=0.5),))
    day = one(scenario)
    assert all(agent.time.signed_in_s < 2400.0 for agent in day.agents)
    assert day.moments[-1].talking == 0


def test_the_list_ends_and_busy_people_are_tried_again() -> None:
    plan = replace(small().campaigns[0], tasks=60)
    day = one(replace(small(), campaigns=(plan,), hours=3.0))
    assert day.whole.talked < 60
    assert 60 < day.whole.dialed < 180


def test_a_campaigns_lines_are_limited() -> None:
    plan = small().campaigns[0]
    few = replace(plan, settings=replace(plan.settings, max_lines=6))
    crowded = one(replace(small(agents=10), campaigns=(few,)))
    assert crowded.lines_peak == 6
    assert one(small(agents=10)).whole.talked > crowded.whole.talked


def test_campaigns_share_agents() -> None:
    plans = tuple(replace(small().campaigns[0], name=name) for name in ("one", "two"))
    day = one(replace(small(agents=10), campaigns=plans))
    assert [campaign.name for campaign in day.campaigns] == ["one", "two"]
    assert all(campaign.talked > 20 for campaign in day.campaigns)
    alone = one(small(agents=10))
    assert day.whole.talked == pytest.approx(alone.whole.talked, rel=0.2)


class Watched(Predictive):
    """Keeps what it was shown first."""

    first: list[Scene]

    def decide(self, scene: Scene, now: float) -> Decision:
        self.first = getattr(self, "first", []) or [scene]
        return super().decide(scene, now)


def watched(made: list[Watched]) -> Policies:
    def policy(settings: CampaignSettings, memory: Memory | None) -> Watched:
        found = Watched.remembering(settings, memory)
        assert isinstance(found, Watched)
        made.append(found)
        return found

    return policy


def test_the_next_day_begins_with_what_the_last_one_taught() -> None:
    made: list[Watched] = []
    first, second = run(replace(small(Mode.PREDICTIVE), days=2), 1, watched(made))
    ended = [policy.memory()["calls"] for policy in made]
    assert first.whole.dialed > 0
    assert ended[1] > ended[0] > 0
    assert made[1].first[0].day == Tally()
    assert made[1].first[0].month == Tally(first.whole.answered, first.whole.abandoned)
    assert second.day == 1


def test_a_month_has_thirty_days() -> None:
    past = Past(days=tuple(Tally(100 * n, n) for n in range(1, 41)))
    assert past.history == History(month=Tally(100 * 754, 754)), "the days 12 to 40"


def test_a_site_knows_when_it_closes_or_does_not() -> None:
    made: list[Watched] = []
    site = replace(small(Mode.PREDICTIVE), stop_dialing_s=60.0)
    run(site, 1, watched(made))
    run(replace(site, day_ends_known=False), 1, watched(made))
    left = made[0].first[0].time_left_s
    assert left is not None
    assert 3300.0 < left <= 3540.0
    assert made[1].first[0].time_left_s is None


def test_people_taken_for_machines_are_counted_as_silent_calls() -> None:
    errs = small(agents=5, answer_rate={0.0: 0.6}, person_as_machine=0.2)
    whole = one(errs).whole
    assert whole.silent / (whole.silent + whole.talked) == pytest.approx(0.2, abs=0.06)
    assert one(small()).whole.silent == 0


def test_all_are_away_at_once() -> None:
    scenario = replace(small(), teams=(Team(agents=6, away=(Away(0.5, 900.0),)),), hours=1.0)
    moments = {moment.at_s: moment for moment in one(scenario).moments}
    assert moments[2400.0].paused == 6  # ten minutes after they were called
    assert moments[3600.0].paused <= 1


def test_a_campaign_uses_the_trunk_of_its_dial_string() -> None:
    day = one(crowded())
    (narrow, wide) = day.trunks
    assert (narrow.name, narrow.peak) == ("narrow", 5)
    assert narrow.refused == day.campaigns[0].ended[Disposition.CONGESTION] > 0
    assert (wide.refused, day.campaigns[1].ended[Disposition.CONGESTION]) == (0, 0)


def test_a_campaign_of_one_call_per_idle_agent_is_not_robbed_of_them() -> None:
    """Beside a predictive one that shares all agents and spends all of its own budget."""
    settings = (dialing_settings(), dialing_settings(mode=Mode.PROGRESSIVE))
    plans = tuple(CampaignPlan(f"c{n}", settings=s) for n, s in enumerate(settings))
    site = replace(small(agents=12), campaigns=plans, hours=2.0)
    ahead, careful = one(site).campaigns
    assert ahead.abandoned > 3
    assert careful.answered > 100
    assert careful.abandoned <= 1


def test_a_day_of_callbacks() -> None:
    """Everybody is due at some instant, and nobody is called earlier; owners miss some."""
    settings = dialing_settings(mode=Mode.CALLBACK, owner_wait_s=30.0, group_wait_s=0.0)
    everybody = replace(Callees(), answer_rate={0.0: 1.0}, talk=Times(120.0))
    plan = CampaignPlan(tasks=60, settings=settings, callees=everybody, owned=0.5)
    quiet = Team(agents=3, break_every_s=0.0)
    day = one(Scenario(hours=1.0, campaigns=(plan,), teams=(quiet,)))
    (back,) = day.campaigns
    assert back.abandoned == 0
    assert 0 < back.talked <= 60
    assert back.misses is not None
    assert 0 < back.misses <= 60
    assert day == one(Scenario(hours=1.0, campaigns=(plan,), teams=(quiet,)))
    longer = replace(plan, settings=replace(settings, owner_wait_s=3600.0))
    (patient,) = one(Scenario(hours=1.0, campaigns=(longer,), teams=(quiet,))).campaigns
    assert patient.misses == 0
