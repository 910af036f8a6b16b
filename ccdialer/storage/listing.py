"""Lists for people: tasks and attempts by filters, page by page, and all that is known of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from ccdialer.core.task import TaskState
from ccdialer.errors import NotFound
from ccdialer.storage.database import Database
from ccdialer.storage.models import Agent, Attempt, Campaign, Journal, Leg, Task, TaskNumber
from ccdialer.storage.paging import within
from ccdialer.storage.recordings import recordings_of

PAGE = 1000
JOURNALED = ("task", "callback")

COUNT_WAITING = """
    SELECT campaign_id, 'waiting', COUNT(*) FROM task WHERE state = 'waiting'
    GROUP BY campaign_id"""

COUNT_SETTLED = """
    SELECT campaign_id, state, COUNT(*) FROM task WHERE state <> 'waiting'
    GROUP BY state, campaign_id"""


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks to list; None: any. `after` is the id of the last row of the page before."""

    campaign_id: int | None = None
    states: Sequence[TaskState] = ()
    number: str | None = None  # E.164
    external_id: str | None = None
    owner_id: int | None = None
    owner_group: str | None = None
    after: int = 0
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """Which attempts to list; None: any. Instants in epoch ms, `since` within, `until` without.
    `after` is (opened_at, id) of the last row of the page before."""

    campaign_id: int | None = None
    task_id: int | None = None
    agent_id: int | None = None
    number: str | None = None  # E.164
    dispositions: Sequence[str] = ()
    since: int | None = None
    until: int | None = None
    after: tuple[int, str] | None = None
    limit: int = PAGE


Row = dict[str, Any]
Holder = Agent.alias()  # who was reserved before the client was dialed


def count_tasks(database: Database) -> dict[int, dict[TaskState, int]]:
    """How many tasks of each state each campaign has, counted in indexes alone.

    Exact, and in proportion to the rows: some 50 ms per million. For a live display ask it on a
    reading thread every few seconds.
    """
    counts: dict[int, dict[TaskState, int]] = {}
    for campaign_id, state, count in database.rows(COUNT_WAITING) + database.rows(COUNT_SETTLED):
        counts.setdefault(campaign_id, dict.fromkeys(TaskState, 0))[TaskState(state)] = count
    return counts


def list_tasks(database: Database, wanted: TaskFilter) -> list[Row]:
    """Tasks by id, each with its `numbers`: dicts of e164, original, bad, in order."""
    conditions = [Task.id > wanted.after]
    if wanted.campaign_id is not None:
        conditions.append(Task.campaign == wanted.campaign_id)
    if wanted.states:
        conditions.append(Task.state.in_(list(wanted.states)))
    equal = (
        (Task.external_id, wanted.external_id),
        (Task.owner_id, wanted.owner_id),
        (Task.owner_group, wanted.owner_group),
    )
    conditions += [field == value for field, value in equal if value is not None]
    if wanted.number is not None:
        of_number = TaskNumber.select(TaskNumber.task).where(TaskNumber.e164 == wanted.number)
        conditions.append(Task.id.in_(of_number))
    query = _tasks().where(*conditions).order_by(Task.id).limit(wanted.limit)
    rows = database.select(query)
    numbers = numbers_of(database, [row["id"] for row in rows])
    return [row | {"numbers": numbers.get(row["id"], [])} for row in rows]


def _tasks() -> Any:
    own = [field for field in Task._meta.sorted_fields if field is not Task.campaign]
    campaign_id = Task.campaign.alias("campaign_id")
    owner = Agent.login.alias("owner")
    query = Task.select(*own, campaign_id, Campaign.name.alias("campaign"), owner)
    return query.join(Campaign).join(Agent, JOIN.LEFT_OUTER, on=(Agent.id == Task.owner_id))


def numbers_of(database: Database, task_ids: Sequence[int]) -> dict[int, list[Row]]:
    """All numbers of each task, bad ones too, in order of preference."""
    found: dict[int, list[Row]] = {}
    rows = database.rows(
        "SELECT task_id, e164, original, bad FROM task_number WHERE task_id {in_ids}"
        " ORDER BY task_id, position",
        (database.keys(task_ids),),
    )
    for task_id, e164, original, bad in rows:
        number = {"e164": e164, "original": original, "bad": bool(bad)}
        found.setdefault(task_id, []).append(number)
    return found


def show_task(database: Database, task_id: int) -> Row:
    """A task with its `numbers`, its `tries` (attempts, oldest first, each with its `legs`) and its
    `journal`. Raises NotFound."""
    rows = list_tasks(database, TaskFilter(after=task_id - 1, limit=1))
    if not rows or rows[0]["id"] != task_id:
        raise NotFound(f"there is no task {task_id}; see: ccdialer task list")
    tries = list_attempts(database, AttemptFilter(task_id=task_id))
    legs = Leg.select().where(Leg.attempt.in_([row["id"] for row in tries])).order_by(Leg.opened_at)
    by_attempt: dict[str, list[Row]] = {row["id"]: [] for row in tries}
    for leg in database.select(legs):
        by_attempt[leg["attempt"]].append(leg)
    journal = Journal.select().where(Journal.task_id == task_id, Journal.kind.in_(JOURNALED))
    return rows[0] | {
        "tries": [row | {"legs": by_attempt[row["id"]]} for row in tries],
        "journal": database.select(journal.order_by(Journal.id)),
    }


def history_of_number(database: Database, e164: str) -> list[Row]:
    """Every task that has this number, as `show_task` tells it; for `why`."""
    wanted = TaskFilter(number=e164)
    return [show_task(database, row["id"]) for row in list_tasks(database, wanted)]


def list_attempts(database: Database, wanted: AttemptFilter) -> list[Row]:
    """Attempts in the order they were opened, with the names of campaign and agent, and with the
    `recordings` of each."""
    query = (
        Attempt.select(
            Attempt,
            Campaign.name.alias("campaign"),
            Agent.login.alias("agent"),
            Holder.login.alias("held"),
            Task.external_id,
        )
        .join(Task)
        .join(Campaign)
        .join(Agent, JOIN.LEFT_OUTER, on=(Agent.id == Attempt.agent_id))
        .join(Holder, JOIN.LEFT_OUTER, on=(Holder.id == Attempt.held_agent_id))
        .where(*_attempt_conditions(wanted))
        .order_by(Attempt.opened_at, Attempt.id)
        .limit(wanted.limit)
    )
    rows = database.select(query)
    recordings = recordings_of(database, [row["id"] for row in rows])
    return [row | {"recordings": recordings.get(row["id"], [])} for row in rows]


def _attempt_conditions(wanted: AttemptFilter) -> list[Any]:
    equal = (
        (Attempt.campaign_id, wanted.campaign_id),
        (Attempt.task, wanted.task_id),
        (Attempt.agent_id, wanted.agent_id),
        (Attempt.number, wanted.number),
    )
    conditions = [field == value for field, value in equal if value is not None]
    if wanted.dispositions:
        conditions.append(Attempt.disposition.in_(list(wanted.dispositions)))
    return conditions + within(Attempt.opened_at, Attempt.id, wanted)
