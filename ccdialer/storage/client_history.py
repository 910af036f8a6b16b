"""What has happened with a client: calls to him and from him, what came of them, moved stages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ccdialer.storage.database import Database
from ccdialer.storage.results import HISTORY_MOST

KEYS = (
    *("at", "what", "number", "outcome", "talk_ms", "agent", "campaign", "result", "kind"),
    *("reason", "comment"),
)

# A result `callback` is no part of a client's history (SPEC B10); its call is.
RESULT = """
    LEFT JOIN result ON result.attempt_id = {call}.id AND result.result <> 'callback'"""
SAID = "result.result, result.kind, result.reason, result.comment"

OUT = f"""
    SELECT attempt.opened_at, 'call out', attempt.number, disposition,
        attempt.ended_at - joined_at, agent.login, campaign.name, {SAID}
    FROM task_number
        JOIN campaign ON campaign.id = task_number.campaign_id AND campaign.project_id = ?
        JOIN attempt ON attempt.task_id = task_number.task_id AND attempt.number = e164
        LEFT JOIN agent ON agent.id = attempt.agent_id
        {RESULT.format(call="attempt")}
    WHERE e164 {{in_ids}} ORDER BY attempt.opened_at DESC, attempt.id LIMIT ?"""

IN = f"""
    SELECT arrived_at, 'call in', number, fate, ended_at - joined_at, agent.login, campaign.name,
        {SAID}
    FROM inbound_call LEFT JOIN campaign ON campaign.id = inbound_call.campaign_id
        LEFT JOIN agent ON agent.id = inbound_call.agent_id
        {RESULT.format(call="inbound_call")}
    WHERE number {{in_ids}} AND COALESCE(inbound_call.project_id, campaign.project_id) = ?
    ORDER BY arrived_at DESC, inbound_call.id LIMIT ?"""

CHANGES = """
    SELECT at, state, reason, detail FROM journal WHERE client_id = ?
    ORDER BY at DESC, id DESC LIMIT ?"""


def history_of_client(
    database: Database, client_id: int, project_id: int, numbers: Sequence[str]
) -> list[dict[str, Any]]:
    """Calls with any of the numbers in the project, and what was changed of the client, the latest
    first, at most HISTORY_MOST. `what` is `call out`, `call in`, or how the journal calls a change,
    whose `detail` then has what was and is."""
    keys = database.keys(numbers)
    calls = [
        *database.rows(OUT, (project_id, keys, HISTORY_MOST)),
        *database.rows(IN, (keys, project_id, HISTORY_MOST)),
    ]
    entries = [dict(zip(KEYS, row, strict=True)) for row in calls]
    for at, state, by, detail in database.rows(CHANGES, (client_id, HISTORY_MOST)):
        bare = dict.fromkeys(KEYS)
        change = {"at": at, "what": state, "reason": by, "detail": json.loads(detail)}
        entries.append(bare | change)
    entries.sort(key=lambda entry: entry["at"], reverse=True)
    return entries[:HISTORY_MOST]
