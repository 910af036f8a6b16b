"""Connectors that do what a test tells them, and a clock that stands until it is turned."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ccdialer.core.card import Card
from ccdialer.crm.fault import CrmFault
from ccdialer.crm_settings import Crm
from ccdialer.runtime.cards import Cards, Clocks, open_cards

NUMBER = "+79161234567"
ANNA = Card("one", "5", "Anna", "id:7")
DOWN = CrmFault("crm_http_503", "HTTP 503")


class Told:
    """A connector that answers as told; `gate` holds its answers back until it is opened."""

    def __init__(self, name: str = "one", answer: Card | CrmFault | None = ANNA) -> None:
        self.name = name
        self.answer: Card | Exception | None = answer
        self.asked: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def find(self, number: str, within_s: float) -> Card | None:
        self.asked.append(number)
        assert self.gate.wait(30)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class HandClock:
    """Both clocks, turned by hand; the budget is waited for in real time."""

    def __init__(self) -> None:
        self.at = 1000.0

    def clocks(self) -> Clocks:
        return Clocks(lambda: self.at, lambda: round(self.at * 1000))


def settings_of(connector: Told, **more: Any) -> Any:
    """As the config has it."""
    from ccdialer.crm_settings import CsvFile

    return CsvFile(name=connector.name, **more)


def cards_over(
    *connectors: Told, crm: Crm | None = None, clock: HandClock | None = None, **more: Any
) -> Cards:
    """Cards over them, in order; `more` are settings of each connector."""
    opened = [(settings_of(each, **more), each) for each in connectors]
    return open_cards(crm or Crm(), opened, clock.clocks() if clock else None)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Until it is so; the test fails if it never is."""
    for _ in range(3000):
        if is_so():
            return
        threading.Event().wait(0.005)
    raise AssertionError("it never became so")
