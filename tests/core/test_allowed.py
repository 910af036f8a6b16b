"""Which numbers a campaign dials: kinds, countries, prefixes; by patterns as by the library."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ccdialer.core.allowed import Allowed, allowed_by, refusal
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.numbering import DIALABLE, NumberType
from ccdialer.core.phone import types_of

HOME = Allowed(("RU",))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+79161234567", ""),
        ("+74951234567", ""),
        ("+78001234567", "a toll_free number; allowed are: fixed_line, mobile"),
        ("+78091234567", "a premium_rate number"),
        ("+77011234567", "a number of KZ; allowed are: RU"),  # its code is Russia's too
        ("+4930123456", "a number of DE; allowed are: RU"),
        ("+70001234567", "in no numbering plan"),
        ("+88213300655", "a number of 001"),  # satellites
        ("112", "in no numbering plan"),
        ("", "in no numbering plan"),
    ],
)
def test_at_home(number: str, words: str) -> None:
    found = refusal(number, HOME)
    assert found.startswith(words)
    assert bool(found) is bool(words)


def test_what_a_campaign_says() -> None:
    both = Allowed(("RU", "KZ"), frozenset({NumberType.MOBILE}), ("+7916", "+79991"))
    assert refusal("+77011234567", both) == ""
    assert refusal("+74951234567", both) == "a fixed_line number; allowed are: mobile"
    assert refusal("+79161234567", both) == "denied, as all that begin with +7916"
    assert refusal("+79991234567", both) == "denied, as all that begin with +79991"
    assert refusal("+79981234567", both) == ""


def test_the_country_of_the_site_holds_where_a_campaign_says_none() -> None:
    settings = CampaignSettings("PJSIP/{digits}@t")
    assert allowed_by(settings, "KZ") == Allowed(("KZ",), DIALABLE)


@settings(deadline=None)  # the library reads its plans at their first use
@given(st.from_regex(r"\+7[3489]\d{9}|\+7[0-9]{10}|\+49\d{6,11}|\+1\d{10}", fullmatch=True))
@example("+73362212345")
@example("+79701234567")
def test_patterns_agree_with_the_library(number: str) -> None:
    parsed = phonenumbers.parse(number, None)
    for countries in (("RU",), ("RU", "KZ"), ("DE", "US"), ("CA",)):
        dialed = (
            phonenumbers.is_valid_number(parsed)
            and phonenumbers.region_code_for_number(parsed) in countries
            and bool(types_of(parsed) & DIALABLE)
        )
        assert (refusal(number, Allowed(countries)) == "") is dialed
