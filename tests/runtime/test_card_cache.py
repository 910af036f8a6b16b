"""The cache keeps the newest, gives each change out once, and loses none that cannot be saved."""

from __future__ import annotations

from ccdialer.core.card import Card
from ccdialer.runtime.card_cache import CardCache
from ccdialer.storage.crm_cards import KeptCard


def kept(number: str, at: int = 0) -> KeptCard:
    return KeptCard("crm", number, at, None)


def test_the_oldest_go() -> None:
    cache = CardCache(2)
    for number in "abc":
        cache.keep(kept(number))
    assert [cache.find("crm", n) is not None for n in "abc"] == [False, True, True]
    assert len(cache) == 2


def test_what_a_source_has_said_is_forgotten() -> None:
    cache = CardCache(9)
    for number in "abc":
        cache.keep(kept(number))
        cache.keep(KeptCard("other", number, 0, None))
    cache.change(2, {"crm"})
    assert [cache.find("crm", n) for n in "abc"] == [None] * 3
    assert [cache.find("other", n) is not None for n in "abc"] == [False, True, True]
    assert {each.source for each in cache.unsaved()} == {"other"}


def test_each_change_is_given_out_once() -> None:
    cache = CardCache(9)
    cache.keep(kept("a", 1))
    cache.keep(kept("a", 2))
    assert cache.unsaved() == [kept("a", 2)]
    assert cache.unsaved() == []


def test_what_could_not_be_saved_comes_again_unless_it_is_newer_by_then() -> None:
    cache = CardCache(9)
    cache.keep(kept("a", 1))
    cache.keep(kept("b", 1))
    failed = cache.unsaved()
    cache.keep(kept("a", 2))
    cache.put_back(failed)
    assert sorted(cache.unsaved(), key=lambda c: c.number) == [kept("a", 2), kept("b", 1)]


def test_a_database_that_is_long_away_costs_no_memory() -> None:
    cache = CardCache(3)
    for number in "abcdef":
        cache.keep(kept(number))
    assert [c.number for c in cache.unsaved()] == ["d", "e", "f"]


def test_what_was_saved_before_is_older_than_all_that_is_known() -> None:
    cache = CardCache(3)
    cache.keep(kept("a", 9))
    cache.load([("crm", number, at, None) for number, at in zip("abcd", (1, 5, 4, 3), strict=True)])
    assert cache.find("crm", "a") == kept("a", 9)
    assert cache.find("crm", "d") is None, "there is no room for the oldest"
    cache.keep(kept("e", 10))
    assert [cache.find("crm", n) is not None for n in "abce"] == [True, True, False, True]
    assert cache.unsaved() == [kept("a", 9), kept("e", 10)]


def test_a_saved_row_is_read_when_it_is_asked_for() -> None:
    cache = CardCache(9)
    text = '{"source": "crm", "client_id": "", "name": "Anna", "owner": "", "stage": "", '
    cache.load([("crm", "a", 1, text + '"fields": {}, "deals": []}'), ("crm", "b", 1, "{")])
    assert cache.find("crm", "a") == KeptCard("crm", "a", 1, Card("crm", name="Anna", fields={}))
    assert cache.find("crm", "a") is cache.find("crm", "a")
    assert cache.find("crm", "b") is None
    assert len(cache) == 1, "of another version: he is asked for anew"
