"""Agents are changed by login, found by phone, and their states are kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.commands import RecordAgentState
from ccdialer.errors import NotFound, Refused
from ccdialer.storage import Database
from tests.storage.samples import NOW, at, carry

ANNA = Agent(0, "anna", "Anna", "PJSIP/anna", True, frozenset())


def test_an_agent_is_stored_with_his_projects(db: Database) -> None:
    agent_id = storage.upsert_agent(db, ANNA, ["acme", "globex"], NOW)
    projects = storage.list_projects(db)
    assert sorted(projects.values()) == ["acme", "globex"]
    stored = replace(ANNA, id=agent_id, projects=frozenset(projects))
    assert storage.agent_by_login(db, "anna") == stored
    assert storage.agent_by_phone(db, "PJSIP/anna") == stored
    assert storage.agent_by_id(db, agent_id) == stored


def test_an_agent_is_changed_by_login(db: Database) -> None:
    agent_id = storage.upsert_agent(db, ANNA, ["acme", "globex"], NOW)
    changed = replace(ANNA, name="Anna K.", phone="PJSIP/200", kept_up=False)
    assert storage.upsert_agent(db, changed, ["globex"], NOW) == agent_id
    (globex,) = (i for i, name in storage.list_projects(db).items() if name == "globex")
    assert storage.list_agents(db) == [replace(changed, id=agent_id, projects=frozenset({globex}))]


def test_one_phone_serves_one_agent(db: Database) -> None:
    storage.upsert_agent(db, ANNA, [], NOW)
    with pytest.raises(Refused, match=r'PJSIP/anna belongs to agent "anna"'):
        storage.upsert_agent(db, replace(ANNA, login="boris"), [], NOW)
    assert [agent.login for agent in storage.list_agents(db)] == ["anna"]


@pytest.mark.parametrize("find", [storage.agent_by_login, storage.agent_by_phone])
def test_who_is_not_there_is_not_found(db: Database, find: object) -> None:
    with pytest.raises(NotFound, match="nobody"):
        find(db, "nobody")  # type: ignore[operator]


def test_states_are_kept_in_order(db: Database) -> None:
    agent_id = storage.upsert_agent(db, ANNA, [], NOW)
    states = [AgentState.SIGNING_IN, AgentState.AVAILABLE, AgentState.PAUSED]
    carry(
        db,
        *(
            RecordAgentState(agent_id, state, state.name, at(i), "s" * 32, "leg")
            for i, state in enumerate(states)
        ),
    )
    entries = storage.read_journal(db, "agent")
    assert [(e["agent_id"], e["state"], e["reason"], e["at"]) for e in entries] == [
        (agent_id, state, state.name, NOW + i * 1000) for i, state in enumerate(states)
    ]
    (session,) = storage.sessions_of(db, "one")
    assert (session.state, session.reason) == ("paused", "PAUSED")
