"""Each condition of a rule holds, or says in words why it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ccdialer.core.conditions import Asked, checks_of
from ccdialer.core.daytimes import days_of
from ccdialer.core.facts import Facts, Past
from ccdialer.core.found import CardStatus
from ccdialer.core.routes import Did, Opening, When
from ccdialer.core.schedule import Schedule
from tests.core.routing_samples import CALLER, DID, NIGHT, NOON

OFFICE = Schedule(days_of({"mon-fri": "09:00-20:00"}))
HOUSE = Did("sales", ad_channel="site", city="Kaluga", schedule="office")
CLIENT = Facts(
    did=DID,
    number=CALLER,
    at=NOON,
    card=CardStatus.OK,
    stage="Paid",
    pipeline="New clients",
    owner="login:anna",
    open_deals=2,
    fields={"segment": "gold"},
    past=Past(callback_of="login:anna"),
)


def words(facts: Facts = CLIENT, **when: Any) -> str:
    (check,) = checks_of(When(**when))
    return check(Asked(facts, HOUSE, "Europe/Moscow", {"office": OFFICE}))


@pytest.mark.parametrize(
    "when",
    [
        {"did": (DID,)},
        {"project": ("other", "Sales")},
        {"ad_channel": ("SITE",)},
        {"city": ("kaluga ",)},
        {"schedule": Opening.OPEN},
        {"during": ("office",)},
        {"hidden": False},
        {"known": True},
        {"stage": ("lost", "paid")},
        {"pipeline": ("new clients",)},
        {"owner": ("anna",)},
        {"owner": ("login:anna",)},
        {"least_deals": 2},
        {"most_deals": 2},
        {"fields": {"segment": ("vip", "gold")}},
        {"callback": True},
        {"attempt": False},
    ],
)
def test_it_holds(when: dict[str, Any]) -> None:
    assert words(**when) == ""


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"did": ("401",)}, f"DID is {DID}, not 401"),
        ({"schedule": Opening.CLOSED}, "it is open, not closed"),
        ({"hidden": True}, "the caller shows his number"),
        ({"known": False}, "the client is known"),
        ({"stage": ("Lost", "New")}, "stage is Paid, not Lost or New"),
        ({"owner": ("boris",)}, "the owner is login:anna, not boris"),
        ({"least_deals": 3}, "open deals: 2, fewer than 3"),
        ({"most_deals": 1}, "open deals: 2, more than 1"),
        ({"fields": {"segment": ("vip",)}}, "segment is gold, not vip"),
        ({"fields": {"age": ("7",)}}, "no age, not 7"),
        ({"callback": False}, "a callback is pending"),
        ({"attempt": True}, "we did not try to reach him"),
        ({"stage": tuple("abcdefg")}, "stage is Paid, not a or b or c or d or e or 2 more"),
    ],
)
def test_it_says_why_it_does_not_hold(when: dict[str, Any], expected: str) -> None:
    assert words(**when) == expected


def test_hours_are_those_of_the_number_called() -> None:
    night = replace(CLIENT, at=NIGHT)
    assert words(night, schedule=Opening.OPEN) == "it is closed, not open"
    assert words(night, during=("office",)) == "closed: office"


OF_THE_CRM = [
    {"known": False},
    {"stage": ("Paid",)},
    {"pipeline": ("x",)},
    {"owner": ("anna",)},
    {"least_deals": 0},
    {"most_deals": 9},
    {"fields": {"segment": ("gold",)}},
]


@pytest.mark.parametrize("when", OF_THE_CRM)
def test_what_the_crm_did_not_tell_does_not_hold(when: dict[str, Any]) -> None:
    silent = replace(CLIENT, card=CardStatus.ERROR)
    assert words(silent, **when) == "the CRM did not answer (error)"
    assert words(replace(CLIENT, number=""), **when) == "the caller hides his number"


@pytest.mark.parametrize("flag", [True, False])
def test_what_the_database_did_not_tell_does_not_hold(flag: bool) -> None:
    slow = replace(CLIENT, past=None)
    assert words(slow, callback=flag) == "the database did not answer"
    assert words(slow, attempt=flag) == "the database did not answer"
    assert words(replace(CLIENT, number=""), callback=flag) == "the caller hides his number"


def test_conditions_that_are_not_given_are_not_asked() -> None:
    assert checks_of(When()) == ()
    assert len(checks_of(When(hidden=False, least_deals=0))) == 2
