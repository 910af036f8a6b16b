"""Reading of CSV: every usual encoding and delimiter gives the same rows."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccdialer.errors import UnreadableFile
from ccdialer.importing.table import DELIMITERS, FOUND_OUT, open_table

ROWS = [["Телефон", "Имя", "Город"], ["89160000001", "Ёжик", "Тула, ул. Мира; 5"], ["1", "", "x"]]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "windows-1251", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_found_out(tmp_path: Path, encoding: str, delimiter: str, line_end: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(ROWS)
    path = tmp_path / "t.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    table = open_table(path, FOUND_OUT)
    assert table.delimiter == delimiter
    assert table.header == tuple(ROWS[0])
    assert list(table.rows()) == [(2, ROWS[1]), (3, ROWS[2])]
    assert table.row_count == 2


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.binary(max_size=300), st.text('",;\n\r\t|aя1 ', max_size=80)))
def test_any_bytes_are_a_table_or_a_sentence(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        table = open_table(path, FOUND_OUT)
    except UnreadableFile:
        return
    assert sum(1 for _ in table.rows()) == table.row_count
