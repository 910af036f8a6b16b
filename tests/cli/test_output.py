"""Tables for people, JSON and CSV for machines."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from ccdialer.cli.output import draw, first, for_people, printable, show
from ccdialer.reports import words
from ccdialer.reports.table import Column, Table, columns

MOMENT = 1_790_000_000_120


def table(*rows: tuple[Any, ...]) -> Table:
    described = columns(
        *("name", "at||instant", "talk_s|talk|seconds", "share||rate", "calls||count"),
        *("kept||flag", "-secret", "*summary"),
    )
    return Table("things", described, rows, "a note")


ROW = ("Анна", MOMENT, 125.4567, 0.123456789, 3, True, "hidden", "in words")
EMPTY = (None,) * 8


def test_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(table(ROW, EMPTY), "table") == 2
    head, row, empty, note = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "at", "talk", "share", "calls", "kept", "summary"]
    assert row.split() == [
        *("Анна", *words.local(MOMENT).split(), "2:05", "12.3%", "3", "yes", "in", "words"),
    ]
    assert (empty.strip(), note) == ("", "a note")
    assert "\x1b" not in row, "no colors in a pipe"


def test_no_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(table(), "table") == 0
    assert capsys.readouterr() == ("", "things: none\n")
    assert show(table(), "json") == 0
    assert json.loads(capsys.readouterr().out) == []
    assert show(table(), "csv") == 0
    assert capsys.readouterr().out == "name,at,talk_s,share,calls,kept,secret\n"


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(table(ROW, EMPTY), "json") == 2
    full, empty = json.loads(capsys.readouterr().out)
    assert full == {
        "name": "Анна",
        "at": words.utc(MOMENT),
        "talk_s": 125.457,
        "share": 0.123457,
        "calls": 3,
        "kept": True,
        "secret": "hidden",
    }
    assert set(empty.values()) == {None}


def test_csv(capsys: pytest.CaptureFixture[str]) -> None:
    show(table(ROW, EMPTY), "csv")
    full, empty = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert full["at"] == words.utc(MOMENT)
    assert (full["talk_s"], full["kept"], full["secret"]) == ("125.457", "true", "hidden")
    assert set(empty.values()) == {""}


@pytest.mark.parametrize(
    "cell",
    ["=cmd()", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "%0A", "+7916=1", "-a"],
)
def test_no_cell_becomes_a_formula(capsys: pytest.CaptureFixture[str], cell: str) -> None:
    show(Table("", columns("a"), [(cell,)]), "csv")
    ((found,),) = list(csv.reader(io.StringIO(capsys.readouterr().out, newline="")))[1:]
    assert found == f"'{cell}".replace("\r", "\n")


@pytest.mark.parametrize("cell", ["+79161234567", "-12", "-0.5", "plain", "a=b", ""])
def test_numbers_and_words_stay_as_they_are(capsys: pytest.CaptureFixture[str], cell: str) -> None:
    show(Table("", columns("a", "b"), [(cell, "end")]), "csv")
    assert capsys.readouterr().out.splitlines()[1] == f"{cell},end"


def test_nothing_of_others_reaches_the_terminal() -> None:
    evil = "\x1b[2Jhi\x07\u202eabc\nnext"
    assert printable(evil) == " [2Jhi  abc next"
    assert "\x1b" not in for_people(Column("a", "a"), evil)


def test_markup_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    show(Table("", columns("a"), [("[red]x[/red]",)]), "table")
    assert "[red]x[/red]" in capsys.readouterr().out


def test_a_long_cell_is_not_cut_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    show(Table("", columns("a", "b"), [("x" * 500, "y" * 500)]), "table")
    assert "x" * 500 + "  " + "y" * 500 in capsys.readouterr().out


def test_first() -> None:
    assert len(list(first(1, table(ROW, ROW)).rows)) == 1
    assert len(list(first(0, table(ROW, ROW)).rows)) == 2


def test_rows_are_written_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    def rows() -> Any:
        yield ("one",)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        show(Table("", columns("a"), rows()), "csv")
    assert capsys.readouterr().out == "a\none\n"


def test_numbers_stand_to_the_right() -> None:
    assert on_terminal(Table("", columns("a", "n||count"), [("x", 1), ("y", 100)]), 80) == [
        *("a     n", "───────", "x     1", "y   100"),
    ]


def on_terminal(table: Table, width: int) -> list[str]:
    out = Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)
    out.print(draw(table, out))
    text = out.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()]


def test_a_narrow_terminal_gets_row_below_row() -> None:
    wide = Table("things", columns("name", "empty", "words"), [("a", "", "x" * 20), ("b", "", "y")])
    assert on_terminal(wide, 80)[1].split() == ["name", "words"]
    compared = on_terminal(replace(wide, is_compared=True), 26)
    assert [line.split() for line in compared if "a" in line or "b" in line] == [
        ["name", "words"],
        ["a", "x" * 19],
        ["b", "y"],
    ]
    titled = Table("", columns("a", "cap=0.01"), [("one", "two")], is_compared=True)
    assert on_terminal(titled, 12)[:2] == ["      cap=", "a     0.01"]
    assert on_terminal(wide, 26) == [
        *("things", "name   a", f"words  {'x' * 19}", "       x", ""),
        *("name   b", "words  y"),
    ]
