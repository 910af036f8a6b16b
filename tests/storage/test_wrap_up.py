"""Wrap-up time by campaign."""

from __future__ import annotations

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.campaign import Campaign
from ccdialer.core.commands import RecordAgentState
from ccdialer.storage import Database
from ccdialer.storage.wrap_up import wrap_up_s
from tests.storage.samples import NOW, at, carry


@pytest.fixture
def agent_id(db: Database) -> int:
    anna = Agent(0, "anna", "Anna", "PJSIP/anna", True, frozenset())
    return storage.upsert_agent(db, anna, ["acme"], NOW)


def test_each_wrap_up_lasts_until_the_next_state(
    db: Database, campaign: Campaign, agent_id: int
) -> None:
    for after_s, state in ((0, "talking"), (60, "wrap_up"), (75, "available"), (100, "wrap_up")):
        carry(
            db,
            RecordAgentState(
                agent_id, AgentState(state), "", at(after_s), "session", None, campaign.id
            ),
        )
    assert wrap_up_s(db, NOW, NOW + 110_000) == {campaign.id: 25.0}
    assert wrap_up_s(db, NOW, NOW + 90_000) == {campaign.id: 15.0}
    assert wrap_up_s(db, NOW, NOW) == {}
