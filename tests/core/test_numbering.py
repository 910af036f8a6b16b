"""Plans: plain numbers of most countries are matched by patterns, the others by the library."""

from __future__ import annotations

from ccdialer.core.numbering import DIALABLE, NumberType, plan_of


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
