"""Several tasks of one person: the nearest is called, the rest are closed as duplicates."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, Duplicates
from ccdialer.core.commands import RecordResult
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import AttemptOpened
from ccdialer.core.queue import Fate
from ccdialer.core.result import Given, Result
from ccdialer.core.task import Task, TaskMove
from ccdialer.storage import Database
from tests.storage.callers import agent_of, comes, ends, joins, queue_of
from tests.storage.samples import NOW, at, carry, claim, closing, insert, number, opening, row

REACHED = {"disposition": Disposition.TALKED, "task_move": TaskMove.FINISH}


def campaign_of(db: Database, project: str, name: str, duplicates: Duplicates) -> Campaign:
    settings = replace(CampaignSettings("PJSIP/{digits}@t"), duplicates=duplicates)
    found = storage.upsert_campaign(db, project, name, settings, NOW)
    return storage.set_campaign_state(db, found.id, CampaignState.ACTIVE, NOW)


def task_in(
    db: Database, campaign: Campaign, due_at: int = NOW, numbers: tuple[int, ...] = (1,)
) -> int:
    given = [(number(n), "") for n in numbers]
    insert(db, campaign, [row(1, numbers=given, due_at=due_at)])
    (found,) = storage.list_tasks(db, storage.TaskFilter(campaign_id=campaign.id))
    return int(found["id"])


def reserved(db: Database, campaign: Campaign, now_is: Duplicates) -> Task:
    """The campaign's task, claimed before the setting was made: the opening has the last word."""
    (task,) = claim(db, campaign)
    changed = replace(campaign.settings, duplicates=now_is)
    project = storage.list_projects(db)[campaign.project_id]
    storage.upsert_campaign(db, project, campaign.name, changed, NOW)
    return task


def state(db: Database, task_id: int) -> tuple[str, str]:
    found = storage.show_task(db, task_id)
    return found["state"], found["reason"]


@pytest.mark.parametrize(
    ("scope", "project", "is_closed"),
    [
        (Duplicates.KEEP, "acme", False),
        (Duplicates.PROJECT, "acme", True),
        (Duplicates.PROJECT, "other", False),
        (Duplicates.SITE, "other", True),
    ],
)
def test_who_was_reached_is_not_called_again(
    db: Database, scope: Duplicates, project: str, is_closed: bool
) -> None:
    first = campaign_of(db, "acme", "first", Duplicates.KEEP)
    second = campaign_of(db, project, "second", scope)
    reached = task_in(db, first, numbers=(1, 2))
    other = task_in(db, second, NOW + 5000, numbers=(3, 2))
    (task,) = claim(db, first)
    opened = opening(task)
    carry(db, opened)
    carry(db, closing(opened, **REACHED))
    reason = f"duplicate of task {reached}, which has reached the client"
    assert state(db, other) == (("cancelled", reason) if is_closed else ("waiting", ""))
    assert state(db, reached) == ("done", "")
    journal = storage.show_task(db, other)["journal"]
    assert [entry["reason"] for entry in journal] == ([reason] if is_closed else [])


def test_who_was_reached_as_his_agent_says_is_not_called_again(db: Database) -> None:
    first = campaign_of(db, "acme", "first", Duplicates.KEEP)
    reached = task_in(db, first)
    other = task_in(db, campaign_of(db, "acme", "second", Duplicates.PROJECT), NOW + 5000)
    (task,) = claim(db, first)
    opened = opening(task)
    carry(db, opened, closing(opened, disposition=Disposition.TALKED))  # unresolved: again
    assert (state(db, reached)[0], state(db, other)[0]) == ("waiting", "waiting")
    success = Given(Result.SUCCESS)
    carry(db, RecordResult(opened.attempt_id, reached, first.id, 7, at(20), success))
    assert (state(db, reached)[0], state(db, other)[0]) == ("done", "cancelled")


def test_who_was_not_reached_has_his_other_task(db: Database) -> None:
    first = campaign_of(db, "acme", "first", Duplicates.SITE)
    other = task_in(db, campaign_of(db, "acme", "second", Duplicates.SITE), NOW + 5000)
    task_in(db, first)
    (task,) = claim(db, first)
    opened = opening(task)
    carry(db, opened)
    carry(db, closing(opened))
    assert state(db, other) == ("waiting", "")


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_exactly_one_of_three_is_dialed(db: Database, order: tuple[int, ...]) -> None:
    campaigns = [campaign_of(db, "acme", f"c{n}", Duplicates.KEEP) for n in range(3)]
    ids = [task_in(db, campaign, NOW - 3 + n) for n, campaign in enumerate(campaigns)]
    tasks = [reserved(db, campaign, Duplicates.PROJECT) for campaign in campaigns]
    answers = [answer for n in order for answer in carry(db, opening(tasks[n]))]
    assert [isinstance(a, AttemptOpened) for a in answers] == [n == 0 for n in order]
    assert state(db, ids[0])[0] == "active"
    words = f"duplicate of task {ids[0]}, which is called first"
    assert [state(db, i) for i in ids[1:]] == [("cancelled", words)] * 2


def test_in_one_batch(db: Database) -> None:
    campaigns = [campaign_of(db, "acme", f"c{n}", Duplicates.KEEP) for n in range(2)]
    for n, campaign in enumerate(campaigns):
        task_in(db, campaign, NOW - n)
    tasks = [reserved(db, campaign, Duplicates.PROJECT) for campaign in campaigns]
    answers = carry(db, *map(opening, tasks))
    assert [isinstance(a, AttemptOpened) for a in answers] == [False, True]


def test_who_was_tried_already_goes_first(db: Database) -> None:
    campaigns = [campaign_of(db, "acme", f"c{n}", Duplicates.SITE) for n in range(2)]
    tried, fresh = (task_in(db, campaign) for campaign in campaigns)
    db.run("UPDATE task SET attempts = 1, due_at = ? WHERE id = ?", (NOW + 9000, tried))
    for task in claim(db, campaigns[1]):
        carry(db, opening(task))
    assert state(db, fresh) == ("cancelled", f"duplicate of task {tried}, which is called first")


def test_a_campaign_that_does_not_dial_keeps_nobody_from_it(db: Database) -> None:
    paused = campaign_of(db, "acme", "paused", Duplicates.SITE)
    task_in(db, paused, NOW - 9000)
    storage.set_campaign_state(db, paused.id, CampaignState.PAUSED, NOW)
    other = campaign_of(db, "acme", "other", Duplicates.SITE)
    task_in(db, other)
    (task,) = claim(db, other)
    assert isinstance(carry(db, opening(task))[0], AttemptOpened)


@pytest.mark.parametrize(
    ("scope", "project", "is_closed"),
    [
        (Duplicates.KEEP, "acme", False),
        (Duplicates.PROJECT, "acme", True),
        (Duplicates.PROJECT, "other", False),
        (Duplicates.SITE, "other", True),
    ],
)
def test_a_talk_with_a_caller_reaches_him_as_one_with_another_task_does(
    db: Database, scope: Duplicates, project: str, is_closed: bool
) -> None:
    task_id = task_in(db, campaign_of(db, project, "later", scope))
    came = comes(queue_of(db))
    carry(db, came, joins(came, agent_of(db, "anna")), ends(came, Fate.ANSWERED))
    told = f"the client was reached by inbound call {came.caller.call_id}"
    assert state(db, task_id) == (("cancelled", told) if is_closed else ("waiting", ""))
