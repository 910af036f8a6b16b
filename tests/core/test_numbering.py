"""Plans: plain numbers of most countries are matched by patterns, the others by the library."""

from __future__ import annotations

import pytest

from ccdialer.core.numbering import DIALABLE, NumberType, examples, plan_of
from ccdialer.core.phone import normalise


def test_a_plan_tells_kinds_apart() -> None:
    plan = plan_of("RU", DIALABLE)
    assert plan is not None
    assert (plan.plus_code, plan.trunk) == ("+7", "8")
    assert plan.accepted("9161234567")
    assert not plan.accepted("0001234567")
    assert plan.barred("8001234567")
    only_fixed = plan_of("RU", frozenset({NumberType.FIXED_LINE}))
    assert only_fixed is not None
    assert not only_fixed.accepted("9161234567")


def test_a_code_that_several_countries_share_is_left_to_the_library() -> None:
    assert plan_of("CA", DIALABLE) is None
    assert plan_of("KZ", DIALABLE) is None
    assert plan_of("XX", DIALABLE) is None


@pytest.mark.parametrize("region", ["RU", "GB", "US", "DE", "KZ"])
def test_an_example_is_a_number_of_its_type(region: str) -> None:
    found = examples(region, DIALABLE)
    assert set(found) == DIALABLE
    for kind, number in found.items():
        assert normalise(number, region, frozenset({kind})) == number
