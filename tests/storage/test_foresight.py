"""What the rules will say: asked in the engine's order, storage only read."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import replace

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.limits import SiteRules
from ccdialer.core.task import Task
from ccdialer.core.trunk import NoRoute, Rate, Route
from ccdialer.storage import Cap, Database, Period, Scope
from ccdialer.storage.database import SQLITE
from ccdialer.storage.dnc import DncList, Listing, put_on_list
from ccdialer.storage.foresight import Asked, next_call, outlook
from ccdialer.storage.spending import Posting, bounds, post
from tests.storage.samples import NOW, carry, claim, insert, number, opening, row

HOUR = 3_600_000
MICRO = 1_000_000


def by_dial_string(task: Task, without: Set[int]) -> tuple[Task, Route | NoRoute]:
    return task, Route(None, "", "PJSIP/1@t", "")


def asked(db: Database, campaign: Campaign, index: int = 0) -> Asked:
    """The one task of the campaign that has this number."""
    wanted = storage.TaskFilter(number=number(index), campaign_id=campaign.id)
    (found,) = storage.list_tasks(db, wanted)
    numbers = tuple(each["e164"] for each in found["numbers"])
    return Asked(Task(found["id"], campaign.id, numbers), False, by_dial_string)


@contextmanager
def only_read(db: Database) -> Iterator[None]:
    """Whoever writes, or locks a row, fails."""
    if db.dialect == SQLITE:
        db.run("PRAGMA query_only = ON")
        yield
        db.run("PRAGMA query_only = OFF")
        return
    with db.transaction():
        db.run("SET TRANSACTION READ ONLY")
        yield


def test_nothing_is_written_or_locked(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(0)])
    storage.stop_all(db, "drill", NOW)
    storage.set_cap(db, Cap(Scope.SITE, 0, Period.DAY, "RUB", 1))
    rate = Rate("7", MICRO)
    way = Route(1, "main", "", "", rate, MICRO)
    by_trunk = replace(asked(db, campaign), choose=lambda task, without: (task, way))
    with only_read(db):
        found = outlook(db, by_trunk, NOW)
    assert [hold.rule for hold in found.holds] == ["standstill", "cap_of_site"]
    assert found.hold is found.holds[0]


def test_rules_follow_each_other(db: Database, campaign: Campaign) -> None:
    """Listed for three hours, and then the hours are over for the day."""
    insert(db, campaign, [row(0)])
    settings = replace(campaign.settings, calling_hours={"daily": "09:00-12:00"})
    storage.upsert_campaign(db, "acme", "demo", settings, NOW)
    put_on_list(db, DncList(), [Listing(number(0), "", NOW + 3 * HOUR)], NOW)
    found = next_call(db, asked(db, campaign), NOW)
    assert [hold.rule for _, hold in found.holds] == ["dnc", "window"]
    assert found.holds[1][0] == NOW + 3 * HOUR
    assert found.at == found.holds[1][1].until


def test_what_nobody_knows_the_end_of(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(0)])
    storage.stop_all(db, "drill", NOW)
    found = next_call(db, asked(db, campaign), NOW)
    assert (found.at, found.is_never) == (None, False)
    assert found.last is not None
    assert found.last.reason == "all is stopped: drill"


def test_a_cap_that_live_calls_fill_ends_with_its_period(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(0)])
    storage.set_cap(db, Cap(Scope.SITE, 0, Period.HOUR, "RUB", 2 * MICRO))
    post(db, [Posting(campaign.project_id, 1, "RUB", NOW, 0, 2 * MICRO)])
    way = Route(1, "main", "", "", Rate("7", MICRO), MICRO)
    by_trunk = replace(asked(db, campaign), choose=lambda task, without: (task, way))
    found = next_call(db, by_trunk, NOW)
    assert found.at == bounds(Period.HOUR, NOW)[1]
    assert found.last is not None
    assert found.last.ends_by == found.at


def test_another_trunk_carries_whom_the_cap_of_one_stops(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(0)])
    storage.set_cap(db, Cap(Scope.TRUNK, 1, Period.HOUR, "RUB", MICRO // 2))
    ways = {n: Route(n, f"t{n}", "", "", Rate("7", MICRO), MICRO) for n in (1, 2)}

    def choose(task: Task, without: Set[int]) -> tuple[Task, Route | NoRoute]:
        left = [way for n, way in ways.items() if n not in without]
        return task, left[0] if left else NoRoute("all tried", 60.0)

    by_two = replace(asked(db, campaign), choose=choose)
    assert outlook(db, by_two, NOW).candidate.route == ways[2]
    del ways[2]
    capped = outlook(db, by_two, NOW)
    assert [hold.rule for hold in capped.holds] == ["cap_of_trunk"]


def test_a_number_that_is_on_a_live_call(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(0)])
    settings = CampaignSettings("PJSIP/{digits}@t", calling_hours=AT_ANY_TIME)
    other = storage.upsert_campaign(db, "acme", "other", settings, NOW)
    insert(db, other, [row(0)])
    (task,) = claim(db, other)
    carry(db, opening(task))
    found = next_call(db, asked(db, campaign), NOW)
    assert found.at is None
    assert found.last is not None
    assert found.last.reason == f"its number is on a live call of task {task.id}"


def test_a_task_without_numbers_ends(db: Database, campaign: Campaign) -> None:
    assert next_call(db, Asked(Task(1, campaign.id, ()), False, by_dial_string), NOW).is_never


def test_another_number_is_called_as_soon_as_it_comes_off_a_list(
    db: Database, campaign: Campaign
) -> None:
    """The engine looks at a task that its second number holds until tomorrow when its first one may
    be called, not tomorrow; and so it is foretold."""
    storage.save_rules(db, SiteRules(per_day=1), NOW)
    settings = replace(campaign.settings, calling_hours={"daily": "09:00-09:30"})
    storage.upsert_campaign(db, "acme", "demo", settings, NOW)
    free_at = NOW + 2 * HOUR
    put_on_list(db, DncList(), [Listing(number(0), "", free_at)], NOW)
    both = [(number(0), number(0)), (number(1), number(1))]
    insert(db, campaign, [row(0, numbers=both)])
    foretold = next_call(db, asked(db, campaign), NOW)
    assert [met for met, _ in foretold.holds][:2] == [NOW, free_at]
    assert claim(db, campaign) == []
    (found,) = storage.list_tasks(db, storage.TaskFilter(number=number(0)))
    assert found["due_at"] == free_at
