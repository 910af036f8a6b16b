"""What an inquiry reads: trunks as the daemon tells them, and when a campaign begins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ccdialer import storage
from ccdialer.core.campaign import Mode
from ccdialer.core.trunk import NoRoute, Rate, Route, Trunk, TrunkSettings
from ccdialer.reports.inquiry import Floor, Inquiry, inquire, starts_at
from ccdialer.runtime.calendar import start_of
from tests.reports.scenes import NOW, Scene

NUMBER = "+79160000001"


def about(scene: Scene, floor: Floor | None = None) -> Inquiry:
    (found,) = storage.history_of_number(scene.db, NUMBER)
    return inquire(scene.db, found, floor or Floor(), scene.now)


def told(**changes: Any) -> Floor:
    """A trunk as `status` tells it."""
    row = {"name": "main", "trouble": "", "in_use": 0, "lines_now": 2, "breakers": {}}
    return Floor(trunks={"main": row | changes})


def by_trunks(scene: Scene, **changes: Any) -> None:
    trunk = Trunk(0, "main", TrunkSettings("main", lines=2), {"7": Rate("7", 1_000_000)})
    storage.upsert_trunk(scene.db, trunk, NOW)
    settings = replace(scene.campaign.settings, dial="", **changes)
    storage.upsert_campaign(scene.db, "sales", "demo", settings, NOW)
    scene.add(NUMBER)


def why_not(scene: Scene, floor: Floor) -> str:
    way = about(scene, floor).outlook.candidate.route
    assert isinstance(way, NoRoute)
    return way.reason


def test_a_trunk_is_as_the_daemon_tells_it(scene: Scene) -> None:
    by_trunks(scene)
    assert isinstance(about(scene).outlook.candidate.route, Route)
    assert isinstance(about(scene, told()).outlook.candidate.route, Route)
    assert why_not(scene, told(trouble="not registered")) == "main: not registered"
    assert why_not(scene, told(in_use=2)) == "main: all 2 lines in use"
    assert why_not(scene, told(in_use=1, lines_now=1)) == "main: all 1 lines in use"
    assert why_not(scene, told(breakers={"7": 3})) == "main: 3 calls to 7 failed in a row"


def test_who_has_an_agent_held_for_him(scene: Scene) -> None:
    by_trunks(scene)
    assert about(scene).outlook.candidate.held_agent_id is None
    by_trunks_again = replace(scene.campaign.settings, mode=Mode.CALLBACK)
    storage.upsert_campaign(scene.db, "sales", "demo", by_trunks_again, NOW)
    assert about(scene).outlook.candidate.held_agent_id is not None


def test_a_campaign_starts_when_the_daemon_says_so(scene: Scene) -> None:
    scene.add(NUMBER)
    assert starts_at(scene.campaign) == 0
    settings = replace(scene.campaign.settings, starts_on="2027-03-28")
    campaign = storage.upsert_campaign(scene.db, "sales", "demo", settings, NOW)
    begins = start_of("2027-03-28", NOW / 1000)
    assert begins is not None
    assert starts_at(campaign) == about(scene).next.at == begins * 1000
