"""Calls whose end nobody has told of are closed once Asterisk says that they are over."""

from __future__ import annotations

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignState
from ccdialer.core.commands import (
    CloseForgotten,
    JoinInbound,
    LoseCaller,
    RecordRoute,
    StorageCommand,
)
from ccdialer.core.queue import Fate
from ccdialer.storage import Database
from ccdialer.storage.forgotten import ON_THE_WAY, UNSEEN
from tests.storage.callers import agent_of, callbacks_of, comes, ends, queue_of, row_of
from tests.storage.conftest import db
from tests.storage.samples import NOW, at, number, to_wall

__all__ = ["db"]

ID, LEG = f"{1:032x}", "1800000000.1"
HOUR_S = 3600.0


@pytest.fixture
def queue(db: Database) -> Campaign:
    """At work, in a project that calls back."""
    found = queue_of(db)
    callbacks_of(db)
    storage.set_campaign_state(db, found.id, CampaignState.ACTIVE, NOW)
    return found


def routed(queue: Campaign, after_s: float = 0.0) -> RecordRoute:
    who = (ID, LEG, number(1), "+74951112233", at(after_s))
    return RecordRoute(*who, "queue", "sales", "rule.sales", "", project_id=queue.project_id)


def carry_out(db: Database, *commands: StorageCommand, after_s: float = 60.0) -> None:
    storage.carry_out(db, commands, "one", to_wall, NOW + round(after_s * 1000))


def swept(*living: str, before_s: float = 50.0) -> CloseForgotten:
    return CloseForgotten(frozenset(living), at(before_s))


def test_who_was_routed_and_is_gone_is_lost_and_called_back_once(
    db: Database, queue: Campaign
) -> None:
    carry_out(db, routed(queue))
    carry_out(db, swept())
    row = row_of(db, ID)
    assert (row["fate"], row["ended_at"]) == ("lost", NOW + 60_000)
    assert row["fate_reason"] == UNSEEN
    assert row["task_id"] is not None
    carry_out(db, swept())
    assert db.rows("SELECT count(*) FROM task") == [(1,)]


def test_who_lives_or_came_later_is_left_alone(db: Database, queue: Campaign) -> None:
    carry_out(db, routed(queue))
    carry_out(db, swept(LEG), swept(before_s=-1.0))
    assert row_of(db, ID)["ended_at"] is None
    carry_out(db, swept(), after_s=25 * HOUR_S)
    assert row_of(db, ID)["ended_at"] is None, "nobody is called back of a call of yesterday"


def test_who_waits_is_known_to_his_queue(db: Database, queue: Campaign) -> None:
    carry_out(db, comes(queue))
    carry_out(db, swept())
    assert row_of(db, ID)["ended_at"] is None


def test_a_site_whose_queues_are_not_at_work_is_only_asked(db: Database, queue: Campaign) -> None:
    storage.set_campaign_state(db, queue.id, CampaignState.STOPPED, NOW)
    carry_out(db, routed(queue))
    carry_out(db, swept())
    assert row_of(db, ID)["ended_at"] is None


def test_who_has_talked_was_answered(db: Database, queue: Campaign) -> None:
    """The daemon was away when he hung up."""
    anna = agent_of(db, "anna")
    carry_out(db, routed(queue), JoinInbound(ID, anna, "leg", at(5.0)), swept())
    row = row_of(db, ID)
    assert (row["fate"], row["agent_id"], row["task_id"]) == ("answered", anna, None)


# --- between two queues -------------------------------------------------------------------------


@pytest.fixture
def night(db: Database, queue: Campaign) -> Campaign:
    """Where callers of the first queue go who have waited too long."""
    queue_of(db, overflow="queue night")
    found = queue_of(db, "night")
    storage.set_campaign_state(db, found.id, CampaignState.ACTIVE, NOW)
    return found


def sent_on(db: Database, queue: Campaign) -> None:
    """At 35 s."""
    came = comes(queue)
    carry_out(db, came, ends(came, Fate.SENT_ON, sent_to="queue night"))


def test_who_hung_up_as_he_was_sent_on_has_left_and_is_called_back_once(
    db: Database, queue: Campaign, night: Campaign
) -> None:
    sent_on(db, queue)
    carry_out(db, LoseCaller(ID, at(36.0)), LoseCaller(ID, at(36.0)), swept())
    row = row_of(db, ID)
    assert (row["fate"], row["ended_at"]) == ("left", NOW + 36_000)
    assert row["fate_reason"] == ON_THE_WAY
    assert row["task_id"] is not None
    assert db.rows("SELECT count(*) FROM task") == [(1,)]


def test_who_was_seen_where_he_was_sent_is_not_lost_on_the_way(
    db: Database, queue: Campaign, night: Campaign
) -> None:
    sent_on(db, queue)
    carry_out(db, comes(night, after_s=35.5), LoseCaller(ID, at(36.0)), swept())
    row = row_of(db, ID)
    assert (row["fate"], row["campaign_id"]) == (None, night.id)


def test_who_never_came_where_he_was_sent_is_lost(
    db: Database, queue: Campaign, night: Campaign
) -> None:
    """Nobody was there to see it; and the daemon, that it had sent him on."""
    sent_on(db, queue)
    carry_out(db, swept(LEG), swept(before_s=30.0))
    assert row_of(db, ID)["fate"] == "sent_on", "he is on his way, perhaps"
    carry_out(db, swept(), swept())
    row = row_of(db, ID)
    assert (row["fate"], row["fate_reason"]) == ("lost", ON_THE_WAY)
    assert row["task_id"] is not None


@pytest.mark.parametrize("overflow", ["queue elsewhere", "extension 200", "queue night"])
def test_who_was_sent_to_others_is_theirs(
    db: Database, queue: Campaign, night: Campaign, overflow: str
) -> None:
    """A queue that is not at work is told of nobody either."""
    queue_of(db, overflow=overflow)
    storage.set_campaign_state(db, night.id, CampaignState.STOPPED, NOW)
    sent_on(db, queue)
    carry_out(db, swept())
    assert row_of(db, ID)["fate"] == "sent_on"
