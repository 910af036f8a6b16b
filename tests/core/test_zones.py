"""A number tells where it may be; what tells nothing is nowhere, and not here."""

from __future__ import annotations

import pytest

from ccdialer.core.schedule import is_zone
from ccdialer.core.zones import zones_for, zones_of

MOBILE, MOSCOW, SATELLITE = "+79161234567", "+74951234567", "+881612345678"


def test_a_landline_tells_its_region() -> None:
    assert zones_of(MOSCOW) == ("Europe/Moscow",)
    assert zones_of("+73832123456") == ("Asia/Novosibirsk",)


def test_a_russian_mobile_number_tells_the_country_from_one_end_to_the_other() -> None:
    found = zones_of(MOBILE)
    assert {"Europe/Moscow", "Asia/Omsk", "Asia/Kamchatka"} < set(found)
    assert all(map(is_zone, found))


def test_what_the_plan_does_not_tell() -> None:
    assert zones_of(SATELLITE) == ()


@pytest.mark.parametrize(
    ("own", "number", "otherwise", "expected"),
    [
        ("Asia/Omsk", MOSCOW, "Asia/Tomsk", ("Asia/Omsk",)),
        ("", MOSCOW, "Asia/Tomsk", ("Europe/Moscow",)),
        ("", MOBILE, "Asia/Tomsk", ("Asia/Tomsk",)),
        ("", SATELLITE, "Asia/Tomsk", ("Asia/Tomsk",)),
        ("", SATELLITE, "", ()),
    ],
)
def test_whose_word_counts(
    own: str, number: str, otherwise: str, expected: tuple[str, ...]
) -> None:
    assert zones_for(own, number, otherwise) == expected


def test_nobody_knows_is_the_strictest() -> None:
    assert zones_for("", MOBILE, "") == zones_of(MOBILE)
