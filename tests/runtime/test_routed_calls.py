"""Routes are kept for their calls, and forgotten in time."""

from __future__ import annotations

from itertools import count

from ccdialer.core.facts import Facts
from ccdialer.core.found import CardStatus, Found
from ccdialer.core.routing import NO_BOOK, route
from ccdialer.runtime.routed_calls import KEEP_S, MOST, Directed, RoutedCalls

FACTS = Facts()


def numbered() -> RoutedCalls:
    ids = count(1)
    return RoutedCalls(lambda: str(next(ids)))


def directed(call_id: str) -> Directed:
    return Directed(call_id, route(NO_BOOK, FACTS), FACTS, Found(None, CardStatus.NONE))


def test_a_channel_is_one_call_and_a_nameless_one_always_another() -> None:
    calls = numbered()
    assert [calls.id_of(leg, 0.0) for leg in ("a", "b", "a", "", "")] == ["1", "2", "1", "3", "4"]
    assert [calls.known(leg) for leg in ("a", "b", "c", "")] == ["1", "2", "", ""]


def test_a_route_is_found_by_its_call() -> None:
    calls = numbered()
    kept = directed(calls.id_of("a", 0.0))
    calls.keep(kept)
    assert calls.find("1") is kept
    assert calls.find("2") is None


def test_after_an_hour_a_call_is_forgotten() -> None:
    calls = numbered()
    calls.keep(directed(calls.id_of("a", 0.0)))
    calls.id_of("b", KEEP_S)
    assert calls.find("1") is not None
    calls.id_of("c", KEEP_S + 1.0)
    assert calls.find("1") is None
    assert calls.id_of("a", KEEP_S + 1.0) == "4"


def test_whoever_asks_again_is_kept_longer() -> None:
    calls = numbered()
    calls.keep(directed(calls.id_of("a", 0.0)))
    calls.id_of("a", KEEP_S)
    calls.id_of("b", KEEP_S + 1.0)
    assert calls.find("1") is not None


def test_of_very_many_the_oldest_are_forgotten() -> None:
    calls = numbered()
    for index in range(MOST + 10):
        calls.keep(directed(calls.id_of(str(index), 0.0)))
    assert calls.find("10") is None
    assert calls.find("11") is not None
