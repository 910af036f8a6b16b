"""`ccdialer db` on both kinds of database."""

from __future__ import annotations

import shutil

import pytest

from tests.cli.prompt import Prompt


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
