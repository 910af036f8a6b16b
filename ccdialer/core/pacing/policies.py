"""The table of pacing policies, by a campaign's mode."""

from __future__ import annotations

from collections.abc import Callable

from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.pacing.callback import Callback
from ccdialer.core.pacing.policy import Memory, Policy
from ccdialer.core.pacing.power import Power
from ccdialer.core.pacing.predictive import Predictive
from ccdialer.core.pacing.preview import Preview
from ccdialer.core.pacing.progressive import Progressive
from ccdialer.core.pacing.queueing import Queueing

Policies = Callable[[CampaignSettings, Memory | None], Policy]
"""Makes a policy for a campaign, from what its predecessor had learned."""

POLICIES: dict[Mode, Policies] = {
    Mode.PROGRESSIVE: lambda settings, _: Progressive(settings.min_ring_s),
    Mode.POWER: lambda settings, _: Power(settings.lines_per_agent, settings.min_ring_s),
    Mode.CALLBACK: lambda settings, _: Callback(),
    Mode.PREDICTIVE: Predictive.remembering,
    Mode.PREVIEW: lambda settings, _: Preview(),
    Mode.INBOUND: Queueing.remembering,
}


def policy_for(settings: CampaignSettings, memory: Memory | None = None) -> Policy:
    """A new policy that belongs to one campaign; `memory` is what its predecessor had learned.

    A memory that does not fit (another mode's, another version's, damaged) is ignored.
    """
    return POLICIES[settings.mode](settings, memory)
