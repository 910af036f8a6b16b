"""The first schema carries the promises that the code relies on, and agrees with the models."""

from __future__ import annotations

import peewee
import pytest

from ccdialer.storage import Database
from ccdialer.storage.models import TABLES

LIVE = (
    "INSERT INTO attempt (id, task_id, campaign_id, number, node, opened_at, counts, note)"
    " SELECT ?, MIN(id), 1, '+74950000001', 'one', 1, ?, '' FROM task"
)
TASK = (
    "INSERT INTO task (id, campaign_id, state, priority, due_at, attempts, details, reason,"
    " created_at, changed_at) VALUES (?, 1, 'waiting', 5, 0, 0, '{}', '', 0, 0)"
)
NUMBER = (
    "INSERT INTO task_number (task_id, position, campaign_id, e164, original, bad)"
    " VALUES (?, 0, 1, '+74950000001', '', ?)"
)


@pytest.fixture
def with_task(db: Database, campaign: object) -> Database:
    db.run(TASK, (1,))
    db.run(TASK, (2,))
    return db


def test_every_model_has_its_table(db: Database) -> None:
    for model in TABLES:
        columns = {column.name for column in db.engine.get_columns(model._meta.table_name)}
        assert columns == {field.column_name for field in model._meta.sorted_fields}


def test_a_number_has_one_live_attempt_at_most(with_task: Database) -> None:
    with_task.run(LIVE, ("a", False))
    with pytest.raises(peewee.IntegrityError):
        with_task.run(LIVE, ("b", False))
    with_task.run("UPDATE attempt SET ended_at = 2 WHERE id = 'a'")
    with_task.run(LIVE, ("b", False))


def test_a_number_is_once_in_a_campaign(with_task: Database) -> None:
    with_task.run(NUMBER, (1, False))
    with pytest.raises(peewee.IntegrityError):
        with_task.run(NUMBER, (2, False))


def test_an_attempt_belongs_to_a_task(db: Database) -> None:
    with pytest.raises(peewee.IntegrityError):
        db.run(LIVE.replace("MIN(id)", "77").replace(" FROM task", ""), ("a", False))


def test_a_claim_reads_the_index_of_waiting_tasks_alone(with_task: Database) -> None:
    """The cost does not grow with the rows: the partial index is entered at its first entry."""
    probe = (
        "SELECT id FROM task WHERE campaign_id = 1 AND state = 'waiting' AND priority = 5"
        " AND due_at <= 9 ORDER BY due_at, asked_at, id LIMIT 100"
    )
    if with_task.dialect == "sqlite":
        plan = str(with_task.rows(f"EXPLAIN QUERY PLAN {probe}"))
    else:
        with_task.run("SET enable_seqscan = off")  # two rows would be read faster without
        with_task.run("SET enable_bitmapscan = off")
        plan = str(with_task.rows(f"EXPLAIN {probe}"))
    assert "task_due" in plan
    assert "SORT" not in plan.upper().replace("SORTED", "")
