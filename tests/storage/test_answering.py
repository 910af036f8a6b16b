"""Answers are counted by the hour, and only what says something of the hour."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ccdialer.core.best_hour import NOTHING_LEARNED, Answers
from ccdialer.core.campaign import Campaign
from ccdialer.core.disposition import Disposition
from ccdialer.storage import Database
from ccdialer.storage.answering import answers_by_hour
from tests.storage.samples import NOW, at, carry, claim, closing, insert, opening, row

D = Disposition


def test_calls_are_counted_by_the_hour_in_which_they_began(
    db: Database, campaign: Campaign
) -> None:
    results: list[tuple[Disposition, float, dict[str, Any]]] = [
        (D.TALKED, 0.0, {}),
        (D.LEFT, 1.0, {}),
        (D.NO_ANSWER, 2.0, {}),
        (D.CONGESTION, 3.0, {}),
        (D.UNALLOCATED, 4.0, {}),
        (D.CANCELLED, 5.0, {"dialed_at": None}),
        (D.ABANDONED, 3600.0, {}),
        (D.BUSY, 25 * 3600.0, {}),
    ]
    insert(db, campaign, [row(n) for n in range(len(results) + 1)])
    tasks = claim(db, campaign)
    for task, (result, later_s, told) in zip(tasks, results, strict=False):
        opened = opening(task, at=at(later_s))
        carry(db, opened, closing(opened, disposition=result, **told))
    carry(db, opening(tasks[-1]))  # is on the line
    first = NOW // 3_600_000 % 24
    expected = list(NOTHING_LEARNED)
    expected[first] = Answers(3, 2)
    expected[(first + 1) % 24] = Answers(2, 1)
    assert answers_by_hour(db, campaign, NOW) == tuple(expected)
    assert answers_by_hour(db, campaign, NOW + 86_400_000)[(first + 1) % 24] == Answers(1, 0)
    assert answers_by_hour(db, replace(campaign, id=campaign.id + 1), NOW) == NOTHING_LEARNED


def test_the_hour_is_the_client_s_else_the_campaign_s(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(0, zone="Asia/Omsk"), row(1)])  # 6 hours ahead
    for task in claim(db, campaign):
        opened = opening(task, at=at())
        carry(db, opened, closing(opened))
    there = replace(campaign, settings=replace(campaign.settings, zone="Europe/Moscow"))  # 3
    first = NOW // 3_600_000
    found = answers_by_hour(db, there, NOW)
    assert [hour for hour, one in enumerate(found) if one.dials] == sorted(
        [(first + 6) % 24, (first + 3) % 24]
    )
