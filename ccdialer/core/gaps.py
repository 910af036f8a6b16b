"""Which callers of a number no rule is sure to take, so that its fallback has to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from enum import Enum, auto
from itertools import product

from ccdialer.core.routes import Did, Opening, When
from ccdialer.core.routing import NO_DID, Book


class Kind(Enum):
    """Callers, by what the line and the CRM tell of them."""

    HIDDEN = auto()  # his number
    SILENT = auto()  # the CRM is, about him
    KNOWN = auto()  # to the CRM
    UNKNOWN = auto()  # to it, or there is none


EVERYBODY = frozenset(Kind)
SEEN = frozenset({Kind.KNOWN, Kind.UNKNOWN})
"""Who could be looked up: a rule without conditions takes them."""


def fitting(book: Book, number: str | None) -> Iterator[When]:
    """What those rules ask for that can fit a call of the number; None: of one that `other_dids`
    stands for, whichever it is."""
    did = _did(book, number)
    for ready in book.scenarios.get(did.scenario, ()):
        when = ready.rule.when
        values = {"project": did.project, "ad_channel": did.ad_channel, "city": did.city}
        if number is not None:
            values["did"] = number
        if all(_is_one_of(value, getattr(when, name)) for name, value in values.items()):
            yield when


def gaps(book: Book, number: str | None) -> frozenset[Kind]:
    """Kinds of whom one may call whom no rule takes. A rule is relied upon only where the number,
    its hours and the kind say for sure that it fits."""
    openings = tuple(Opening) if _did(book, number).schedule else (Opening.OPEN,)
    sure = [_sure(when, is_known=number is not None) for when in fitting(book, number)]
    return frozenset(
        kind
        for kind, opening in product(Kind, openings)
        if not any((kind, opening) in taken for taken in sure)
    )


def _did(book: Book, number: str | None) -> Did:
    return book.routes.other_dids or NO_DID if number is None else book.did(number)


def _is_one_of(value: str, wanted: tuple[str, ...]) -> bool:
    folded = {word.strip().casefold() for word in wanted}
    return not wanted or value.strip().casefold() in folded


def _sure(when: When, is_known: bool) -> frozenset[tuple[Kind, Opening]]:
    """Whom the rule takes for sure, and when. `is_known`: the number, which fits."""
    given = {
        each.name: wanted
        for each in fields(when)
        if (wanted := getattr(when, each.name)) not in (None, (), {})
    }
    of_number = {"project", "ad_channel", "city"} | ({"did"} if is_known else set())
    asked = {name: wanted for name, wanted in given.items() if name not in of_number}
    kinds = Kind if given else SEEN
    return frozenset(
        (kind, opening)
        for kind, opening in product(kinds, Opening)
        if asked.items() <= _told(kind, opening).items()
    )


def _told(kind: Kind, opening: Opening) -> dict[str, object]:
    """Conditions that kind and hours decide, with what they are then."""
    told: dict[str, object] = {"schedule": opening, "hidden": kind is Kind.HIDDEN}
    return told | ({"known": kind is Kind.KNOWN} if kind in SEEN else {})
