"""Spending: caps by hour and day for site, project and trunk, and the running sums they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from ccdialer.core.lines import CAPS as CAPS_HELD
from ccdialer.storage.database import Database
from ccdialer.storage.holds import let_go_of

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


POST = """
    INSERT INTO spending (scope, subject_id, currency, hour_at, spent, held)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (scope, subject_id, currency, hour_at) DO UPDATE SET
        spent = spending.spent + excluded.spent, held = spending.held + excluded.held"""

PROJECTS = "SELECT id, project_id FROM campaign WHERE id {in_ids}"

BY_TRUNK = """
    SELECT subject_id, currency, CAST(SUM(spent) AS BIGINT), CAST(SUM(held) AS BIGINT)
    FROM spending WHERE scope = 'trunk' AND hour_at >= ? AND hour_at < ?
    GROUP BY subject_id, currency"""


def set_cap(database: Database, cap: Cap) -> None:
    """Set or change a cap; the very next attempt is asked about it."""
    with database.transaction():
        place = (cap.scope, cap.subject_id, cap.period, cap.currency)
        database.run(SET_CAP, (*place, cap.amount))
        let_go_of(database, CAPS_HELD)


def drop_cap(database: Database, cap: Cap) -> bool:
    """Take a cap away, whatever its amount; False if there was none."""
    with database.transaction():
        place = (cap.scope, cap.subject_id, cap.period, cap.currency)
        let_go_of(database, CAPS_HELD)
        return database.run(DROP_CAP, place) > 0


def list_caps(database: Database, locked: bool = False) -> list[Cap]:
    """All caps, in order; `locked`: nobody else asks for them until this transaction has ended."""
    rows = database.rows(f"{CAPS} {{for_update}}" if locked else CAPS)
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


# --- running sums -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Posting:
    """A change of the running sums by one leg, by the hour in which it was opened (epoch ms)."""

    project_id: int
    trunk_id: int
    currency: str
    opened_at: int
    spent: int
    held: int


def post(database: Database, postings: Iterable[Posting]) -> None:
    """Add to the sums of site, project and trunk; within the transaction that opens or ends legs.

    The site comes first everywhere, so that two nodes wait for each other and not crosswise.
    """
    sums: dict[tuple[int, str, int, str, int], list[int]] = defaultdict(lambda: [0, 0])
    for p in postings:
        hour_at, _ = bounds(Period.HOUR, p.opened_at)
        subjects = {Scope.SITE: 0, Scope.PROJECT: p.project_id, Scope.TRUNK: p.trunk_id}
        for place, (scope, subject_id) in enumerate(subjects.items()):
            found = sums[place, scope, subject_id, p.currency, hour_at]
            found[0] += p.spent
            found[1] += p.held
    database.run_many(POST, [(*key[1:], *found) for key, found in sorted(sums.items())])


def projects_of(database: Database, campaign_ids: Iterable[int]) -> dict[int, int]:
    """The projects of campaigns, by campaign id."""
    return dict(database.rows(PROJECTS, (database.keys(sorted(set(campaign_ids))),)))


def spent_by_trunk(database: Database, now: int) -> dict[int, dict[str, Spent]]:
    """What each trunk's legs of the day of `now` (epoch ms) cost, by currency."""
    begins, ends = bounds(Period.DAY, now)
    found: dict[int, dict[str, Spent]] = {}
    for trunk_id, currency, spent, held in database.rows(BY_TRUNK, (begins, ends)):
        found.setdefault(trunk_id, {})[currency] = Spent(int(spent), int(held))
    return found
