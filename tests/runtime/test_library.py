"""Reads for the loop: on threads of their own, what is in the database now."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.core.best_hour import NOTHING_LEARNED
from ccdialer.core.campaign import CampaignSettings, CampaignState
from ccdialer.core.commands import RecordLearned
from ccdialer.core.events import (
    AgentChanged,
    AllResumed,
    AllStopped,
    CampaignLoaded,
    HoursLearned,
    ProjectLoaded,
    TrunksLoaded,
    WorkCounted,
)
from ccdialer.core.project import Distribution, ProjectSettings
from ccdialer.core.trunk import Rate, Trunk, TrunkSettings
from ccdialer.errors import NotFound
from ccdialer.runtime.calendar import midnight, next_time
from ccdialer.runtime.clock import Clock, wall_ms
from ccdialer.runtime.library import Library
from ccdialer.storage import Database
from ccdialer.storage.projects import set_project
from ccdialer.storage.spending import Posting, post

SETTINGS = CampaignSettings("PJSIP/{digits}@trunk")


@pytest.fixture
async def library(db: Database) -> AsyncIterator[Library]:
    made = Library(db, Clock())
    yield made
    made.close()


def hire(db: Database, login: str, name: str = "") -> Agent:
    agent = Agent(0, login, name or login, f"PJSIP/{login}", False, frozenset())
    storage.upsert_agent(db, agent, ["acme"], wall_ms())
    return storage.agent_by_login(db, login)


async def test_a_read_never_happens_in_the_loop(library: Library) -> None:
    def where(database: Database, *more: int) -> tuple[str, tuple[int, ...]]:
        return threading.current_thread().name, more

    thread, more = await library.read(where, 1, 2)
    assert thread.startswith("reader")
    assert more == (1, 2)


async def test_campaigns_come_with_their_history(db: Database, library: Library) -> None:
    assert await library.campaigns() == []
    campaign = storage.upsert_campaign(db, "acme", "demo", SETTINGS, wall_ms())
    (loaded,) = await library.campaigns()
    assert (loaded.campaign, loaded.memory, loaded.closes_at) == (campaign, None, None)
    assert loaded.history.day_ends_at == pytest.approx(midnight(time.time(), 1), abs=1.0)


async def test_what_pacing_learned_comes_at_the_start_alone(db: Database, library: Library) -> None:
    campaign = storage.upsert_campaign(db, "acme", "demo", SETTINGS, wall_ms())
    learned = RecordLearned(campaign.id, 0.0, {"version": 2})
    storage.carry_out(db, [learned], "main", lambda at: round(at * 1000))
    (at_start,) = await library.campaigns()
    (later,) = await library.edits(frozenset())
    assert isinstance(later, CampaignLoaded)
    assert (at_start.memory, later.memory) == ({"version": 2}, None)


async def test_the_end_of_dialing_is_an_instant_of_the_cores_clock(db: Database) -> None:
    clock = Clock()
    clock._offset -= 500.0  # the machine's clock was set forward since
    library = Library(db, clock)
    storage.upsert_campaign(db, "acme", "demo", replace(SETTINGS, day_ends="20:00"), wall_ms())
    (loaded,) = await library.campaigns()
    library.close()
    expected = next_time("20:00", time.time())
    assert expected is not None
    assert loaded.closes_at == pytest.approx(expected - 500.0, abs=1.0)
    assert loaded.history.day_ends_at == pytest.approx(midnight(time.time(), 1) - 500.0, abs=1.0)


async def test_agents_are_found_by_login_and_by_phone(db: Database, library: Library) -> None:
    anna, boris = hire(db, "anna"), hire(db, "boris")
    assert await library.agent("anna") == anna
    assert await library.agent_at("PJSIP/boris") == boris
    assert await library.agents() == [anna, boris]
    with pytest.raises(NotFound, match='no agent with login "olga"'):
        await library.agent("olga")
    with pytest.raises(NotFound, match='no agent with phone "PJSIP/olga"'):
        await library.agent_at("PJSIP/olga")


async def test_edits_are_all_campaigns_and_the_agents_on_duty(
    db: Database, library: Library
) -> None:
    anna, _ = hire(db, "anna"), hire(db, "boris")
    campaign = storage.upsert_campaign(db, "acme", "demo", SETTINGS, wall_ms())
    storage.set_campaign_state(db, campaign.id, CampaignState.ACTIVE, wall_ms())
    hire(db, "anna", "Anna B.")
    loaded, changed = await library.edits(frozenset({anna.id, 4711}))
    assert isinstance(loaded, CampaignLoaded)
    assert loaded.campaign.state is CampaignState.ACTIVE
    assert changed == AgentChanged(storage.agent_by_login(db, "anna"))
    assert changed.agent.name == "Anna B."


async def test_what_agents_had_today_is_counted_once_a_day(
    db: Database, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ProjectSettings(Distribution.FEWEST_CALLS)
    project = set_project(db, "acme", settings, wall_ms())
    assert await library.projects() == [ProjectLoaded(project), WorkCounted({})]
    assert await library.projects() == [ProjectLoaded(project)]
    tomorrow = midnight(time.time(), 1) + 1.0
    monkeypatch.setattr("ccdialer.runtime.library.time.time", lambda: tomorrow)
    assert await library.projects() == [ProjectLoaded(project), WorkCounted({})]


async def test_trunks_are_read_again_when_they_have_changed(db: Database, library: Library) -> None:
    assert await library.site() == [AllResumed()]
    trunk = Trunk(0, "main", TrunkSettings("main"), {"7": Rate("7", 1)})
    storage.upsert_trunk(db, trunk, wall_ms())
    assert await library.site() == [AllResumed(), TrunksLoaded((storage.find_trunk(db, "main"),))]
    assert await library.site() == [AllResumed()]
    storage.enable_trunk(db, "main", False, wall_ms())
    _, loaded = await library.site()
    assert isinstance(loaded, TrunksLoaded)
    assert not loaded.trunks[0].enabled


async def test_the_emergency_stop_is_read_each_time(db: Database, library: Library) -> None:
    storage.stop_all(db, "wrong list", wall_ms())
    assert await library.site() == [AllStopped("wrong list")]
    storage.resume_all(db, wall_ms())
    assert await library.site() == [AllResumed()]


async def test_spending_is_told_by_the_trunk_s_name(db: Database, library: Library) -> None:
    trunk_id = storage.upsert_trunk(db, Trunk(0, "main", TrunkSettings("main")), wall_ms())
    with db.transaction():
        post(db, [Posting(1, trunk_id, "RUB", wall_ms(), spent=7, held=3)])
    assert await library.spending() == {"main": {"RUB": {"spent": 7, "held": 3}}}


async def test_answers_are_counted_where_they_are_asked_for_once_an_hour(
    db: Database, library: Library
) -> None:
    campaign = storage.upsert_campaign(db, "acme", "demo", SETTINGS, wall_ms())
    assert await library.hours() == []
    asked = replace(SETTINGS, best_hour=True)
    storage.upsert_campaign(db, "acme", "demo", asked, wall_ms())
    assert await library.hours() == [HoursLearned(campaign.id, NOTHING_LEARNED)]
    assert await library.hours() == []
