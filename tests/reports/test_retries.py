"""The plan of retries says what the rules do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.clocks import Day
from ccdialer.core.disposition import FINAL, UNCOUNTED, Disposition
from ccdialer.core.retry_rule import RetryRule
from ccdialer.reports.retries import retries

SHIPPED = CampaignSettings("PJSIP/{digits}@t")
D = Disposition


def plan(settings: CampaignSettings, result: Disposition) -> list[tuple[object, ...]]:
    return [row[1:] for row in retries(settings, result).rows]


def test_every_result_but_a_talk_has_its_plan() -> None:
    rows = list(retries(SHIPPED).rows)
    assert len({row[0] for row in rows}) == len(set(Disposition) - FINAL)


@pytest.mark.parametrize("result", sorted(set(Disposition) - FINAL - UNCOUNTED))
def test_a_plan_ends_with_the_last_attempt(result: Disposition) -> None:
    rows = [row for row in plan(SHIPPED, result) if not row[1]]
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert [row[2] == "no more calls" for row in rows] == [False] * (len(rows) - 1) + [True]


def test_numbers_that_do_not_exist() -> None:
    assert plan(SHIPPED, D.UNALLOCATED) == [
        (1, "", "the next number after 0 s; this one never again", True, None),
        (2, "", "no more calls", True, None),
    ]


def test_what_does_not_count_is_told_until_one_does() -> None:
    rows = plan(replace(SHIPPED, max_uncounted=3), D.CONGESTION)
    assert [(row[2], row[3]) for row in rows] == [
        ("after 2 min, same number", False),
        ("after 4 min, same number", False),
        ("after 8 min, next number", True),
    ]


def test_what_an_agent_s_phone_has_failed_to_do() -> None:
    rows = plan(SHIPPED, D.ABANDONED)
    assert rows[0] == (1, "an agent's phone failed", "after 3 days, same number", False, None)
    assert rows[1] == (1, "", "after 3 days, next number", True, None)


def test_what_depends_on_more_than_attempts_has_rows_of_its_own() -> None:
    rules = (
        RetryRule(after=(D.LEFT,), agent_missed=True, pause_s=60.0),
        RetryRule(days=(Day.SAT, Day.SUN), older_than_s=86400.0, next_day_at="10:00"),
        RetryRule(attempt="1", younger_than_s=604800.0, give_up=True),
        RetryRule(after=(D.LEFT,), pause_s=120.0),
        RetryRule(after=(D.LEFT,), pause_s=180.0),
    )
    rows = plan(replace(SHIPPED, retry_rules=rules, max_attempts=2), D.LEFT)
    assert [(row[1], row[2], row[4]) for row in rows[:4]] == [
        ("an agent's phone failed", "after 60 s, same number", 1),
        ("on sat, sun and the task is 24 h old", "the next day at 10:00, next number", 2),
        ("the task is younger than 7 days", "no more calls", 3),
        ("", "after 2 min, next number", 4),
    ]
    assert [row[-1] for row in rows[4:]] == [1, 2, 4]
