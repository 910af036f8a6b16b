"""Calls that came in are counted as by hand, whatever they are told apart by; none is left out."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings, Mode
from ccdialer.core.commands import CloseInbound, OpenInbound
from ccdialer.core.disposition import Disposition
from ccdialer.core.queue import Caller, Fate, QueueStatus
from ccdialer.storage import Database
from ccdialer.storage.inbound import TOLD_WHY_NOT, close_inbound, open_inbound
from ccdialer.storage.inbound_statistics import (
    PARTS,
    QUARTER_MS,
    By,
    InboundFilter,
    InboundTotals,
    Owed,
    inbound_totals,
    owed_calls,
)
from tests.storage.client_base import agent_of, inbound
from tests.storage.samples import NOW, at, carry, claim, closing, insert, opening, row, to_wall

EVER = InboundFilter(0, NOW * 2)
MINUTE = 60_000


def come(db: Database, call_id: str, fate: str | None, wait_s: float = 0, **changes: Any) -> None:
    """A caller who waited so long in a queue; who talked did so for a minute."""
    told: dict[str, Any] = {"fate": fate, "queued_at": NOW + 1000, "campaign_id": 1}
    over = NOW + 1000 + round(wait_s * 1000)
    talked = {"joined_at": over, "ended_at": over + MINUTE}
    told |= talked if fate == "answered" else {"ended_at": over}
    told["project_id"] = 1
    inbound(db, call_id, 1, changes.pop("arrived_at", NOW), **told | changes)


def only(db: Database, wanted: InboundFilter = EVER) -> InboundTotals:
    (found,) = inbound_totals(db, wanted)
    return found


def test_a_day_counted_by_hand(db: Database, campaign: Campaign) -> None:
    come(db, "a", "answered", 10)
    come(db, "b", "answered", 20)
    come(db, "c", "answered", 30.001)
    come(db, "d", "left", 40)
    come(db, "e", "left", 4.999)
    come(db, "f", "sent_on", 0, fate_reason="closed to queue night")
    come(db, "g", "sent_on", 600, fate_reason="timeout")
    come(db, "h", "callback", 50)
    come(db, "i", "lost", 7)
    come(db, "j", "sent_on", queued_at=None, campaign_id=None, fate_reason="extension 200")
    come(db, "k", None, queued_at=None, campaign_id=None, ended_at=None)
    come(db, "l", None, ended_at=None)
    found = only(db, replace(EVER, by=By.DID))
    assert found == InboundTotals(
        "",
        offered=12,
        answered=3,
        left=1,
        short=1,
        closed=1,
        sent_on=1,
        callbacks=1,
        unknown=1,
        elsewhere=2,
        live=1,
        queued=7,
        in_time=2,
        wait_ms=60_001,
        longest_ms=600_000,
        talk_ms=3 * MINUTE,
    )


def test_in_time_is_what_the_queue_says(db: Database, campaign: Campaign) -> None:
    come(db, "a", "answered", 10)
    come(db, "b", "answered", 20)
    come(db, "c", "answered", 20, campaign_id=None)
    assert only(db, replace(EVER, by=By.DID)).in_time == 3
    strict = replace(EVER, by=By.DID, limits={campaign.id: 15.0, 77: 1.0})
    assert only(db, strict).in_time == 2
    assert only(db, replace(strict, campaign_id=campaign.id)).offered == 2


def test_who_hangs_up_at_once(db: Database, campaign: Campaign) -> None:
    come(db, "a", "left", 4)
    assert (only(db).short, only(db).left) == (1, 0)
    patient = replace(EVER, short_s=0)
    assert (only(db, patient).short, only(db, patient).left) == (0, 1)


@pytest.mark.parametrize(
    ("by", "changes", "key"),
    [
        (By.DID, {"did": "+74950000000"}, "+74950000000"),
        (By.CHANNEL, {"ad_channel": "radio"}, "radio"),
        (By.STAGE, {"stage": "offer"}, "offer"),
        (By.STAGE, {"stage": "offer", "pipeline": "sales"}, "sales/offer"),
        (By.TARGET, {"target_kind": "queue", "target": "sales"}, "queue sales"),
        (By.TARGET, {"target_kind": "hangup"}, "hangup"),
        (By.QUEUE, {}, "1"),
        (By.QUEUE, {"campaign_id": None}, ""),
        (By.AGENT, {"agent_id": 1}, "anna"),
        (By.HOUR, {}, str(NOW // QUARTER_MS)),
        (By.DAY, {}, str(NOW // QUARTER_MS)),
    ],
)
def test_keys(db: Database, campaign: Campaign, by: By, changes: dict[str, Any], key: str) -> None:
    agent_of(db, "anna")
    come(db, "a", "left", 9, **changes)
    wanted = replace(EVER, by=by)
    assert [each.key for each in inbound_totals(db, wanted)] == [key]
    assert [each.key for each in owed_calls(db, wanted)] == [key]


def test_of_a_span_only(db: Database, campaign: Campaign) -> None:
    come(db, "a", "left", 9)
    assert inbound_totals(db, InboundFilter(NOW + 1, NOW * 2)) == []
    assert inbound_totals(db, InboundFilter(0, NOW)) == []
    assert list(owed_calls(db, InboundFilter(NOW + 1, NOW * 2))) == []
    assert only(db, InboundFilter(NOW, NOW + 1)).offered == 1


# --- who is owed a call ---------------------------------------------------------------------------


def owed(db: Database) -> dict[str, Owed]:
    return {call.id: call for call in owed_calls(db, EVER)}


def test_who_is_owed_a_call(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    come(db, "a", "answered", 9)
    come(db, "b", "left", 9)
    come(db, "c", "left", 4)
    come(db, "j", "left", 4, task_id=1)
    come(db, "d", "lost", 9)
    come(db, "e", "callback", 9)
    come(db, "f", "sent_on", 9, task_id=1)
    come(db, "g", "sent_on", 9)
    come(db, "h", None, ended_at=None)
    come(db, "i", "sent_on", 9, fate_reason="full; not called back: his number is hidden")
    found = owed(db)
    assert sorted(found) == ["b", "d", "e", "f", "i", "j"]
    assert [found[i].is_lost for i in "bdef"] == [True, True, False, True]
    assert (found["f"].task_state, found["b"].wait_ms, found["b"].queue) == (
        "waiting",
        9000,
        "demo",
    )


def test_called_back_first_and_talked_later(db: Database, campaign: Campaign) -> None:
    anna = agent_of(db, "anna")
    insert(db, campaign, [row(1)])
    come(db, "a", "left", 9, task_id=1)
    assert (owed(db)["a"].first_at, owed(db)["a"].recovered_at) == (None, None)
    (task,) = claim(db, campaign)
    first = opening(task, at=at(100))
    carry(db, first, closing(first, dialed_at=at(101), ended_at=at(110), retry_after_s=0))
    assert (owed(db)["a"].first_at, owed(db)["a"].recovered_at) == (NOW + 101_000, None)
    db.run("UPDATE task SET state = 'reserved', node = 'one'")
    second = opening(task, at=at(200))
    talked = {"disposition": Disposition.TALKED, "agent_id": anna, "answered_at": at(205)}
    times = {"dialed_at": at(201), "joined_at": at(206), "ended_at": at(300)}
    carry(db, second, closing(second, **talked, **times))
    call = owed(db)["a"]
    assert (call.first_at, call.talked_at, call.again_at) == (NOW + 101_000, NOW + 206_000, None)
    assert call.recovered_at == NOW + 206_000


def test_called_again_and_answered(db: Database, campaign: Campaign) -> None:
    come(db, "a", "left", 9)
    come(db, "b", "left", 9, number="")
    later = {"arrived_at": NOW + MINUTE, "queued_at": NOW + MINUTE}
    answered = {"joined_at": NOW + MINUTE + 7, "ended_at": NOW + 2 * MINUTE}
    come(db, "c", "answered", 9, **later | answered, project_id=2)
    come(db, "d", "answered", 9, **later | answered, number="")
    assert [call.recovered_at for call in owed(db).values()] == [None, None]
    come(db, "e", "answered", 9, **later | answered)
    found = owed(db)
    assert (found["a"].again_at, found["a"].recovered_at) == (NOW + MINUTE + 7, NOW + MINUTE + 7)
    assert found["b"].recovered_at is None


def test_what_storage_says_of_callers_is_understood(db: Database) -> None:
    queue = storage.upsert_campaign(db, "acme", "line", CampaignSettings(mode=Mode.INBOUND), NOW)
    tos = {"a": QueueStatus.CLOSED, "b": QueueStatus.FULL}
    for call_id, status in tos.items():
        open_inbound(db, [OpenInbound(queue.id, Caller(call_id, call_id), at())], "one", to_wall)
        reason = status.lower()  # as core/callers.py has it
        told = CloseInbound(call_id, queue.id, Fate.SENT_ON, at(1), at(), reason=reason)
        close_inbound(db, [told], to_wall)
    found = only(db)
    assert (found.offered, found.closed, found.sent_on) == (2, 1, 1)
    assert [call.reason for call in owed_calls(db, EVER)] == [
        f"{status.lower()}; {TOLD_WHY_NOT}his number is hidden" for status in tos.values()
    ]


# --- nothing is left out, nothing counted twice ---------------------------------------------------

CALLS = st.fixed_dictionaries(
    {
        "fate": st.sampled_from([None, *map(str, Fate)]),
        "queued_at": st.sampled_from([None, NOW, NOW + 4000]),
        "joined_at": st.sampled_from([None, NOW + 9000]),
        "ended_at": st.sampled_from([None, NOW + 5000, NOW + 90_000]),
        "fate_reason": st.sampled_from(["", "closed", "closed to queue x", "full"]),
        "did": st.sampled_from(["", "1", "2"]),
        "campaign_id": st.sampled_from([None, 1]),
    }
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(calls=st.lists(CALLS, max_size=12), by=st.sampled_from(list(By)))
def test_the_parts_sum_to_what_was_offered(
    db: Database, campaign: Campaign, calls: list[dict[str, Any]], by: By
) -> None:
    db.run("DELETE FROM inbound_call")
    for n, call in enumerate(calls):
        inbound(db, str(n), 1, NOW + n, **call)
    found = inbound_totals(db, replace(EVER, by=by))
    for totals in found:
        assert sum(getattr(totals, part) for part in PARTS) == totals.offered
        assert totals.in_time <= min(totals.answered, totals.queued) <= totals.offered
    assert sum(totals.offered for totals in found) == len(calls)


def test_sums_are_of_all_figures() -> None:
    one = InboundTotals("a", *range(1, len(fields(InboundTotals))))
    both = replace(one)
    both.add(one)
    assert both.offered == 2
    assert both.talk_ms == 2 * one.talk_ms
    assert both.longest_ms == one.longest_ms
