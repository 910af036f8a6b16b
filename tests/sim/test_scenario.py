"""Scenarios: the shipped world is the one that PACING's figures were measured in."""

from ccdialer.core.campaign import Mode
from ccdialer.sim.laws import mean_of
from ccdialer.sim.scenario import Callees, CampaignPlan, Scenario, dialing_settings


def test_a_scenario_needs_nothing_said() -> None:
    scenario = Scenario()
    assert scenario.teams[0].agents == 10
    assert scenario.campaigns[0].settings.mode is Mode.PREDICTIVE
    assert scenario.campaigns[0].settings.amd


def test_the_shipped_people() -> None:
    callees = Callees()
    assert mean_of(callees.talk) == 120.0
    assert mean_of(callees.machine_ring) == 0.8 * 18.5


def test_settings_are_those_of_a_campaign_file() -> None:
    plan = CampaignPlan(settings=dialing_settings(mode=Mode.PROGRESSIVE, amd=False))
    assert (plan.settings.mode, plan.settings.amd) == (Mode.PROGRESSIVE, False)
    assert plan.settings.max_abandonment == 0.03
