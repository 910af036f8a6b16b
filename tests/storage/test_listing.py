"""Lists filter and page without losing or repeating a row, and counts are exact."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import TaskMove, TaskState
from ccdialer.errors import NotFound
from ccdialer.storage import AttemptFilter, Database, TaskFilter
from tests.storage.samples import NOW, at, carry, claim, closing, insert, number, opening, row


@pytest.fixture
def busy(db: Database, campaign: Campaign) -> list[str]:
    """Ten attempts, two at each instant, by opening; the ids."""
    agent = Agent(0, "anna", "Anna", "PJSIP/anna", True, frozenset())
    agent_id = storage.upsert_agent(db, agent, [], NOW)
    insert(db, campaign, [row(i, external_id=f"A-{i}") for i in range(10)])
    opens = [opening(task, at=at(i // 2)) for i, task in enumerate(claim(db, campaign))]
    carry(db, *opens)
    talked = {
        "disposition": Disposition.TALKED,
        "task_move": TaskMove.FINISH,
        "agent_id": agent_id,
        "joined_at": at(8),
    }
    carry(db, *(closing(o, **(talked if i < 3 else {})) for i, o in enumerate(opens[:8])))
    return [o.attempt_id for o in sorted(opens, key=lambda o: (o.at, o.attempt_id))]


def ids(rows: list[dict[str, Any]]) -> list[Any]:
    return [found["id"] for found in rows]


def test_pages_of_attempts_follow_each_other(db: Database, busy: list[str]) -> None:
    seen: list[str] = []
    after = None
    while page := storage.list_attempts(db, AttemptFilter(after=after, limit=3)):
        assert len(page) <= 3
        seen += ids(page)
        after = (page[-1]["opened_at"], page[-1]["id"])
    assert seen == busy


def test_attempts_are_filtered(db: Database, campaign: Campaign, busy: list[str]) -> None:
    def count(**wanted: Any) -> int:
        return len(storage.list_attempts(db, AttemptFilter(**wanted)))

    assert count(campaign_id=campaign.id) == 10
    assert count(campaign_id=campaign.id + 1) == 0
    assert count(dispositions=[Disposition.TALKED]) == 3
    assert count(dispositions=["talked", "busy"]) == 8
    assert count(agent_id=1) == 3
    assert count(number=number(4)) == 1
    assert count(since=NOW + 1000) == 8
    assert count(since=NOW + 1000, until=NOW + 2000) == 2


def test_an_attempt_is_listed_with_names(db: Database, busy: list[str]) -> None:
    (found,) = storage.list_attempts(db, AttemptFilter(number=number(0)))
    names = (found["campaign"], found["agent"], found["external_id"], found["number"])
    assert names == ("demo", "anna", "A-0", number(0))


def test_tasks_are_filtered_and_paged(db: Database, campaign: Campaign, busy: list[str]) -> None:
    first = storage.list_tasks(db, TaskFilter(limit=4))
    rest = storage.list_tasks(db, TaskFilter(after=first[-1]["id"]))
    assert len({*ids(first), *ids(rest)}) == len(first) + len(rest) == 10
    assert len(storage.list_tasks(db, TaskFilter(states=[TaskState.DONE]))) == 3
    assert len(storage.list_tasks(db, TaskFilter(states=[TaskState.DONE, TaskState.ACTIVE]))) == 5
    assert len(storage.list_tasks(db, TaskFilter(campaign_id=campaign.id + 1))) == 0
    (one,) = storage.list_tasks(db, TaskFilter(number=number(7)))
    (same,) = storage.list_tasks(db, TaskFilter(external_id="A-7"))
    assert one == same


def test_hostile_words_in_a_filter_find_nothing(db: Database, busy: list[str]) -> None:
    words = "' OR 1=1 --"
    assert storage.list_tasks(db, TaskFilter(external_id=words)) == []
    assert storage.list_attempts(db, AttemptFilter(dispositions=[words])) == []


def test_counts_are_exact(db: Database, campaign: Campaign, busy: list[str]) -> None:
    other = storage.upsert_campaign(db, "acme", "other", CampaignSettings("PJSIP/x"), NOW)
    insert(db, other, [row(i) for i in range(5)])
    claim(db, other, 2)
    none = dict.fromkeys(TaskState, 0)
    assert storage.count_tasks(db) == {
        campaign.id: none | {"waiting": 5, "done": 3, "active": 2},
        other.id: none | {"waiting": 3, "reserved": 2},
    }


def test_everything_known_of_a_number(db: Database, campaign: Campaign, busy: list[str]) -> None:
    other = storage.upsert_campaign(db, "acme", "other", CampaignSettings("PJSIP/x"), NOW)
    insert(db, other, [row(0)])
    first, second = storage.history_of_number(db, number(0))
    assert (first["campaign"], first["state"]) == ("demo", "done")
    assert [attempt["disposition"] for attempt in first["tries"]] == ["talked"]
    assert (second["campaign"], second["state"], second["tries"]) == ("other", "waiting", [])
    assert storage.history_of_number(db, "+70000000000") == []


def test_a_task_that_does_not_exist(db: Database, busy: list[str]) -> None:
    with pytest.raises(NotFound, match="no task 99"):
        storage.show_task(db, 99)
    with pytest.raises(NotFound, match="no task -5"):
        storage.show_task(db, -5)
