"""The optimum of small teams: closed forms where there are some, and order among policies."""

from __future__ import annotations

import pytest

pytest.importorskip("numba")

from tests.bench.research.mdp import RING_S, TALK_S, WRAP_UP_S, Small, risks, targets


@pytest.fixture(scope="module")
def one() -> Small:
    return Small(1, 0.6)


def test_one_agent_dialed_progressively_has_a_closed_form(one: Small) -> None:
    first = targets(1, 0.6, one.most, -1.0, risks(1, 0.6, one.most))
    talk, abandoned = one.of_targets(first)
    assert talk == pytest.approx(TALK_S / (TALK_S + WRAP_UP_S + RING_S / 0.6), abs=1e-4)
    assert abandoned < 0.0


def test_the_optimum_is_not_below_the_rule_nor_far_above(one: Small) -> None:
    rule, _ = one.rule(risks(1, 0.6, one.most))
    best, _ = one.optimum()
    assert rule - 1e-4 <= best <= rule + 0.005
