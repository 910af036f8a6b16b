"""Campaigns without a dial string go over the scenario's trunks as the core chooses."""

from __future__ import annotations

from dataclasses import replace

from ccdialer.core.campaign import Mode
from ccdialer.core.disposition import Disposition
from ccdialer.sim.result import Day
from ccdialer.sim.routing import settings_in
from ccdialer.sim.scenario import CampaignPlan, Scenario, Trunk, dialing_settings
from ccdialer.sim.world import run
from tests.sim.scenes import small


def routed(*trunks: Trunk, **settings: object) -> Scenario:
    site = small(Mode.POWER, agents=8)
    (plan,) = site.campaigns
    given = replace(plan.settings, dial="", **settings)  # type: ignore[arg-type]
    return replace(site, campaigns=(replace(plan, settings=given),), trunks=trunks)


def one(scenario: Scenario) -> Day:
    (day,) = run(scenario, 1)
    return day


def test_the_cheap_trunk_is_full_before_the_dear_one_is_used() -> None:
    day = one(routed(Trunk("dear", lines=30, price=2.0), Trunk("cheap", lines=6, price=1.0)))
    dear, cheap = day.trunks
    assert (dear.name, cheap.name, cheap.peak) == ("dear", "cheap", 6)
    assert cheap.mean > 4.0
    assert dear.peak > 0
    assert cheap.refused == dear.refused == 0
    assert day.whole.ended[Disposition.CONGESTION] == 0


def test_what_one_trunk_refuses_goes_over_the_other_within_the_attempt() -> None:
    day = one(routed(Trunk("poor", price=1.0, congestion=0.2), Trunk("good", price=2.0)))
    poor, good = day.trunks
    assert poor.refused > 20
    assert good.peak > 0
    assert day.whole.ended[Disposition.CONGESTION] < poor.refused / 10


def test_a_trunk_that_the_campaign_may_not_use_is_not_used() -> None:
    day = one(routed(Trunk("cheap", price=1.0), Trunk("own", price=2.0), trunks=("own",)))
    cheap, own = day.trunks
    assert (cheap.peak, own.peak > 0) == (0, True)


def test_without_any_trunk_lines_are_in_plenty() -> None:
    site = routed()
    assert settings_in(site, site.campaigns[0].settings).dial == "PJSIP/{digits}@simulated"
    assert one(site).whole.talked > 50
    fixed = dialing_settings()
    assert settings_in(replace(site, trunks=(Trunk(),)), fixed) is fixed
    assert CampaignPlan().settings.dial
