"""What a set of rules may not say."""

from __future__ import annotations

import dataclasses

import pytest

from ccdialer.core.routes import Did, Routes, Rule, When


def test_what_is_missing_is_named() -> None:
    assert Rule().mistake().startswith("name is missing")
    assert Rule("a").mistake().startswith("to is missing")
    assert Rule("a", to="hangup").mistake() == ""
    assert Did().mistake().startswith("project is missing")
    assert Did("sales").mistake() == ""


def test_bounds_that_no_client_is_within_are_refused() -> None:
    assert When(least_deals=2, most_deals=2).mistake() == ""
    assert "no client has so many" in When(least_deals=2, most_deals=1).mistake()


@pytest.mark.parametrize(
    ("name", "fits"),
    [("by stage", True), ("a" * 60, True), ("a" * 61, False), ("a\n", False), (" a", False)],
)
def test_names_are_short_and_printable(name: str, fits: bool) -> None:
    (field,) = (each for each in dataclasses.fields(Rule) if each.name == "name")
    assert (field.metadata["check"](name) == "") == fits


@pytest.mark.parametrize(("zone", "fits"), [("", True), ("Europe/Moscow", True), ("Moscow", False)])
def test_zones_are_those_of_iana(zone: str, fits: bool) -> None:
    (field,) = (each for each in dataclasses.fields(Routes) if each.name == "zone")
    assert (field.metadata["check"](zone) == "") == fits
