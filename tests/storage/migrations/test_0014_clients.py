"""A site that knew no clients can keep them, and its journal stays as it was."""

from __future__ import annotations

from pathlib import Path

import peewee
import pytest

from ccdialer import storage
from tests.storage.client_base import DEAL, client
from tests.storage.migrations.earlier import steps_before
from tests.storage.samples import NOW

OF_SOURCE = """
    INSERT INTO client (project_id, kind, name, source_id, stage, pipeline, city, channel, fields,
        note, created_at, changed_at)
    VALUES (?, 'person', '', ?, '', '', '', '', '{}', '', 0, 0)"""


def test_clients_have_tables(database_url: str, tmp_path: Path) -> None:
    with storage.connect(database_url) as database:
        storage.migrate(database, steps_before("0014", tmp_path))
        database.run(
            "INSERT INTO journal (at, kind, state, reason, detail) VALUES (1, 'task', 's', '', '')"
        )
        assert "0014_clients" in storage.migrate(database)
        assert database.rows("SELECT state, client_id FROM journal") == [("s", None)]
        client(database, 1, 1)
        database.run(DEAL, (1, 1, 1, "t", "new", None, None, NOW, NOW, None))
        assert database.rows("SELECT client_id, stage FROM deal") == [(1, "new")]


def test_an_id_of_a_source_is_once_in_a_project(database_url: str) -> None:
    with storage.connect(database_url) as database:
        storage.migrate(database)
        for row in ((1, "a"), (2, "a"), (1, None), (1, None)):
            database.run(OF_SOURCE, row)
        with pytest.raises(peewee.IntegrityError):
            database.run(OF_SOURCE, (1, "a"))
