"""The table of pacing policies, by a campaign's mode."""

from __future__ import annotations

from collections.abc import Callable

from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.pacing.policy import Policy
from ccdialer.core.pacing.power import Power
from ccdialer.core.pacing.predictive import Predictive
from ccdialer.core.pacing.progressive import Progressive

POLICIES: dict[Mode, Callable[[CampaignSettings], Policy]] = {
    Mode.PROGRESSIVE: lambda settings: Progressive(settings.min_ring_s),
    Mode.POWER: lambda settings: Power(settings.lines_per_agent, settings.min_ring_s),
    Mode.PREDICTIVE: Predictive,
}


def policy_for(settings: CampaignSettings) -> Policy:
    """A new policy with nothing learned yet; it belongs to one campaign."""
    return POLICIES[settings.mode](settings)
