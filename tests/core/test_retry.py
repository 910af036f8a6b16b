"""When again, or never."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.clocks import Day
from ccdialer.core.disposition import FINAL, UNCOUNTED, Disposition
from ccdialer.core.result import Unresolved
from ccdialer.core.retry import LONGEST_GROWN_S, RetryDecision, decide
from ccdialer.core.retry_rule import LONGEST_S, RetryRule, Which
from ccdialer.core.task import Task, TaskMove, Try, next_number
from tests.core.world import SETTINGS

TASK = Task(1, 1, ("+79160000001",))
D, M = Disposition, TaskMove


@pytest.mark.parametrize(
    ("disposition", "move", "after_s", "counts"),
    [
        (D.TALKED, M.FINISH, 0.0, True),
        (D.ABANDONED, M.RETRY, 259200.0, True),
        (D.LEFT, M.RETRY, 3600.0, True),
        (D.MACHINE, M.RETRY, 7200.0, True),
        (D.BUSY, M.RETRY, 600.0, True),
        (D.NO_ANSWER, M.RETRY, 3600.0, True),
        (D.REJECTED, M.RETRY, 14400.0, True),
        (D.UNREACHABLE, M.RETRY, 7200.0, True),
        (D.UNALLOCATED, M.GIVE_UP, 0.0, True),
        (D.CONGESTION, M.RETRY, 120.0, False),
        (D.FAILED, M.RETRY, 1800.0, False),
        (D.CANCELLED, M.RETRY, 600.0, False),
        (D.LOST, M.RETRY, 3600.0, True),
    ],
)
def test_the_shipped_table(
    disposition: Disposition, move: TaskMove, after_s: float, counts: bool
) -> None:
    decision = decide(SETTINGS, TASK, disposition)
    assert (decision.move, decision.after_s, decision.counts) == (move, after_s, counts)


def test_the_last_attempt_is_the_last() -> None:
    settings = replace(SETTINGS, max_attempts=3)
    assert decide(settings, replace(TASK, attempts=1), D.BUSY).move is M.RETRY
    assert decide(settings, replace(TASK, attempts=2), D.BUSY).move is M.GIVE_UP
    assert decide(settings, replace(TASK, attempts=2), D.CONGESTION).move is M.RETRY


def test_a_bad_number_is_left_and_the_next_one_tried() -> None:
    decision = decide(SETTINGS, replace(TASK, numbers=("+7916", "+7917")), D.UNALLOCATED)
    assert (decision.move, decision.bad_number) == (M.RETRY, True)


def test_a_talk_without_a_result_is_called_again_where_the_campaign_wants_one() -> None:
    settings = replace(SETTINGS, unresolved=Unresolved.AGAIN)
    decision = decide(settings, TASK, D.TALKED)
    assert (decision.move, decision.after_s) == (M.RETRY, settings.retry_after_s[D.LEFT])


# --- rules --------------------------------------------------------------------------------------

FRIDAY_NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC).timestamp()


def ruled(*rules: RetryRule, **changes: object) -> CampaignSettings:
    return replace(SETTINGS, retry_rules=rules, **changes)  # type: ignore[arg-type]


def test_the_first_rule_that_fits_decides() -> None:
    settings = ruled(
        RetryRule(after=(D.LEFT,), pause_s=1.0),
        RetryRule(after=(D.BUSY,), attempt="1", pause_s=2.0),
        RetryRule(after=(D.BUSY,), pause_s=3.0),
    )
    first = decide(settings, TASK, D.BUSY)
    assert (first.after_s, first.reason) == (2.0, "retry rule 2 says so")
    second = decide(settings, replace(TASK, attempts=1), D.BUSY)
    assert (second.after_s, second.reason) == (3.0, "retry rule 3 says so")
    none = decide(settings, TASK, D.NO_ANSWER)
    assert (none.after_s, none.reason) == (3600.0, "")


def test_how_often_a_result_came_is_counted_by_itself() -> None:
    settings = ruled(RetryRule(after=(D.REJECTED,), times="2-", give_up=True), max_attempts=9)
    other = replace(TASK, attempts=2, past=(Try(D.BUSY, True), Try(D.NO_ANSWER, True)))
    assert decide(settings, other, D.REJECTED).move is M.RETRY
    again = replace(other, past=(*other.past, Try(D.REJECTED, True)))
    assert decide(settings, again, D.REJECTED).move is M.GIVE_UP


def test_the_day_and_the_next_day_are_the_client_s() -> None:
    rule = RetryRule(after=(D.NO_ANSWER,), days=(Day.WEEKEND,), next_day_at="10:00")
    here = replace(TASK, zone="Europe/London")
    assert decide(ruled(rule), here, D.NO_ANSWER, FRIDAY_NOON).after_s == 3600.0
    there = replace(TASK, zone="Pacific/Kiritimati")  # 14 hours ahead: Saturday, 02:00
    assert decide(ruled(rule), there, D.NO_ANSWER, FRIDAY_NOON).after_s == 32 * 3600.0


def test_of_who_has_no_zone_the_campaign_s_is_taken() -> None:
    rule = RetryRule(after=(D.NO_ANSWER,), next_day_at="10:00")
    there = ruled(rule, zone="Europe/Moscow")
    assert decide(there, TASK, D.NO_ANSWER, FRIDAY_NOON).after_s == 19 * 3600.0
    assert decide(ruled(rule), TASK, D.NO_ANSWER, FRIDAY_NOON).after_s == 22 * 3600.0


def test_old_tasks_may_be_given_up() -> None:
    settings = ruled(RetryRule(older_than_s=3 * 86400.0, give_up=True))
    old = replace(TASK, created_at=FRIDAY_NOON - 4 * 86400.0)
    assert decide(settings, old, D.BUSY, FRIDAY_NOON).move is M.GIVE_UP
    young = replace(TASK, created_at=FRIDAY_NOON - 2 * 86400.0)
    assert decide(settings, young, D.BUSY, FRIDAY_NOON).move is M.RETRY


def test_a_rule_may_spare_an_attempt_or_charge_it() -> None:
    spared = decide(ruled(RetryRule(after=(D.MACHINE,), counts=False)), TASK, D.MACHINE)
    assert (spared.counts, spared.after_s) == (False, 7200.0)
    charged = decide(ruled(RetryRule(after=(D.FAILED,), counts=True)), TASK, D.FAILED)
    assert (charged.counts, charged.after_s) == (True, 1800.0)


@pytest.mark.parametrize("result", [D.LEFT, D.ABANDONED])
def test_an_agent_s_phone_that_fails_costs_the_client_nothing(result: Disposition) -> None:
    assert decide(SETTINGS, TASK, result).counts
    failed = decide(SETTINGS, TASK, result, agent_missed=True)
    assert (failed.counts, failed.after_s) == (False, SETTINGS.retry_after_s[result])
    soon = ruled(RetryRule(after=(result,), agent_missed=True, pause_s=60.0))
    assert decide(soon, TASK, result, agent_missed=True).after_s == 60.0
    assert decide(soon, TASK, result).after_s == SETTINGS.retry_after_s[result]


# --- numbers ------------------------------------------------------------------------------------

THREE = replace(TASK, numbers=("+7916", "+7917", "+7918"))


def test_numbers_take_turns_and_a_route_is_tried_again() -> None:
    assert decide(SETTINGS, THREE, D.BUSY).number == "+7917"
    assert decide(SETTINGS, THREE, D.CONGESTION).number == "+7916"
    assert decide(SETTINGS, THREE, D.UNALLOCATED).number == "+7917"
    last = replace(THREE, attempts=1, prefers="+7918")
    assert decide(SETTINGS, last, D.BUSY).number == "+7916"


def test_a_rule_chooses_the_number() -> None:
    settings = ruled(
        RetryRule(after=(D.BUSY,), number=Which.SAME),
        RetryRule(after=(D.CONGESTION,), number=Which.NEXT),
        RetryRule(after=(D.UNALLOCATED,), number=Which.SAME),
    )
    assert decide(settings, THREE, D.BUSY).number == "+7916"
    assert decide(settings, THREE, D.CONGESTION).number == "+7917"
    assert decide(settings, THREE, D.UNALLOCATED).number == "+7917", "there is no such number"


# --- whatever happens ---------------------------------------------------------------------------


def test_pauses_grow_while_a_route_fails_and_then_an_attempt_counts() -> None:
    settings = replace(SETTINGS, max_uncounted=4)
    task, pauses = TASK, []
    for _ in range(4):
        decision = decide(settings, task, D.CONGESTION)
        pauses.append(decision.after_s)
        task = after(task, D.CONGESTION, decision)
    assert pauses == [120.0, 240.0, 480.0, 960.0]
    assert (decision.counts, decision.reason) == (True, "the last of 4 failures in a row counts")
    assert decide(settings, task, D.CONGESTION).after_s == 120.0


def after(task: Task, result: Disposition, decision: RetryDecision) -> Task:
    """The task as it is handed out the next time."""
    bad = next_number(task) if decision.bad_number else ""
    return replace(
        task,
        numbers=tuple(number for number in task.numbers if number != bad),
        attempts=task.attempts + decision.counts,
        past=(*task.past, Try(result, decision.counts)),
        prefers=decision.number,
    )


RESULTS = sorted(set(Disposition) - FINAL)
ranges = st.sampled_from(["", "1", "2-", "1-3", "4-"])
rules = st.builds(
    RetryRule,
    after=st.lists(st.sampled_from(RESULTS), max_size=3).map(tuple),
    attempt=ranges,
    times=ranges,
    days=st.lists(st.sampled_from(Day), max_size=2).map(tuple),
    older_than_s=st.sampled_from([0.0, 86400.0]),
    agent_missed=st.sampled_from([None, True, False]),
    counts=st.sampled_from([None, True, False]),
    number=st.sampled_from([None, *Which]),
    pause_s=st.none() | st.floats(0, LONGEST_S),
) | st.builds(
    RetryRule,
    attempt=ranges,
    next_day_at=st.sampled_from(["", "00:00", "23:59"]),
    give_up=st.booleans(),
)
campaigns = st.builds(
    lambda rules, most, uncounted: ruled(*rules, max_attempts=most, max_uncounted=uncounted),
    st.lists(rules, max_size=4),
    st.integers(1, 5),
    st.integers(1, 6),
)
outcomes = st.tuples(st.sampled_from(RESULTS), st.booleans(), st.floats(0, 1e6))


@given(campaigns, st.integers(1, 3), st.data())
def test_no_task_is_dialed_for_ever(
    settings: CampaignSettings, numbers: int, data: st.DataObject
) -> None:
    """Under any results: no more attempts that count than allowed, no more others in a row, and
    only numbers that are still usable."""
    task = replace(TASK, numbers=tuple(f"+7916{n}" for n in range(numbers)), created_at=0.0)
    now, dialed, in_a_row = FRIDAY_NOON, 0, 0
    while True:
        result, missed, passes_s = data.draw(outcomes)
        now, dialed = now + passes_s, dialed + 1
        decision = decide(settings, task, result, now, agent_missed=missed)
        assert 0.0 <= decision.after_s <= max(LONGEST_S, *settings.retry_after_s.values())
        in_a_row = 0 if decision.counts else in_a_row + 1
        task = after(task, result, decision)
        assert in_a_row < settings.max_uncounted
        assert task.attempts <= settings.max_attempts
        if decision.move is not M.RETRY:
            break
        assert decision.number in task.numbers
        assert next_number(task) == decision.number
    assert dialed <= settings.max_attempts * settings.max_uncounted


@given(campaigns, st.sampled_from(Disposition), st.booleans())
def test_every_result_has_a_move(
    settings: CampaignSettings, result: Disposition, missed: bool
) -> None:
    decision = decide(settings, TASK, result, FRIDAY_NOON, agent_missed=missed)
    assert decision.move in (M.RETRY, M.FINISH, M.GIVE_UP)
    assert (decision.move is M.FINISH) == (result in FINAL)


@given(st.integers(0, 400), st.sampled_from(sorted(UNCOUNTED)))
def test_a_pause_grows_to_a_day_at_most(failures: int, result: Disposition) -> None:
    task = replace(TASK, past=(Try(result, False),) * failures)
    pause_s = decide(replace(SETTINGS, max_uncounted=1000), task, result).after_s
    assert SETTINGS.retry_after_s[result] <= pause_s <= LONGEST_GROWN_S


@given(st.lists(st.sampled_from(RESULTS), max_size=12), st.integers(1, 4))
def test_numbers_go_round_evenly(results: list[Disposition], count: int) -> None:
    """By the shipped rules no number is dialed twice before every other usable one was."""
    results = [result for result in results if result not in UNCOUNTED]
    task = replace(TASK, numbers=tuple(f"+7916{n}" for n in range(count)))
    settings = replace(SETTINGS, max_attempts=100)
    turn: list[str] = []
    for result in results:
        turn = [number for number in turn if number in task.numbers]
        assert next_number(task) not in turn or len(turn) == len(task.numbers)
        turn = [next_number(task)] if len(turn) == len(task.numbers) else [*turn, next_number(task)]
        decision = decide(settings, task, result)
        if decision.move is not M.RETRY:
            return
        task = after(task, result, decision)
