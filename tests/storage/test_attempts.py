"""Attempts are committed before they are dialed, joined, and closed with their task, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.attempt import agent_leg, session_leg
from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.core.commands import RecordAbandoned, RecordJoin
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import AttemptOpened, AttemptRefused
from ccdialer.core.task import Task, TaskMove
from ccdialer.storage import Database
from ccdialer.storage.attempts import LIVE_NUMBER_PAUSE_MS
from tests.storage.samples import (
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


@pytest.fixture
def task(db: Database, campaign: Campaign) -> Task:
    insert(db, campaign, [row(1)])
    (claimed,) = claim(db, campaign)
    return claimed


def test_an_opened_attempt_is_committed_with_its_leg(db: Database, task: Task) -> None:
    o = opening(task)
    assert carry(db, o) == [AttemptOpened(o.attempt_id)]
    shown = storage.show_task(db, task.id)
    assert shown["state"] == "active"
    (found,) = shown["tries"]
    assert (found["id"], found["number"], found["opened_at"]) == (o.attempt_id, number(1), NOW)
    assert found["ended_at"] is None
    assert [(leg["id"], leg["role"]) for leg in found["legs"]] == [(o.leg_id, "client")]


def test_a_withdrawn_task_is_refused(db: Database, task: Task) -> None:
    storage.cancel_tasks(db, [task.id], "withdrawn", NOW)
    o = opening(task)
    assert carry(db, o) == [AttemptRefused(o.attempt_id, "the task is cancelled")]
    assert state_of(db, task.id) == "cancelled"
    assert storage.list_attempts(db, storage.AttemptFilter()) == []


def test_a_task_of_another_node_is_refused(db: Database, task: Task) -> None:
    o = opening(task)
    (answer,) = carry(db, o, node="two")
    assert answer == AttemptRefused(o.attempt_id, "the task is reserved at node one")
    assert state_of(db, task.id) == "reserved"


def test_a_task_that_does_not_exist_is_refused(db: Database, task: Task) -> None:
    (answer,) = carry(db, opening(replace(task, id=task.id + 1)))
    assert isinstance(answer, AttemptRefused)


def test_a_number_on_a_live_call_is_refused_and_waits(
    db: Database, campaign: Campaign, task: Task
) -> None:
    other = storage.upsert_campaign(db, "acme", "other", CampaignSettings("PJSIP/x"), NOW)
    insert(db, other, [row(1)])
    (twin,) = claim(db, other)
    first, second = opening(task), opening(twin)
    assert carry(db, first, second) == [
        AttemptOpened(first.attempt_id),
        AttemptRefused(second.attempt_id, "its number is on a live call"),
    ]
    shown = storage.show_task(db, twin.id)
    assert (shown["state"], shown["node"]) == ("waiting", None)
    assert shown["due_at"] == NOW + LIVE_NUMBER_PAUSE_MS
    assert shown["attempts"] == 0


def test_a_number_is_free_again_after_its_call(
    db: Database, campaign: Campaign, task: Task
) -> None:
    other = storage.upsert_campaign(db, "acme", "other", CampaignSettings("PJSIP/x"), NOW)
    insert(db, other, [row(1)])
    (twin,) = claim(db, other)
    first, second = opening(task), opening(twin)
    answers = carry(db, first, closing(first), second)
    assert answers == [AttemptOpened(first.attempt_id), AttemptOpened(second.attempt_id)]


def test_opening_again_answers_as_the_first_time(db: Database, task: Task) -> None:
    o = opening(task)
    assert carry(db, o) == carry(db, o) == [AttemptOpened(o.attempt_id)]
    assert len(storage.list_attempts(db, storage.AttemptFilter())) == 1


def test_a_join_is_kept(db: Database, task: Task) -> None:
    o = opening(task)
    leg = agent_leg(o.attempt_id, 1)
    carry(db, o, RecordJoin(o.attempt_id, 7, leg, at(5), at(5.5)))
    (found,) = storage.show_task(db, task.id)["tries"]
    assert (found["agent_id"], found["agent_leg_id"]) == (7, leg)
    assert (found["answered_at"], found["joined_at"]) == (NOW + 5000, NOW + 5500)
    assert {(leg["role"]) for leg in found["legs"]} == {"client", "agent"}


def test_a_kept_up_agents_leg_is_no_leg_of_the_attempt(db: Database, task: Task) -> None:
    o = opening(task)
    carry(db, o, RecordJoin(o.attempt_id, 7, session_leg("f" * 32), at(5), at(5.5)))
    (found,) = storage.show_task(db, task.id)["tries"]
    assert found["agent_leg_id"] == session_leg("f" * 32)
    assert [leg["role"] for leg in found["legs"]] == ["client"]


def test_a_join_after_the_end_changes_nothing(db: Database, task: Task) -> None:
    o = opening(task)
    carry(db, o, closing(o))
    carry(db, RecordJoin(o.attempt_id, 7, "leg", at(5), at(5.5)))
    (found,) = storage.show_task(db, task.id)["tries"]
    assert (found["agent_id"], found["joined_at"]) == (None, None)


MOVED = {
    TaskMove.RETRY: "waiting",
    TaskMove.RELEASE: "waiting",
    TaskMove.FINISH: "done",
    TaskMove.GIVE_UP: "failed",
    TaskMove.CANCEL: "cancelled",
}


@pytest.mark.parametrize("move", list(MOVED))
def test_the_end_of_an_attempt_moves_its_task(db: Database, task: Task, move: TaskMove) -> None:
    o = opening(task)
    carry(db, o, closing(o, task_move=move))
    shown = storage.show_task(db, task.id)
    assert (shown["state"], shown["node"], shown["attempts"]) == (MOVED[move], None, 1)
    if MOVED[move] == "waiting":
        assert shown["due_at"] == NOW + 610_000


def test_the_outcome_is_kept_in_full(db: Database, task: Task) -> None:
    o = opening(task)
    changes = {"ringing_at": at(1), "answered_at": at(2), "joined_at": at(3), "agent_id": 7}
    carry(db, o, closing(o, disposition=Disposition.TALKED, note="thanks", **changes))
    (found,) = storage.list_attempts(db, storage.AttemptFilter())
    expected = {
        "dialed_at": NOW + 100,
        "ringing_at": NOW + 1000,
        "answered_at": NOW + 2000,
        "joined_at": NOW + 3000,
        "ended_at": NOW + 10000,
        "disposition": "talked",
        "cause": 17,
        "sip_code": 486,
        "agent_id": 7,
        "counts": True,
        "note": "thanks",
    }
    assert {key: found[key] for key in expected} == expected


def test_closing_twice_counts_once(db: Database, task: Task) -> None:
    o = opening(task)
    close = closing(o)
    carry(db, o, close, close)
    carry(db, close)
    carry(db, replace(close, disposition=Disposition.TALKED, task_move=TaskMove.FINISH))
    shown = storage.show_task(db, task.id)
    assert (shown["state"], shown["attempts"]) == ("waiting", 1)
    assert shown["tries"][0]["disposition"] == "busy"


def test_a_late_replay_does_not_touch_the_next_attempt(
    db: Database, campaign: Campaign, task: Task
) -> None:
    first = opening(task)
    close = closing(first, retry_after_s=-60.0)
    carry(db, first, close)
    (again,) = claim(db, campaign)
    carry(db, opening(again))
    carry(db, replace(close, bad_number=True))
    shown = storage.show_task(db, task.id)
    assert (shown["state"], shown["attempts"]) == ("active", 1)
    assert shown["numbers"][0]["bad"] is False


def test_an_attempt_that_does_not_count_leaves_the_tasks_tries(db: Database, task: Task) -> None:
    o = opening(task)
    carry(db, o, closing(o, counts=False))
    assert storage.show_task(db, task.id)["attempts"] == 0


def test_a_task_cancelled_during_its_call_stays_cancelled(db: Database, task: Task) -> None:
    o = opening(task)
    carry(db, o)
    storage.cancel_tasks(db, [task.id], "asked us to", NOW)
    carry(db, closing(o))
    shown = storage.show_task(db, task.id)
    assert (shown["state"], shown["attempts"]) == ("cancelled", 1)
    assert shown["tries"][0]["disposition"] == "busy"


def test_a_bad_number_is_marked_and_only_it(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(0, numbers=[(number(1), "1"), (number(2), "2")])])
    (task,) = claim(db, campaign)
    o = opening(task)
    carry(db, o, closing(o, bad_number=True))
    assert [n["bad"] for n in storage.show_task(db, task.id)["numbers"]] == [True, False]


def test_who_is_held_for_a_client_is_kept_and_found_again(db: Database, task: Task) -> None:
    o = opening(task, held_agent_id=7)
    carry(db, o)
    (found,) = storage.open_attempts_of(db, "one")
    assert (found.held_agent_id, found.agent_id) == (7, None)


def test_a_client_who_met_no_agent_is_known_though_the_daemon_dies(
    db: Database, task: Task
) -> None:
    o = opening(task)
    carry(db, o, RecordAbandoned(o.attempt_id, at(5), at(7)))
    (found,) = storage.show_task(db, task.id)["tries"]
    assert (found["answered_at"], found["abandoned_at"]) == (NOW + 5000, NOW + 7000)
    assert found["disposition"] is None
    carry(db, closing(o, disposition=Disposition.LOST, ended_at=at(60)))
    (found,) = storage.show_task(db, task.id)["tries"]
    assert found["disposition"] == "abandoned"


def test_a_call_that_was_lost_otherwise_stays_lost(db: Database, task: Task) -> None:
    o = opening(task)
    carry(db, o, closing(o, disposition=Disposition.LOST))
    carry(db, RecordAbandoned(o.attempt_id, at(5), at(7)))  # after the end: nothing
    (found,) = storage.show_task(db, task.id)["tries"]
    assert (found["disposition"], found["abandoned_at"]) == ("lost", None)
