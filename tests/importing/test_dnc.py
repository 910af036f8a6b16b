"""Files of do-not-call numbers: any spelling, bad rows told, given again without harm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.errors import UnreadableFile
from ccdialer.importing import DncImport, import_dnc
from ccdialer.importing import dnc as module
from ccdialer.storage import Database, StorageBusy
from ccdialer.storage.dnc import DncFilter, DncList, list_dnc
from tests.importing.conftest import Write
from tests.storage.processes import other_process
from tests.storage.samples import insert, row, state_of

STATE = DncImport(DncList(source="state"), zone="UTC")
WHOLE = replace(STATE, is_whole=True)


def file(write: Write, *lines: str) -> Path:
    return write("".join(f"{line}\n" for line in lines), name="list.csv")


def numbers(db: Database) -> list[str]:
    return [found["e164"] for found in list_dnc(db, DncFilter())]


def test_one_number_a_line(db: Database, write: Write) -> None:
    path = file(
        write, "8 (916) 123-45-67", "nobody", "+7 916 123 45 68", "89161234567", "88001234567"
    )
    report = import_dnc(db, path, STATE)
    assert numbers(db) == ["+78001234567", "+79161234567", "+79161234568"]
    assert (report.rows.accepted, report.rows.duplicates, report.rows.rejected) == (3, 1, 1)
    (told,) = report.rows.sentences()
    assert told.startswith('list.csv:2: "nobody" is not a phone number (it has no digits)')


def test_columns_by_name(db: Database, write: Write) -> None:
    path = file(
        write,
        "Причина;Телефон;until",
        "суд;89161234567, 89161234568;2027-01-01",
        ";89161234569;",
        ";89161234560;soon",
    )
    report = import_dnc(db, path, replace(STATE, reason="by law"))
    found = [
        (each["e164"][-1], each["reason"], each["until_at"]) for each in list_dnc(db, DncFilter())
    ]
    end = 1_798_761_600_000
    assert found == [("7", "суд", end), ("8", "суд", end), ("9", "by law", None)]
    assert '"soon" is not an instant' in report.rows.sentences()[0]


def test_the_same_file_again_changes_nothing(db: Database, write: Write) -> None:
    path = file(write, "89161234567", "89161234568")
    import_dnc(db, path, STATE)
    before = list_dnc(db, DncFilter())
    report = import_dnc(db, path, STATE)
    assert list_dnc(db, DncFilter()) == before
    assert (report.rows.accepted, report.rows.duplicates) == (0, 2)
    (_, told) = storage.read_journal(db, "dnc")
    assert told["detail"]["known_rows"] == 2


def test_a_whole_list_takes_the_place_of_the_last(db: Database, write: Write) -> None:
    import_dnc(db, file(write, "89161234567", "89161234568"), WHOLE)
    import_dnc(db, file(write, "89161234569"), replace(STATE, on=DncList(source="other")))
    report = import_dnc(db, file(write, "89161234568", "89161234560"), WHOLE)
    assert numbers(db) == ["+79161234560", "+79161234568", "+79161234569"]
    assert (report.removed, report.rows.accepted, report.rows.duplicates) == (1, 1, 1)


def test_a_list_that_cannot_be_read_takes_nobody_off(db: Database, write: Write) -> None:
    import_dnc(db, file(write, "89161234567"), WHOLE)
    for lines in (("phone", "none"), ("name", "Anna")):
        with pytest.raises(UnreadableFile, match=r"nothing (changed|was imported)"):
            import_dnc(db, file(write, *lines), WHOLE)
    assert numbers(db) == ["+79161234567"]


def test_a_dry_run_tells_and_changes_nothing(
    db: Database,
    campaign: Campaign,
    write: Write,
) -> None:
    insert(db, campaign, [row(1)])
    report = import_dnc(db, file(write, "84950000001"), replace(WHOLE, dry_run=True))
    assert (report.rows.accepted, report.ended) == (1, 1)
    assert numbers(db) == []
    assert storage.count_tasks(db)[campaign.id]["waiting"] == 1  # type: ignore[index]
    assert import_dnc(db, file(write, "84950000001"), WHOLE).ended == 1


def test_rows_that_were_not_taken(db: Database, write: Write, tmp_path: Path) -> None:
    rejects = tmp_path / "bad.csv"
    path = file(write, "phone", "89161234567", "nobody")
    import_dnc(db, path, replace(STATE, rejects=rejects))
    assert rejects.read_text().startswith("phone,error\n")
    assert len(rejects.read_text().splitlines()) == 2


def test_a_database_that_is_busy_is_waited_for(
    db: Database,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put, times = module.put_on_list, iter([True, True, False])

    def busy(*arguments: object) -> object:
        if next(times):
            raise StorageBusy("locked")
        return put(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "put_on_list", busy)
    assert import_dnc(db, file(write, "89161234567"), STATE).rows.accepted == 1


IMPORT = """
import sys
from ccdialer import storage
from ccdialer.importing import DncImport, dnc, import_dnc
from ccdialer.storage.dnc import DncList
dnc.BATCH_ROWS = 50
with storage.connect(sys.argv[1]) as db:
    import_dnc(db, sys.argv[2], DncImport(DncList(source="state")), lambda done, of: print(done))
print("end")
"""


def test_an_import_that_is_killed_is_given_again(
    db: Database,
    campaign: Campaign,
    write: Write,
) -> None:
    """Each batch holds from its commit on, and what was not read yet is read the next time."""
    insert(db, campaign, [row(0), row(999)])
    (first, last) = (found["id"] for found in storage.list_tasks(db, storage.TaskFilter()))
    path = file(write, *(f"8495{i:07}" for i in range(1000)))
    with other_process(IMPORT, db.url, str(path)) as other:
        assert other.line() == "50"
        other.kill()
    assert (state_of(db, first), state_of(db, last)) == ("cancelled", "waiting")
    with other_process(IMPORT, db.url, str(path)) as other:
        while other.line() != "end":
            pass
    assert len(numbers(db)) == 1000
    assert state_of(db, last) == "cancelled"
