"""No cap is exceeded, whatever becomes of the calls and whoever dials at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.core.events import AttemptOpened, AttemptRefused
from ccdialer.core.trunk import Rate, Route, Trunk, TrunkSettings, most_of
from ccdialer.storage import Cap, Database, Period, Scope, Spent
from ccdialer.storage.capping import LIVE_WAIT_MS
from ccdialer.storage.spending import Posting, bounds, post
from tests.lab.sipp import wait_until
from tests.storage.processes import other_process
from tests.storage.samples import NOW, at, carry, claim, closing, insert, opening, row

RATE = Rate("7", 1_000_000, first_s=1, next_s=1)
MOST = 10_000_000  # ten minutes
UNIT = 1_000_000


@pytest.fixture
def way(db: Database) -> Route:
    trunk = Trunk(0, "main", TrunkSettings("main"), {"7": RATE})
    trunk_id = storage.upsert_trunk(db, trunk, NOW)
    return Route(trunk_id, "main", "PJSIP/1@main", "", RATE, most_of(RATE, 600.0))


def cap(amount: int, period: Period = Period.HOUR, scope: Scope = Scope.SITE, id: int = 0) -> Cap:
    return Cap(scope, id, period, "RUB", amount)


def due_of(db: Database, task_id: int) -> tuple[int, str]:
    shown = storage.show_task(db, task_id)
    return shown["due_at"], shown["reason"]


def test_calls_that_live_count_as_the_longest(db: Database, campaign: Campaign, way: Route) -> None:
    storage.set_cap(db, cap(2 * MOST))
    insert(db, campaign, [row(n) for n in range(3)])
    opens = [opening(task, route=way) for task in claim(db, campaign)]
    first, second, third = carry(db, *opens)
    assert isinstance(first, AttemptOpened)
    assert isinstance(second, AttemptOpened)
    assert isinstance(third, AttemptRefused)
    assert third.rule == "cap_of_site"
    assert third.wait_s == LIVE_WAIT_MS / 1000, "a live call may end cheaper any moment"
    due_at, reason = due_of(db, opens[2].task_id)
    assert due_at == NOW + LIVE_WAIT_MS
    assert reason == third.reason
    assert reason == (
        "spending cap of the site for the hour, 20.00 RUB: 0.00 spent, "
        "20.00 held for live calls, 10.00 for the longest more"
    )


def test_what_is_spent_holds_until_the_next_hour(
    db: Database, campaign: Campaign, way: Route
) -> None:
    storage.set_cap(db, cap(MOST + UNIT // 2))
    insert(db, campaign, [row(n) for n in range(2)])
    first, second = (opening(task, route=way) for task in claim(db, campaign))
    carry(db, first, closing(first, answered_at=at(1.0), ended_at=at(61.0)))
    assert storage.spent_of(db, cap(0), NOW) == Spent(UNIT, 0)
    (refused,) = carry(db, second)
    assert isinstance(refused, AttemptRefused)
    next_hour = bounds(Period.HOUR, NOW)[1]
    assert due_of(db, second.task_id)[0] == next_hour
    assert refused.wait_s == (next_hour - NOW) / 1000


def test_the_next_hour_begins_with_nothing_and_the_day_does_not(
    db: Database, campaign: Campaign, way: Route
) -> None:
    storage.set_cap(db, cap(MOST))
    storage.set_cap(db, cap(MOST + UNIT // 2, Period.DAY))
    insert(db, campaign, [row(n) for n in range(3)])
    first, second, third = (opening(task, route=way) for task in claim(db, campaign))
    carry(db, first, closing(first, answered_at=at(1.0), ended_at=at(31.0)))  # half a unit
    later = (bounds(Period.HOUR, NOW)[1] - NOW) / 1000 + 1.0
    second = replace(second, at=at(later))
    assert isinstance(carry(db, second)[0], AttemptOpened)
    carry(db, closing(second, answered_at=at(later), ended_at=at(later + 1.0)))
    (refused,) = carry(db, replace(third, at=at(later + 5.0)))
    assert isinstance(refused, AttemptRefused)
    assert "for the day" in refused.reason
    assert due_of(db, third.task_id)[0] == bounds(Period.DAY, NOW)[1]


def test_a_cap_of_a_project_leaves_the_others(db: Database, campaign: Campaign, way: Route) -> None:
    other = storage.upsert_campaign(db, "beta", "demo", CampaignSettings(), NOW)
    storage.set_cap(db, cap(0, scope=Scope.PROJECT, id=campaign.project_id))
    insert(db, campaign, [row(1)])
    insert(db, other, [row(2)])
    (ours,), (theirs,) = claim(db, campaign), claim(db, other)
    refused, opened = carry(db, opening(ours, route=way), opening(theirs, route=way))
    assert isinstance(refused, AttemptRefused)
    assert refused.rule == "cap_of_project"
    assert isinstance(opened, AttemptOpened)


def test_a_cap_of_a_trunk_leaves_the_task_due_for_the_others(
    db: Database, campaign: Campaign, way: Route
) -> None:
    assert way.trunk_id is not None
    storage.set_cap(db, cap(0, scope=Scope.TRUNK, id=way.trunk_id))
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    (refused,) = carry(db, opening(task, route=way))
    assert isinstance(refused, AttemptRefused)
    assert refused.rule == "cap_of_trunk"
    assert refused.wait_s == (bounds(Period.HOUR, NOW)[1] - NOW) / 1000
    assert due_of(db, task.id)[0] <= NOW + 1


def test_a_cap_of_another_currency_or_of_no_price_holds_nobody(
    db: Database, campaign: Campaign, way: Route
) -> None:
    storage.set_cap(db, Cap(Scope.SITE, 0, Period.HOUR, "EUR", 0))
    storage.set_cap(db, cap(0))
    insert(db, campaign, [row(n) for n in range(3)])
    one, two, three = claim(db, campaign)
    euros = replace(way, rate=replace(RATE, currency="USD"))
    symbolic = replace(way, rate=replace(RATE, is_literal=False), most=0)
    fixed = Route(None, "", "PJSIP/1@old", "")
    routes = ((one, euros), (two, symbolic), (three, fixed))
    answers = carry(db, *(opening(task, route=route) for task, route in routes))
    assert all(isinstance(answer, AttemptOpened) for answer in answers)


def test_who_waits_for_a_cap_is_due_again_when_it_is_changed(
    db: Database, campaign: Campaign, way: Route
) -> None:
    storage.set_cap(db, cap(0))
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    carry(db, opening(task, route=way))
    assert claim(db, campaign) == []
    storage.set_cap(db, cap(2 * MOST))
    (again,) = claim(db, campaign)
    assert isinstance(carry(db, opening(again, route=way))[0], AttemptOpened)


# --- any interleaving ---------------------------------------------------------------------------


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    amount=st.integers(0, 60),
    story=st.lists(
        st.tuples(st.sampled_from(["open", "close"]), st.integers(0, 9), st.integers(0, 700)),
        max_size=40,
    ),
)
def test_legs_of_an_hour_never_cost_more_than_its_cap(
    db: Database, campaign: Campaign, way: Route, amount: int, story: list[tuple[str, int, int]]
) -> None:
    db.run("DELETE FROM spending")
    (known,) = db.rows("SELECT COUNT(*) FROM task")[0]
    insert(db, campaign, [row(known + n) for n in range(len(story))])
    storage.set_cap(db, cap(amount * UNIT))
    tasks, live, cost = claim(db, campaign), [], 0
    for deed, some, talk_s in story:
        if deed == "open":
            command = opening(tasks.pop(), route=way)
            if isinstance(carry(db, command)[0], AttemptOpened):
                live.append(command)
        elif live:
            command = live.pop(some % len(live))
            end = closing(command, answered_at=at(0.0), ended_at=at(float(talk_s)))
            carry(db, end)
            cost += min(max(1, talk_s), 600) * UNIT // 60
        so_far = storage.spent_of(db, cap(0), NOW)
        assert abs(so_far.spent - cost) <= len(story)  # each is rounded to a micro-unit
        assert so_far.held == len(live) * MOST
        assert so_far.spent + so_far.held <= max(amount * UNIT, 0) or not live
    for command in live:
        carry(db, closing(command, ended_at=at(1.0)))
    for task in tasks:
        storage.release_tasks(db, [task.id], "one")
        storage.cancel_tasks(db, [task.id], "done", NOW)


def test_two_nodes_that_close_and_open_do_not_wait_crosswise(
    db: Database, campaign: Campaign, way: Route
) -> None:
    if db.dialect == "sqlite":
        return  # one writer at a time
    storage.set_cap(db, cap(9 * MOST))
    insert(db, campaign, [row(n) for n in range(2)])
    first, second = (opening(task, route=way) for task in claim(db, campaign))
    carry(db, first)
    posting = Posting(campaign.project_id, way.trunk_id or 0, "RUB", NOW, 0, MOST)
    with ThreadPoolExecutor(1) as pool, storage.connect(db.url) as looker:
        with db.transaction():  # as a node that opens: caps first, then the sums
            storage.list_caps(db, locked=True)
            other = pool.submit(carry, db, closing(first), second)
            wait_until(lambda: looker.row("SELECT 1 FROM pg_locks WHERE NOT granted"))
            post(db, [posting])
        assert other.result() == [AttemptOpened(second.attempt_id)]


NODE = """
import sys
from dataclasses import replace
from random import Random
from ccdialer import storage
from ccdialer.core.events import AttemptOpened
from ccdialer.core.trunk import Rate, Route, most_of
from tests.storage.samples import NOW, at, carry, claim, closing, opening
url, campaign_id, trunk_id, node = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
rate = Rate("7", 1_000_000, first_s=1, next_s=1)
way = Route(trunk_id, "main", "", "", rate, most_of(rate, 600.0))
dice = Random(node)
with storage.connect(url) as db:
    campaign = storage.campaign_by_id(db, campaign_id)
    print("ready")
    live = []
    for _ in range(30):
        opens = [opening(t, route=way) for t in claim(db, campaign, 3, node)]
        answers = carry(db, *opens, node=node)
        live += [o for o, a in zip(opens, answers) if isinstance(a, AttemptOpened)]
        dice.shuffle(live)
        ends = [live.pop() for _ in range(min(len(live), dice.randrange(4)))]
        ended = {"answered_at": at(0.0)}
        carry(db, *(closing(o, ended_at=at(dice.uniform(1.0, 600.0)), **ended) for o in ends))
        sums = storage.spent_of(db, storage.Cap(storage.Scope.SITE, 0, storage.Period.HOUR, "RUB", 0), NOW)
        print(sums.spent + sums.held)
    carry(db, *(closing(o, ended_at=at(600.0), answered_at=at(0.0)) for o in live))
print("done")
"""  # noqa: E501


def test_two_daemons_together_stay_below_the_cap(
    db: Database, campaign: Campaign, way: Route
) -> None:
    storage.set_cap(db, cap(7 * MOST))
    insert(db, campaign, [row(n) for n in range(400)])
    arguments = (db.url, str(campaign.id), str(way.trunk_id))
    with (
        other_process(NODE, *arguments, "one") as one,
        other_process(NODE, *arguments, "two") as two,
    ):
        for node in (one, two):
            assert node.line() == "ready"
        highest = 0
        for node in (one, two):
            while (line := node.line()) != "done":
                assert line, "the node died"
                highest = max(highest, int(line))
    assert highest <= 7 * MOST
    assert highest > 6 * MOST, "the cap was never near"
    end = storage.spent_of(db, cap(0), NOW)
    assert end.held == 0
    (cost,) = db.rows("SELECT CAST(SUM(cost) AS BIGINT) FROM leg")[0]
    assert end.spent == cost <= 7 * MOST
