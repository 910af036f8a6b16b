"""A person is all his numbers, over all campaigns: no limit is passed, whatever happens between."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccdialer import storage
from ccdialer.core.attempt import client_leg
from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.core.commands import CloseAttempt, OpenAttempt
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import AttemptOpened
from ccdialer.core.limits import Counting, Counts, SiteRules
from ccdialer.core.phone import normalise
from ccdialer.core.task import Task, TaskMove, next_number
from ccdialer.storage import Database, TaskRow, limits
from ccdialer.storage.tasks import LOOK_MOST
from tests.storage.processes import other_process
from tests.storage.samples import NODE, to_wall

HOUR = 3_600_000
DAY = 24 * HOUR
MOSCOW = ZoneInfo("Europe/Moscow")
NOON = int(datetime(2026, 11, 25, 12, tzinfo=MOSCOW).timestamp() * 1000)
ANNA, ANNA_HOME, BORIS = "+79161234567", "+74951234567", "+79031112233"

_names = count()


def campaign_of(db: Database, **changes: Any) -> Campaign:
    given = {"calling_hours": AT_ANY_TIME, "zone": "Europe/Moscow"} | changes
    name = f"campaign {next(_names)}"
    return storage.upsert_campaign(db, name, name, CampaignSettings("P/{digits}", **given), NOON)


def add(db: Database, campaign: Campaign, *numbers: str, at: int = NOON, **more: Any) -> None:
    row = TaskRow([(n, n) for n in numbers], at)._replace(**more)
    assert storage.insert_tasks(db, campaign.id, [row], at) == [None]


def claim(db: Database, campaign: Campaign, at: int = NOON, many: int = 10) -> list[Task]:
    return list(storage.claim_tasks(db, campaign.id, many, at, NODE))


def opening(task: Task, at: int, **changes: Any) -> OpenAttempt:
    attempt_id = uuid4().hex
    leg = client_leg(attempt_id)
    given = (attempt_id, task.id, task.campaign_id, next_number(task), leg, at / 1000)
    return OpenAttempt(*given, **changes)


def closing(opened: OpenAttempt, disposition: Disposition, **changes: Any) -> CloseAttempt:
    given: dict[str, Any] = {
        "task_move": TaskMove.RETRY,
        "retry_after_s": 60.0,
        "counts": True,
        "bad_number": False,
        "cause": 0,
        "sip_code": None,
        "ended_at": opened.at + 30,
        "dialed_at": opened.at,
    }
    return CloseAttempt(opened.attempt_id, opened.task_id, disposition, **(given | changes))


def carry(db: Database, at: int, *commands: Any) -> list[Any]:
    return storage.carry_out(db, commands, NODE, to_wall, at)


def dial(db: Database, campaign: Campaign, at: int, result: Disposition, **more: Any) -> bool:
    """Dial the next task of the campaign, if the rules let it; whether they did."""
    tasks = claim(db, campaign, at, 1)
    if not tasks:
        return False
    command = opening(tasks[0], at)
    (answer,) = carry(db, at, command)
    if isinstance(answer, AttemptOpened):
        carry(db, at, closing(command, result, **more))
    return isinstance(answer, AttemptOpened)


def of(db: Database, number: str, campaign: Campaign) -> dict[str, Any]:
    wanted = storage.TaskFilter(campaign.id, number=number)
    return storage.list_tasks(db, wanted)[0]


# --- the person ---------------------------------------------------------------------------------


def test_a_contact_counts_over_campaigns_numbers_and_spellings(db: Database) -> None:
    storage.save_rules(db, SiteRules(per_day=1), NOON)
    first, second, third = (campaign_of(db) for _ in range(3))
    add(db, first, ANNA, ANNA_HOME)
    add(db, second, str(normalise("8 (495) 123-45-67")))
    add(db, third, BORIS)
    assert dial(db, first, NOON, Disposition.NO_ANSWER)
    assert not dial(db, second, NOON + HOUR, Disposition.NO_ANSWER)
    assert dial(db, third, NOON + HOUR, Disposition.NO_ANSWER)
    found = of(db, ANNA_HOME, second)
    assert found["held_by"] == "cap_day"
    assert found["reason"] == "contacted once this day already, no more are allowed"
    assert found["due_at"] == NOON + 12 * HOUR  # his midnight
    assert dial(db, second, NOON + 12 * HOUR, Disposition.NO_ANSWER)


@pytest.mark.parametrize(
    ("result", "more", "counts", "is_counted"),
    [
        (Disposition.NO_ANSWER, {}, Counts.ATTEMPTS, True),
        (Disposition.LOST, {"dialed_at": None}, Counts.ATTEMPTS, True),
        (Disposition.LOST, {"dialed_at": None}, Counts.TALKS, True),
        (Disposition.CONGESTION, {}, Counts.ATTEMPTS, False),
        (Disposition.FAILED, {"ringing_at": NOON / 1000}, Counts.ATTEMPTS, True),
        (Disposition.CANCELLED, {"dialed_at": None}, Counts.ATTEMPTS, False),
        (Disposition.CANCELLED, {}, Counts.ATTEMPTS, True),
        (Disposition.NO_ANSWER, {}, Counts.TALKS, False),
        (Disposition.TALKED, {"answered_at": NOON / 1000}, Counts.TALKS, True),
        (Disposition.MACHINE, {"answered_at": NOON / 1000}, Counts.TALKS, False),
    ],
)
def test_what_counts(
    db: Database, result: Disposition, more: dict[str, Any], counts: Counts, is_counted: bool
) -> None:
    storage.save_rules(db, SiteRules(per_day=1, counts=counts), NOON)
    first, second = campaign_of(db), campaign_of(db)
    add(db, first, ANNA)
    add(db, second, ANNA)
    assert dial(db, first, NOON, result, **more)
    assert dial(db, second, NOON + HOUR, Disposition.BUSY) is not is_counted


def test_a_call_that_nobody_closed_counts(db: Database) -> None:
    """As after a crash: the other number of a person whose call is perhaps still going on."""
    storage.save_rules(db, SiteRules(per_day=1), NOON)
    first, second = campaign_of(db), campaign_of(db)
    add(db, first, ANNA, ANNA_HOME)
    add(db, second, ANNA_HOME)
    (task,) = claim(db, first)
    carry(db, NOON, opening(task, NOON))
    assert not dial(db, second, NOON + HOUR, Disposition.BUSY)


def test_two_tasks_of_one_person_in_one_batch(db: Database) -> None:
    storage.save_rules(db, SiteRules(per_day=1), NOON)
    first, second = campaign_of(db), campaign_of(db)
    add(db, first, ANNA, ANNA_HOME)
    add(db, second, ANNA_HOME)
    tasks = [*claim(db, first), *claim(db, second)]
    answers = carry(db, NOON, *(opening(task, NOON) for task in tasks))
    assert [isinstance(a, AttemptOpened) for a in answers] == [True, False]


def test_a_clock_that_is_put_back_forgets_nothing(db: Database) -> None:
    storage.save_rules(db, SiteRules(per_day=1), NOON)
    first, second = campaign_of(db), campaign_of(db)
    add(db, first, ANNA)
    add(db, second, ANNA, at=NOON - DAY)
    assert dial(db, first, NOON, Disposition.NO_ANSWER)
    assert not dial(db, second, NOON - 2 * HOUR, Disposition.NO_ANSWER)


# --- the pause ----------------------------------------------------------------------------------


def test_an_abandoned_client_has_72_hours_from_every_campaign(db: Database) -> None:
    first, second = campaign_of(db), campaign_of(db)
    add(db, first, ANNA, ANNA_HOME)
    add(db, second, ANNA_HOME)
    assert dial(db, first, NOON, Disposition.ABANDONED, answered_at=NOON / 1000)
    assert not dial(db, second, NOON + HOUR, Disposition.BUSY)
    assert of(db, ANNA_HOME, second)["due_at"] == NOON + 30_000 + 72 * HOUR
    assert dial(db, second, NOON + 30_000 + 72 * HOUR, Disposition.BUSY)


def test_unless_an_agent_is_there_for_him(db: Database) -> None:
    first, second = campaign_of(db), campaign_of(db)
    add(db, first, ANNA)
    add(db, second, ANNA)
    assert dial(db, first, NOON, Disposition.ABANDONED, answered_at=NOON / 1000)
    (task,) = claim(db, second)
    (answer,) = carry(db, NOON + HOUR, opening(task, NOON + HOUR, held_agent_id=7))
    assert isinstance(answer, AttemptOpened)


# --- the window ---------------------------------------------------------------------------------

SHOP = {"mon-fri": "09:00-20:00", "sat, sun, holidays": "10:00-18:00"}
EVENING = NOON + 8 * HOUR


def test_the_zone_is_the_task_s_then_the_number_s_then_the_campaign_s(db: Database) -> None:
    campaign = campaign_of(db, calling_hours=SHOP)
    add(db, campaign, "+79160000001")
    add(db, campaign, "+79160000002", zone="Europe/Kaliningrad")
    add(db, campaign, "+73832123456")  # Novosibirsk: it is midnight there
    (task,) = claim(db, campaign, EVENING)
    assert task.numbers == ("+79160000002",)
    next_morning = NOON + 21 * HOUR
    assert of(db, "+79160000001", campaign)["due_at"] == next_morning
    assert of(db, "+73832123456", campaign)["due_at"] == next_morning - 4 * HOUR
    assert "in Asia/Novosibirsk: 09:00-20:00" in of(db, "+73832123456", campaign)["reason"]


def test_a_mobile_number_with_no_zone_anywhere_is_called_when_it_is_day_in_all(
    db: Database,
) -> None:
    campaign = campaign_of(db, calling_hours=SHOP, zone="")
    add(db, campaign, ANNA)
    assert claim(db, campaign) == []
    assert of(db, ANNA, campaign)["due_at"] == NOON + 22 * HOUR  # ten in Moscow, nine in Bucharest


def test_a_number_that_is_nowhere_is_asked_about_again(db: Database) -> None:
    campaign = campaign_of(db, calling_hours=SHOP, zone="")
    add(db, campaign, "+881612345678")
    assert claim(db, campaign) == []
    found = of(db, "+881612345678", campaign)
    assert (found["held_by"], found["due_at"]) == ("zone", NOON + DAY)


def test_the_hours_are_asked_again_when_the_attempt_is_opened(db: Database) -> None:
    campaign = campaign_of(db, calling_hours=SHOP)
    add(db, campaign, ANNA)
    (task,) = claim(db, campaign, EVENING - 10_000)
    (answer,) = carry(db, EVENING, opening(task, EVENING))
    assert "outside the campaign's hours in Europe/Moscow" in answer.reason
    assert of(db, ANNA, campaign)["due_at"] == NOON + 21 * HOUR


def test_a_moved_workday_and_a_holiday_of_the_site(db: Database) -> None:
    rules = SiteRules(holidays="RU", more_workdays=("2026-11-28",), more_holidays=("2026-11-25",))
    storage.save_rules(db, rules, NOON)
    campaign = campaign_of(db, calling_hours={"mon-fri": "09:00-20:00"})
    add(db, campaign, ANNA)
    assert claim(db, campaign) == []
    assert "closed on a holiday" in of(db, ANNA, campaign)["reason"]
    assert dial(db, campaign, NOON + DAY, Disposition.BUSY, retry_after_s=2 * 86400.0)
    assert dial(db, campaign, NOON + 3 * DAY + HOUR, Disposition.BUSY)  # the worked Saturday


def test_when_the_hours_end_for_the_day(db: Database) -> None:
    told = CampaignSettings("x", calling_hours=SHOP, zone="Europe/Moscow")
    assert limits.closes_at(db, told, NOON / 1000) == EVENING / 1000
    assert limits.closes_at(db, replace(told, zone=""), NOON / 1000) is None
    assert limits.closes_at(db, replace(told, calling_hours=AT_ANY_TIME), NOON / 1000) is None
    storage.save_rules(db, SiteRules(calling_hours={"daily": "09:00-18:00"}), NOON)
    assert limits.closes_at(db, told, NOON / 1000) == EVENING / 1000 - 7200


# --- the claim ----------------------------------------------------------------------------------


def test_those_who_may_not_be_called_do_not_fill_the_hopper(db: Database) -> None:
    campaign = campaign_of(db, calling_hours=SHOP)
    asleep = [TaskRow([(f"+7383{n:07d}", "")], NOON - 1, zone="Asia/Kamchatka") for n in range(400)]
    awake = [TaskRow([(f"+7495{n:07d}", "")], NOON) for n in range(30)]
    storage.insert_tasks(db, campaign.id, [*asleep, *awake], NOON)
    found = claim(db, campaign, NOON, 20)
    assert [task.numbers[0] for task in found] == [f"+7495{n:07d}" for n in range(20)]
    assert [t.numbers[0] for t in claim(db, campaign, NOON, 20)] == [
        f"+7495{n:07d}" for n in range(20, 30)
    ]


def test_a_claim_reads_no_more_than_so_many_and_the_next_goes_on(db: Database) -> None:
    campaign = campaign_of(db, calling_hours=SHOP)
    many = LOOK_MOST + 300
    asleep = [TaskRow([(f"+7383{n:07d}", "")], NOON - 1, zone="Asia/Tokyo") for n in range(many)]
    storage.insert_tasks(db, campaign.id, asleep, NOON)
    add(db, campaign, ANNA)
    late = NOON + 7 * HOUR
    held = "SELECT COUNT(*) FROM task WHERE asked_at > 0"
    assert claim(db, campaign, late, 20) == []
    assert LOOK_MOST <= db.rows(held)[0][0] < many
    assert [task.numbers for task in claim(db, campaign, late, 20)] == [(ANNA,)]
    assert db.rows(held)[0][0] == many


# --- any order of events ------------------------------------------------------------------------

calls = st.tuples(
    st.integers(0, 2),  # campaign
    st.integers(1, 40 * HOUR),  # since the call before
    st.sampled_from(Disposition),
    st.booleans(),  # whether the daemon dies before it hears how the call ended
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(calls, min_size=4, max_size=25), st.sampled_from(Counting))
def test_no_limit_is_passed_whatever_happens(
    db: Database, made: list[tuple[int, int, Disposition, bool]], counting: Counting
) -> None:
    db.run("DELETE FROM leg")
    for table in ("attempt", "task_number", "task"):
        db.run(f"DELETE FROM {table}")
    rules = SiteRules(per_day=1, per_week=3, counting=counting)
    storage.save_rules(db, rules, NOON)
    numbers = ((ANNA, ANNA_HOME), (ANNA_HOME, BORIS), (ANNA, BORIS))
    campaigns = [campaign_of(db, calling_hours=SHOP) for _ in numbers]
    for campaign, own in zip(campaigns, numbers, strict=True):
        add(db, campaign, *own)
    now = NOON
    for which, later, result, is_killed in made:
        now += later
        tasks = claim(db, campaigns[which], now, 1)
        commands = [opening(task, now) for task in tasks]
        answers = carry(db, now, *commands)
        if is_killed:
            storage.release_reserved(db, NODE)
            for found in storage.open_attempts_of(db, NODE):
                lost = OpenAttempt(found.attempt_id, found.task.id, 0, "", "", now / 1000)
                carry(db, now, closing(lost, Disposition.LOST, dialed_at=None))
        elif answers and isinstance(answers[0], AttemptOpened):
            carry(db, now, closing(commands[0], result))
    _hold_to_limits(db, rules)


def _hold_to_limits(db: Database, rules: SiteRules) -> None:
    rang = "disposition NOT IN ('congestion', 'failed', 'unallocated')"
    found = [at for (at,) in db.rows(f"SELECT opened_at FROM attempt WHERE {rang}")]
    clocks = [datetime.fromtimestamp(at / 1000, MOSCOW) for at in found]
    assert all(9 <= c.hour < 20 if c.weekday() < 5 else 10 <= c.hour < 18 for c in clocks)
    for at, clock in zip(found, clocks, strict=True):
        if rules.counting is Counting.ROLLING:
            assert sum(at <= other < at + DAY for other in found) <= rules.per_day
            assert sum(at <= other < at + 7 * DAY for other in found) <= rules.per_week
        else:
            assert sum(other.date() == clock.date() for other in clocks) <= rules.per_day
            week = clock.isocalendar()[:2]
            assert sum(o.isocalendar()[:2] == week for o in clocks) <= rules.per_week


# --- two daemons --------------------------------------------------------------------------------

DIALER = """
import sys, time
from pathlib import Path
from ccdialer import storage
from ccdialer.core.commands import OpenAttempt

