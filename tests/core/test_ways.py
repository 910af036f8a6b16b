"""By which trunk a number goes, and why it goes by none of the others."""

from __future__ import annotations

from collections import Counter
from math import inf

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.health import Breaker, TrunkAtWork
from ccdialer.core.task import Task, next_number
from ccdialer.core.trunk import NoRoute, Rate, Route, Trunk, TrunkSettings
from ccdialer.core.ways import NO_TRUNK, Fleet, choose, priced, ways

MOBILE, LANDLINE = "+79161234567", "+74951234567"


def at_work(id: int, prefix: str, price: int, lines: int = 2, enabled: bool = True) -> TrunkAtWork:
    name = f"t{id}"
    trunk = Trunk(id, name, TrunkSettings(name, lines), {prefix: Rate(prefix, price)}, enabled)
    return TrunkAtWork(trunk, is_usable=True, why="")


def fleet(*works: TrunkAtWork, in_use: Counter[int] | None = None, **settings: object) -> Fleet:
    return Fleet(works, CampaignSettings(**settings), in_use or Counter())  # type: ignore[arg-type]


def test_those_in_trouble_come_last_each_with_its_reason() -> None:
    full, broken = at_work(1, "7", 1), at_work(2, "7", 2)
    broken.breakers["7"] = Breaker(3, inf)
    found = ways(fleet(full, broken, at_work(3, "7", 3), in_use=Counter({1: 2})), MOBILE, 0.0)
    assert [(way.work.trunk.name, way.trouble) for way in found] == [
        ("t3", ""),
        ("t1", "all 2 lines in use"),
        ("t2", "3 calls to 7 failed in a row"),
    ]


def test_what_is_not_allowed_is_no_way() -> None:
    works = (at_work(1, "7", 1), at_work(2, "7", 2, enabled=False), at_work(3, "7495", 3))
    assert [way.work.trunk.name for way in ways(fleet(*works), MOBILE, 0.0)] == ["t1"]
    assert ways(fleet(*works, trunks=("t3",)), MOBILE, 0.0) == []


def test_the_choice_is_the_first_way() -> None:
    works = (at_work(1, "7", 2), at_work(2, "7", 1))
    task = Task(1, 1, (MOBILE,))
    chosen = choose(fleet(*works), task, 0.0)
    assert isinstance(chosen, Route)
    assert chosen.trunk == "t2"
    assert choose(fleet(*works), task, 0.0, {1, 2}) == NoRoute(
        "t2: tried already; t1: tried already", 60.0, is_passing=True
    )
    none = choose(fleet(), task, 0.0)
    assert isinstance(none, NoRoute)
    assert none.reason == NO_TRUNK


def test_a_number_with_a_price_goes_before_one_without() -> None:
    task = Task(1, 1, (MOBILE, LANDLINE))
    assert next_number(priced(fleet(at_work(1, "7495", 1)), task)) == LANDLINE
    assert next_number(priced(fleet(at_work(1, "7", 1)), task)) == MOBILE
