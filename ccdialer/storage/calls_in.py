"""Lists the calls that came in from a number, and what came of those that were lost."""

from __future__ import annotations

from typing import Any

from ccdialer.storage.database import Database

MOST = 50

Row = dict[str, Any]

# The attempts at the callback since: the task may be one of before, asked for anew.
CALLS_IN = """
    SELECT inbound_call.id, arrived_at, did, project.name, campaign.name,
        target_kind, target, inbound_call.reason, queued_at, joined_at, ended_at,
        agent.login, fate, fate_reason, inbound_call.task_id, task.state,
        task.reason, task.due_at, owner.login,
        (SELECT MIN(opened_at) FROM attempt WHERE attempt.task_id = task.id
            AND opened_at >= inbound_call.ended_at),
        (SELECT MIN(joined_at) FROM attempt WHERE attempt.task_id = task.id
            AND opened_at >= inbound_call.ended_at)
    FROM inbound_call LEFT JOIN campaign ON campaign.id = inbound_call.campaign_id
        LEFT JOIN project ON project.id = inbound_call.project_id
        LEFT JOIN agent ON agent.id = inbound_call.agent_id
        LEFT JOIN task ON task.id = inbound_call.task_id
        LEFT JOIN agent AS owner ON owner.id = task.owner_id
    WHERE number = ? ORDER BY arrived_at DESC, inbound_call.id DESC LIMIT ?"""

COLUMNS = (
    *("id", "arrived_at", "did", "project", "queue", "target_kind", "target", "rule", "queued_at"),
    *("joined_at", "ended_at", "agent", "fate", "fate_reason", "task_id", "task_state"),
    *("task_reason", "due_at", "owner", "called_at", "talked_at"),
)


def calls_in(database: Database, number: str) -> list[Row]:
    """The latest calls of the number (E.164), the last first. Instants in epoch ms."""
    rows = database.rows(CALLS_IN, (number, MOST))
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]
