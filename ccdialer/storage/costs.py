"""Sums what clients' legs cost, by trunk, direction, project, campaign or agent (SPEC A8, A9)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ccdialer.storage.database import Database


class By(StrEnum):
    """What costs are told apart by."""

    TRUNK = "trunk"
    DIRECTION = "direction"
    PROJECT = "project"
    CAMPAIGN = "campaign"
    AGENT = "agent"


NO_TRUNK = "(dial string)"
NOBODY = "(no agent)"

KEYS: dict[By, str] = {
    By.TRUNK: f"COALESCE(trunk.name, '{NO_TRUNK}')",
    By.DIRECTION: "COALESCE(leg.prefix, '')",
    By.PROJECT: "project.name",
    By.CAMPAIGN: "project.name || ' / ' || campaign.name",
    By.AGENT: f"COALESCE(agent.login, '{NOBODY}')",
}

# Of a call only the leg that was answered can have been talked on; the others cost nothing, or a
# connection fee that no provider takes for an unanswered call.
COSTS = """
    SELECT {key}, COALESCE(leg.currency, ''), MAX(COALESCE(trunk_rate.destination, '')),
        COUNT(*), COUNT(leg.answered_at),
        COUNT(*) FILTER (WHERE leg.answered_at IS NOT NULL AND attempt.joined_at IS NOT NULL),
        COUNT(*) FILTER (WHERE leg.answered_at IS NOT NULL AND result.result = 'success'),
        CAST(COALESCE(SUM(leg.billed_s), 0) AS BIGINT),
        CAST(SUM(leg.cost) AS BIGINT)
    FROM attempt
    JOIN leg ON leg.attempt_id = attempt.id AND leg.role = 'client'
    JOIN campaign ON campaign.id = attempt.campaign_id
    JOIN project ON project.id = campaign.project_id
    LEFT JOIN trunk ON trunk.id = leg.trunk_id
    LEFT JOIN trunk_rate ON trunk_rate.trunk_id = leg.trunk_id AND trunk_rate.prefix = leg.prefix
    LEFT JOIN agent ON agent.id = attempt.agent_id
    LEFT JOIN result ON result.attempt_id = attempt.id
    WHERE attempt.opened_at >= ? AND attempt.opened_at < ? AND attempt.ended_at IS NOT NULL
        AND (CAST(? AS INTEGER) IS NULL OR attempt.campaign_id = ?)
    GROUP BY 1, 2 ORDER BY COALESCE(SUM(leg.cost), -1) DESC, 1, 2"""


@dataclass(frozen=True, slots=True)
class Costs:
    """Clients' legs of closed attempts that share a key and a currency; money in micro-units."""

    key: str
    currency: str  # empty: their price is not known
    destination: str  # name of the prefix in a price list
    legs: int
    answered: int
    talks: int
    successes: int  # talks whose agent said so
    billed_s: int
    cost: int | None  # None: of none of them the price is known


def costs(
    database: Database, by: By, since: int, until: int, campaign_id: int | None = None
) -> list[Costs]:
    """Dearest first; of attempts opened from `since` to before `until`, epoch ms."""
    sql = COSTS.replace("{key}", KEYS[by])
    return [Costs(*row) for row in database.rows(sql, (since, until, campaign_id, campaign_id))]
