"""Small scenarios for tests."""

from ccdialer.core.campaign import Mode
from ccdialer.sim.scenario import Callees, CampaignPlan, Scenario, Team, dialing_settings


def small(mode: Mode = Mode.PROGRESSIVE, agents: int = 5, **changes: object) -> Scenario:
    """One campaign, one team, an hour."""
    plan = CampaignPlan(
        settings=dialing_settings(mode=mode),
        callees=Callees(**changes),  # type: ignore[arg-type]
    )
    return Scenario(hours=1.0, campaigns=(plan,), teams=(Team(agents=agents),))
