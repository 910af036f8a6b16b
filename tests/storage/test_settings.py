"""Settings come back from JSON as they went, and what another version wrote does no harm."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum

from ccdialer.storage.settings import from_json, to_json


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Part:
    size: float = 1.0
    colours: tuple[Colour, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    name: str
    limit: int | None = None
    part: Part = Part()
    parts: tuple[Part, ...] = ()
    pauses: dict[Colour, float] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()


WHOLE = Whole(
    "a", 3, Part(2.5, (Colour.RED,)), (Part(), Part(7.0)), {Colour.BLUE: 1.5}, frozenset("xy")
)


def test_every_kind_of_field_comes_back() -> None:
    assert from_json(Whole, to_json(WHOLE)) == WHOLE


def test_what_is_missing_is_as_given_or_as_shipped() -> None:
    assert from_json(Whole, "{}", name="b") == Whole("b")


def test_what_this_version_does_not_know_is_left_out() -> None:
    page = json.loads(to_json(WHOLE))
    page["later"] = 1
    page["part"] = {"size": 2.5, "colours": ["red", "green"], "later": 2}
    page["pauses"]["green"] = 4.0
    assert from_json(Whole, json.dumps(page)) == WHOLE