url, node, go = sys.argv[1:4]
campaign_id, many, now = map(int, sys.argv[4:])
with storage.connect(url) as db:
    tasks = storage.claim_tasks(db, campaign_id, many, now, node)
    print("ready")
    while not Path(go).exists():
        time.sleep(0.001)
    for task in tasks:
        attempt_id = f"{node}{task.id}"
        at = now / 1000
        command = OpenAttempt(attempt_id, task.id, campaign_id, task.numbers[0], attempt_id, at)
        storage.carry_out(db, [command], node, lambda s: round(s * 1000), now)
    print("done")
"""


def test_of_two_daemons_one_calls_the_person(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    """Each has a task for every person, by another number of his: no key of the database keeps
    them apart, only the rule."""
    storage.save_rules(db, SiteRules(per_day=1), NOON)
    many, go = 60, tmp_path / "go"
    campaigns = [campaign_of(db), campaign_of(db)]
    for n in range(many):
        mobile = f"+7916{n:07d}"
        for campaign, code in zip(campaigns, (495, 499), strict=True):
            add(db, campaign, f"+7{code}{n:07d}", mobile)
    one, two = (
        (DIALER, database_url, node, str(go), str(campaign.id), str(many), str(NOON))
        for node, campaign in zip(("one", "two"), campaigns, strict=True)
    )
    with other_process(*one) as first, other_process(*two) as second:
        assert [first.line(), second.line()] == ["ready", "ready"]
        go.touch()
        assert [first.line(), second.line()] == ["done", "done"]
    persons = "SELECT COUNT(*), COUNT(DISTINCT substr(number, 6)) FROM attempt"
    assert db.rows(persons) == [(many, many)]
