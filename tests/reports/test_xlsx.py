"""What Excel would read: opened again by another library."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from ccdialer.reports import words, xlsx
from ccdialer.reports.table import Table, columns
from ccdialer.reports.xlsx import write_xlsx

COLUMNS = columns(
    *("number", "calls||count", "talk_s|talk|seconds", "share||rate", "at|time|instant"),
    *("late||flag", "*words", "-note", "price||decimal"),
)
AT = 1_795_000_000_000
ROW = ("+79160000001", 3, 3725.0, 0.125, AT, True, "for people", "=1+1", 1.25)


def book(rows: list[tuple[Any, ...]]) -> Any:
    file = BytesIO()
    assert write_xlsx(Table("calls", COLUMNS, rows), file) == len(rows)
    return openpyxl.load_workbook(file)


def test_values_are_numbers_times_and_text() -> None:
    sheet = book([ROW])["calls"]
    heading, values = sheet.iter_rows(values_only=True)
    assert heading == ("number", "calls", "talk", "share", "time", "late", "note", "price")
    on_the_wall = words.on_the_wall(AT).replace(tzinfo=None)
    assert values[:4] == ("+79160000001", 3, timedelta(seconds=3725), 0.125)
    assert abs(values[4] - on_the_wall) < timedelta(seconds=1)
    assert values[5:] == (True, "=1+1", 1.25)
    assert sheet["A2"].number_format == "@"
    assert sheet["C2"].number_format == "[h]:mm:ss"
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "@SUM(1)", "https://a.b", "+1", "-1"])
def test_text_is_never_a_formula_or_a_link(text: str) -> None:
    file = BytesIO()
    write_xlsx(Table("t", columns("text"), [(text,)]), file)
    with zipfile.ZipFile(file) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert not [name for name in parts.namelist() if "sheet1.xml.rels" in name]
    assert openpyxl.load_workbook(file)["t"]["A2"].value == text


def test_what_is_not_known_is_an_empty_cell() -> None:
    (_, values) = book([(None,) * 9])["calls"].iter_rows(values_only=True, max_col=8, max_row=2)
    assert set(values) == {None}


def test_more_rows_than_a_sheet_holds_go_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
    found = book([(str(n), *ROW[1:]) for n in range(5)])
    assert found.sheetnames == ["calls", "calls 2", "calls 3"]
    kept = [[row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] for sheet in found]
    assert kept == [["0", "1"], ["2", "3"], ["4"]]
