"""What is known of callers goes: page by page before an instant, or all that names a number."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.card import Card
from ccdialer.core.commands import RecordResult, RecordRoute, StorageCommand
from ccdialer.core.notice import Direction, Notice, NoticeKind
from ccdialer.core.queue import Fate
from ccdialer.core.result import Given, Result
from ccdialer.storage import Database, purging
from ccdialer.storage.crm_cards import KeptCard, save_cards
from ccdialer.storage.inbound_statistics import By, InboundFilter, inbound_totals
from ccdialer.storage.outbox import Promise, promise
from ccdialer.storage.purging import (
    BEGINNING,
    DAY_MS,
    Purged,
    forget_number,
    purge_calls,
    remains_of,
)
from tests.storage.callers import agent_of, callbacks_of, comes, ends, joins, queue_of
from tests.storage.conftest import db
from tests.storage.samples import NOW, at, number, to_wall

__all__ = ["db"]

DAY_S = 86400.0
LATER = NOW + 30 * DAY_MS


def carry_out(db: Database, *commands: StorageCommand) -> None:
    storage.carry_out(db, commands, "one", to_wall, NOW)


def called(db: Database, *days: float) -> None:
    """number(1), number(2) ... each call on one of these days, and talk with anna, who says so."""
    queue, anna = queue_of(db), agent_of(db, "anna")
    for index, day in enumerate(days, 1):
        since_s, caller = day * DAY_S, comes(queue, index, day * DAY_S)
        call_id = caller.caller.call_id
        who = (call_id, f"leg.{index}", number(index), "+74951112233", caller.at)
        route = ("queue", "sales", "rule.sales", json.dumps({"facts": {"number": number(index)}}))
        said = Given(Result.SUCCESS, comment=f"he is {number(index)}")
        carry_out(
            db,
            RecordRoute(*who, *route, caller_name="Ivan", project_id=queue.project_id),
            caller,
            joins(caller, anna, since_s + 10.0),
            ends(caller, Fate.ANSWERED, since_s + 50.0, joined_at=at(since_s + 10.0)),
            RecordResult(call_id, 0, queue.id, anna, at(since_s + 60.0), said),
        )


def ids(db: Database) -> list[int]:
    return [int(i, 16) for (i,) in db.rows("SELECT id FROM inbound_call ORDER BY id")]


def text_of(db: Database, *tables: str) -> str:
    return " ".join(str(db.rows(f"SELECT * FROM {table}")) for table in tables)


def all_pages(db: Database, before: int, is_dry: bool = False) -> list[Purged]:
    pages, after = [], BEGINNING
    while after is not None:
        pages.append(purge_calls(db, before, after, is_dry))
        after = pages[-1].last
    return pages


def test_calls_go_page_by_page_and_reports_stay_right(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "PAGE", 2)
    called(db, 0.0, 1.0, 2.0, 3.0, 4.0)
    wanted = InboundFilter(NOW + 3 * DAY_MS, LATER, By.DAY)
    before = inbound_totals(db, wanted)
    assert [page[:2] for page in all_pages(db, NOW + 3 * DAY_MS, is_dry=True)] == [(2, 0), (1, 0)]
    assert ids(db) == [1, 2, 3, 4, 5]
    all_pages(db, NOW + 3 * DAY_MS)
    assert ids(db) == [4, 5]
    assert inbound_totals(db, wanted) == before
    assert [int(i, 16) for (i,) in db.rows("SELECT attempt_id FROM result")] == [4, 5]
    assert number(3) not in text_of(db, "journal", "result", "inbound_call")
    assert number(4) in text_of(db, "journal")


def test_a_call_with_a_recording_stays_as_long_as_that(db: Database) -> None:
    called(db, 0.0, 1.0)
    sql = """
        INSERT INTO recording (name, attempt_id, node, format, begun_at, state, reason)
        VALUES (?, ?, 'one', 'wav', ?, ?, '')"""
    db.run(sql, ("a", f"{1:032x}", NOW, "done"))
    db.run(sql, ("b", f"{2:032x}", NOW, "deleted"))
    assert all_pages(db, LATER) == [Purged(1, 1, None)]
    assert ids(db) == [1]
    db.run("UPDATE recording SET state = 'deleted'")
    assert all_pages(db, LATER) == [Purged(1, 0, None)]


def test_whoever_is_forgotten_stands_nowhere(db: Database) -> None:
    called(db, 0.0, 1.0)
    card = Card("crm", "7", "Ivan", "")
    cards = [KeptCard("crm", who, NOW, card) for who in (number(1), f"p/{number(1)}", number(2))]
    save_cards(db, cards)
    for who in (number(1), number(2)):
        notice = Notice(NoticeKind.CALLS, "1", Direction.INBOUND, who)
        promise(db, [Promise("crm", f"crm/calls/{who}", who, notice, NOW)])
    wanted = InboundFilter(NOW, LATER, By.TARGET)
    before = inbound_totals(db, wanted)
    assert forget_number(db, number(1), LATER) == {"calls": 1, "cards": 2, "notices": 1}
    known = text_of(db, "journal", "result", "inbound_call", "crm_card", "outbox")
    assert (number(1) in known, number(2) in known) == (False, True)
    assert known.count("'Ivan'") == 1, "of the other caller"
    assert inbound_totals(db, wanted) == before, "his call counts on"
    assert forget_number(db, number(1), LATER) == {"calls": 0, "cards": 0, "notices": 0}
    assert remains_of(db, number(1)) == {}


def test_what_remains_is_told(db: Database) -> None:
    queue = queue_of(db)
    callbacks_of(db)
    lost, waits = comes(queue), comes(queue, 1, 60.0, call_id=f"{9:032x}", leg_id="9")
    carry_out(db, lost, ends(lost), waits)
    assert forget_number(db, number(1), NOW + 61_000)["calls"] == 1, "who waits is called back"
    assert remains_of(db, number(1)) == {"a call that goes on": 1, "tasks, with their attempts": 1}


def test_nobody_else_is_meant(db: Database) -> None:
    found: dict[str, Any] = forget_number(db, "%", LATER)
    assert found == {"calls": 0, "cards": 0, "notices": 0}
