"""Does what the results of callers' talks mean: called back as promised, or never called again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ccdialer.core.campaign import Campaign
from ccdialer.core.queue import Fate
from ccdialer.core.result import Result
from ccdialer.storage.campaigns import campaign_by_id
from ccdialer.storage.database import Database
from ccdialer.storage.dnc import DncList, Listing, put_on_list
from ccdialer.storage.lost import Missed, call_back
from ccdialer.storage.results import OPTED_OUT, SETTLED

UNSETTLED = """
    SELECT attempt_id, result.campaign_id, result.agent_id, at, result, result.reason, callback_at,
        is_promised, number
    FROM result JOIN inbound_call ON inbound_call.id = attempt_id
    WHERE attempt_id {in_ids} AND NOT is_settled AND ended_at IS NOT NULL
    ORDER BY at, attempt_id"""

CAME_OF_IT = "UPDATE inbound_call SET task_id = ? WHERE id = ?"


class _Due(NamedTuple):
    """A result of a caller's talk that is to be done. Instants in epoch ms."""

    call_id: str
    campaign_id: int
    agent_id: int
    at: int
    result: str
    reason: str
    callback_at: int | None
    is_promised: bool
    number: str  # E.164; empty: hidden


def settle_callers(database: Database, call_ids: Iterable[str]) -> list[int]:
    """Do what the results of these inbound calls mean, of those that are over, where that is still
    to be done: a callback is made, for the agent who has promised it, and who asks not to be called
    is on his project's list (SPEC F7). Returns the callbacks' tasks.

    Asked when a caller's call is closed, and when a result comes after that.
    """
    made: list[int] = []
    for row in database.rows(UNSETTLED, (database.keys(call_ids),)):
        due = _Due(*row)
        campaign = campaign_by_id(database, due.campaign_id)
        if due.result == Result.CALLBACK:
            made += _call_back(database, campaign, due)
        elif due.number and due.reason in campaign.settings.opt_out_reasons:
            on = DncList(campaign.project_id, OPTED_OUT)
            put_on_list(database, on, [Listing(due.number, due.reason)], due.at)
        database.run(SETTLED, (True, due.call_id))
    return made


def _call_back(database: Database, campaign: Campaign, due: _Due) -> list[int]:
    promised = Missed(
        call_id=due.call_id,
        number=due.number,
        project_id=campaign.project_id,
        at=due.at,
        fate=Fate.ANSWERED,
        settings=campaign.settings.queue,
        queue=campaign.name,
        priority=campaign.settings.priority,
        due_at=due.at if due.callback_at is None else due.callback_at,
        owner_id=due.agent_id if due.is_promised else None,
    )
    task_id = call_back(database, promised).task_id
    if task_id is None:
        return []
    database.run(CAME_OF_IT, (task_id, due.call_id))
    return [task_id]
