"""A busy database is waited for, not without end; of a dry run nothing stays."""

from __future__ import annotations

import pytest

from ccdialer import storage
from ccdialer.importing.batches import BUSY_TRIES, patiently, transaction
from ccdialer.storage import Database, StorageBusy
from tests.storage.samples import NOW


def busy_for(times: list[str], tries: int) -> str:
    times.append("tried")
    if len(times) <= tries:
        raise StorageBusy("locked")
    return "done"


def test_a_busy_database_is_asked_again() -> None:
    times: list[str] = []
    assert patiently(lambda: busy_for(times, BUSY_TRIES - 1)) == "done"
    assert len(times) == BUSY_TRIES


def test_one_that_stays_busy_is_given_up() -> None:
    times: list[str] = []
    with pytest.raises(StorageBusy):
        patiently(lambda: busy_for(times, BUSY_TRIES))
    assert len(times) == BUSY_TRIES


@pytest.mark.parametrize(("is_dry", "kept"), [(True, []), (False, ["acme"])])
def test_of_a_dry_run_nothing_stays(db: Database, is_dry: bool, kept: list[str]) -> None:
    with transaction(db, is_dry=is_dry):
        storage.ensure_project(db, "acme", NOW)
    assert [*storage.list_projects(db).values()] == kept


def test_a_fault_comes_out_and_nothing_stays(db: Database) -> None:
    def broken_off() -> None:
        with transaction(db, is_dry=True):
            storage.ensure_project(db, "acme", NOW)
            raise StorageBusy("locked")

    with pytest.raises(StorageBusy):
        broken_off()
    assert storage.list_projects(db) == {}
