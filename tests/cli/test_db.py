"""`ccdialer db` on both kinds of database."""

from __future__ import annotations

import shutil

import pytest

from tests.cli.prompt import Prompt
from tests.cli.routed import called, with_rules


def test_migrate_and_status(tmp_path: object, database_url: str) -> None:
    prompt = Prompt(tmp_path, database_url)  # type: ignore[arg-type]
    before = prompt.run("db", "status", "--format", "csv", code=5)
    assert "0001_spine,pending" in before.stdout
    assert "run: ccdialer db migrate" in before.stderr
    assert "0001_spine: done" in prompt.run("db", "migrate").stdout
    assert "done" not in prompt.run("db", "migrate").stdout
    assert {row["state"] for row in prompt.json("db", "status")} == {"done"}


def test_backup(prompt: Prompt) -> None:
    if prompt.url.startswith("postgres") and shutil.which("pg_dump") is None:
        pytest.skip("no pg_dump on the path")
    copy = prompt.folder / "copy"
    assert str(copy) in prompt.run("db", "backup", str(copy)).stdout
    assert copy.stat().st_size > 0
    assert "exists already" in prompt.run("db", "backup", str(copy), code=5).stderr


def test_a_database_that_is_not_there(bare: Prompt) -> None:
    bare.config.write_text("database: sqlite:////nowhere/at/all.db\n")
    assert "does not exist" in bare.run("db", "migrate", code=5).stderr


def test_calls_of_long_ago_are_deleted_when_it_is_asked(prompt: Prompt) -> None:
    with_rules(prompt)
    called(prompt, "89161234567", leg="1.1")
    called(prompt, "89161234568", leg="1.2")
    with prompt.database() as database:
        database.run("UPDATE inbound_call SET arrived_at = arrived_at - ? WHERE leg_id = '1.1'",
                     (100 * 86_400_000,))  # fmt: skip
    told = prompt.run("db", "purge", "--before", "90d", "--dry-run").stdout
    assert told == "1 calls would be deleted, 0 kept for their recordings\n"
    told = prompt.run("db", "purge", "--before", "90d").stdout
    assert told == "1 calls deleted, 0 kept for their recordings\n"
    with prompt.database() as database:
        assert database.rows("SELECT number FROM inbound_call") == [("+79161234568",)]
    told = prompt.run("db", "purge", "--before", "1h", code=2).stderr
    assert "--before: must be a day ago or more" in told


def test_a_caller_is_forgotten_and_what_remains_is_told(prompt: Prompt) -> None:
    with_rules(prompt)
    called(prompt, "89161234567")
    prompt.run("dnc", "add", "89161234567")
    with prompt.database() as database:
        database.run("UPDATE inbound_call SET arrived_at = arrived_at - 90000000")
    found = prompt.run("db", "forget", "8 916 123-45-67")
    assert found.stdout == "calls: 1, cards: 0, notices: 0\n"
    assert found.stderr.startswith("still there: entries of do-not-call lists (1)")
    with prompt.database() as database:
        assert database.rows("SELECT number, trace FROM inbound_call") == [("", "")]
    assert "NUMBER" in prompt.run("db", "forget", "nobody", code=2).stderr
