"""Calls whose end nobody has told of are closed once Asterisk says that they are over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignState
from ccdialer.core.commands import CloseForgotten, JoinInbound, RecordRoute, StorageCommand
from ccdialer.storage import Database
from ccdialer.storage.app_queue import SiteCall, lost_call
from ccdialer.storage.forgotten import UNSEEN
from tests.storage.callers import agent_of, callbacks_of, comes, queue_of, row_of
from tests.storage.conftest import db
from tests.storage.samples import NOW, at, number, to_wall

__all__ = ["db"]

ID, LEG = f"{1:032x}", "1800000000.1"
OTHER, LINE = f"{2:032x}", "+74951112233"
HOUR_S = 3600.0


@pytest.fixture
def asked(db: Database) -> Campaign:
    """At work, in a project that calls back; but nobody has come into it yet."""
    found = queue_of(db)
    callbacks_of(db)
    storage.set_campaign_state(db, found.id, CampaignState.ACTIVE, NOW)
    return found


@pytest.fixture
def queue(db: Database, asked: Campaign) -> Campaign:
    """The same, and another caller of the same route has come into it."""
    carry_out(db, routed(asked, call=OTHER), comes(asked, 2))
    return asked


def routed(queue: Campaign, target: str = "sales", call: str = ID, did: str = LINE) -> RecordRoute:
    leg = LEG if call == ID else f"1800000000.{int(call, 16)}"
    who = (call, leg, number(int(call, 16)), did, at(0.0))
    return RecordRoute(*who, "queue", target, "rule.sales", "", project_id=queue.project_id)


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
    assert row_of(db, OTHER)["ended_at"] is None, "he waits in the queue"


def test_who_lives_or_came_later_is_left_alone(db: Database, queue: Campaign) -> None:
    carry_out(db, routed(queue))
    carry_out(db, swept(LEG), swept(before_s=-1.0))
    assert row_of(db, ID)["ended_at"] is None
    carry_out(db, swept(), after_s=25 * HOUR_S)
    assert row_of(db, ID)["ended_at"] is None, "nobody is called back of a call of yesterday"


def test_a_dialplan_that_only_asks_makes_nobody_be_called_back(
    db: Database, asked: Campaign
) -> None:
    """Though the project has a queue at work, into which calls of other numbers come."""
    carry_out(db, routed(asked), routed(asked, call=OTHER))
    carry_out(db, routed(asked, did="+74951112234", call=f"{3:032x}"))
    carry_out(db, comes(asked, 3, did="+74951112234"))
    carry_out(db, routed(asked, "service", call=f"{4:032x}"), comes(asked, 4))
    carry_out(db, swept())
    assert row_of(db, ID)["ended_at"] is None
    assert db.rows("SELECT count(*) FROM task") == [(0,)]


def test_what_was_told_of_one_holds_of_the_next(db: Database, asked: Campaign) -> None:
    """A queue of the site's own: the hang-up handler tells, and could not while we were away."""
    carry_out(db, routed(asked), routed(asked, call=OTHER))
    told = SiteCall("one", "1800000000.2", number(2), asked.project_id, NOW, OTHER)
    lost_call(db, told, NOW + 40_000)
    carry_out(db, swept())
    assert row_of(db, ID)["fate"] == "lost"


def test_who_waits_without_a_route_tells_of_those_who_have_one(
    db: Database, asked: Campaign
) -> None:
    """The daemon was killed before his was written."""
    carry_out(db, routed(asked), comes(asked, 2), swept())
    assert row_of(db, ID)["fate"] == "lost"


def test_what_no_rule_takes_tells_nothing(db: Database, asked: Campaign) -> None:
    none = replace(routed(asked, call=OTHER), target_kind="", target="", ends_here=True)
    carry_out(db, none, routed(asked), swept())
    assert row_of(db, ID)["ended_at"] is None


def test_what_was_only_swept_tells_nothing_of_the_next(db: Database, queue: Campaign) -> None:
    """A number that leads elsewhere by now is not believed for ever."""
    for call, days in ((ID, 2.0), (f"{3:032x}", 3.1)):
        at_s = days * 24 * HOUR_S
        late = replace(routed(queue, call=call), at=at(at_s))
        carry_out(db, late, swept(before_s=at_s + 1.0), after_s=at_s + 60.0)
    assert row_of(db, ID)["fate"] == "lost"
    assert row_of(db, f"{3:032x}")["ended_at"] is None


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
