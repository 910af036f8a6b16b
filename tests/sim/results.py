"""Days that were lived once, for all tests that only look at them."""

from functools import cache

from ccdialer.core.campaign import Mode
from ccdialer.sim.scenario import CampaignPlan, Scenario, Team, Trunk, dialing_settings
from ccdialer.sim.trials import Variant
from ccdialer.sim.world import run
from tests.sim.scenes import small


def crowded() -> Scenario:
    """Two campaigns, each on a trunk of its own, one of which is narrow."""
    plans = tuple(
        CampaignPlan(name, settings=dialing_settings(dial=f"PJSIP/{{digits}}@{trunk}"))
        for name, trunk in (("one", "narrow"), ("two", "wide"))
    )
    trunks = (Trunk("narrow", 5), Trunk("wide", 90))
    return Scenario(
        name="crowded",
        about="Too few lines & <much> to do.",
        hours=1.0,
        trunks=trunks,
        campaigns=plans,
        teams=(Team(8),),
    )


@cache
def variant(mode: Mode, seeds: int = 2) -> Variant:
    """An hour of five agents."""
    scenario = small(mode)
    days = tuple(day for seed in range(1, seeds + 1) for day in run(scenario, seed))
    return Variant(f"mode={mode}", scenario, days)


@cache
def narrow() -> Variant:
    return Variant("crowded", crowded(), tuple(run(crowded(), 1)))
