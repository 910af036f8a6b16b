"""Routing: a scenario's trunks as the core knows them, for campaigns without a dial string."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.commands import Originate
from ccdialer.core.events import Event, TrunksLoaded, TrunkStateChanged
from ccdialer.core.trunk import MICRO, Rate, TrunkSettings
from ccdialer.core.trunk import Trunk as CoreTrunk
from ccdialer.sim.people import Fate, Outcome
from ccdialer.sim.scenario import PLENTY, Scenario, Trunk


def settings_in(scenario: Scenario, settings: CampaignSettings) -> CampaignSettings:
    """A campaign's settings; where the scenario has no trunk to route by, over one in plenty."""
    if settings.dial or scenario.trunks:
        return settings
    return replace(settings, dial=f"PJSIP/{{digits}}@{PLENTY}")


def trunks_told(scenario: Scenario) -> list[Event]:
    """The scenario's trunks, which all can be used; their prices only rank."""
    trunks = tuple(_trunk(n, trunk) for n, trunk in enumerate(scenario.trunks, 1))
    usable = [TrunkStateChanged(trunk.name, True) for trunk in trunks]
    return [TrunksLoaded(trunks), *usable]


def _trunk(number: int, trunk: Trunk) -> CoreTrunk:
    rate = Rate("", round(trunk.price * MICRO), is_literal=False)
    return CoreTrunk(number, trunk.name, TrunkSettings(trunk.name, trunk.lines), {"": rate})


def chosen(scenario: Scenario, command: Originate) -> Trunk:
    """The trunk that the core has chosen for a client's leg."""
    name = command.endpoint.rpartition("@")[2]
    return next(trunk for trunk in scenario.trunks if trunk.name == name)


def over(trunk: Trunk, fate: Fate, leg_id: str, seed: int) -> Fate:
    """What becomes of a client who is called over a trunk that the core has chosen."""
    is_refused = Random(f"{seed} {leg_id}").random() < trunk.congestion
    outcome = Outcome.REFUSED if is_refused else fate.outcome
    return replace(fate, outcome=outcome, delay_s=fate.delay_s + trunk.delay_s)
