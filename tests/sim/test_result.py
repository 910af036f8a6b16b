"""Results: rates, bounds and sums."""

from collections import Counter

import pytest

from ccdialer.core.disposition import Disposition
from ccdialer.core.metrics import WorkTime
from ccdialer.sim.result import (
    AgentDay,
    CampaignDay,
    Day,
    percentile,
    pooled_utilisation,
    share_over_cap,
    summed,
)


def campaign(talked: int, abandoned: int) -> CampaignDay:
    ended = Counter({Disposition.TALKED: talked, Disposition.ABANDONED: abandoned})
    return CampaignDay("one", 0.03, dialed=1000, talk_s=120.0 * talked, wait_s=talked, ended=ended)


def day(talk_s: float, staffed_s: float, *campaigns: CampaignDay) -> Day:
    agents = (AgentDay("anna", WorkTime(staffed_s, 0.0, talk_s), 3),)
    return Day("s", 1, 0, 8.0, campaigns, agents, 1.0, 2, ())


def test_abandonment_and_its_bound() -> None:
    seen = campaign(970, 30)
    assert (seen.answered, seen.abandonment, seen.mean_wait_s) == (1000, 0.03, 1.0)
    assert seen.abandonment_bound == pytest.approx(0.04254, abs=1e-4)  # Wilson's, by hand
    assert campaign(0, 0).abandonment_bound == 1.0


def test_campaigns_are_summed() -> None:
    total = summed("all", [campaign(97, 3), campaign(50, 0)])
    assert (total.dialed, total.talked, total.abandoned) == (2000, 147, 3)


def test_days_are_pooled_by_time_and_not_by_day() -> None:
    days = [day(50.0, 100.0), day(0.0, 300.0)]
    assert pooled_utilisation(days) == 0.125


def test_days_over_the_cap_are_counted() -> None:
    days = [day(1.0, 2.0, campaign(97, 3)), day(1.0, 2.0, campaign(96, 4))]
    assert share_over_cap(days) == 0.5


def test_percentiles_are_interpolated() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert percentile([], 0.5) == 0.0
