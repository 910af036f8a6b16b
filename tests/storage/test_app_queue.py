"""A site that keeps its own app_queue tells who talked and who was lost, as often as it likes."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccdialer.core.campaign import Campaign
from ccdialer.core.queue import Fate
from ccdialer.storage import Database
from ccdialer.storage.app_queue import SiteCall, call_of_channel, lost_call, talked
from ccdialer.storage.callbacks import CallbackFilter, list_callbacks
from ccdialer.storage.talks import last_talk
from tests.storage.callers import agent_of, callbacks_of, comes, ends, queue_of, row_of
from tests.storage.samples import NOW, carry, number

HOUR_MS = 3_600_000


@pytest.fixture
def callbacks(db: Database) -> Campaign:
    return callbacks_of(db)


def came(callbacks: Campaign, **changes: Any) -> SiteCall:
    call = SiteCall("one", "1800000000.7", number(1), callbacks.project_id, NOW, queue="support")
    return replace(call, **changes)


def told_later(callbacks: Campaign, n: int, ended_s: int, **changes: Any) -> SiteCall:
    """The nth call, which came 20 s before it ended; told an hour after NOW."""
    call = came(callbacks, leg_id=f"1.{n}", queue="", arrived_at=NOW + (ended_s - 20) * 1000)
    return replace(call, told_at=NOW + HOUR_MS, **changes)


def open_ones(db: Database, callbacks: Campaign) -> list[dict[str, Any]]:
    return list_callbacks(db, CallbackFilter(callbacks.id))


def test_a_lost_call_told_twice_is_one(db: Database, callbacks: Campaign) -> None:
    task_id = lost_call(db, came(callbacks), NOW + 40_000)
    assert lost_call(db, came(callbacks), NOW + 41_000) == task_id
    (task,) = open_ones(db, callbacks)
    assert task["id"] == task_id
    assert '"missed_calls": 1' in task["details"]
    row = row_of(db, call_of_channel("one", "1800000000.7"))
    assert (row["fate"], row["ended_at"]) == ("left", NOW + 40_000)


def test_who_talked_is_not_lost_at_his_hang_up(db: Database, callbacks: Campaign) -> None:
    anna = agent_of(db, "anna")
    lost_call(db, came(callbacks, leg_id="before"), NOW - 60_000)
    call_id = talked(db, came(callbacks), anna, NOW + 5000)
    assert row_of(db, call_id)["ended_at"] is None
    assert lost_call(db, came(callbacks), NOW + 65_000) is None
    assert row_of(db, call_id)["fate"] == "answered"
    assert open_ones(db, callbacks) == []  # reached
    assert last_talk(db, number(1), callbacks.project_id) == (anna, NOW + 5000, call_id, True)


def test_a_talk_may_be_told_at_its_end(db: Database, callbacks: Campaign) -> None:
    anna = agent_of(db, "anna")
    for _ in range(2):
        call_id = talked(db, came(callbacks), anna, NOW + 5000, NOW + 9000)
    row = row_of(db, call_id)
    assert (row["fate"], row["agent_id"]) == ("answered", anna)
    assert (row["joined_at"], row["ended_at"]) == (NOW + 5000, NOW + 9000)


def test_somebody_who_is_no_agent_has_him(db: Database, callbacks: Campaign) -> None:
    lost_call(db, came(callbacks, leg_id="before"), NOW - 60_000)
    talked(db, came(callbacks), None, NOW + 5000, NOW + 9000)
    assert open_ones(db, callbacks) == []
    assert last_talk(db, number(1), callbacks.project_id) is None


def test_who_asks_for_a_callback_keeps_his_place(db: Database, callbacks: Campaign) -> None:
    lost_call(db, came(callbacks), NOW + 90_000, Fate.CALLBACK)
    (task,) = open_ones(db, callbacks)
    assert task["due_at"] == NOW


def test_who_left_a_queue_of_ours_for_the_sites_own(db: Database, callbacks: Campaign) -> None:
    waited = comes(queue_of(db))
    carry(db, waited, ends(waited, Fate.SENT_ON, 60, sent_to="extension 200"))
    call = came(callbacks, call_id=waited.caller.call_id, queue="")
    assert open_ones(db, callbacks) == []
    task_id = lost_call(db, call, NOW + 90_000)
    assert task_id is not None
    assert row_of(db, call.call_id)["fate"] == "left"
    assert lost_call(db, call, NOW + 95_000) == task_id


def test_one_call_is_one_lost_call_wherever_it_went(db: Database, callbacks: Campaign) -> None:
    waited = comes(queue_of(db))
    carry(db, waited, ends(waited, Fate.SENT_ON, 60, sent_to="voicemail 1"))
    call = came(callbacks, call_id=waited.caller.call_id, queue="")
    lost_call(db, call, NOW + 90_000)
    (task,) = open_ones(db, callbacks)
    assert '"missed_calls": 1' in task["details"]


def test_a_call_of_no_project_is_kept(db: Database) -> None:
    call = SiteCall("one", "1800000000.7", number(1), None, NOW)
    assert lost_call(db, call, NOW + 1000) is None
    row = row_of(db, call_of_channel("one", "1800000000.7"))
    assert (row["fate"], row["fate_reason"]) == (
        "left",
        "not called back: its number is of no project",
    )


# --- told later than it ended --------------------------------------------------------------------


def test_who_was_lost_while_nobody_heard_is_called_back_now(
    db: Database, callbacks: Campaign
) -> None:
    anna = agent_of(db, "anna")
    talked(db, came(callbacks, leg_id="before"), anna, NOW - 50_000, NOW - 40_000)
    call = told_later(callbacks, 1, 60, ad_channel="site")
    task_id = lost_call(db, call, NOW + 60_000, Fate.SENT_ON, "agi_failure")
    (task,) = open_ones(db, callbacks)
    assert (task["id"], task["owner"], task["due_at"]) == (task_id, "anna", NOW + HOUR_MS)
    assert "2027-01-15T08:01:00Z" in task["details"], "when he called"
    row = row_of(db, call_of_channel("one", "1.1"))
    assert (row["fate"], row["ended_at"], row["task_id"]) == ("sent_on", NOW + 60_000, task_id)
    kept = "SELECT arrived_at, ad_channel, target_kind FROM inbound_call WHERE leg_id = '1.1'"
    assert db.rows(kept) == [(NOW + 40_000, "site", "")]
    asked = db.rows("SELECT at FROM journal WHERE kind = 'callback' AND state = 'asked'")
    assert asked == [(NOW + HOUR_MS,)]


def test_who_has_talked_with_us_since_is_not_called_back(db: Database, callbacks: Campaign) -> None:
    talked(db, came(callbacks), None, NOW + 65_000, NOW + 90_000)
    assert lost_call(db, told_later(callbacks, 1, 60), NOW + 60_000) is None
    assert open_ones(db, callbacks) == []
    reason = row_of(db, call_of_channel("one", "1.1"))["fate_reason"]
    assert reason == "not called back: he has talked with us since"


def test_a_talk_told_later_ends_no_callback_of_after_it(db: Database, callbacks: Campaign) -> None:
    lost_call(db, told_later(callbacks, 1, 10), NOW + 10_000)
    task_id = lost_call(db, came(callbacks, leg_id="2"), NOW + 80_000)
    call = told_later(callbacks, 3, 60)
    talked(db, call, None, NOW + 50_000, NOW + 60_000)
    assert [task["id"] for task in open_ones(db, callbacks)] == [task_id]
    talked(db, told_later(callbacks, 4, 100), None, NOW + 90_000, NOW + 100_000)
    assert open_ones(db, callbacks) == []


def test_a_route_that_came_too_late_is_the_same_call(db: Database, callbacks: Campaign) -> None:
    """The daemon stalled: it wrote the route when nobody waited for it any more."""
    routed = came(callbacks, call_id="a" * 32, leg_id="1.1", arrived_at=NOW + 45_000)
    talked(db, routed, None, NOW + 45_000)
    db.run("UPDATE inbound_call SET joined_at = NULL, agent_id = NULL")
    assert lost_call(db, told_later(callbacks, 1, 60), NOW + 60_000) is not None
    assert db.rows("SELECT id, fate FROM inbound_call") == [("a" * 32, "left")]


# --- told again and again, by a daemon that is killed at any moment -------------------------------

FATES = st.sampled_from([Fate.ANSWERED, Fate.LEFT, Fate.SENT_ON])
TOLD = st.lists(st.booleans(), max_size=3)
ENDS = st.lists(
    st.tuples(st.integers(1, 2), FATES, st.integers(20, 3000), TOLD), min_size=1, max_size=5
)
"""Whose call, what became of him, when it ended in seconds after NOW, and how often it was
told before the daemon said so: whether it was killed before the commit."""


class Killed(Exception):
    """As SIGKILL: what was not committed is not there."""


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ends=ENDS)
def test_a_daemon_may_be_killed_at_any_word(db: Database, ends: list[Any]) -> None:
    """Each is told until it has once been written and said so; the same comes of it as of words
    that are told once each, by a daemon that lives."""
    words = sorted(enumerate(ends), key=lambda word: (word[1][2], word[0]))
    for table in ("inbound_call", "task_number", "task", "journal"):
        db.run(f"DELETE FROM {table}")
    once, often = callbacks_of(db, "callbacks", "once"), callbacks_of(db, "callbacks", "often")
    for n, (*end, told) in words:
        tell(db, once, n, *end)
        for is_killed in told:
            with suppress(Killed), db.transaction():
                tell(db, often, n, *end)
                if is_killed:
                    raise Killed
        tell(db, often, n, *end)
    assert became(db, once) == became(db, often)
    assert len(became(db, once)[0]) == len(ends)


def tell(db: Database, of: Campaign, n: int, who: int, fate: Fate, ended_s: int) -> None:
    ended_at = NOW + ended_s * 1000
    call = told_later(of, n, ended_s, number=number(who), node=str(of.id))
    if fate is Fate.ANSWERED:
        talked(db, call, None, ended_at - 5000, ended_at)
    else:
        lost_call(db, call, ended_at, fate)


def became(db: Database, of: Campaign) -> tuple[list[Any], list[Any], list[Any]]:
    """Calls, tasks and what the journal says, without the names of rows."""
    calls = """
        SELECT leg_id, number, fate, ended_at, task_id IS NULL FROM inbound_call
        WHERE project_id = ? ORDER BY leg_id"""
    tasks = """
        SELECT e164, state, due_at, details FROM task JOIN task_number ON task_id = task.id
        WHERE task.campaign_id = ? ORDER BY e164"""
    journal = """
        SELECT state, at, COUNT(*) FROM journal WHERE campaign_id = ? GROUP BY state, at
        ORDER BY state, at"""
    found = [(number, *rest, json.loads(told)) for number, *rest, told in db.rows(tasks, (of.id,))]
    for *_, told in found:
        told.pop("why", None)  # names the row
    return db.rows(calls, (of.project_id,)), found, db.rows(journal, (of.id,))
