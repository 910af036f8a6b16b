"""Each leg is written before it is dialed, with its price, and costs what its talk lasted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.attempt import client_leg
from ccdialer.core.campaign import Campaign
from ccdialer.core.commands import OpenAttempt, OpenLeg, RecordJoin
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import AttemptOpened, LegOpened, LegRefused
from ccdialer.core.task import Task, TaskMove
from ccdialer.core.trunk import Rate, Route, Trunk, TrunkSettings, most_of
from ccdialer.storage import Cap, Database, Period, Scope, Spent
from ccdialer.storage.legs import last_legs
from tests.storage.samples import NODE, NOW, at, carry, claim, closing, insert, opening, row

RATE = Rate("7", 1_800_000, fee=200_000, first_s=30, next_s=6)
SYMBOLIC = Rate("7", 5, is_literal=False)
LONGEST_S = 600.0


@pytest.fixture
def task(db: Database, campaign: Campaign) -> Task:
    insert(db, campaign, [row(1)])
    (claimed,) = claim(db, campaign)
    return claimed


def route(db: Database, name: str = "main", rate: Rate = RATE) -> Route:
    settings = TrunkSettings(name)
    trunk_id = storage.upsert_trunk(db, Trunk(0, name, settings, {rate.prefix: rate}), NOW)
    most = most_of(rate, LONGEST_S)
    return Route(trunk_id, name, f"PJSIP/1@{name}", "+7800", rate, most)


def over(opened: OpenAttempt, way: Route, **changes: Any) -> OpenLeg:
    """The next leg of an attempt whose first trunk answered 503."""
    command = OpenLeg(
        *(opened.attempt_id, opened.task_id, opened.campaign_id, opened.number),
        *(client_leg(opened.attempt_id, 2), way, at(2.0)),
        *(opened.leg_id, 34, 503),
    )
    return replace(command, **changes)


def legs(db: Database) -> list[dict[str, Any]]:
    names = (
        *("id", "trunk_id", "caller_id", "answered_at", "ended_at", "cause", "sip_code"),
        *("price", "billed_s", "cost", "held"),
    )
    rows = db.rows(f"SELECT {', '.join(names)} FROM leg ORDER BY id")
    return [dict(zip(names, values, strict=True)) for values in rows]


def site(db: Database) -> Spent:
    return storage.spent_of(db, Cap(Scope.SITE, 0, Period.HOUR, "RUB", 0), NOW)


def talked(opened: OpenAttempt, answered_s: float, ended_s: float) -> Any:
    return closing(
        opened,
        disposition=Disposition.TALKED,
        task_move=TaskMove.FINISH,
        answered_at=at(answered_s),
        joined_at=at(answered_s),
        ended_at=at(ended_s),
        cause=16,
        sip_code=None,
    )


def test_a_leg_keeps_trunk_price_and_caller_id_and_holds_its_longest_call(
    db: Database, task: Task
) -> None:
    way = route(db)
    opened = opening(task, route=way)
    assert carry(db, opened) == [AttemptOpened(opened.attempt_id)]
    (leg,) = legs(db)
    assert (leg["trunk_id"], leg["caller_id"], leg["price"]) == (way.trunk_id, "+7800", RATE.price)
    assert leg["held"] == 18_200_000  # ten minutes at 1.80 and the fee
    assert site(db) == Spent(0, 18_200_000)


@pytest.mark.parametrize(
    ("talk_s", "billed_s", "cost"),
    [(0.1, 30, 1_100_000), (30.0, 30, 1_100_000), (30.001, 36, 1_280_000), (61.5, 66, 2_180_000)],
)
def test_an_answered_leg_costs_its_fee_and_its_increments(
    db: Database, task: Task, talk_s: float, billed_s: int, cost: int
) -> None:
    opened = opening(task, route=route(db))
    carry(db, opened)
    carry(db, talked(opened, 5.0, 5.0 + talk_s))
    (leg,) = legs(db)
    assert (leg["billed_s"], leg["cost"], leg["held"]) == (billed_s, cost, None)
    assert db.rows("SELECT cost, currency FROM attempt") == [(cost, "RUB")]
    assert site(db) == Spent(cost, 0)


def test_a_leg_that_nobody_answered_costs_nothing(db: Database, task: Task) -> None:
    opened = opening(task, route=route(db))
    carry(db, opened, closing(opened))
    (leg,) = legs(db)
    assert (leg["billed_s"], leg["cost"], leg["cause"], leg["sip_code"]) == (None, 0, 17, 486)
    assert site(db) == Spent(0, 0)


def test_a_symbolic_price_costs_nothing_that_anybody_knows(db: Database, task: Task) -> None:
    opened = opening(task, route=route(db, rate=SYMBOLIC))
    carry(db, opened, talked(opened, 5.0, 25.0))
    (leg,) = legs(db)
    assert (leg["billed_s"], leg["cost"]) == (60, None)
    assert db.rows("SELECT cost, currency FROM attempt") == [(None, None)]
    assert db.rows("SELECT * FROM spending") == []


def test_a_fixed_dial_string_has_no_price(db: Database, task: Task) -> None:
    opened = opening(task, route=Route(None, "", "PJSIP/1@old", "+7495"))
    carry(db, opened, talked(opened, 5.0, 25.0))
    (leg,) = legs(db)
    assert (leg["trunk_id"], leg["caller_id"], leg["cost"]) == (None, "+7495", None)
    assert leg["answered_at"] == NOW + 5000


def test_an_end_that_was_seen_late_costs_no_more_than_the_longest_call(
    db: Database, task: Task
) -> None:
    """Asterisk has ended the call at its longest, whatever became of the daemon."""
    opened = opening(task, route=route(db))
    carry(db, opened, talked(opened, 5.0, 90_000.0))
    assert site(db) == Spent(18_200_000, 0)


def test_after_a_restart_the_join_tells_when_it_was_answered(db: Database, task: Task) -> None:
    opened = opening(task, route=route(db))
    carry(db, opened, RecordJoin(opened.attempt_id, 7, "leg", at(5.0), at(6.0)))
    carry(db, closing(opened, ended_at=at(35.0), answered_at=None))
    assert legs(db)[0]["cost"] == 1_100_000


# --- failover -----------------------------------------------------------------------------------


def test_the_next_leg_ends_the_one_before(db: Database, task: Task) -> None:
    main, spare = route(db), route(db, "spare")
    opened = opening(task, route=main)
    carry(db, opened)
    leg = over(opened, spare)
    assert carry(db, leg) == [LegOpened(opened.attempt_id, leg.leg_id)]
    first, second = legs(db)
    assert (first["ended_at"], first["cause"], first["sip_code"]) == (NOW + 2000, 34, 503)
    assert (first["cost"], first["held"]) == (0, None)
    assert (second["trunk_id"], second["ended_at"]) == (spare.trunk_id, None)
    assert site(db) == Spent(0, 18_200_000)
    carry(db, talked(opened, 8.0, 28.0))
    first, second = legs(db)
    assert (first["cost"], second["cost"], second["billed_s"]) == (0, 1_100_000, 30)
    assert db.rows("SELECT cost, currency FROM attempt") == [(1_100_000, "RUB")]
    assert site(db) == Spent(1_100_000, 0)


def test_a_batch_may_be_told_again(db: Database, task: Task) -> None:
    opened = opening(task, route=route(db))
    leg = over(opened, route(db, "spare"))
    carry(db, opened)
    for _ in range(2):
        assert carry(db, leg) == [LegOpened(opened.attempt_id, leg.leg_id)]
        assert site(db) == Spent(0, 18_200_000)
    for _ in range(2):
        carry(db, talked(opened, 8.0, 28.0))
        assert site(db) == Spent(1_100_000, 0)


def test_an_attempt_that_is_over_gets_no_further_leg(db: Database, task: Task) -> None:
    opened = opening(task, route=route(db))
    leg = over(opened, route(db, "spare"))
    carry(db, opened, closing(opened))
    assert carry(db, leg) == [LegRefused(opened.attempt_id, leg.leg_id, "the attempt is over")]
    assert len(legs(db)) == 1


def test_no_further_leg_after_the_emergency_stop(db: Database, task: Task) -> None:
    opened = opening(task, route=route(db))
    carry(db, opened)
    storage.stop_all(db, "wrong list", NOW)
    (answer,) = carry(db, over(opened, route(db, "spare")))
    assert isinstance(answer, LegRefused)
    assert (answer.rule, answer.reason) == ("standstill", "all is stopped: wrong list")
    (leg,) = legs(db)
    assert leg["ended_at"] == NOW + 2000
    assert site(db) == Spent(0, 0)


def test_the_last_leg_is_found_after_a_restart(db: Database, task: Task) -> None:
    main, spare = route(db), route(db, "spare")
    opened = opening(task, route=main)
    carry(db, opened)
    leg = over(opened, spare)
    carry(db, leg)
    found = last_legs(db, [opened.attempt_id])[opened.attempt_id]
    assert found.leg_id == leg.leg_id
    assert found.tried == (main.trunk_id,)
    assert found.route == replace(spare, endpoint="")
    (attempt,) = storage.open_attempts_of(db, NODE)
    assert (attempt.leg_id, attempt.route) == (found.leg_id, found.route)
    assert attempt.trunks_tried == (main.trunk_id,)
