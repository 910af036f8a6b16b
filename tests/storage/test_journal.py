"""The journal keeps what it is told, in order."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.storage import Database, Entry
from tests.storage.samples import NOW


def test_entries_come_back_in_order(db: Database) -> None:
    storage.note(db, Entry(NOW, "import", "begun", detail={"file": "список.csv"}))
    storage.note(db, Entry(NOW, "node", "started", node="one"))
    storage.note(db, Entry(NOW + 1, "import", "ended", "2 rows", detail={"rows": 2}))
    begun, ended = storage.read_journal(db, "import")
    assert begun["detail"] == {"file": "список.csv"}
    assert (ended["state"], ended["reason"], ended["detail"]) == ("ended", "2 rows", {"rows": 2})
    assert [e["kind"] for e in storage.read_journal(db)] == ["import", "node", "import"]
    assert [e["id"] for e in storage.read_journal(db, after=begun["id"], limit=1)] == [2]
