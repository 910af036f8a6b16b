"""How long callers wait for a CRM that is broken in every way: never longer than the budget."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle

import structlog

from ccdialer.core.found import CardStatus
from ccdialer.core.health import Breaker
from ccdialer.crm_settings import Crm
from ccdialer.runtime.cards import Cards, open_cards
from tests.bench.rows import Goal, Row
from tests.crm import asking
from tests.crm.fakes.server import Fault

KINDS = ("bitrix24", "amocrm", "rest")
CALLS_PER_S = 50
CALLS = 100
WARM_CALLS = 20_000
CHANGES_PER_S = 10
CHANGED_ROUNDS = 5
SLACK_MS = 100.0
SHIPPED = Crm()
GOAL_RATIO = (SHIPPED.budget_ms + SLACK_MS) / SHIPPED.budget_ms


@dataclass(frozen=True, slots=True)
class _Address:
    """A fake that runs elsewhere, as far as settings need it."""

    url: str


@contextmanager
def fake(kind: str, fault: str) -> Iterator[_Address]:
    """In a process of its own: what it burns is not ours."""
    words = [sys.executable, "-m", "tests.crm.fakes", kind, fault]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield _Address(child.stdout.readline().strip())
        finally:
            child.terminate()


def crm() -> list[Row]:
    """The longest wait of 100 callers, 50 new ones a second, for each connector and fault; the
    baseline is the budget. The breaker is closed again before each caller: with it most of them
    would not wait at all."""
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)
    rows = [_warm(), change("hang"), change("")]
    for kind in KINDS:
        for fault in ("", *Fault):
            with fake(kind, fault) as address:
                rows.append(_row(kind, fault, address))
    return rows


def _row(kind: str, fault: str, address: _Address) -> Row:
    cards = _cards(kind, address)
    waits, statuses = _callers(cards)
    cards.close()
    waits.sort()
    told = ", ".join(f"{statuses.count(each)} {each}" for each in CardStatus if each in statuses)
    spread = f"p50 {waits[len(waits) // 2]:.0f}, p99 {waits[int(len(waits) * 0.99)]:.0f}"
    name = fault or "well"
    what = f"longest wait, {kind} {name}; {spread}; {told}"
    goal = Goal(f"crm-{kind}-{name}", what, "ms", at_most=GOAL_RATIO)
    return goal.row(waits[-1], SHIPPED.budget_ms)


def _cards(kind: str, address: _Address) -> Cards:
    settings = asking.settings_of(kind, address, per_s=1000.0, burst=1000)  # type: ignore[arg-type]
    shipped = replace(SHIPPED, private=("127.0.0.1",))
    return open_cards(shipped, [(settings, asking.opened(settings, shipped))])


def _callers(cards: Cards) -> tuple[list[float], list[CardStatus]]:
    """Each in a thread, as scripts are."""
    waits: list[float] = []
    statuses: list[CardStatus] = []

    def call(number: str) -> None:
        cards.sources[0].breaker = Breaker()
        began_at = time.perf_counter()
        found = cards.find(number)
        waits.append((time.perf_counter() - began_at) * 1000)
        statuses.append(found.status)

    with ThreadPoolExecutor(CALLS) as threads:
        calls = []
        for n in range(CALLS):
            calls.append(threads.submit(call, f"+7916{n:07}"))
            time.sleep(1 / CALLS_PER_S)
    for each in calls:
        each.result()
    return waits, statuses


def _warm() -> Row:
    """p99 of a caller who is remembered; the baseline is the budget."""
    with fake("rest", "") as address:
        cards = _cards("rest", address)
        assert cards.find(asking.NUMBER).status is CardStatus.OK
        took = sorted(_took(lambda: cards.find(asking.NUMBER)) for _ in range(WARM_CALLS))
        cards.close()
    goal = Goal(
        "crm-warm", "p99 of a look-up that is remembered, of the budget", "ms", at_most=0.01
    )
    return goal.row(took[int(WARM_CALLS * 0.99)], SHIPPED.budget_ms)


def change(fault: str) -> Row:
    """The longest wait of 500 callers while the address of their CRM is changed ten times a second:
    from one that hangs (or is well) to one that is well and back."""
    shipped = replace(SHIPPED, private=("127.0.0.1",))
    with fake("rest", fault) as one, fake("rest", "") as other:
        cards, over = _cards("rest", other), threading.Event()
        heard: list[CardStatus] = []

        def change_it() -> None:
            for address in cycle((one, other)):
                settings = asking.settings_of("rest", address, per_s=1e4, burst=10_000)  # type: ignore[arg-type]
                connector = asking.opened(settings, shipped)
                cards.take(shipped, [cards.source(settings, connector, shipped)], {"rest"})
                if over.wait(1 / CHANGES_PER_S):
                    break

        changing = threading.Thread(target=change_it)
        changing.start()
        longest = 0.0
        for _ in range(CHANGED_ROUNDS):
            waits, statuses = _callers(cards)
            longest, heard = max(longest, *waits), heard + statuses
        over.set()
        changing.join()
        cards.close()
    told = ", ".join(f"{heard.count(each)} {each}" for each in CardStatus if each in heard)
    what = f"longest wait while the address changes, {fault or 'well'}; {told}"
    goal = Goal(f"crm-change-{fault or 'well'}", what, "ms", at_most=GOAL_RATIO)
    return goal.row(longest, SHIPPED.budget_ms)


def _took(deed: object) -> float:
    assert callable(deed)
    began_at = time.perf_counter()
    deed()
    return (time.perf_counter() - began_at) * 1000
