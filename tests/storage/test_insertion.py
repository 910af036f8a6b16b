"""Tasks enter a campaign once, however often and in whatever company their rows are given."""

from __future__ import annotations

import threading
from typing import Any

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.core.task import TaskState
from ccdialer.storage import Database, Duplicate, TaskFilter
from tests.storage.samples import NOW, insert, number, row


def listed(db: Database) -> list[dict[str, Any]]:
    return storage.list_tasks(db, TaskFilter())


def test_a_row_becomes_a_task(db: Database, campaign: Campaign) -> None:
    numbers = [(number(1), "8 (495) 000-00-01"), (number(2), "2")]
    given = row(0, numbers=numbers, priority=7, external_id="A-1", details='{"name": "Анна"}')
    insert(db, campaign, [given])
    (task,) = listed(db)
    expected = {
        "campaign_id": campaign.id,
        "campaign": "demo",
        "state": "waiting",
        "priority": 7,
        "due_at": NOW,
        "attempts": 0,
        "external_id": "A-1",
        "details": '{"name": "Анна"}',
        "created_at": NOW,
        "numbers": [
            {"e164": number(1), "original": "8 (495) 000-00-01", "bad": False},
            {"e164": number(2), "original": "2", "bad": False},
        ],
    }
    assert {key: task[key] for key in expected} == expected


def test_the_same_rows_again_change_nothing(db: Database, campaign: Campaign) -> None:
    rows = [row(i, external_id=f"A-{i}" if i % 2 else None) for i in range(20)]
    insert(db, campaign, rows)
    before = listed(db)
    again = storage.insert_tasks(db, campaign.id, rows, NOW + 1)
    assert all(verdict is not None for verdict in again)
    assert listed(db) == before


def test_known_and_new_rows_may_be_mixed(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1), row(2, external_id="A-2")])
    first, second = (task["id"] for task in listed(db))
    rows = [
        row(3),
        row(1),
        row(4, external_id="A-2"),
        row(5, numbers=[(number(5), ""), (number(2), "")]),
        row(6),
    ]
    assert storage.insert_tasks(db, campaign.id, rows, NOW) == [
        None,
        Duplicate("number", number(1), first),
        Duplicate("external id", "A-2", second),
        Duplicate("number", number(2), second),
        None,
    ]
    assert [task["numbers"][0]["e164"] for task in listed(db)] == [number(i) for i in (1, 2, 3, 6)]


def test_the_first_of_equal_rows_is_taken(db: Database, campaign: Campaign) -> None:
    rows = [
        row(1, external_id="A"),
        row(2, numbers=[(number(2), ""), (number(1), "")]),
        row(3, external_id="A"),
        row(2),
    ]
    assert storage.insert_tasks(db, campaign.id, rows, NOW) == [
        None,
        Duplicate("number", number(1), None),
        Duplicate("external id", "A", None),
        None,
    ]


def test_a_number_twice_in_a_row_is_kept_once(db: Database, campaign: Campaign) -> None:
    numbers = [(number(1), "first"), (number(2), ""), (number(1), "second")]
    assert storage.insert_tasks(db, campaign.id, [row(0, numbers=numbers)], NOW) == [None]
    (task,) = listed(db)
    assert [(n["e164"], n["original"]) for n in task["numbers"]] == [
        (number(1), "first"),
        (number(2), ""),
    ]


def test_another_campaign_may_have_the_same_number(db: Database, campaign: Campaign) -> None:
    other = storage.upsert_campaign(db, "acme", "other", CampaignSettings("PJSIP/x"), NOW)
    insert(db, campaign, [row(1, external_id="A")])
    insert(db, other, [row(1, external_id="A")])


def test_no_rows_are_no_trouble(db: Database, campaign: Campaign) -> None:
    assert storage.insert_tasks(db, campaign.id, [], NOW) == []


def test_two_imports_of_the_same_list_at_once(db: Database, campaign: Campaign) -> None:
    rows = [row(i) for i in range(500)]
    together = threading.Barrier(2)
    inserted: list[int] = []

    def work() -> None:
        together.wait()
        for start in range(0, len(rows), 50):
            verdicts = storage.insert_tasks(db, campaign.id, rows[start : start + 50], NOW)
            inserted.append(verdicts.count(None))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(inserted) == 500
    assert storage.count_tasks(db)[campaign.id][TaskState.WAITING] == 500
