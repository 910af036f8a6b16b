"""Clients who wait in vain: no trunk has a price for their number, or nobody knows their zone."""

from __future__ import annotations

from ccdialer.core.campaign import Campaign
from ccdialer.core.schedule import local
from ccdialer.core.task import TaskState
from ccdialer.core.zones import zones_of
from ccdialer.storage.database import Database
from ccdialer.storage.limits import schedules_of
from ccdialer.storage.settings import to_json
from ccdialer.storage.site_rules import rules_text

LONGEST_PREFIX = 15
STARTS = ", ".join(f"substr(e164, 2, {length})" for length in range(1, LONGEST_PREFIX + 1))

# By the index of prefixes: a list of a million numbers is looked through within seconds.
UNPRICED = f"""
    SELECT substr(e164, 1, 5), COUNT(*) FROM task_number JOIN task ON task.id = task_id
    WHERE task.campaign_id = ? AND task.state = ? AND NOT bad AND NOT EXISTS (
        SELECT 1 FROM trunk_rate JOIN trunk ON trunk.id = trunk_id
        WHERE trunk.enabled AND prefix IN ({STARTS}))
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"""

UNTOLD = """
    SELECT zone, e164 FROM task JOIN task_number ON task_id = task.id AND position = 0
    WHERE task.campaign_id = ? AND state = ? ORDER BY task.id DESC LIMIT ?"""
LOOKED_AT = 200  # the library takes some 40 µs for a number


def unpriced(database: Database, campaign_id: int, limit: int = 3) -> list[tuple[str, int]]:
    """First digits of a campaign's waiting numbers without a price, and how many begin so."""
    values = (campaign_id, TaskState.WAITING, limit)
    return [(str(start), int(count)) for start, count in database.rows(UNPRICED, values)]


def zoneless(database: Database, campaign: Campaign, now: float) -> tuple[int, int]:
    """Of the latest waiting tasks: how many have a zone neither of their own nor by their number,
    and how many were looked at. None, where the campaign names one or no hours bind it."""
    year = local("UTC", now).year
    settings = to_json(campaign.settings)
    schedules, zone = schedules_of(settings, rules_text(database), year)
    if zone or all(each.is_always for each in schedules):
        return 0, 0
    found = database.rows(UNTOLD, (campaign.id, TaskState.WAITING, LOOKED_AT))
    return sum(not own and len(zones_of(e164)) != 1 for own, e164 in found), len(found)
