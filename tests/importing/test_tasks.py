"""Import of tasks, on both databases: verdicts, duplicates, repeats, rejects, rubbish."""

from __future__ import annotations

import csv
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ccdialer.core.campaign import Campaign
from ccdialer.errors import UnreadableFile
from ccdialer.importing import TaskImport, Verdict, import_tasks
from ccdialer.importing.table import Layout
from ccdialer.importing.tasks import BATCH_ROWS
from ccdialer.storage import Database
from tests.importing.conftest import Write

LIST = """\
Телефон;ФИО;Город;id;Приоритет;Не раньше
8 (916) 000-00-01;Анна;Москва;a1;;
+79160000002, 8-495-000-00-02;Борис;;a2;9;2030-01-02 03:04
8 (999) 12;Вера;;a3;;
89160000001;Анна ещё раз;;a4;;
8 916 000-00-05;Гоша;;a5;high;
8 916 000-00-06;Дина;;a6;;завтра
89160000007/12;Ева;;;;
"""


def stored(db: Database) -> list[tuple[object, ...]]:
    rows = db.rows(
        "SELECT e164, original, position, external_id, priority, details FROM task_number"
        " JOIN task ON task.id = task_id ORDER BY task_id, position"
    )
    return [(*row[:5], json.loads(row[5])) for row in rows]


def test_every_row_gets_its_verdict(db: Database, campaign: Campaign, write: Write) -> None:
    report = import_tasks(db, campaign, write(LIST), TaskImport(zone="UTC"))
    assert (report.accepted, report.duplicates, report.rejected) == (3, 1, 3)
    assert stored(db) == [
        ("+79160000001", "8 (916) 000-00-01", 0, "a1", 5, {"name": "Анна", "Город": "Москва"}),
        ("+79160000002", "+79160000002", 0, "a2", 9, {"name": "Борис"}),
        ("+74950000002", "8-495-000-00-02", 1, "a2", 9, {"name": "Борис"}),
        ("+79160000007", "89160000007, 12", 0, None, 5, {"name": "Ева"}),
    ]
    due = db.rows("SELECT due_at FROM task WHERE external_id = 'a2'")
    assert due == [(int(datetime(2030, 1, 2, 3, 4, tzinfo=UTC).timestamp() * 1000),)]
    assert sorted(report.sentences()) == [
        'tasks.csv:4: "8 (999) 12" is not a phone number (6 digits, 11 expected); row rejected',
        "tasks.csv:5: number +79160000001 is that of an earlier row already; row duplicate",
        'tasks.csv:6: priority "high" is not 0 to 9; row rejected',
        'tasks.csv:7: "завтра" is not an instant; write 2026-11-30 09:00; row rejected',
    ]


def test_the_same_file_again_changes_nothing(
    db: Database, campaign: Campaign, write: Write
) -> None:
    path = write(LIST)
    import_tasks(db, campaign, path)
    before = stored(db)
    report = import_tasks(db, campaign, path)
    assert (report.accepted, report.duplicates, report.rejected) == (0, 4, 3)
    assert stored(db) == before


