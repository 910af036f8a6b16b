"""What an entry of the journal says of a change."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.storage import Database
from ccdialer.storage.client_journal import Changed, Occasion, differences, tell


def test_only_what_differs_is_told_fields_one_by_one() -> None:
    was = {"name": "A", "stage": "new", "fields": {"a": "1", "b": "2"}}
    now = {"name": "A", "stage": "won", "fields": {"a": "1", "b": "3", "c": "4"}}
    expected = {"stage": ("new", "won"), "fields.b": ("2", "3"), "fields.c": ("", "4")}
    assert differences(was, now) == expected
    assert differences(now, now) == {}
    assert differences({"fields": {"a": "1"}}, {"fields": {}}) == {"fields.a": ("1", "")}


def test_an_entry_s_name_tells_moves_from_corrections() -> None:
    assert Changed(1, {"pipeline": ("a", "b"), "name": ("", "c")}).state == "stage"
    assert Changed(1, {"name": ("", "c")}).state == "changed"
    assert Changed(1, {"closed_at": (None, 5), "stage": ("a", "b")}, 2).state == "closed"
    assert Changed(1, {"closed_at": (5, None)}, 2).state == "changed"


def test_the_journal_is_told(db: Database) -> None:
    changes = [Changed(3, {"stage": ("new", "won")}), Changed(3, {"name": ("", "Ж")}, 9)]
    tell(db, changes, Occasion(77, "list.csv"))
    first, second = storage.read_journal(db, "client")
    assert (first["at"], first["state"], first["reason"]) == (77, "stage", "list.csv")
    assert (first["client_id"], first["detail"]) == (3, {"stage": ["new", "won"]})
    assert second["detail"] == {"deal": 9, "name": ["", "Ж"]}
