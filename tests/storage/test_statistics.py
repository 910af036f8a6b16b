"""Totals add up to what was carried out, to the second."""

from __future__ import annotations

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.campaign import Campaign
from ccdialer.core.commands import RecordAgentState
from ccdialer.core.disposition import Disposition
from ccdialer.core.metrics import Work
from ccdialer.core.queue import Fate
from ccdialer.core.task import TaskMove
from ccdialer.storage import Database
from ccdialer.storage.statistics import agents_work
from tests.storage.callers import comes, ends, joins, queue_of
from tests.storage.samples import NOW, at, carry, claim, closing, insert, opening, row


@pytest.fixture
def anna(db: Database) -> int:
    agent = Agent(0, "anna", "Anna", "PJSIP/anna", True, frozenset())
    return storage.upsert_agent(db, agent, [], NOW)


def talk(db: Database, campaign: Campaign, agent_id: int, seconds: float) -> None:
    (task,) = claim(db, campaign, 1)
    o = opening(task)
    ends = {
        "disposition": Disposition.TALKED,
        "task_move": TaskMove.FINISH,
        "answered_at": at(1),
        "joined_at": at(1.5),
        "ended_at": at(1.5 + seconds),
        "agent_id": agent_id,
    }
    carry(db, o, closing(o, **ends))


def test_campaigns_add_up(db: Database, campaign: Campaign, anna: int) -> None:
    insert(db, campaign, [row(i) for i in range(5)])
    talk(db, campaign, anna, 60)
    talk(db, campaign, anna, 30)
    first, second, third = claim(db, campaign)
    busy, gone, live = opening(first), opening(second), opening(third)
    abandoned = closing(gone, disposition=Disposition.ABANDONED, answered_at=at(3))
    carry(db, busy, gone, live, closing(busy), abandoned)
    total = storage.campaign_totals(db, NOW, NOW + 1)[campaign.id]
    assert (total.attempts, total.answered, total.joined) == (4, 3, 2)
    assert (total.talk_s, total.wait_s) == (90.0, 1.0)
    assert total.by_disposition == {"talked": 2, "busy": 1, "abandoned": 1}
    assert storage.campaign_totals(db, NOW + 1, NOW + 9) == {}


def test_agents_add_up(db: Database, campaign: Campaign, anna: int) -> None:
    insert(db, campaign, [row(i) for i in range(2)])
    talk(db, campaign, anna, 60)
    talk(db, campaign, anna, 30)
    life = [
        (0, AgentState.SIGNING_IN),
        (5, AgentState.AVAILABLE),
        (10, AgentState.RESERVED),
        (11, AgentState.TALKING),
        (51, AgentState.WRAP_UP),
        (61, AgentState.PAUSED),
        (81, AgentState.AVAILABLE),
        (91, AgentState.OFFLINE),
    ]
    states = [RecordAgentState(anna, state, "", at(s), "a" * 32, None) for s, state in life]
    carry(db, *states)
    total = storage.agent_totals(db, NOW, NOW + 200_000)[anna]
    assert (total.calls, total.talk_s) == (2, 90.0)
    assert agents_work(db, NOW, NOW + 200_000) == {anna: Work(2, 90.0)}
    assert agents_work(db, NOW + 200_000, NOW + 400_000) == {}
    assert total.state_s == {
        "signing_in": 5,
        "available": 15,
        "reserved": 1,
        "talking": 40,
        "wrap_up": 10,
        "paused": 20,
        "offline": 109,
    }
    assert total.signed_in_s == 86
    assert total.utilisation == pytest.approx(40 / 66)


def test_an_interval_begins_in_the_state_that_was(db: Database, anna: int) -> None:
    carry(db, RecordAgentState(anna, AgentState.AVAILABLE, "", at(-500), "a" * 32, None))
    carry(db, RecordAgentState(anna, AgentState.PAUSED, "", at(30), "a" * 32, None))
    total = storage.agent_totals(db, NOW, NOW + 40_000)[anna]
    assert total.state_s == {"available": 30, "paused": 10}
    assert (total.calls, total.utilisation) == (0, 0.0)


def test_an_agent_who_was_away_has_no_utilisation(db: Database, anna: int) -> None:
    carry(db, RecordAgentState(anna, AgentState.OFFLINE, "", at(), None, None))
    assert storage.agent_totals(db, NOW, NOW + 1000)[anna].utilisation is None


def test_talks_with_callers_are_work_too(db: Database, campaign: Campaign, anna: int) -> None:
    insert(db, campaign, [row(1)])
    talk(db, campaign, anna, 60)
    queue = queue_of(db)
    talks, waits, left = comes(queue, 1, 5), comes(queue, 2, 5), comes(queue, 3, 5)
    carry(db, talks, waits, left, joins(talks, anna, 10), joins(waits, anna, 50), ends(left))
    carry(db, ends(talks, Fate.ANSWERED, 40))
    assert agents_work(db, NOW, NOW + 6000) == {anna: Work(2, 90.0)}
    assert agents_work(db, NOW, NOW + 5000) == {anna: Work(1, 60.0)}
    assert storage.agent_totals(db, NOW, NOW + 6000)[anna].calls == 2
