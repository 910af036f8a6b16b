"""A restarted node finds the attempts and sessions it left, and no one else's."""

from __future__ import annotations

from dataclasses import replace

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.campaign import Campaign
from ccdialer.core.commands import RecordAgentState, RecordJoin
from ccdialer.core.events import OpenAttemptFound
from ccdialer.core.trunk import Route
from ccdialer.storage import Database
from tests.storage.samples import NODE, NOW, at, carry, claim, closing, insert, opening, row


def test_open_attempts_of_this_node_are_found(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(i) for i in range(4)])
    first, second, third = claim(db, campaign, 3)
    talking, dialing, closed = (
        opening(first, at=at(1)),
        opening(second, at=at(2)),
        opening(third, at=at(3)),
    )
    join = RecordJoin(talking.attempt_id, 7, "leg", at(5), at(6.5))
    carry(db, talking, dialing, closed, join, closing(closed))
    (theirs,) = claim(db, campaign, 1, "two")
    carry(db, opening(theirs), node="two")
    found = storage.open_attempts_of(db, NODE)
    assert found == [
        OpenAttemptFound(
            attempt_id=talking.attempt_id,
            task=replace(first, due_at=NOW / 1000),
            number=talking.number,
            opened_at=at(1),
            answered_at=at(5),
            joined_at=at(6.5),
            agent_id=7,
            agent_leg_id="leg",
            leg_id=talking.leg_id,
            route=Route(None, "", "", ""),
        ),
        OpenAttemptFound(
            attempt_id=dialing.attempt_id,
            task=replace(second, due_at=NOW / 1000),
            number=dialing.number,
            opened_at=at(2),
            answered_at=None,
            joined_at=None,
            agent_id=None,
            agent_leg_id=None,
            leg_id=dialing.leg_id,
            route=Route(None, "", "", ""),
        ),
    ]


def test_a_task_whose_numbers_went_bad_still_has_the_one_on_the_line(
    db: Database, campaign: Campaign
) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    carry(db, opening(task))
    with db.transaction():
        db.run("UPDATE task_number SET bad = ?", (True,))
    (found,) = storage.open_attempts_of(db, NODE)
    assert found.task == replace(task, due_at=NOW / 1000)


def test_signed_in_agents_of_this_node_are_found(db: Database) -> None:
    agents = []
    for login in ("anna", "boris", "clara", "dora"):
        agent = Agent(0, login, login.title(), f"PJSIP/{login}", True, frozenset())
        agents.append(storage.upsert_agent(db, agent, ["acme"], NOW))
    anna, boris, clara, _ = agents
    carry(
        db,
        RecordAgentState(anna, AgentState.PAUSED, "lunch", at(), "a" * 32, "leg-a"),
        RecordAgentState(boris, AgentState.OFFLINE, "", at(), None, None),
    )
    carry(db, RecordAgentState(clara, AgentState.AVAILABLE, "", at(), "c" * 32, None), node="two")
    (found,) = storage.sessions_of(db, NODE)
    assert found.agent == storage.agent_by_login(db, "anna")
    assert (found.session_id, found.leg_id) == ("a" * 32, "leg-a")
    assert (found.state, found.reason) == ("paused", "lunch")
