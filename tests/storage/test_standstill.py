"""The emergency stop is one flag, set and taken back by people."""

from __future__ import annotations

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.events import AttemptRefused
from ccdialer.storage import Database
from tests.storage.processes import other_process
from tests.storage.samples import NOW, carry, claim, insert, opening, row


def test_stopped_and_resumed(db: Database) -> None:
    assert storage.standstill_of(db) is None
    storage.stop_all(db, "wrong list", NOW)
    storage.stop_all(db, "wrong list of numbers", NOW + 5)
    assert storage.standstill_of(db) == (NOW, "wrong list of numbers")
    assert storage.resume_all(db, NOW + 9)
    assert storage.standstill_of(db) is None
    assert not storage.resume_all(db, NOW + 9)


def test_it_is_in_the_journal(db: Database) -> None:
    storage.stop_all(db, "wrong list", NOW)
    storage.resume_all(db, NOW + 9)
    found = storage.read_journal(db, "site")
    assert [(row["at"], row["state"], row["reason"]) for row in found] == [
        (NOW, "stopped", "wrong list"),
        (NOW + 9, "resumed", ""),
    ]


OPENER = """
import sys
import time

from ccdialer import storage
from ccdialer.core.events import AttemptOpened
from tests.storage.samples import carry, claim, opening
with storage.connect(sys.argv[1]) as db:
    campaign = storage.campaign_by_id(db, int(sys.argv[2]))
    print("ready")
    while True:
        (task,) = claim(db, campaign, 1, sys.argv[3])
        (answer,) = carry(db, opening(task), node=sys.argv[3])
        if not isinstance(answer, AttemptOpened):
            break
        time.sleep(0.005)  # there are tasks left when it is stopped, however late that is
print(answer.rule)
"""


def test_two_nodes_open_nothing_once_it_is_committed(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(n) for n in range(3000)])
    arguments = (db.url, str(campaign.id))
    with (
        other_process(OPENER, *arguments, "a") as one,
        other_process(OPENER, *arguments, "b") as two,
    ):
        for node in (one, two):
            assert node.line() == "ready"
        attempts = 0
        while attempts < 20:
            (attempts,) = db.rows("SELECT COUNT(*) FROM attempt")[0]
        storage.stop_all(db, "wrong list", NOW)
        (at_once,) = db.rows("SELECT COUNT(*) FROM attempt")[0]
        for node in (one, two):
            assert node.line() == "standstill"
        (later,) = db.rows("SELECT COUNT(*) FROM attempt")[0]
    assert later == at_once


def test_a_task_that_was_held_by_it_is_due_as_before(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    storage.stop_all(db, "wrong list", NOW)
    (refused,) = carry(db, opening(task))
    assert isinstance(refused, AttemptRefused)
    assert (refused.rule, refused.reason) == ("standstill", "all is stopped: wrong list")
    shown = storage.show_task(db, task.id)
    assert (shown["state"], shown["attempts"]) == ("waiting", 0)
    assert shown["due_at"] <= NOW + 1


@pytest.mark.parametrize("mode", ["ACCESS SHARE", "ROW SHARE"])
def test_neither_a_backup_nor_an_opening_that_hangs_holds_it_up(db: Database, mode: str) -> None:
    if db.dialect == "sqlite":
        return  # one writer at a time, and readers never wait
    with storage.connect(db.url) as other, other.transaction():
        other.run(f"LOCK TABLE standstill IN {mode} MODE")
        storage.stop_all(db, "wrong list", NOW)
        assert storage.standstill_of(db) == (NOW, "wrong list")
