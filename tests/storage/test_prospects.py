"""Every task has one reason to be called or not, and the work is what will be called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.campaign import CampaignState, Duplicates
from ccdialer.core.disposition import Disposition
from ccdialer.core.numbering import NumberType
from ccdialer.core.trunk import Rate, Trunk, TrunkSettings
from ccdialer.storage.dnc import DncList, Listing, put_on_list
from ccdialer.storage.holds import Hold, hold_back
from ccdialer.storage.prospects import REASONS, Group, Verdict, prospects, work
from tests.reports.scenes import NOW, Scene, scene_in

DAY = 86_400_000
CALLED = (Verdict.NOW, Verdict.LATER)


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    with storage.connect(database_url) as database:
        storage.migrate(database)
        yield scene_in(database)


def reasons(scene: Scene, now: int = NOW, days: int = 30) -> dict[str, int]:
    found = prospects(scene.db, scene.campaign, now, now + days * DAY)
    return {reason.key: count for reason, count in found if count}


def task_after(scene: Scene, number: int, *results: Disposition) -> None:
    """A task whose calls came to these results, each when it was due again."""
    task_id = scene.add(f"+7916000{number:04}", due_at=NOW - DAY)
    for result in results:
        scene.now = int(storage.show_task(scene.db, task_id)["due_at"])
        scene.call(result)
    scene.now = NOW


def test_a_task_of_each_kind(scene: Scene) -> None:
    task_after(scene, 1, Disposition.TALKED)
    task_after(scene, 2, Disposition.UNALLOCATED)
    task_after(scene, 3, *[Disposition.BUSY] * 3)
    task_after(scene, 4, Disposition.ABANDONED)  # 72 h later: after NOW
    withdrawn = scene.add("+79160000005")
    storage.cancel_tasks(scene.db, [withdrawn], "by command", NOW)
    scene.add("+79160000006", due_at=NOW + DAY)
    scene.add("+79160000007")
    assert reasons(scene) == {
        "done": 1,
        "no_number": 1,
        "used_up": 1,
        "cancelled": 1,
        "abandoned_wait": 1,
        "due_later": 1,
        "due": 1,
    }


def test_what_is_due_after_the_horizon_is_skipped(scene: Scene) -> None:
    task_after(scene, 1, Disposition.ABANDONED)
    scene.add("+79160000002", due_at=NOW + 3 * DAY)
    assert reasons(scene, days=1) == {"abandoned_pause": 1, "due_past": 1}
    assert work(scene.db, scene.campaign, NOW, NOW + DAY) == []


def test_a_number_on_a_live_call_of_another_campaign_comes_later(scene: Scene) -> None:
    other = storage.upsert_campaign(scene.db, "sales", "other", scene.campaign.settings, NOW)
    busy = Scene(scene.db, other, scene.agent_id)
    busy.add("+79160000001")
    busy.open()
    scene.add("+79160000001")
    assert reasons(scene) == {"live_elsewhere": 1}
    assert reasons(busy) == {"in_call": 1}


def test_no_number_left_is_skipped_before_it_is_found_out(scene: Scene) -> None:
    scene.add("+79160000001")
    scene.db.run("UPDATE task_number SET bad = ?", (True,))
    assert reasons(scene) == {"no_usable_number": 1}


def test_attempts_allowed_are_those_of_the_campaign(scene: Scene) -> None:
    task_after(scene, 1, *[Disposition.BUSY] * 3)
    more = replace(scene.campaign.settings, max_attempts=4)
    scene.campaign = replace(scene.campaign, settings=more)
    assert reasons(scene) == {"given_up": 1}


def test_work_is_grouped_by_how_tasks_stand(scene: Scene) -> None:
    for number in range(3):
        scene.add(f"+791600001{number:02}")
    task_after(scene, 1, Disposition.BUSY)  # ten minutes later due, a day ago
    scene.add("+79160000201", "+79160000202", due_at=NOW + 60_000)
    found = work(scene.db, scene.campaign, NOW, NOW + DAY)
    assert found == [Group(1, 1, 0, 1), Group(0, 1, 0, 3), Group(0, 2, 600, 1)]


def test_every_task_is_counted_once(scene: Scene) -> None:
    task_after(scene, 1, Disposition.ABANDONED)
    task_after(scene, 2, Disposition.TALKED)
    for number in range(5):
        scene.add(f"+791600002{number:02}", due_at=NOW + number * DAY)
    found = prospects(scene.db, scene.campaign, NOW, NOW + 3 * DAY)
    assert sum(count for _, count in found) == 7
    called = sum(count for reason, count in found if reason.verdict in CALLED)
    assert called == sum(g.tasks for g in work(scene.db, scene.campaign, NOW, NOW + 3 * DAY))
    assert len({reason.key for reason in REASONS}) == len(REASONS)


def test_those_whom_the_rules_hold_back_by_rule(scene: Scene) -> None:
    rules = ("window", "cap_day", "cap_week", "cap_month", "abandoned_pause", "zone")
    for n, rule in enumerate(rules):
        task_id = scene.add(f"+7916000000{n}")
        hold_back(scene.db, {task_id: Hold(rule, "not now", NOW + DAY)}, NOW)
    past = scene.add("+79160000009")
    hold_back(scene.db, {past: Hold("cap_month", "not now", NOW + 40 * DAY)}, NOW)
    found = reasons(scene)
    assert found == {f"held_{rule}": 1 for rule in rules[:-1]} | {"no_zone": 1, "due_past": 1}
    assert sum(group.tasks for group in work(scene.db, scene.campaign, NOW, NOW + 30 * DAY)) == 5


def listed(scene: Scene, number: str, until_at: int | None = None, project: int = 0) -> None:
    values = (number, project, until_at)
    scene.db.run("INSERT INTO do_not_call VALUES (?, ?, 'test', '', 0, ?, 0)", values)


def test_who_is_on_a_list_is_skipped_before_it_is_found_out(scene: Scene) -> None:
    scene.add("+79160000001")
    scene.add("+79160000002", "+79160000003")
    scene.add("+79160000004")
    listed(scene, "+79160000001")
    listed(scene, "+79160000002", project=scene.campaign.project_id)
    listed(scene, "+79160000004", project=scene.campaign.project_id + 1)
    listed(scene, "+79160000004", until_at=NOW + DAY)  # and is called after it
    assert reasons(scene) == {"listed": 1, "due": 2}
    assert work(scene.db, scene.campaign, NOW, NOW + 30 * DAY) == [Group(0, 1, 0, 2)]
    assert reasons(scene, days=1) == {"listed": 2, "due": 1}


def test_whom_a_list_has_ended_is_counted_so(scene: Scene) -> None:
    scene.add("+79160000001")
    put_on_list(scene.db, DncList(), [Listing("+79160000001")], NOW)
    assert reasons(scene) == {"dnc": 1}


def test_numbers_that_settings_do_not_allow_any_more(scene: Scene) -> None:
    scene.add("+79160000001", "+74950000001")
    scene.add("+74950000002")
    narrow = replace(scene.campaign.settings, number_types=(NumberType.MOBILE,))
    scene.campaign = replace(scene.campaign, settings=narrow)
    assert reasons(scene) == {"number_type": 1, "due": 1}
    assert work(scene.db, scene.campaign, NOW, NOW + DAY) == [Group(0, 1, 0, 1)]


@pytest.mark.parametrize(
    ("scope", "project", "is_nearer"),
    [
        ("keep", "sales", False),
        ("project", "sales", True),
        ("project", "x", False),
        ("site", "x", True),
    ],
)
def test_of_two_tasks_of_a_person_the_nearer_is_called(
    scene: Scene, scope: str, project: str, is_nearer: bool
) -> None:
    settings = replace(scene.campaign.settings, duplicates=Duplicates(scope))
    scene.campaign = replace(scene.campaign, settings=settings)
    other = storage.upsert_campaign(scene.db, project, "other", scene.campaign.settings, NOW)
    nearer = Scene(scene.db, other, scene.agent_id)
    nearer.set_state(CampaignState.ACTIVE)
    nearer.add("+79160000001", due_at=NOW - 1)
    scene.add("+79160000001")
    assert reasons(scene) == ({"nearer_task": 1} if is_nearer else {"due": 1})
    assert reasons(nearer) == {"due": 1}


def routed(scene: Scene, *trunks: str) -> None:
    settings = replace(scene.campaign.settings, dial="", trunks=trunks)
    scene.campaign = replace(scene.campaign, settings=settings)


def with_trunk(scene: Scene, name: str, prefix: str, enabled: bool = True) -> None:
    rates = {prefix: Rate(prefix, 1)}
    storage.upsert_trunk(scene.db, Trunk(0, name, TrunkSettings(name), rates, enabled), NOW)


def test_a_number_that_no_trunk_has_a_price_for_is_skipped(scene: Scene) -> None:
    with_trunk(scene, "main", "7916")
    with_trunk(scene, "far", "44")
    with_trunk(scene, "off", "7495", enabled=False)
    scene.add("+79160000001")
    scene.add("+74950000002")
    assert reasons(scene) == {"due": 2}, "it has a dial string"
    routed(scene)
    assert reasons(scene) == {"no_trunk": 1, "due": 1}
    routed(scene, "far", "main")
    assert reasons(scene) == {"no_trunk": 1, "due": 1}
    routed(scene, "far", "mai")
    assert reasons(scene) == {"no_trunk": 2}
    assert work(scene.db, scene.campaign, NOW, NOW + DAY) == []


def test_who_waits_for_a_spending_cap_comes_later(scene: Scene) -> None:
    scene.add("+79160000001")
    cap = "UPDATE task SET due_at = ?, reason = 'spending cap of the site for the hour, 5.00 RUB'"
    scene.db.run(cap, (NOW + 1000,))
    assert reasons(scene) == {"capped": 1}
