"""Callers come by the hour, wait as long as they will, and are served by the very core."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from ccdialer.core.campaign import Mode
from ccdialer.core.queue import Fate, QueueSettings
from ccdialer.sim.callers import visits
from ccdialer.sim.laws import Shape, Times
from ccdialer.sim.result import Day, all_callers, summed
from ccdialer.sim.scenario import Callers, CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.world import run
from tests.sim.scenes import small


def queue(settings: QueueSettings | None = None, **callers: object) -> CampaignPlan:
    return CampaignPlan(
        name="sales",
        settings=dialing_settings(mode=Mode.INBOUND, queue=settings or QueueSettings()),
        callers=Callers(**callers),  # type: ignore[arg-type]
    )


def alone(plan: CampaignPlan, agents: int = 5) -> Scenario:
    return Scenario(hours=1.0, campaigns=(plan,), teams=(Team(agents=agents),))


def blended(**callers: object) -> Scenario:
    """Ten agents dial a list and answer a queue, for two hours."""
    dialing = small(Mode.PREDICTIVE).campaigns[0]
    plans = (dialing, queue(**callers))
    return Scenario(hours=2.0, campaigns=plans, teams=(Team(agents=10),))


def one(scenario: Scenario, seed: int = 1) -> Day:
    (day,) = run(scenario, seed)
    return day


def test_they_come_as_often_as_is_said_of_the_hour() -> None:
    plan = Callers(per_hour={0.0: 200.0, 2.0: 50.0})
    found = list(visits(plan, 4.0, (), Random(1)))
    early = sum(visit.at_s < 7200.0 for visit in found)
    assert early == pytest.approx(400, abs=60)
    assert len(found) - early == pytest.approx(100, abs=30)
    assert all(a.at_s <= b.at_s for a, b in pairwise(found))


def test_nobody_comes_where_nobody_is_said_to() -> None:
    assert not list(visits(Callers(), 8.0, (1,), Random(1)))


def test_a_share_of_them_has_an_agent_of_his_own() -> None:
    plan = Callers(per_hour={0.0: 1000.0}, owned=0.5)
    owners = [visit.owner for visit in visits(plan, 1.0, (3, 4), Random(1))]
    assert owners.count(0) == pytest.approx(len(owners) / 2, rel=0.15)
    assert set(owners) == {0, 3, 4}


def test_whoever_comes_meets_an_agent_or_leaves() -> None:
    day = one(alone(queue(per_hour={0.0: 120.0})))
    (found,) = day.queues
    assert found.ended.total() == found.ended[Fate.ANSWERED] + found.ended[Fate.LEFT] > 90
    assert len(found.waits) == found.ended[Fate.ANSWERED] > 0
    assert sum(agent.calls for agent in day.agents) == found.ended[Fate.ANSWERED]
    assert day.whole.dialed == 0


def test_who_has_no_patience_leaves() -> None:
    plan = queue(per_hour={0.0: 600.0}, patience=Times(5.0, shape=Shape.FIXED))
    (found,) = one(alone(plan, agents=2)).queues
    assert found.ended[Fate.LEFT] > found.ended[Fate.ANSWERED]
    assert max(found.waits) <= 5.2


def test_a_full_queue_sends_them_on() -> None:
    plan = queue(QueueSettings(max_waiting=2), per_hour={0.0: 600.0})
    (found,) = one(alone(plan, agents=2)).queues
    assert found.ended[Fate.SENT_ON] > 100


def test_the_same_callers_meet_every_policy() -> None:
    scenario = blended(per_hour={0.0: 60.0})
    other = replace(scenario, campaigns=(small().campaigns[0], scenario.campaigns[1]))
    came = [one(each).queues[0].ended.total() for each in (scenario, other)]
    assert came[0] == came[1]


def test_shared_agents_hold_the_cap_and_the_service() -> None:
    """A fifth of ten agents' time is the callers': the cap of 3 % holds over the days, the queue's
    goal of 80 % is met, and the campaign talks on."""
    days = [one(blended(per_hour={0.0: 51.0}), seed) for seed in range(1, 5)]
    whole = summed("all", [day.whole for day in days])
    assert whole.abandonment <= 0.03
    assert all_callers([day.queues[0] for day in days]).service_level >= 0.8
    assert whole.talked > 500


@pytest.mark.parametrize("mode", [Mode.POWER, Mode.PROGRESSIVE])
def test_a_queue_is_served_though_a_campaign_above_it_dials_all_the_time(mode: Mode) -> None:
    settings = dialing_settings(mode=mode, priority=9, lines_per_agent=4.0)
    plan = queue(per_hour={0.0: 60.0, 0.8: 0.0}, patience=Times(600.0, shape=Shape.FIXED))
    below = replace(plan, settings=replace(plan.settings, priority=1))
    plans = (CampaignPlan(name="renewals", settings=settings), below)
    (callers,) = one(Scenario(hours=1.0, campaigns=plans, teams=(Team(agents=8),))).queues
    assert callers.ended == {Fate.ANSWERED: 50}
    assert callers.service_level > 0.5, "strict priority: 26 and 40 % of these very callers"
