"""Claiming a hundred due tasks from ten thousand rows and from ten million."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ccdialer.core.agent import Agent
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.storage import agents, campaigns
from ccdialer.storage.database import SQLITE, Database, connect
from ccdialer.storage.migrating import migrate
from ccdialer.storage.tasks import claim_tasks, release_tasks
from tests.bench.calls import databases
from tests.bench.rows import Goal, Row, middle

FEW, MANY = 10_000, 10_000_000
COUNT = 100
ROUNDS = 41
NODE = "bench"

SERIES = {
    SQLITE: "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count})",
    "postgresql": "WITH s(n) AS (SELECT generate_series(1, {count}))",
}
TASKS = """{series} INSERT INTO task
    (id, campaign_id, state, priority, due_at, attempts, details, reason, created_at, changed_at)
    SELECT n, {campaign}, 'waiting', 3 + n - n / 3 * 3, {now} - 1000 + n / 100000, 0,
        '{{}}', '', 0, 0
    FROM s"""
NUMBERS = """{series} INSERT INTO task_number
    (task_id, position, campaign_id, e164, original, bad)
    SELECT n, 0, {campaign}, '+7' || (9000000000 + n), '', {false} FROM s"""


def claim() -> list[Row]:
    """One row for each kind of database; the baseline is the small table on the same machine."""
    rows = []
    with databases() as makers:
        for name, make in makers.items():
            with connect(make()) as small, connect(make()) as large:
                few, many = fill(small, FEW), fill(large, MANY)
                times = [(_claim_ms(large, many), _claim_ms(small, few)) for _ in range(ROUNDS)]
            goal = Goal(
                f"claim-{name}",
                f"claim {COUNT} of {MANY:,} against {FEW:,}, {name}",
                "ms",
                at_most=2,
            )
            rows.append(goal.row(middle([t[0] for t in times]), middle([t[1] for t in times])))
    return rows


def fill(database: Database, count: int) -> int:
    """That many waiting tasks, each with a number; the campaign's id."""
    migrate(database)
    now = time.time_ns() // 1_000_000
    settings = CampaignSettings(dial="PJSIP/{digits}@carrier", calling_hours=AT_ANY_TIME)
    campaign = campaigns.upsert_campaign(database, "bench", "bench", settings, now)
    words = {
        "series": SERIES[database.dialect].format(count=count),
        "campaign": campaign.id,
        "now": now,
        "false": "0" if database.dialect == SQLITE else "false",
    }
    with database.transaction():
        database.run(TASKS.format(**words))
        database.run(NUMBERS.format(**words))
    database.run("ANALYZE")
    return campaign.id


def fill_with_calls(
    database: Database, clients: int, statements: Mapping[str, int]
) -> tuple[int, int]:
    """The same, and rows of calls: each statement makes so many, from {series}, of one {campaign},
    {project} and {agent}, around {now}. Ids of the project and the campaign."""
    campaign_id = fill(database, clients)
    ((project_id,),) = database.rows("SELECT project_id FROM campaign")
    anna = Agent(0, "anna", "Anna", "PJSIP/anna", True, frozenset())
    words = {
        "campaign": campaign_id,
        "project": project_id,
        "agent": agents.upsert_agent(database, anna, ["bench"], 0),
        "now": time.time_ns() // 1_000_000,
        "true": "1" if database.dialect == SQLITE else "true",
    }
    for sql, count in statements.items():
        series = SERIES[database.dialect].format(count=count)
        database.run(sql.format(series=series, **words))
    database.run("ANALYZE")
    return int(project_id), campaign_id


def _claim_ms(database: Database, campaign_id: int) -> float:
    """One claim, given back afterwards outside the measured time."""
    now = time.time_ns() // 1_000_000
    begun = time.perf_counter()
    tasks = claim_tasks(database, campaign_id, COUNT, now, NODE)
    took = time.perf_counter() - begun
    assert len(tasks) == COUNT
    release_tasks(database, [task.id for task in tasks], NODE)
    return took * 1000
