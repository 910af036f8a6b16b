"""Reads for the loop: on threads of their own, what is in the database now."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import CampaignSettings, CampaignState, History
from ccdialer.core.events import AgentChanged, CampaignLoaded
from ccdialer.errors import NotFound
from ccdialer.runtime.library import Library, wall_ms
from ccdialer.storage import Database

SETTINGS = CampaignSettings("PJSIP/{digits}@trunk")


@pytest.fixture
async def library(db: Database) -> AsyncIterator[Library]:
    made = Library(db)
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
    assert await library.campaigns() == [CampaignLoaded(campaign, History())]


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
