"""What scripts are promised is what the daemon's desk offers."""

from __future__ import annotations

import inspect

import pytest

from ccdialer.fastagi.desk import Desk
from ccdialer.runtime.agi_desk import AgiDesk

WORDS = [name for name in vars(Desk) if not name.startswith("_")]


def test_there_is_something_to_ask() -> None:
    assert {"route", "card", "last_agent", "hours", "lost", "do_not_call"} <= set(WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_the_daemon_keeps_the_promise(word: str) -> None:
    promised, kept = getattr(Desk, word), getattr(AgiDesk, word)
    assert inspect.signature(kept) == inspect.signature(promised)
