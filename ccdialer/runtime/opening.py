"""Whether a queue, or a number that is called, works now; and if not, when it does again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from ccdialer.calendars import calendar_of
from ccdialer.core.campaign import Campaign, CampaignState, Mode
from ccdialer.core.routing import Book
from ccdialer.core.schedule import LONGEST_SEARCH_S, Schedule, local, schedule
from ccdialer.fastagi.desk import Hours
from ccdialer.fastagi.script import Status
from ccdialer.storage.database import Database
from ccdialer.storage.site_rules import read_rules, rules_text

ALWAYS_OPEN = Hours(Status.OK, "always", True)


def hours_of_did(book: Book, did: str, at: float) -> Hours:
    """By the schedule of the number that was called; one without hours is always open. `at` in
    epoch seconds."""
    if not book.knows(did):
        return Hours(Status.NOTFOUND, "unknown_did")
    found = book.did(did)
    hours = book.schedules.get(found.schedule)
    if hours is None:
        return ALWAYS_OPEN
    return _told(hours, _clock_of(found.zone or book.routes.zone), at)


def hours_of_queue(database: Database, queue: Campaign, at: float) -> Hours:
    """By the calling hours of the queue's campaign, on the site's clocks, holidays included; closed
    too where the campaign does not run."""
    if queue.settings.mode is not Mode.INBOUND:
        return Hours(Status.NOTFOUND, "no_queue")
    if queue.state is not CampaignState.ACTIVE:
        return Hours(Status.OK, f"queue_{queue.state}")
    calendar = calendar_of(read_rules(rules_text(database)), datetime.fromtimestamp(at, UTC).year)
    hours = schedule(queue.settings.calling_hours, calendar, queue.name)
    return _told(hours, _clock_of(queue.settings.zone), at)


def _told(hours: Schedule, clock: Callable[[float], datetime], at: float) -> Hours:
    moment = at
    while moment < at + LONGEST_SEARCH_S:
        wait_s = hours.wait_s(clock(moment))
        if not wait_s:
            break
        moment += wait_s
    if moment == at:
        return Hours(Status.OK, "hours", True)
    never = moment >= at + LONGEST_SEARCH_S
    return Hours(Status.OK, "hours", False, None if never else round(moment - at))


def _clock_of(zone: str) -> Callable[[float], datetime]:
    """A clock of that zone; of this machine's where none is named."""
    if zone:
        return lambda at: local(zone, at)
    return lambda at: datetime.fromtimestamp(at, UTC).astimezone()
