"""What has come after a call that is told of later: talks out and in, and lost calls."""

from __future__ import annotations

import pytest

from ccdialer.core.campaign import Campaign
from ccdialer.core.queue import Fate
from ccdialer.storage import Database
from ccdialer.storage.app_queue import SiteCall, lost_call, talked
from ccdialer.storage.since import has_talked_since, was_lost_since
from tests.storage.callers import agent_of, callbacks_of, comes, ends, joins, queue_of
from tests.storage.samples import NOW, at, carry, claim, closing, insert, number, opening, row


@pytest.mark.parametrize("is_agent", [True, False])
def test_a_talk_that_came_in(db: Database, is_agent: bool) -> None:
    project_id, anna = callbacks_of(db).project_id, agent_of(db, "anna")
    call = SiteCall("one", "1.7", number(1), project_id, NOW)
    talked(db, call, anna if is_agent else None, NOW + 5000, NOW + 9000)
    assert has_talked_since(db, number(1), project_id, NOW + 4999)
    assert not has_talked_since(db, number(1), project_id, NOW + 5000)
    assert not has_talked_since(db, number(2), project_id, NOW)
    assert not has_talked_since(db, number(1), project_id + 1, NOW)


def test_a_talk_that_goes_on(db: Database) -> None:
    queue, anna = queue_of(db), agent_of(db, "anna")
    came = comes(queue)
    carry(db, came, joins(came, anna, 10.0))
    assert has_talked_since(db, number(1), queue.project_id, NOW)
    carry(db, ends(came, Fate.ANSWERED))
    assert has_talked_since(db, number(1), queue.project_id, NOW)


def test_a_talk_of_ours(db: Database, campaign: Campaign) -> None:
    anna = agent_of(db, "anna")
    insert(db, campaign, [row(1)])
    opened = opening(*claim(db, campaign))
    carry(db, opened)
    carry(db, closing(opened, agent_id=anna, answered_at=at(5), joined_at=at(6), ended_at=at(9)))
    assert has_talked_since(db, number(1), campaign.project_id, NOW + 5999)
    assert not has_talked_since(db, number(1), campaign.project_id, NOW + 6000)


def test_a_call_that_was_lost(db: Database) -> None:
    project_id = callbacks_of(db).project_id
    lost_call(db, SiteCall("one", "1.7", number(1), project_id, NOW), NOW + 5000)
    assert was_lost_since(db, number(1), project_id, NOW + 4999)
    assert not was_lost_since(db, number(1), project_id, NOW + 5000)
    assert not was_lost_since(db, number(2), project_id, NOW)


def test_a_lost_call_of_which_no_callback_came(db: Database) -> None:
    project_id = queue_of(db).project_id
    assert lost_call(db, SiteCall("one", "1.7", number(1), project_id, NOW), NOW + 5000) is None
    assert not was_lost_since(db, number(1), project_id, NOW)
