"""When the people of a campaign answered: its attempts by the hour of the day."""

from __future__ import annotations

from ccdialer.core.best_hour import NOTHING_LEARNED, Answers, Hours, answers_of
from ccdialer.core.campaign import Campaign
from ccdialer.core.clocks import hour_at
from ccdialer.core.disposition import Disposition
from ccdialer.storage.database import Database

HOUR_S = 3600

# By hours since the epoch, which are some hundreds of rows a month for each zone, so that the
# client's clock is looked at once for each.
BY_HOUR = f"""
    SELECT opened_at / {HOUR_S * 1000} AS hour, zone, disposition, COUNT(*)
    FROM attempt JOIN task ON task.id = task_id
    WHERE attempt.campaign_id = ? AND opened_at >= ? AND dialed_at IS NOT NULL
        AND ended_at IS NOT NULL
    GROUP BY 1, 2, 3"""


def answers_by_hour(database: Database, campaign: Campaign, since: int) -> Hours:
    """By the hour that the clients' clocks showed; attempts opened from `since` (epoch ms) on.
    Where a zone is not a whole number of hours from UTC, to within half an hour."""
    hours = list(NOTHING_LEARNED)
    for hour, zone, disposition, count in database.rows(BY_HOUR, (campaign.id, since)):
        one = answers_of(Disposition(disposition))
        shown = hour_at((int(hour) + 0.5) * HOUR_S, zone or campaign.settings.zone)
        hours[shown] += Answers(one.dials * count, one.answers * count)
    return tuple(hours)
