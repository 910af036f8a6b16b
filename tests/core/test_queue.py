"""The settings of a queue, and the names of what becomes of callers."""

from __future__ import annotations

import pytest

from ccdialer.core.queue import MET_NOBODY, Fate, QueueSettings
from ccdialer.schema import specs_of


def test_who_was_sent_on_or_answered_is_not_lost() -> None:
    assert not MET_NOBODY & {Fate.ANSWERED, Fate.SENT_ON, Fate.CALLBACK}


@pytest.mark.parametrize(("key", "fits"), [("1", True), ("#", True), ("", False), ("12", False)])
def test_a_callback_is_taken_by_one_key(key: str, fits: bool) -> None:
    check = specs_of(QueueSettings)["callback_key"].rules["check"]
    assert bool(check(key)) is not fits


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("", True),
        ("queue night", True),
        ("extension 200", True),
        ("hangup", True),
        ("group gold", False),
        ("agent anna", False),
        ("nowhere", False),
    ],
)
def test_overflow_leads_to_where_callers_can_go(words: str, fits: bool) -> None:
    check = specs_of(QueueSettings)["overflow"].rules["check"]
    assert bool(check(words)) is not fits
