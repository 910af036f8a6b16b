"""Costs are summed over clients' legs, whatever they are told apart by."""

from __future__ import annotations

import pytest

from ccdialer import storage
from ccdialer.storage import Database
from ccdialer.storage.costs import NO_TRUNK, NOBODY, By, Costs, costs
from tests.reports.scenes import NOW, Scene, priced, scene_in

DAY = (NOW - 1, NOW + 86_400_000)


@pytest.fixture
def scene(db: Database) -> Scene:
    return priced(scene_in(db))


def test_by_trunk(scene: Scene) -> None:
    assert costs(scene.db, By.TRUNK, *DAY) == [
        Costs("spare", "RUB", "", 1, 1, 1, 1, 60, 3_000_000),
        Costs("main", "RUB", "Moscow mobile", 2, 1, 1, 0, 60, 1_250_000),
        Costs(NO_TRUNK, "", "", 1, 0, 0, 0, 0, None),
    ]


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        (By.DIRECTION, ["7916", ""]),
        (By.PROJECT, ["sales", "sales"]),
        (By.CAMPAIGN, ["sales / demo", "sales / demo"]),
        (By.AGENT, ["anna", NOBODY, NOBODY]),
    ],
)
def test_the_sum_is_the_same_by_whatever(scene: Scene, by: By, keys: list[str]) -> None:
    found = costs(scene.db, by, *DAY)
    assert [each.key for each in found] == keys
    assert sum(each.cost or 0 for each in found) == 4_250_000
    assert sum(each.legs for each in found) == 4


def test_of_a_span_and_of_a_campaign(scene: Scene) -> None:
    assert costs(scene.db, By.TRUNK, NOW + 1, NOW + 2)[0].cost == 3_000_000
    assert costs(scene.db, By.TRUNK, *DAY, scene.campaign.id + 1) == []
    assert len(costs(scene.db, By.TRUNK, *DAY, scene.campaign.id)) == 3


def test_dearest_first_and_unpriced_last(scene: Scene) -> None:
    found = [each.cost for each in costs(scene.db, By.AGENT, *DAY)]
    assert found == [4_250_000, 0, None]
    assert storage.count_tasks(scene.db)
