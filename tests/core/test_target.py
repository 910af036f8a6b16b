"""Targets of inbound calls are read as people write them."""

from __future__ import annotations

import pytest

from ccdialer.core.target import Target, TargetKind, mistake_in_target, target_of


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("queue sales", Target(TargetKind.QUEUE, "sales")),
        ("queue  sales team ", Target(TargetKind.QUEUE, "sales team")),
        ("extension 200", Target(TargetKind.EXTENSION, "200")),
        ("hangup", Target(TargetKind.HANGUP)),
    ],
)
def test_a_kind_and_a_name(words: str, target: Target) -> None:
    assert target_of(words) == target
    assert target_of(str(target)) == target
    assert not mistake_in_target(words)


@pytest.mark.parametrize("words", ["sales", "queue", "hangup now", "queue a\nb", "Queue sales"])
def test_anything_else_is_none(words: str) -> None:
    assert target_of(words) is None
    assert "queue sales" in mistake_in_target(words)