def test_a_dry_run_says_the_same_and_changes_nothing(
    db: Database, campaign: Campaign, write: Write
) -> None:
    # The repeats lie in another batch than the rows they repeat.
    many = [f"8916{number:07d}" for number in range(BATCH_ROWS + 10)]
    path = write("phone\n" + "\n".join([*many, *many[:5], "8 999"]) + "\n")
    dry = import_tasks(db, campaign, path, TaskImport(dry_run=True))
    assert stored(db) == []
    real = import_tasks(db, campaign, path)
    counts = (BATCH_ROWS + 10, 5, 1)
    assert (dry.accepted, dry.duplicates, dry.rejected) == counts
    assert (real.accepted, real.duplicates, real.rejected) == counts


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("windows-1251", ";"), ("utf-16", "\t"), ("utf-8", "|")],
)
def test_rejects_are_written_as_the_file_was(
    db: Database, campaign: Campaign, write: Write, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [["Телефон", "Имя"], ["8 916 000-00-01", "Анна, жена"], ["8 999", "Вера; Надя"]]
    rows += [["8 916 000-00-02", "Ян"], ["8 916 000-00-01", "Анна"]]
    path = write("", name="t.csv")
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    options = TaskImport(rejects=tmp_path / "rejects.csv")
    report = import_tasks(db, campaign, path, options)
    assert (report.accepted, report.duplicates, report.rejected) == (2, 1, 1)
    assert report.rejects == options.rejects
    with (tmp_path / "rejects.csv").open(encoding=encoding, newline="") as file:
        header, *found = csv.reader(file, delimiter=delimiter)
    assert header == ["Телефон", "Имя", "error"]
    assert found[0][:2] == ["8 999", "Вера; Надя"]
    assert "4 digits, 11 expected" in found[0][2]
    assert found[1][:2] == ["8 916 000-00-01", "Анна"]


def test_without_rejected_rows_there_is_no_file(
    db: Database, campaign: Campaign, write: Write, tmp_path: Path
) -> None:
    options = TaskImport(rejects=tmp_path / "rejects.csv")
    report = import_tasks(db, campaign, write("phone\n89160000001\n"), options)
    assert report.rejects is None
    assert not (tmp_path / "rejects.csv").exists()
    path = write("phone\n89160000001\n")
    with pytest.raises(UnreadableFile, match="would overwrite the file itself"):
        import_tasks(db, campaign, path, TaskImport(rejects=path))


def test_several_numbers_and_a_bad_one_among_them(
    db: Database, campaign: Campaign, write: Write
) -> None:
    text = "phone1,phone2,phone3\n89160000001,,89160000002\n89160000003,8 999,\n"
    text += ",".join(f"8916000001{n};8916000002{n}" for n in range(3)) + "\n"
    report = import_tasks(db, campaign, write(text))
    assert report.accepted == 3
    assert [row[0] for row in stored(db)][:3] == ["+79160000001", "+79160000002", "+79160000003"]
    assert len(stored(db)) == 3 + 5
    assert [remark.verdict for remark in report.remarks] == [Verdict.ACCEPTED, Verdict.ACCEPTED]
    assert "more than the 5 numbers" in report.remarks[1].reason


def test_the_mapping_goes_before_what_is_recognised(
    db: Database, campaign: Campaign, write: Write
) -> None:
    text = "Телефон,Куда звонить,Кто\n89160000001,89160000002,Анна\n"
    mapping = {"phone": "Куда звонить", "name": "кто"}
    import_tasks(db, campaign, write(text), TaskImport(mapping=mapping))
    details = {"name": "Анна", "Телефон": "89160000001"}
    assert stored(db) == [("+79160000002", "89160000002", 0, None, 5, details)]
    with pytest.raises(UnreadableFile, match='no column "Куда звонит"; did you mean Куда звонить'):
        import_tasks(db, campaign, write(text), TaskImport(mapping={"phone": "Куда звонит"}))


def test_a_file_without_header(db: Database, campaign: Campaign, write: Write) -> None:
    report = import_tasks(db, campaign, write("89160000001\n89160000002\n\n8 999\n"))
    assert (report.accepted, report.rejected) == (2, 1)
    import_tasks(db, campaign, write("Анна;89160000003\nЯн;89160000004\n"))
    assert stored(db)[-1] == ("+79160000004", "89160000004", 0, None, 5, {"column 1": "Ян"})
    import_tasks(db, campaign, write("x;89160000005\n"), TaskImport(mapping={"phone": "2"}))
    assert stored(db)[-1][0] == "+79160000005"


def test_rows_of_another_width(db: Database, campaign: Campaign, write: Write) -> None:
    text = 'phone,name,city\n89160000001\n89160000002,a,b,c\n"89160000003","a\nb",c\n8 999,,\n'
    report = import_tasks(db, campaign, write(text))
    assert (report.accepted, report.rejected) == (2, 2)
    assert report.remarks[0].reason == "4 cells, 3 expected; is a delimiter in a cell?"
    assert [remark.line for remark in report.remarks] == [3, 6]  # where the rows begin


def test_progress_is_told(db: Database, campaign: Campaign, write: Write) -> None:
    told: list[tuple[int, int]] = []
    numbers = "\n".join(f"8916{number:07d}" for number in range(BATCH_ROWS + 1))
    import_tasks(db, campaign, write(numbers), progress=lambda *at: told.append(at))
    assert told == [(BATCH_ROWS, BATCH_ROWS + 1), (BATCH_ROWS + 1, BATCH_ROWS + 1)]


RUBBISH = {
    "is empty": b"",
    "is empty;": b"\xef\xbb\xbf \r\n\r\n",
    "is not a text file": b"phone\n\x00\x01\x02\x03\n",
    "is not a CSV file but a workbook": b"PK\x03\x04" + os.urandom(5000),
    "is not a CSV file but a PDF": b"%PDF-1.7\n" + os.urandom(5000),
    "has a line of more than": b"89160000001," * 200_000,
    "quotation mark in the wrong place, in line 2": b'phone,name\n89160000001,"OOO "Romashka"\n',
    "quotation mark": b'phone,name\n89160000001,a\n89160000002,"' + b"a,b\n" * 50_000,
    "no column with phone numbers among": b"a,b,c\n1,2,3\n",
    "no column with phone numbers": b"name\nAnna\n",
    "nothing was imported": os.urandom(20_000),
    "not written in utf-16": b"\xff\xfe" + b"\xd8" * 7,
}


@pytest.mark.parametrize("sentence", RUBBISH)
def test_rubbish_gets_one_sentence_and_changes_nothing(
    db: Database, campaign: Campaign, write: Write, sentence: str
) -> None:
    content = RUBBISH[sentence]
    with pytest.raises(UnreadableFile) as caught:
        import_tasks(db, campaign, write(content))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert stored(db) == []


def test_what_the_caller_says_wrongly(db: Database, campaign: Campaign, write: Write) -> None:
    path = write("phone\n89160000001\n")
    for options in (
        TaskImport(zone="Mars/Olympus"),
        TaskImport(layout=Layout(encoding="klingon")),
        TaskImport(layout=Layout(delimiter="::")),
        TaskImport(rejects=path.parent / "gone" / "rejects.csv"),
    ):
        with pytest.raises(UnreadableFile):
            import_tasks(db, campaign, path, options)
    with pytest.raises(UnreadableFile, match="cannot be read"):
        import_tasks(db, campaign, path.parent / "gone.csv")
    assert stored(db) == []
