"""Callbacks are counted by whose they are: in time, late, by their owner, missed, overdue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignSettings, Mode
from ccdialer.core.commands import RecordMiss, ReserveTasks
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import AttemptOpened, TasksReserved
from ccdialer.core.task import Step, Task, TaskMove
from ccdialer.storage import Database
from ccdialer.storage.promises import PromiseFilter, Promises, promises
from tests.storage.samples import NOW, at, carry, closing, insert, opening, row

MINUTE = 60_000
SETTINGS = CampaignSettings("PJSIP/{digits}@t", Mode.CALLBACK, calling_hours=AT_ANY_TIME)
SPAN = PromiseFilter(NOW - 1, NOW + MINUTE, grace_s=60.0)


@pytest.fixture
def sticky(db: Database) -> Campaign:
    return storage.upsert_campaign(db, "acme", "back", SETTINGS, NOW)


@pytest.fixture
def anna(db: Database) -> int:
    return storage.upsert_agent(
        db, Agent(0, "anna", "Anna", "PJSIP/anna", True, frozenset()), ["acme"], NOW
    )


def claimed(db: Database, campaign: Campaign) -> dict[str, Task]:
    (answer,) = carry(db, ReserveTasks(campaign.id, 100, is_sticky=True))
    assert isinstance(answer, TasksReserved)
    return {task.numbers[0][-1]: task for task in answer.tasks}


def call(db: Database, task: Task, agent_id: int | None, talked: bool = True) -> None:
    opened = opening(task, held_agent_id=agent_id)
    assert carry(db, opened) == [AttemptOpened(opened.attempt_id)]
    fate = {"disposition": Disposition.TALKED, "task_move": TaskMove.FINISH} if talked else {}
    carry(db, replace(closing(opened), agent_id=agent_id if talked else None, **fate))


def test_by_owner_group_and_anyone(db: Database, sticky: Campaign, anna: int) -> None:
    insert(
        db,
        sticky,
        [
            row(1, owner_id=anna, due_at=NOW - 10_000),
            row(2, owner_id=anna, due_at=NOW - 5 * MINUTE),
            row(3, owner_group="vip", due_at=NOW - 2 * MINUTE),
            row(4, due_at=NOW),
            row(5, owner_id=anna, due_at=NOW - 3 * MINUTE),
        ],
    )
    tasks = claimed(db, sticky)
    call(db, tasks["1"], anna)
    miss = RecordMiss(tasks["2"].id, sticky.id, anna, Step.OWNER, Step.ANYONE, at(), "busy")
    carry(db, miss)
    call(db, tasks["2"], None, talked=False)
    call(db, tasks["3"], anna)
    call(db, tasks["4"], None, talked=False)
    assert promises(db, SPAN) == [
        Promises(anna, None, 2, 1, 1, 1, 310.0, 300.0, missed=1, overdue=1),
        Promises(None, "vip", 1, 0, 0, 1, 120.0, 120.0),
        Promises(None, None, 1, 1, 0, 0, 0.0, 0.0),
    ]


def test_what_was_let_go_before_it_was_dialed_is_still_promised(
    db: Database, sticky: Campaign, anna: int
) -> None:
    insert(db, sticky, [row(1, owner_id=anna, due_at=NOW - 10_000)])
    opened = opening(claimed(db, sticky)["1"], held_agent_id=anna)
    undialed = {"task_move": TaskMove.RELEASE, "retry_after_s": 0.0, "dialed_at": None}
    carry(db, opened, closing(opened, **undialed))
    call(db, claimed(db, sticky)["1"], anna)
    assert promises(db, SPAN) == [Promises(anna, None, 1, 1, 1, 1, 10.0, 10.0)]


def test_of_a_campaign_and_of_a_span(db: Database, sticky: Campaign, anna: int) -> None:
    insert(db, sticky, [row(1, owner_id=anna, due_at=NOW - 10_000)])
    call(db, claimed(db, sticky)["1"], anna)
    assert promises(db, replace(SPAN, campaign_id=sticky.id + 1)) == []
    assert promises(db, replace(SPAN, since=NOW + 1)) == []
    assert len(promises(db, replace(SPAN, campaign_id=sticky.id))) == 1


def test_other_campaigns_promise_nothing(db: Database, anna: int) -> None:
    settings = replace(SETTINGS, mode=Mode.PROGRESSIVE)
    campaign = storage.upsert_campaign(db, "acme", "plain", settings, NOW)
    insert(db, campaign, [row(1, due_at=NOW - 10 * MINUTE)])
    (task,) = storage.claim_tasks(db, campaign.id, 1, NOW, "one")
    call(db, task, anna)
    assert promises(db, SPAN) == []
