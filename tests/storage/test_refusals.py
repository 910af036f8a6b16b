"""A listed number, or one of another kind, is not dialed; the client's other numbers are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.events import AttemptOpened, AttemptRefused
from ccdialer.storage import Database
from ccdialer.storage.dnc import DncList, Listing, put_on_list
from ccdialer.storage.refusals import SITE, refused
from tests.storage.samples import NODE, NOW, carry, claim, insert, number, opening, row, state_of

BOTH = [(number(1), "1"), (number(2), "2")]
PUT = "INSERT INTO do_not_call VALUES (?, ?, 'test', 'asked', 0, ?, 0)"


def test_a_task_ends_with_its_only_number(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    db.run(PUT, (number(1), SITE, None))  # as if another process had committed it just now
    (answer,) = carry(db, opening(task))
    assert answer == AttemptRefused(
        answer.attempt_id,  # type: ignore[union-attr]
        "on the do-not-call list of the site: asked",
        "dnc",
    )
    assert state_of(db, task.id) == "cancelled"


def test_a_task_goes_on_with_its_other_number(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1, numbers=BOTH)])
    (task,) = claim(db, campaign)
    db.run(PUT, (number(1), SITE, None))
    (refusal,) = carry(db, opening(task))
    assert isinstance(refusal, AttemptRefused)
    assert f"its number {number(1)} is on the do-not-call list" in refusal.reason
    (again,) = storage.claim_tasks(db, campaign.id, 9, NOW + 1, NODE)
    assert again.numbers == (number(2),)
    (opened,) = carry(db, opening(again))
    assert isinstance(opened, AttemptOpened)


@pytest.mark.parametrize("own", [True, False])
def test_a_project_s_list_is_the_project_s(db: Database, campaign: Campaign, own: bool) -> None:
    other = storage.ensure_project(db, "other", NOW)
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    db.run(PUT, (number(1), campaign.project_id if own else other, None))
    (answer,) = carry(db, opening(task))
    assert isinstance(answer, AttemptRefused) is own
    assert not own or 'of project "acme"' in answer.reason  # type: ignore[union-attr]


def test_of_several_entries_the_longest_holds(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    db.run(PUT, (number(1), SITE, NOW + 5))
    db.run(PUT, (number(1), campaign.project_id, NOW + 9))
    ((_, hold),) = refused(db, [(campaign.id, number(1))], NOW).items()
    assert hold.until == NOW + 9
    assert refused(db, [(campaign.id, number(1))], NOW + 9) == {}


def test_a_task_waits_for_the_end_of_its_entry(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    put_on_list(db, DncList(), [Listing(number(1), until_at=NOW + 5000)], NOW)
    found = storage.show_task(db, task.id)
    assert (found["state"], found["due_at"]) == ("waiting", NOW + 5000)
    assert len(storage.claim_tasks(db, campaign.id, 1, NOW + 5000, "one")) == 1


def test_settings_that_are_made_narrower_hold_at_once(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1, numbers=[*BOTH, ("+78121234567", "3")]), row(4)])
    tasks = claim(db, campaign)
    narrow = replace(campaign.settings, denied_prefixes=("+7495",))
    storage.upsert_campaign(db, "acme", "demo", narrow, NOW)
    answers = carry(db, *map(opening, tasks))
    assert all(isinstance(answer, AttemptRefused) for answer in answers)
    assert state_of(db, tasks[1].id) == "cancelled"
    assert "denied, as all that begin with +7495" in storage.show_task(db, tasks[1].id)["reason"]
    (again,) = storage.claim_tasks(db, campaign.id, 9, NOW + 1, NODE)
    assert again.numbers == ("+78121234567",)
    assert isinstance(carry(db, opening(again))[0], AttemptOpened)


def test_the_country_of_the_site_is_not_always_ours(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    db.home = "DE"
    (answer,) = carry(db, opening(task))
    assert answer.reason == "a number of RU; allowed are: DE"  # type: ignore[union-attr]
