"""The emergency stop is one flag, set and taken back by people."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.storage import Database
from tests.storage.samples import NOW


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
