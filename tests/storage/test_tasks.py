"""Claims: in order, exclusive, and only what can be dialed."""

from __future__ import annotations

import threading

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import Task, TaskMove, Try
from ccdialer.storage import Database
from tests.storage.samples import (
    NODE,
    NOW,
    at,
    carry,
    claim,
    closing,
    insert,
    number,
    opening,
    row,
    state_of,
)


def test_claims_by_priority_then_by_due_time(db: Database, campaign: Campaign) -> None:
    rows = [
        row(1, priority=5, due_at=NOW - 1),
        row(2, priority=9, due_at=NOW),
        row(3, priority=5, due_at=NOW - 9),
        row(4, priority=0, due_at=NOW - 99),
        row(5, priority=9, due_at=NOW + 1),
    ]
    insert(db, campaign, rows)
    claimed = claim(db, campaign)
    assert [task.numbers[0] for task in claimed] == [number(i) for i in (2, 3, 1, 4)]


def test_claims_no_more_than_asked_and_the_best_of_them(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(i, priority=i % 10) for i in range(50)])
    claimed = claim(db, campaign, 7)
    assert {int(task.numbers[0][-1]) for task in claimed} == {9, 8}
    assert len(claimed) == 7
    assert len(claim(db, campaign, 100)) == 43


def test_a_claimed_task_carries_what_is_needed_to_dial(db: Database, campaign: Campaign) -> None:
    numbers = [(number(1), "1"), (number(2), "2"), (number(3), "3")]
    insert(db, campaign, [row(0, numbers=numbers)])
    (task,) = claim(db, campaign)
    assert (task.past, task.prefers, task.created_at) == ((), "", NOW / 1000)
    told = {"bad_number": True, "next_number": number(3), "retry_after_s": -60.0}
    carry(db, o := opening(task), closing(o, **told))
    (again,) = claim(db, campaign)
    assert again == Task(
        *(task.id, campaign.id, (number(2), number(3)), 1, (Try(Disposition.BUSY, True),)),
        created_at=NOW / 1000,
        prefers=number(3),
    )


def test_the_past_is_what_was_dialed_in_order(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(0)])
    results = [(Disposition.CONGESTION, False), (Disposition.NO_ANSWER, True)]
    for place, (result, counts) in enumerate(results):
        (task,) = claim(db, campaign)
        opened = opening(task, at=at(place))
        told = {"disposition": result, "counts": counts, "retry_after_s": -60.0}
        carry(db, opened, closing(opened, **told))
    (task,) = claim(db, campaign)
    never = opening(task, at=at(9))
    told = {"disposition": Disposition.CANCELLED, "counts": False, "dialed_at": None}
    carry(db, never, closing(never, **told, task_move=TaskMove.RELEASE, retry_after_s=-60.0))
    (task,) = claim(db, campaign)
    assert task.past == tuple(Try(result, counts) for result, counts in results)
    assert task.attempts == 1


def test_a_closed_attempt_leaves_its_reason_and_what_comes_next(
    db: Database, campaign: Campaign
) -> None:
    insert(db, campaign, [row(0, numbers=[(number(1), "1"), (number(2), "2")])])
    (task,) = claim(db, campaign)
    told = {"next_number": number(2), "reason": "by retry rule 1", "retry_after_s": -60.0}
    carry(db, o := opening(task), closing(o, **told))
    assert storage.show_task(db, task.id)["reason"] == "by retry rule 1"
    (again,) = claim(db, campaign)
    assert opening(again).number == number(2)
    released = {"task_move": TaskMove.RELEASE, "dialed_at": None, "next_number": None}
    carry(db, o := opening(again), closing(o, **released, counts=False, retry_after_s=-60.0))
    assert storage.show_task(db, task.id)["reason"] == ""
    assert opening(claim(db, campaign)[0]).number == number(2)


def test_a_task_without_usable_numbers_fails(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1), row(2)])
    first, _ = claim(db, campaign)
    carry(db, o := opening(first), closing(o, bad_number=True, retry_after_s=-60.0))
    assert claim(db, campaign) == []
    shown = storage.show_task(db, first.id)
    assert (shown["state"], shown["reason"]) == ("failed", "no number left that can be dialed")


def test_claims_only_of_its_campaign(db: Database, campaign: Campaign) -> None:
    other = storage.upsert_campaign(db, "acme", "other", CampaignSettings("PJSIP/x"), NOW)
    insert(db, campaign, [row(1)])
    insert(db, other, [row(1)])
    assert len(claim(db, other)) == 1
    assert len(claim(db, campaign)) == 1


def test_two_nodes_never_get_the_same_task(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(i) for i in range(600)])
    taken: dict[str, list[int]] = {"one": [], "two": [], "three": []}
    together = threading.Barrier(len(taken))

    def work(node: str) -> None:
        together.wait()
        while tasks := claim(db, campaign, 7, node):
            taken[node] += [task.id for task in tasks]

    threads = [threading.Thread(target=work, args=(node,)) for node in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [task_id for ids in taken.values() for task_id in ids]
    assert len(everything) == len(set(everything)) == 600


def test_released_tasks_are_due_as_before(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(i) for i in range(3)])
    tasks = claim(db, campaign)
    assert storage.release_tasks(db, [task.id for task in tasks], "another") == 0
    assert storage.release_tasks(db, [task.id for task in tasks], NODE) == 3
    assert claim(db, campaign) == tasks


def test_at_start_a_node_gives_back_its_own_hopper_only(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(i) for i in range(5)])
    ours = claim(db, campaign, 2)
    claim(db, campaign, 2, "another")
    assert storage.release_reserved(db, NODE) == 2
    assert claim(db, campaign, 2) == ours


@pytest.mark.parametrize("steps", ["waiting", "reserved", "active"])
def test_an_open_task_can_be_cancelled(db: Database, campaign: Campaign, steps: str) -> None:
    insert(db, campaign, [row(1)])
    task_id = storage.list_tasks(db, storage.TaskFilter())[0]["id"]
    if steps != "waiting":
        (task,) = claim(db, campaign)
        if steps == "active":
            carry(db, opening(task))
    assert state_of(db, task_id) == steps
    assert storage.cancel_tasks(db, [task_id], "asked us to", NOW) == [task_id]
    shown = storage.show_task(db, task_id)
    assert (shown["state"], shown["reason"]) == ("cancelled", "asked us to")
    assert [entry["reason"] for entry in shown["journal"]] == ["asked us to"]
    assert storage.cancel_tasks(db, [task_id], "twice", NOW) == []


def test_a_settled_task_stays_as_it_is(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    o = opening(task)
    carry(db, o, closing(o, disposition=Disposition.TALKED, task_move="finish"))
    assert storage.cancel_tasks(db, [task.id], "too late", NOW) == []
    assert state_of(db, task.id) == "done"
