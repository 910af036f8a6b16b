"""Whether a queue, or a number that is called, works now; and if not, when it does again."""

from __future__ import annotations

from datetime import UTC, datetime

from ccdialer.calendars import calendar_of
from ccdialer.core.campaign import Campaign, CampaignState, Mode
from ccdialer.core.routing import Book
from ccdialer.core.schedule import LONGEST_SEARCH_S, Schedule, schedule
from ccdialer.fastagi.desk import Hours
from ccdialer.fastagi.script import Status
from ccdialer.runtime.queue_hours import spans
from ccdialer.storage.database import Database
from ccdialer.storage.site_rules import site_rules

ALWAYS_OPEN = Hours(Status.OK, "always", True)
DAYS_AHEAD = round(LONGEST_SEARCH_S / 86400)
"""Hours that do not open within this are taken for hours that never do."""


def hours_of_did(book: Book, did: str, at: float) -> Hours:
    """By the schedule of the number that was called; one without hours is always open. `at` in
    epoch seconds."""
    if not book.knows(did):
        return Hours(Status.NOTFOUND, "unknown_did")
    found = book.did(did)
    hours = book.schedules.get(found.schedule)
    if hours is None:
        return ALWAYS_OPEN
    return _told(hours, found.zone or book.routes.zone, at)


def hours_of_queue(database: Database, queue: Campaign, at: float) -> Hours:
    """By the calling hours of the queue's campaign, on the site's clocks, holidays included; closed
    too where the campaign does not run."""
    if queue.settings.mode is not Mode.INBOUND:
        return Hours(Status.NOTFOUND, "no_queue")
    if queue.state is not CampaignState.ACTIVE:
        return Hours(Status.OK, f"queue_{queue.state}")
    calendar = calendar_of(site_rules(database), datetime.fromtimestamp(at, UTC).year)
    hours = schedule(queue.settings.calling_hours, calendar, queue.name)
    return _told(hours, queue.settings.zone, at)


def _told(hours: Schedule, zone: str, at: float) -> Hours:
    coming = (span for span in spans(hours, zone, at, DAYS_AHEAD) if span[1] > at)
    first = next(coming, None)
    if first is None:
        return Hours(Status.OK, "hours")
    wait_s = first[0] - at
    is_open = wait_s <= 0
    return Hours(Status.OK, "hours", is_open, None if is_open else round(wait_s))
