"""The call log as plain rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ccdialer import storage
from ccdialer.core.agent import AgentState
from ccdialer.core.campaign import CampaignState
from ccdialer.core.disposition import Disposition
from ccdialer.storage.calllog import LoggedState, is_changed_since, list_of_then, log_of
from tests.reports.scenes import NOW, Scene, scene_in

HOUR = 3_600_000


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    with storage.connect(database_url) as database:
        storage.migrate(database)
        yield scene_in(database)


def test_calls_and_states_of_a_span(scene: Scene) -> None:
    scene.add("+79160000001")
    scene.shift((AgentState.AVAILABLE, 10), (AgentState.PAUSED, 0))
    scene.now += HOUR
    scene.call(Disposition.TALKED)
    scene.shift((AgentState.TALKING, 60), (AgentState.WRAP_UP, 0), campaign_id=scene.campaign.id)
    log = log_of(scene.db, scene.campaign, NOW + 20_000, NOW + 2 * HOUR)
    at = (NOW + HOUR) / 1000
    (call,) = log.calls
    assert (call.disposition, call.agent_id) == (Disposition.TALKED, scene.agent_id)
    assert (call.dialed_at, call.answered_at, call.joined_at) == (at, at + 5, at + 6)
    assert (call.ended_at, call.ringing_at, call.cause) == (at + 66, None, 17)
    assert log.logins == {scene.agent_id: "anna"}
    assert log.states[scene.agent_id] == (
        LoggedState(NOW / 1000 + 20, AgentState.PAUSED, None),  # he came into the span with it
        LoggedState(at, AgentState.TALKING, scene.campaign.id),
        LoggedState(at + 60, AgentState.WRAP_UP, scene.campaign.id),
    )
    earlier = log_of(scene.db, scene.campaign, NOW, NOW + HOUR)
    assert earlier.calls == ()


def test_what_was_never_dialed_or_is_not_over_is_no_call(scene: Scene) -> None:
    scene.add("+79160000001")
    scene.call(Disposition.CANCELLED, dialed_at=None)
    scene.add("+79160000002")
    scene.open()
    assert log_of(scene.db, scene.campaign, NOW, NOW + HOUR).calls == ()


def test_whoever_took_a_call_is_there_even_if_he_left_the_project(scene: Scene) -> None:
    scene.add("+79160000001")
    scene.call(Disposition.TALKED)
    anna = storage.agent_by_login(scene.db, "anna")
    storage.upsert_agent(scene.db, anna, ["other"], NOW)
    assert log_of(scene.db, scene.campaign, NOW, NOW + HOUR).logins == {scene.agent_id: "anna"}
    assert log_of(scene.db, scene.campaign, NOW + HOUR, NOW + 2 * HOUR).logins == {}


def test_stops_of_the_campaign(scene: Scene) -> None:
    for minutes, state in ((10, CampaignState.PAUSED), (20, CampaignState.ACTIVE)):
        scene.now = NOW + minutes * 60_000
        scene.set_state(state)
    scene.now = NOW + HOUR
    scene.set_state(CampaignState.STOPPED)
    stops = log_of(scene.db, scene.campaign, NOW, NOW + 2 * HOUR).stops
    at = NOW / 1000
    assert stops == ((at + 600, at + 1200), (at + 3600, at + 7200))


def test_the_list_of_a_day(scene: Scene) -> None:
    scene.add("+79160000001")
    scene.call(Disposition.TALKED)  # settled at NOW + 66 s
    scene.add("+79160000002")
    scene.now = NOW + 2 * HOUR
    scene.add("+79160000003")
    assert list_of_then(scene.db, scene.campaign, NOW, NOW + HOUR) == 2
    assert list_of_then(scene.db, scene.campaign, NOW + HOUR, NOW + 3 * HOUR) == 2


def test_settings_that_were_changed_since(scene: Scene) -> None:
    assert is_changed_since(scene.db, scene.campaign, NOW)
    assert not is_changed_since(scene.db, scene.campaign, NOW + 1)
