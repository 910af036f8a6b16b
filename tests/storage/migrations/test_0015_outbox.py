"""A site that has told nobody anything can promise to, and keeps what it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer import storage
from tests.storage.migrations.earlier import steps_before
from tests.storage.samples import NOW

PROMISE = """
    INSERT INTO outbox (key, kind, connector, subject, payload, state, made_at, due_at, tries,
        faults, reference, last_error)
    VALUES ('crm/calls/a', 'calls', 'crm', 'a', '{}', 'waiting', ?, ?, 0, 0, '', '')"""


def test_what_is_promised_has_a_table_and_is_promised_once(
    database_url: str, tmp_path: Path
) -> None:
    with storage.connect(database_url) as database:
        storage.migrate(database, steps_before("0015", tmp_path))
        project = storage.ensure_project(database, "acme", NOW)
        assert "0015_outbox" in storage.migrate(database)
        database.run(PROMISE, (NOW, NOW))
        with pytest.raises(Exception, match=r"(?i)unique"):
            database.run(PROMISE, (NOW, NOW))
        assert database.rows("SELECT state FROM outbox") == [("waiting",)]
        assert database.rows("SELECT id FROM project") == [(project,)]
