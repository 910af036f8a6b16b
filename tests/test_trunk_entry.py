"""One trunk of the file: what its values mean for the dialer, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.trunk import CallerIds, NumberFormat, Rate, dial_string
from ccdialer.provider import Provider
from ccdialer.schema import Source, composed, read
from ccdialer.trunk_entry import Price, TrunkEntry, increments, price_of, rate_of, trunk_of

ENTRY = TrunkEntry(name="main", provider=Provider(server="sip.example.net"))


def entry_of(text: str) -> tuple[TrunkEntry | None, list[str]]:
    source = Source("t.yaml")
    (node,) = composed("t.yaml", text)
    return read(node, TrunkEntry, source), source.faults


def test_a_price_takes_from_its_trunk_what_it_does_not_say() -> None:
    entry = replace(ENTRY, currency="EUR", increments="30/6")
    found = rate_of(entry, "44", Price(price="0.02"))
    assert found == Rate("44", 20_000, "EUR", 0, 30, 6, True, "")
    own = Price("1", "0.5", "60/1", "USD", True, "London")
    assert rate_of(entry, "44", own) == Rate(
        "44", 1_000_000, "USD", 500_000, 60, 1, False, "London"
    )


def test_prices_of_the_entry_go_before_those_of_the_list() -> None:
    entry = replace(ENTRY, prices={"7": Price("2")})
    listed = [Rate("7", 1), Rate("7495", 3)]
    assert {p: rate.price for p, rate in trunk_of(entry, listed).rates.items()} == {
        "7": 2_000_000,
        "7495": 3,
    }


RATES = st.builds(
    Rate,
    prefix=st.just("7"),
    price=st.integers(0, 10**12),
    currency=st.sampled_from(["RUB", "EUR"]),
    fee=st.integers(0, 10**9),
    first_s=st.integers(1, 9999),
    next_s=st.integers(1, 9999),
    is_literal=st.booleans(),
    destination=st.text(max_size=5),
)


@given(RATES, st.booleans())
def test_a_rate_survives_writing(rate: Rate, symbolic: bool) -> None:
    entry = replace(ENTRY, symbolic=symbolic)
    expected = replace(rate, is_literal=rate.is_literal and not symbolic)
    assert rate_of(entry, "7", price_of(entry, expected)) == expected


def test_a_national_number_is_written_as_the_provider_wants() -> None:
    entry, faults = entry_of(
        "name: main\nprovider: {server: sip.example.net}\n"
        'numbers: {home: "8{national}", country: 7, abroad: "810{digits}"}\n'
        'caller_ids: "74951234567"\n'
    )
    assert entry is not None, faults
    assert entry.numbers == NumberFormat("8{national}", "7", "810{digits}")
    assert entry.caller_ids == CallerIds("74951234567")
    settings = trunk_of(entry).settings
    assert dial_string(settings, "+79161234567") == "PJSIP/89161234567@main"
    assert dial_string(settings, "+442071234567") == "PJSIP/810442071234567@main"


def test_only_a_login_with_registration_can_lose_it() -> None:
    with_login = replace(ENTRY, provider=replace(ENTRY.provider, login="u"))
    assert trunk_of(with_login).settings.registers
    assert not trunk_of(ENTRY).settings.registers


def test_an_endpoint_of_the_sites_own_keeps_its_name() -> None:
    assert (
        trunk_of(TrunkEntry(name="main", endpoint="Provider_1")).settings.endpoint == "Provider_1"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("provider: {server: a.example}", "name is missing"),
        ("name: main", "give provider.server, or else endpoint"),
        ("name: m\nendpoint: x\nprovider: {server: a}", "not both"),
        ("name: m\nendpoint: x\nincrements: 0/1", "FIRST/NEXT"),
        ("name: m\nendpoint: x\nprices: {'+7': {price: 1}}", "without plus"),
        ("name: m\nendpoint: x\nprices: {7: {price: free}}", "an amount such as 1.50"),
        ("name: m\nendpoint: x\nprices: {7: {fee: 1}}", "price is missing"),
        ("name: m\nendpoint: x\nnumbers: 8916", "{e164}"),
        ('name: m\nendpoint: x\nnumbers: "{digits}@host"', "{e164}"),
        ("name: m\nendpoint: x\ncaller_ids: {pool: [abc]}", "a number"),
        ("name: m\nendpoint: x\ncaller_ids: {by_prefix: {x: '7495'}}", "digits"),
        ("name: m\nendpoint: a&b", "the name of an endpoint"),
        ("name: m\nendpoint: x\ncurrency: rub", "ISO 4217"),
        ("name: m\nendpoint: x\nlines: 0", "1 to 10000"),
    ],
)
def test_what_makes_no_trunk_is_told_in_a_sentence(text: str, told: str) -> None:
    _, faults = entry_of(text)
    assert len(faults) == 1, faults
    assert told in faults[0]


def test_increments() -> None:
    assert increments("60/1") == (60, 1)
    assert increments("6") == (6, 6)
    assert increments("60/0") is None
    assert increments("1 min") is None
