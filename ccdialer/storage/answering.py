"""When the people of a campaign answered: its attempts by the hour of the day."""

from __future__ import annotations

from ccdialer.core.best_hour import NOTHING_LEARNED, Answers, Hours, answers_of
from ccdialer.core.clocks import hour_at
from ccdialer.core.disposition import Disposition
from ccdialer.storage.database import Database

HOUR_S = 3600

# By hours since the epoch, which are some hundreds of rows a month, so that the client's clock is
# looked at once for each. The zone is that of the task, as in core.task.Task.
BY_HOUR = f"""
    SELECT opened_at / {HOUR_S * 1000} AS hour, '' AS zone, disposition, COUNT(*) FROM attempt
    WHERE campaign_id = ? AND opened_at >= ? AND dialed_at IS NOT NULL AND ended_at IS NOT NULL
    GROUP BY 1, 2, 3"""


def answers_by_hour(database: Database, campaign_id: int, since: int) -> Hours:
    """By the hour that the clients' clocks showed; attempts opened from `since` (epoch ms) on.
    Where a zone is not a whole number of hours from UTC, to within half an hour."""
    hours = list(NOTHING_LEARNED)
    for hour, zone, disposition, count in database.rows(BY_HOUR, (campaign_id, since)):
        one = answers_of(Disposition(disposition))
        shown = hour_at((int(hour) + 0.5) * HOUR_S, zone)
        hours[shown] += Answers(one.dials * count, one.answers * count)
    return tuple(hours)
