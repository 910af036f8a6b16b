"""The costs report in words and amounts."""

from __future__ import annotations

from ccdialer.reports.costs import UNPRICED, costs_table
from ccdialer.reports.span import Span
from ccdialer.storage import Database
from ccdialer.storage.costs import By
from tests.reports.scenes import NOW, Scene, priced

SPAN = Span(NOW - 1, NOW + 86_400_000)


def test_by_direction(scene: Scene) -> None:
    table = costs_table(priced(scene).db, By.DIRECTION, SPAN)
    keys = [column.key for column in table.columns]
    first, last = [dict(zip(keys, row, strict=True)) for row in table.rows]
    assert (first["direction"], first["destination"]) == ("+7916", "Moscow mobile")
    assert (first["calls"], first["answered"], first["talks"]) == (3, 2, 2)
    assert (first["cost"], first["cost_per_talk"]) == (4_250_000, 2_125_000)
    assert (first["successes"], first["cost_per_success"]) == (1, 4_250_000)
    assert (last["direction"], last["cost"], last["cost_per_talk"]) == ("", None, None)
    assert table.note == f"together 4.25 RUB; {UNPRICED}"


def test_nothing_was_called(db: Database) -> None:
    table = costs_table(db, By.TRUNK, SPAN)
    assert (list(table.rows), table.note) == ([], "")
