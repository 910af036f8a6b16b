"""A task that a rule holds back keeps its place, and an edit of the rules puts it back there."""

from __future__ import annotations

from dataclasses import replace

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import TaskMove
from ccdialer.storage import Database
from ccdialer.storage.holds import Hold, hold_back, let_go, withdraw
from tests.storage.samples import NOW, carry, claim, closing, insert, opening, row, state_of

HOUR = 3_600_000


def held(db: Database, task_id: int, until: int | None, rule: str = "window") -> None:
    hold_back(db, {task_id: Hold(rule, "it is night there", until)}, NOW)


def test_it_waits_and_knows_when_it_had_been_due(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1, due_at=NOW - 5)])
    (task,) = claim(db, campaign)
    held(db, task.id, NOW + HOUR)
    held(db, task.id, NOW + 2 * HOUR)  # asked again, and still night
    found = storage.show_task(db, task.id)
    assert (found["state"], found["node"], found["reason"]) == (
        "waiting",
        None,
        "it is night there",
    )
    assert (found["due_at"], found["asked_at"], found["held_by"]) == (
        *(NOW + 2 * HOUR, NOW - 5),
        "window",
    )
    assert claim(db, campaign) == []


def test_it_ends_if_it_may_never_be_dialed(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    held(db, task.id, None, "dnc")
    found = storage.show_task(db, task.id)
    assert (found["state"], found["held_by"]) == ("cancelled", "dnc")


def test_it_is_due_as_before_where_the_rule_holds_at_this_moment_only(
    db: Database, campaign: Campaign
) -> None:
    insert(db, campaign, [row(1, due_at=NOW - 5)])
    (task,) = claim(db, campaign)
    held(db, task.id, NOW, "standstill")
    found = storage.show_task(db, task.id)
    assert (found["state"], found["due_at"], found["asked_at"]) == ("waiting", NOW - 5, 0)
    assert [again.id for again in claim(db, campaign)] == [task.id]


def test_what_is_settled_meanwhile_stays_so(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    opened = opening(task)
    talked = {"disposition": Disposition.TALKED, "task_move": TaskMove.FINISH}
    carry(db, opened, closing(opened, **talked))
    held(db, task.id, None, "duplicate")
    assert state_of(db, task.id) == "done"


def test_an_edit_lets_go_of_those_it_is_about(db: Database, campaign: Campaign) -> None:
    other = storage.upsert_campaign(db, "acme", "other", campaign.settings, NOW)
    insert(db, campaign, [row(1, due_at=NOW - 5)])
    insert(db, other, [row(2, due_at=NOW - 7)])
    for of in (campaign, other):
        (task,) = claim(db, of)
        held(db, task.id, NOW + HOUR)
    storage.upsert_campaign(db, "acme", "demo", campaign.settings, NOW)
    assert claim(db, campaign) == []  # nothing was changed
    storage.upsert_campaign(db, "acme", "demo", replace(campaign.settings, max_lines=3), NOW)
    (task,) = claim(db, campaign)
    found = storage.show_task(db, task.id)
    assert (found["due_at"], found["asked_at"], found["held_by"]) == (NOW - 5, 0, "")
    assert claim(db, other) == []
    assert let_go(db) == 1


def test_those_held_until_the_same_instant_keep_their_order(
    db: Database, campaign: Campaign
) -> None:
    insert(db, campaign, [row(n, due_at=NOW - n) for n in (3, 1, 2)])
    for task in claim(db, campaign):
        held(db, task.id, NOW + HOUR)
    later = storage.claim_tasks(db, campaign.id, 3, NOW + HOUR, "one")
    assert [task.numbers[0][-1] for task in later] == ["3", "2", "1"]


def test_what_is_withdrawn_is_in_the_journal(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    withdraw(db, {task.id: Hold("dnc", "asked by mail", None)}, NOW)
    (entry,) = storage.show_task(db, task.id)["journal"]
    assert (entry["state"], entry["reason"]) == ("cancelled", "asked by mail")
