"""Every rule with its values, whether it lets pass or holds."""

from __future__ import annotations

from dataclasses import replace

from ccdialer import storage
from ccdialer.core.disposition import Disposition
from ccdialer.core.limits import SiteRules
from ccdialer.core.trunk import Rate, Trunk, TrunkSettings
from ccdialer.reports.inquiry import Floor, inquire
from ccdialer.reports.verdicts import Verdict, verdicts
from ccdialer.storage import Cap, Period, Scope
from ccdialer.storage.dnc import DncList, Listing, put_on_list
from tests.reports.scenes import NOW, Scene

MOSCOW, MOBILE = "+74951234567", "+79160000001"
HOUR = 3_600_000
UNIT = 1_000_000


def ask(scene: Scene, number: str = MOSCOW, later: int = 0) -> dict[str, Verdict]:
    """The last word of each rule."""
    (task,) = storage.history_of_number(scene.db, number)
    found = verdicts(inquire(scene.db, task, Floor(), scene.now + later))
    return {each.rule: each for each in found}


def change(scene: Scene, **settings: object) -> None:
    changed = replace(scene.campaign.settings, **settings)  # type: ignore[arg-type]
    storage.upsert_campaign(scene.db, "sales", "demo", changed, NOW)


def test_all_that_let_a_task_pass_are_told(scene: Scene) -> None:
    scene.add(MOSCOW)
    found = ask(scene)
    assert all(each.passes for each in found.values())
    assert [*found] == [
        *("campaign", "standstill", "due", "no_number", "dnc", "number_type", "duplicate"),
        *("abandoned_pause", "cap_day", "window", "live_call", "on_the_line", "trunk"),
        "spending",
    ]
    assert found["due"].words.endswith("0 of 3 attempts used")


def test_hours_are_told_with_the_zone_and_who_says_so(scene: Scene) -> None:
    change(scene, calling_hours={"daily": "09:00-09:30"}, zone="Asia/Omsk")
    scene.add(MOSCOW)
    scene.add(MOBILE)
    scene.add("+74951234568", zone="Europe/London")
    closed = ask(scene)["window"]
    assert (closed.passes, closed.until is not None) == (False, True)
    assert closed.words == (
        "outside the campaign's hours in Europe/Moscow: 09:00-09:30 (the zone of his number)"
    )
    assert (
        "in Asia/Omsk: 09:00-09:30 (the zone of the campaign, as neither"
        in ask(scene, MOBILE)["window"].words
    )
    assert (
        "in Europe/London: 09:00-09:30 (the zone of his task)"
        in ask(scene, "+74951234568")["window"].words
    )
    change(scene, calling_hours={"daily": "09:00-23:00"}, zone="")
    assert ask(scene)["window"].words.startswith("within the campaign's hours 09:00-23:00; it is ")
    assert "he may be in 16 zones" in ask(scene, MOBILE)["window"].words


def test_contacts_are_told_with_their_limit(scene: Scene) -> None:
    storage.save_rules(scene.db, SiteRules(per_day=1, per_week=3), NOW)
    scene.add(MOSCOW)
    scene.call(Disposition.NO_ANSWER)
    found = ask(scene, later=2 * HOUR)
    assert (found["cap_day"].passes, found["cap_week"].passes) == (False, True)
    assert found["cap_day"].words.endswith("no more are allowed (1 of 1)")
    assert found["cap_week"].words == "1 of 3 contacts per week"


def test_rules_behind_the_first_that_holds_are_told_too(scene: Scene) -> None:
    """Who was abandoned, in the night."""
    change(scene, calling_hours={"daily": "09:00-09:30"})
    scene.add(MOSCOW)
    scene.db.run("UPDATE campaign SET settings = REPLACE(settings, '09:30', '23:59')")
    scene.call(Disposition.ABANDONED)
    scene.db.run("UPDATE campaign SET settings = REPLACE(settings, '23:59', '09:30')")
    found = ask(scene, later=HOUR)
    assert [found[rule].passes for rule in ("abandoned_pause", "window")] == [False, False]
    assert found["abandoned_pause"].until == NOW + 66_000 + 72 * HOUR


def test_lists_stop_and_the_task_itself(scene: Scene) -> None:
    scene.add(MOSCOW, due_at=NOW + HOUR)
    put_on_list(scene.db, DncList(), [Listing(MOSCOW, "asked", NOW + HOUR)], NOW)
    storage.stop_all(scene.db, "drill", NOW)
    found = ask(scene)
    held = {rule: each.until for rule, each in found.items() if each.passes is False}
    (task,) = storage.history_of_number(scene.db, MOSCOW)
    assert held == {"standstill": None, "due": task["due_at"], "dnc": NOW + HOUR}


def test_trunks_are_told_by_price(scene: Scene) -> None:
    for name, prefix, price, enabled in (
        *(("main", "7", 2, True), ("spare", "7", 3, True)),
        *(("abroad", "44", 1, True), ("old", "7", 1, False)),
    ):
        rates = {prefix: Rate(prefix, price * UNIT, fee=UNIT // 2)}
        trunk = Trunk(0, name, TrunkSettings(name), rates, enabled)
        storage.upsert_trunk(scene.db, trunk, NOW)
    change(scene, dial="", max_call_s=60.0)
    storage.set_cap(scene.db, Cap(Scope.SITE, 0, Period.DAY, "RUB", 9 * UNIT))
    scene.add(MOSCOW)
    (task,) = storage.history_of_number(scene.db, MOSCOW)
    found = verdicts(inquire(scene.db, task, Floor(), NOW))
    assert [each.words for each in found if each.rule in ("trunk", "cap_of_site")] == [
        "by trunk main at 2.00 RUB a minute and 0.50 a call",
        "trunk abroad has no price for the number",
        "trunk old is disabled",
        "trunk spare would at 3.00 RUB a minute and 0.50 a call",
        "spending cap of the site for the day, 9.00 RUB: 0.00 spent, 0.00 held for live calls",
    ]
    storage.set_cap(scene.db, Cap(Scope.SITE, 0, Period.DAY, "RUB", UNIT))
    assert ask(scene)["cap_of_site"].passes is False


def test_no_trunk_no_call(scene: Scene) -> None:
    change(scene, dial="")
    scene.add(MOSCOW)
    assert (
        ask(scene)["trunk"].words == "the campaign has neither a dial string nor an enabled trunk"
    )
