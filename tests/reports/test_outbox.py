"""The outbox as a table."""

from __future__ import annotations

from ccdialer.reports.outbox import notice_table, outbox

ROW = {
    **{"id": 7, "connector": "crm", "kind": "missed", "state": "waiting", "tries": 2},
    **{"made_at": 1000, "due_at": 2000, "settled_at": None, "last_error": "HTTP 500"},
    "payload": {"number": "+79161234567"},
}


def test_a_row_says_when_it_is_tried_next() -> None:
    (row,) = outbox([ROW]).rows
    assert row == (
        *(7, "crm", "missed", "+79161234567", "waiting", 2, 1000, 2000, None, "HTTP 500"),
    )


def test_what_is_settled_is_not_tried_any_more() -> None:
    (row,) = outbox([ROW | {"state": "done", "settled_at": 3000, "payload": {}}]).rows
    assert (row[3], row[7], row[8]) == ("", None, 3000)


def test_a_notice_is_told_whole() -> None:
    told = dict(notice_table(ROW).rows)
    assert (told["id"], told["told number"], told["settled_at"]) == ("7", "+79161234567", "")
