"""Spending: caps by hour and day for site, project and trunk, and the running sums they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from ccdialer.storage.database import Database

HOUR_MS = 3_600_000


class Scope(StrEnum):
    """Whose spending a cap limits; stored by name."""

    SITE = "site"
    PROJECT = "project"
    TRUNK = "trunk"


class Period(StrEnum):
    """In which time, by this machine's zone; stored by name."""

    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `amount` micro-units of the currency per period; `subject_id` is 0 for the site."""

    scope: Scope
    subject_id: int
    period: Period
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What legs opened in a period cost: those that ended, and at most those that live."""

    spent: int = 0
    held: int = 0


SET_CAP = """
    INSERT INTO spending_cap (scope, subject_id, period, currency, amount) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (scope, subject_id, period, currency) DO UPDATE SET amount = excluded.amount"""

DROP_CAP = """
    DELETE FROM spending_cap WHERE scope = ? AND subject_id = ? AND period = ? AND currency = ?"""

CAPS = """
    SELECT scope, subject_id, period, currency, amount FROM spending_cap
    ORDER BY scope, subject_id, period, currency"""

SUMS = """
    SELECT CAST(COALESCE(SUM(spent), 0) AS BIGINT), CAST(COALESCE(SUM(held), 0) AS BIGINT)
    FROM spending
    WHERE scope = ? AND subject_id = ? AND currency = ? AND hour_at >= ? AND hour_at < ?"""


def set_cap(database: Database, cap: Cap) -> None:
    """Set or change a cap; the very next attempt is asked about it."""
    with database.transaction():
        place = (cap.scope, cap.subject_id, cap.period, cap.currency)
        database.run(SET_CAP, (*place, cap.amount))


def drop_cap(database: Database, cap: Cap) -> bool:
    """Take a cap away, whatever its amount; False if there was none."""
    with database.transaction():
        place = (cap.scope, cap.subject_id, cap.period, cap.currency)
        return database.run(DROP_CAP, place) > 0


def list_caps(database: Database) -> list[Cap]:
    """All caps, in order."""
    rows = database.rows(CAPS)
    return [Cap(Scope(s), i, Period(p), currency, amount) for s, i, p, currency, amount in rows]


def spent_of(database: Database, cap: Cap, now: int) -> Spent:
    """What counts against a cap in the period of `now` (epoch ms)."""
    begins, ends = bounds(cap.period, now)
    place = (cap.scope, cap.subject_id, cap.currency)
    row = database.row(SUMS, (*place, begins, ends))
    return Spent(*map(int, row)) if row else Spent()


def bounds(period: Period, at: int) -> tuple[int, int]:
    """When the hour or day of an instant begins and ends; epoch ms, by this machine's zone."""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone()
    if period is Period.HOUR:
        begins = _ms(local.replace(minute=0, second=0, microsecond=0))
        return begins, begins + HOUR_MS
    # Without a zone it is read by the machine's: a day of the clocks' change has its true length.
    midnight = datetime.combine(local.date(), time())
    return _ms(midnight), _ms(midnight + timedelta(days=1))


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
