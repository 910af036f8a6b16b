"""Clients' legs: written with what they may cost before they are dialed, ended with their cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ccdialer.core.commands import CloseAttempt, OpenAttempt, OpenLeg
from ccdialer.core.events import LegOpened, LegRefused
from ccdialer.core.trunk import Rate, Route, billed_s, cost_of
from ccdialer.storage.database import Database
from ccdialer.storage.holds import Candidate, Hold, ToWall, wait_s_of
from ccdialer.storage.permission import LEG_CHECKS, holds
from ccdialer.storage.spending import Posting, post, projects_of

INSERT = """
    INSERT INTO leg (id, attempt_id, role, opened_at, trunk_id, caller_id, prefix, price, currency,
        fee, first_s, next_s, is_literal, held)
    VALUES (?, ?, 'client', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""

LIVE = """
    SELECT leg.id, attempt_id, leg.opened_at, trunk_id, project_id, attempt.answered_at,
        prefix, price, leg.currency, fee, first_s, next_s, is_literal, held
    FROM leg JOIN attempt ON attempt.id = attempt_id JOIN campaign ON campaign.id = campaign_id
    WHERE attempt_id {in_ids} AND role = 'client' AND leg.ended_at IS NULL
        AND attempt.ended_at IS NULL"""

END = """
    UPDATE leg SET answered_at = ?, ended_at = ?, cause = ?, sip_code = ?, billed_s = ?, cost = ?,
        held = NULL
    WHERE id = ?"""

# Only the leg that was answered costs anything, so the currency is that leg's.
OF_ATTEMPTS = """
    SELECT attempt_id, leg.id, trunk_id, trunk.name, caller_id, prefix, price, currency, fee,
        first_s, next_s, is_literal, held
    FROM leg LEFT JOIN trunk ON trunk.id = trunk_id
    WHERE attempt_id {in_ids} AND role = 'client' ORDER BY attempt_id, leg.id"""

COST_OF_ATTEMPT = """
    UPDATE attempt SET
        cost = (SELECT CAST(SUM(cost) AS BIGINT) FROM leg WHERE attempt_id = attempt.id),
        currency = (SELECT currency FROM leg WHERE attempt_id = attempt.id AND cost IS NOT NULL
            ORDER BY cost DESC, id DESC LIMIT 1)
    WHERE id {in_ids} AND ended_at IS NULL"""

STAND = """
    SELECT attempt.id, leg.id FROM attempt JOIN leg ON leg.attempt_id = attempt.id
    WHERE attempt.id {in_ids} AND attempt.ended_at IS NULL"""


# --- opened -------------------------------------------------------------------------------------


def insert_legs(
    database: Database, commands: Sequence[OpenAttempt | OpenLeg], to_wall: ToWall
) -> None:
    """Write legs that are about to be dialed, and hold of the caps what they may cost at most."""
    database.run_many(INSERT, [_row(c, to_wall) for c in commands])
    priced = [(c, c.route) for c in commands if isinstance(c.route, Route) and c.route.most]
    if priced:
        projects = projects_of(database, (c.campaign_id for c, _ in priced))
        postings = (_holding(c, route, projects, to_wall) for c, route in priced)
        post(database, filter(None, postings))


def _row(c: OpenAttempt | OpenLeg, to_wall: ToWall) -> tuple[object, ...]:
    route = c.route if isinstance(c.route, Route) else Route(None, "", "", "")
    rate = route.rate
    price: tuple[object, ...] = (None,) * 7
    if rate is not None:
        price = (
            *(rate.prefix, rate.price, rate.currency, rate.fee, rate.first_s, rate.next_s),
            rate.is_literal,
        )
    place = (c.leg_id, c.attempt_id, to_wall(c.at), route.trunk_id, route.caller_id)
    return (*place, *price, route.most or None)


def _holding(
    c: OpenAttempt | OpenLeg, route: Route, projects: dict[int, int], to_wall: ToWall
) -> Posting | None:
    if route.rate is None or route.trunk_id is None:
        return None
    place = (projects[c.campaign_id], route.trunk_id, route.rate.currency, to_wall(c.at))
    return Posting(*place, spent=0, held=route.most)


def open_legs(
    database: Database, commands: Sequence[OpenLeg], to_wall: ToWall
) -> list[LegOpened | LegRefused]:
    """The trunk before did not carry the attempt: end its leg, commit the next one; an answer for
    each, in order. A replay is answered as the first time."""
    with database.transaction():
        stand = database.rows(STAND, (database.keys(c.attempt_id for c in commands),))
        live = {attempt_id for attempt_id, _ in stand}
        known = {leg_id for _, leg_id in stand}
        new = [c for c in commands if c.attempt_id in live and c.leg_id not in known]
        end_legs(database, [_failed(c, to_wall) for c in new])
        held = holds(database, [_candidate(c, to_wall) for c in new], LEG_CHECKS)
        insert_legs(database, [c for c in new if c.task_id not in held], to_wall)
    return [_answer(c, live, held, to_wall) for c in commands]


def _failed(c: OpenLeg, to_wall: ToWall) -> End:
    return End(c.attempt_id, to_wall(c.at), None, c.cause, c.sip_code)


def _candidate(c: OpenLeg, to_wall: ToWall) -> Candidate:
    return Candidate(c.task_id, c.campaign_id, c.number, to_wall(c.at), route=c.route)


def _answer(
    c: OpenLeg, live: set[str], held: dict[int, Hold], to_wall: ToWall
) -> LegOpened | LegRefused:
    if c.attempt_id not in live:
        return LegRefused(c.attempt_id, c.leg_id, "the attempt is over")
    hold = held.get(c.task_id)
    if hold is None:
        return LegOpened(c.attempt_id, c.leg_id)
    wait_s = wait_s_of(hold, to_wall(c.at))
    return LegRefused(c.attempt_id, c.leg_id, hold.reason, hold.rule, wait_s)


# --- ended --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class End:
    """How the present client's leg of an attempt ended; instants in epoch ms."""

    attempt_id: str
    at: int
    answered_at: int | None
    cause: int
    sip_code: int | None


def close_legs(database: Database, commands: Sequence[CloseAttempt], to_wall: ToWall) -> None:
    """End the legs of attempts that are about to be closed, and say what the attempts cost; those
    that are closed stay as they are."""
    ends = []
    for c in commands:
        answered_at = None if c.answered_at is None else to_wall(c.answered_at)
        ends.append(End(c.attempt_id, to_wall(c.ended_at), answered_at, c.cause, c.sip_code))
    end_legs(database, ends)
    database.run(COST_OF_ATTEMPT, (database.keys(c.attempt_id for c in commands),))


def end_legs(database: Database, ends: Sequence[End]) -> None:
    """Write how the legs ended and what they cost; what was held of the caps is let go."""
    if not ends:
        return
    by_attempt = {end.attempt_id: end for end in ends}
    rows = database.rows(LIVE, (database.keys(by_attempt),))
    bills = [_bill(_LiveLeg(*row), by_attempt[row[1]]) for row in rows]
    database.run_many(END, [bill.row for bill in bills])
    post(database, [bill.posting for bill in bills if bill.posting is not None])


# --- found at a start ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LastLeg:
    """The client's leg that an open attempt has got to; `tried` are the trunks before it."""

    leg_id: str
    route: Route | None
    tried: tuple[int, ...]


def last_legs(database: Database, attempt_ids: Iterable[str]) -> dict[str, LastLeg]:
    """By attempt. The route's dial string is not kept: the leg has been dialed, or never is."""
    found: dict[str, LastLeg] = {}
    for attempt_id, leg_id, trunk_id, *rest in database.rows(
        OF_ATTEMPTS, (database.keys(attempt_ids),)
    ):
        before = found.get(attempt_id)
        tried: tuple[int, ...] = ()
        if before is not None and before.route is not None:
            tried = (*before.tried, before.route.trunk_id or 0)
        found[attempt_id] = LastLeg(leg_id, _route(trunk_id, *rest), tried)
    return found


def _route(
    trunk_id: int | None, name: str | None, caller_id: str | None, prefix: str | None, *rest: Any
) -> Route:
    price, currency, fee, first_s, next_s, is_literal, held = rest
    rate = None
    if price is not None:
        rate = Rate(prefix or "", price, currency, fee, first_s, next_s, bool(is_literal))
    return Route(trunk_id, name or "", "", caller_id or "", rate, held or 0)


# --- bills --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _LiveLeg:
    """A row of LIVE."""

    id: str
    attempt_id: str
    opened_at: int
    trunk_id: int | None
    project_id: int
    answered_at: int | None  # as an earlier run had written it
    prefix: str | None
    price: int | None
    currency: str | None
    fee: int | None
    first_s: int | None
    next_s: int | None
    is_literal: bool | None
    held: int | None


@dataclass(frozen=True, slots=True)
class _Bill:
    row: tuple[object, ...]  # of END
    posting: Posting | None


def _bill(leg: _LiveLeg, end: End) -> _Bill:
    answered_at = end.answered_at or leg.answered_at
    rate = _rate(leg)
    billed, cost = None, None
    if rate is not None and answered_at is not None:
        billed = billed_s(rate, end.at - answered_at)
    if rate is not None and rate.is_literal:
        cost = 0 if answered_at is None else _cost(rate, end.at - answered_at, leg.held)
    row = (answered_at, end.at, end.cause, end.sip_code, billed, cost, leg.id)
    return _Bill(row, _posting(leg, cost))


def _cost(rate: Rate, talk_ms: int, held: int | None) -> int:
    """Asterisk ends every call at its longest; of an end that was seen later it cost no more."""
    cost = cost_of(rate, talk_ms)
    return cost if held is None else min(cost, held)


def _rate(leg: _LiveLeg) -> Rate | None:
    if leg.price is None:
        return None
    increments = (leg.fee or 0, leg.first_s or 1, leg.next_s or 1)
    place = (leg.prefix or "", leg.price, leg.currency or "")
    return Rate(*place, *increments, is_literal=bool(leg.is_literal))


def _posting(leg: _LiveLeg, cost: int | None) -> Posting | None:
    if leg.trunk_id is None or leg.currency is None or not (cost or leg.held):
        return None
    place = (leg.project_id, leg.trunk_id, leg.currency, leg.opened_at)
    return Posting(*place, spent=cost or 0, held=-(leg.held or 0))
