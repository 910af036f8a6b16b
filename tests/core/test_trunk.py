"""Longest prefixes, prices, increments, what providers are sent and what clients see."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.trunk import (
    MICRO,
    CallerIds,
    NumberFormat,
    Rate,
    Trunk,
    TrunkSettings,
    billed_s,
    caller_id,
    cost_of,
    dial_string,
    in_order,
    longest,
    most_of,
    rank_of,
    rate_of,
    shown_by,
)

MOSCOW = "+74951234567"

digits = st.text("0123456789", min_size=1, max_size=6)
numbers = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)
rates = st.builds(
    Rate,
    prefix=digits,
    price=st.integers(0, 100 * MICRO),
    fee=st.integers(0, 10 * MICRO),
    first_s=st.integers(1, 60),
    next_s=st.integers(1, 60),
)
talks = st.integers(0, 7_200_000)


def trunk(name: str, *rates: Rate) -> Trunk:
    return Trunk(1, name, TrunkSettings(name), {rate.prefix: rate for rate in rates})


# --- the price of a number ----------------------------------------------------------------------


def test_the_longest_prefix_decides() -> None:
    found = trunk("a", Rate("7", 2), Rate("7495", 1), Rate("74951", 3), Rate("8", 4))
    assert rate_of(found, MOSCOW) == Rate("74951", 3)
    assert rate_of(found, "+79161234567") == Rate("7", 2)


def test_without_a_prefix_there_is_no_price() -> None:
    assert rate_of(trunk("a", Rate("44", 2)), MOSCOW) is None
    assert rate_of(trunk("a"), MOSCOW) is None


@given(st.dictionaries(digits, st.none()), numbers)
def test_the_longest_is_found_as_by_looking_at_all(prefixes: dict[str, None], number: str) -> None:
    fitting = [prefix for prefix in prefixes if number[1:].startswith(prefix)]
    assert longest(prefixes, number) == max(fitting, key=len, default=None)


# --- the cost of a call -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first_s", "next_s", "talk_ms", "billed"),
    [
        (60, 60, 1, 60),
        (60, 60, 60_000, 60),
        (60, 60, 60_001, 120),
        (30, 6, 30_000, 30),
        (30, 6, 30_001, 36),
        (30, 6, 42_000, 42),
        (1, 1, 59_999, 60),
        (1, 1, 0, 1),
    ],
)
def test_billed_by_increments(first_s: int, next_s: int, talk_ms: int, billed: int) -> None:
    assert billed_s(Rate("7", 1, first_s=first_s, next_s=next_s), talk_ms) == billed


@given(rates, talks)
def test_billed_is_the_least_time_of_whole_increments_that_holds_the_talk(
    rate: Rate, talk_ms: int
) -> None:
    billed = billed_s(rate, talk_ms)
    assert billed * 1000 >= talk_ms
    assert (billed - rate.first_s) % rate.next_s == 0
    assert billed == rate.first_s or (billed - rate.next_s) * 1000 < talk_ms


@given(rates, talks)
def test_a_cost_is_exact_to_half_a_micro_unit(rate: Rate, talk_ms: int) -> None:
    exact = rate.fee + Fraction(rate.price * billed_s(rate, talk_ms), 60)
    assert abs(cost_of(rate, talk_ms) - exact) <= Fraction(1, 2)


@given(rates, talks, talks)
def test_a_longer_call_never_costs_less(rate: Rate, one: int, other: int) -> None:
    assert cost_of(rate, min(one, other)) <= cost_of(rate, max(one, other))


@given(rates, talks)
def test_no_call_costs_more_than_the_longest_one(rate: Rate, talk_ms: int) -> None:
    assert cost_of(rate, talk_ms) <= most_of(rate, 7200.0)


def test_a_symbolic_price_ranks_and_costs_nothing() -> None:
    symbolic = Rate("7", 3 * MICRO, is_literal=False)
    assert rank_of(symbolic) == 3 * MICRO
    assert most_of(symbolic, 7200.0) == 0


# --- the order of trunks ------------------------------------------------------------------------


ways = st.lists(
    st.tuples(st.builds(trunk, st.text("abc", min_size=1)), rates, st.integers(1, 9)), max_size=6
)


@given(ways)
def test_cheapest_first_then_free_lines_then_name(found: list[tuple[Trunk, Rate, int]]) -> None:
    ordered = in_order(found)
    assert sorted(map(id, ordered)) == sorted(map(id, found))
    for before, after in pairwise(ordered):
        assert (rank_of(before[1]), -before[2], before[0].name) <= (
            *(rank_of(after[1]), -after[2], after[0].name),
        )


def test_the_fee_and_the_increments_belong_to_the_price() -> None:
    dear = Rate("7", 1 * MICRO, fee=1 * MICRO)
    cheap = replace(dear, price=MICRO * 3 // 2, fee=0)
    assert rank_of(cheap) < rank_of(dear)


# --- what is sent -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "number", "dialed"),
    [
        (NumberFormat(), MOSCOW, "74951234567"),
        (NumberFormat("{e164}"), MOSCOW, "+74951234567"),
        (NumberFormat("8{national}", "7", "810{digits}"), MOSCOW, "84951234567"),
        (NumberFormat("8{national}", "7", "810{digits}"), "+442012345678", "810442012345678"),
        (NumberFormat("9011#{digits}"), MOSCOW, "9011#74951234567"),
    ],
)
def test_a_number_is_written_as_the_provider_wants(
    form: NumberFormat, number: str, dialed: str
) -> None:
    assert dial_string(TrunkSettings("main", number_format=form), number) == f"PJSIP/{dialed}@main"


# --- what is seen -------------------------------------------------------------------------------

POOL = ("+74950000001", "+74950000002", "+74950000003")


def test_a_region_goes_before_the_pool_and_the_pool_before_the_own_number() -> None:
    ids = CallerIds("+7800", {"7": "+7499", "7812": "+7812"}, POOL)
    assert shown_by(ids, "+78121234567", 0) == "+7812"
    assert shown_by(ids, MOSCOW, 0) == "+7499"
    assert shown_by(replace(ids, by_prefix={}), MOSCOW, 0) in POOL
    assert shown_by(CallerIds("+7800"), MOSCOW, 0) == "+7800"
    assert shown_by(CallerIds(), MOSCOW, 0) == ""


@given(numbers, st.integers(0, 20))
def test_a_client_of_a_sticky_pool_always_sees_the_same(number: str, attempts: int) -> None:
    ids = CallerIds(pool=POOL)
    assert shown_by(ids, number, attempts) == shown_by(ids, number, 0)


@given(numbers)
def test_a_client_of_a_rotating_pool_sees_each_in_turn(number: str) -> None:
    ids = CallerIds(pool=POOL, sticky=False)
    assert {shown_by(ids, number, attempts) for attempts in range(3)} == set(POOL)


def test_the_campaign_goes_before_the_trunk() -> None:
    trunk_ids = CallerIds("+7800")
    assert caller_id(CallerIds("+7495"), trunk_ids, MOSCOW, 0) == "+7495"
    assert caller_id(CallerIds(by_prefix={"44": "+44"}), trunk_ids, MOSCOW, 0) == "+7800"
