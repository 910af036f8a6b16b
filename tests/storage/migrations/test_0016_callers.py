"""What was recorded stays, and talks of callers can be recorded."""

from __future__ import annotations

from pathlib import Path

from ccdialer import storage
from tests.storage.migrations.earlier import steps_before
from tests.storage.samples import NOW

ATTEMPT = """
    INSERT INTO attempt (id, task_id, campaign_id, number, node, opened_at, ended_at, counts, note)
    VALUES ('abc', 1, 1, '+74950000001', 'one', ?, ?, ?, '')"""
RECORDING = """
    INSERT INTO recording (name, attempt_id, node, format, begun_at, state, seconds, size, reason,
        deleted_at)
    VALUES (?, ?, 'one', 'wav', ?, 'done', 12.5, 100, 'why', NULL)"""
ALL = "SELECT name, attempt_id, begun_at, seconds, size, reason FROM recording ORDER BY name"


def test_every_recording_stays_and_a_call_need_not_be_an_attempt(
    database_url: str, tmp_path: Path
) -> None:
    steps = steps_before("0016", tmp_path)
    with storage.connect(database_url) as database:
        storage.migrate(database, steps)
        _old_rows(database, storage.ensure_project(database, "acme", NOW))
        before = database.rows(ALL)
        assert "0016_callers" in storage.migrate(database)
        assert database.rows(ALL) == before != []
        database.run(RECORDING, ("2027-01-15/of-a-caller", "f" * 32, NOW))
        storage.migrate(database)
        assert len(database.rows(ALL)) == len(before) + 1
        assert {"recording_attempt", "recording_begun", "recording_open"} <= _indexes(database)


def _old_rows(database: storage.Database, project: int) -> None:
    database.run(
        "INSERT INTO campaign (id, project_id, name, state, settings, created_at, changed_at)"
        " VALUES (1, ?, 'demo', 'draft', '{}', 1, 1)",
        (project,),
    )
    database.run(
        "INSERT INTO task (id, campaign_id, state, due_at, priority, attempts, details, reason,"
        " created_at, changed_at, zone, held_by, asked_at)"
        " VALUES (1, 1, 'waiting', 1, 5, 0, '{}', '', 1, 1, '', '', 0)"
    )
    database.run(ATTEMPT, (NOW, NOW + 1000, True))
    for part in range(3):
        database.run(RECORDING, (f"2027-01-15/abc-{part}", "abc", NOW + part))


def _indexes(database: storage.Database) -> set[str]:
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
        "postgresql": "SELECT indexname FROM pg_indexes WHERE tablename = 'recording'",
    }
    return {name for (name,) in database.rows(sql[database.dialect])}
