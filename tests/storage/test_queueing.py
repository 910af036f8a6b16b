"""A place in the queue is exact, whatever due times there are: held against a plain list."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings
from ccdialer.storage import Database
from ccdialer.storage.queueing import place_in_queue
from tests.storage.samples import NOW, insert, row

ORDER = """
    SELECT id FROM task WHERE campaign_id = ? AND state = 'waiting' AND due_at <= ?
    ORDER BY priority DESC, due_at, id"""


def queue(db: Database, campaign_id: int) -> list[int]:
    """Ids in the order in which they are claimed."""
    return [task_id for (task_id,) in db.rows(ORDER, (campaign_id, NOW))]


tasks = st.tuples(st.sampled_from([4, 5, 9]), st.sampled_from([0, 0, 1, 5000]))
moves = st.tuples(st.integers(0, 9), st.integers(1, 12))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(tasks, min_size=1, max_size=9), st.lists(moves, min_size=1, max_size=6))
def test_a_task_is_dialed_after_exactly_so_many(
    db: Database, given_tasks: list[tuple[int, int]], given_moves: list[tuple[int, int]]
) -> None:
    name = str(db.rows("SELECT COUNT(*) FROM campaign")[0][0])
    made = storage.upsert_campaign(db, "acme", name, CampaignSettings("PJSIP/{digits}@t"), NOW)
    rows = [
        row(n, priority=priority, due_at=NOW - age) for n, (priority, age) in enumerate(given_tasks)
    ]
    insert(db, made, rows)
    model = queue(db, made.id)
    for which, places in given_moves:
        moved = model.pop(which % len(model))
        model.insert(places, moved)
        place_in_queue(db, moved, places, NOW)
        assert queue(db, made.id) == model


def test_tasks_that_are_not_due_are_no_part_of_the_queue(db: Database) -> None:
    made = storage.upsert_campaign(db, "acme", "demo", CampaignSettings("PJSIP/{digits}@t"), NOW)
    insert(db, made, [row(1), row(2, due_at=NOW + 60_000), row(3)])
    first, _, third = (task["id"] for task in storage.list_tasks(db, storage.TaskFilter()))
    place_in_queue(db, first, 6, NOW)
    assert queue(db, made.id) == [third, first]
