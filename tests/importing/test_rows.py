"""A row by itself: numbers in a cell, instants, priorities."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ccdialer.core.phone import reader
from ccdialer.importing.columns import Columns
from ccdialer.importing.rows import Rejected, instant, judge_of, numbers_of
from ccdialer.storage import TaskRow


def test_each_number_once_in_order() -> None:
    numbers, remark = numbers_of(["89160000002", "8 916 000-00-01, +79160000002"], reader("RU"))
    assert numbers == [("+79160000002", "89160000002"), ("+79160000001", "8 916 000-00-01")]
    assert remark == ""


@pytest.mark.parametrize(
    "text",
    ["2030-01-02 09:00", "2030-01-02T06:00Z", "02.01.2030 9:00", "2030-01-02T06:00:00+00:00"],
)
def test_reads_instants(text: str) -> None:
    wanted = datetime(2030, 1, 2, 6, tzinfo=UTC).timestamp() * 1000
    assert instant(text, "Europe/Moscow") == wanted


@pytest.mark.parametrize(
    "text", ["tomorrow", "2030-13-01", "0001-01-01", "9999-12-31", "32.01.2030"]
)
def test_refuses_what_is_no_instant(text: str) -> None:
    assert isinstance(instant(text, None), Rejected)


def test_a_row_without_a_number_is_refused() -> None:
    judge = judge_of(Columns({}, (0,), width=1), reader("RU"), None, now=5)
    assert judge([""]) == Rejected("no phone number")
    row = judge(["89160000001"])
    assert (row.numbers, row.due_at, row.details) == ([("+79160000001", "89160000001")], 5, "{}")


@pytest.mark.parametrize("sign", [";", "; ", ",", "/", " | "])
def test_no_number_of_the_only_column_is_lost(sign: str) -> None:
    judge = judge_of(Columns({}, (0,), width=1), reader("RU"), None, now=5)
    row = judge([f"89160000001{sign}89160000002"])
    assert [e164 for e164, _ in row.numbers] == ["+79160000001", "+79160000002"]


def test_the_client_s_time_zone() -> None:
    columns = Columns({"zone": 1}, numbers=(0,), width=2)
    judge = judge_of(columns, reader("RU"), None, now=5)
    for cell, zone in (("Asia/Omsk", "Asia/Omsk"), (" ", "")):
        row = judge(["89160000001", cell])
        assert isinstance(row, TaskRow)
        assert row.zone == zone


@pytest.mark.parametrize("cell", ["Omsk", "MSK+3", "../etc", "asia/omsk"])
def test_a_zone_that_is_none_is_not_guessed(cell: str) -> None:
    judge = judge_of(Columns({"zone": 1}, numbers=(0,), width=2), reader("RU"), None, now=5)
    judged = judge(["89160000001", cell])
    assert isinstance(judged, Rejected)
    assert judged.reason.startswith(f'"{cell}" is not a time zone; write a name such as Europe')
