"""A site that has dialed before there were recordings keeps its attempts, and can record."""

from __future__ import annotations

from pathlib import Path

import peewee
import pytest

from ccdialer import storage
from tests.storage.migrations.earlier import steps_before
from tests.storage.samples import NOW

OLD = """
    INSERT INTO attempt (id, task_id, campaign_id, number, node, opened_at, ended_at, counts, note)
    VALUES ('abc', 1, 1, '+74950000001', 'one', ?, ?, ?, '')"""
NEW = """
    INSERT INTO recording (name, attempt_id, node, format, begun_at, state, reason)
    VALUES ('2026-11-25/abc', ?, 'one', 'wav', 1, 'asked', '')"""


def test_old_attempts_stay_and_can_be_recorded(database_url: str, tmp_path: Path) -> None:
    steps = steps_before("0008", tmp_path)
    with storage.connect(database_url) as database:
        storage.migrate(database, steps)
        project = storage.ensure_project(database, "acme", NOW)
        _old_rows(database, project)
        assert "0008_recording" in storage.migrate(database)
        assert database.rows("SELECT id FROM attempt") == [("abc",)]
        database.run(NEW, ("abc",))
        with pytest.raises(peewee.IntegrityError):
            database.run(NEW, ("abc",))


def _old_rows(database: storage.Database, project: int) -> None:
    """A campaign, a task and an attempt as the first schema has them."""
    database.run(
        "INSERT INTO campaign (id, project_id, name, state, settings, created_at, changed_at)"
        " VALUES (1, ?, 'demo', 'draft', '{}', 1, 1)",
        (project,),
    )
    database.run(
        "INSERT INTO task (id, campaign_id, state, due_at, priority, attempts, details, reason,"
        " created_at, changed_at) VALUES (1, 1, 'waiting', 1, 5, 0, '{}', '', 1, 1)"
    )
    database.run(OLD, (NOW, NOW + 1000, True))
