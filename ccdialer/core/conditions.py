"""Conditions of routing rules: each holds of a call, or tells in words why it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ccdialer.core.card import LOGIN
from ccdialer.core.facts import Facts, Past
from ccdialer.core.routes import Did, Opening, When
from ccdialer.core.schedule import Schedule, local


@dataclass(slots=True)
class Asked:
    """A call about which rules are asked, with what its number stands for."""

    facts: Facts
    did: Did
    zone: str
    schedules: Mapping[str, Schedule]
    _opened: dict[str, bool] = field(default_factory=dict)

    def is_open(self, name: str) -> bool:
        """Whether a schedule is open; one that nobody has written never closes."""
        known = self._opened.get(name)
        if known is None:
            hours = self.schedules.get(name)
            known = hours is None or not hours.wait_s(local(self.zone, self.facts.at))
            self._opened[name] = known
        return known


Check = Callable[[Asked], str]
"""Why a condition does not hold; empty: it does."""


def checks_of(when: When) -> tuple[Check, ...]:
    """The conditions that are given, each ready to be asked often."""
    given = ((make, getattr(when, name)) for name, make in CONDITIONS.items())
    return tuple(make(wanted) for make, wanted in given if wanted not in (None, (), {}))


# --- kinds of conditions ------------------------------------------------------------------------


MOST_SHOWN = 5


def _shown(words: Sequence[str]) -> str:
    """`Paid or In production`; of very many the first ones."""
    more = len(words) - MOST_SHOWN
    return " or ".join(words[:MOST_SHOWN]) + (f" or {more} more" if more > 0 else "")


def _one_of(what: str, value_of: Callable[[Asked], str]) -> Callable[[tuple[str, ...]], Check]:
    """The value is one of some words."""

    def make(wanted: tuple[str, ...]) -> Check:
        folded, shown = {word.strip().casefold() for word in wanted}, _shown(wanted)

        def check(asked: Asked) -> str:
            value = value_of(asked)
            if value.strip().casefold() in folded:
                return ""
            return f"{what} is {value}, not {shown}" if value else f"no {what}, not {shown}"

        return check

    return make


def _flag(yes: str, no: str, holds: Callable[[Asked], bool]) -> Callable[[bool], Check]:
    """Something is so, or is not."""

    def make(wanted: bool) -> Check:
        def check(asked: Asked) -> str:
            found = holds(asked)
            return "" if found == wanted else (yes if found else no)

        return check

    return make


Maker = Callable[[Any], Check]


def _of_card(make: Maker) -> Maker:
    """A condition that only the CRM can tell."""

    def seen(wanted: Any) -> Check:
        check = make(wanted)
        return lambda asked: asked.facts.unseen or check(asked)

    return seen


def _of_past(make: Maker) -> Maker:
    """A condition that only our own database can tell."""

    def seen(wanted: Any) -> Check:
        check = make(wanted)

        def asked_of(asked: Asked) -> str:
            if not asked.facts.number:
                return asked.facts.unseen
            return check(asked) if asked.facts.past is not None else "the database did not answer"

        return asked_of

    return seen


# --- each of them -------------------------------------------------------------------------------


def _schedule(wanted: Opening) -> Check:
    def check(asked: Asked) -> str:
        found = Opening.OPEN if asked.is_open(asked.did.schedule) else Opening.CLOSED
        return "" if found is wanted else f"it is {found}, not {wanted}"

    return check


def _during(names: tuple[str, ...]) -> Check:
    def check(asked: Asked) -> str:
        return "" if any(map(asked.is_open, names)) else f"closed: {_shown(names)}"

    return check


def _owner(wanted: tuple[str, ...]) -> Check:
    """A login may stand without its `login:`."""
    names = {name.strip().casefold() for name in wanted}

    def check(asked: Asked) -> str:
        owner = asked.facts.owner
        folded = owner.casefold()
        if folded in names or folded.removeprefix(LOGIN) in names:
            return ""
        return f"the owner is {owner or 'nobody'}, not {_shown(wanted)}"

    return check


def _least_deals(wanted: int) -> Check:
    def check(asked: Asked) -> str:
        found = asked.facts.open_deals
        return "" if found >= wanted else f"open deals: {found}, fewer than {wanted}"

    return check


def _most_deals(wanted: int) -> Check:
    def check(asked: Asked) -> str:
        found = asked.facts.open_deals
        return "" if found <= wanted else f"open deals: {found}, more than {wanted}"

    return check


def _fields(wanted: Mapping[str, tuple[str, ...]]) -> Check:
    checks = [_one_of(name, _field_of(name))(values) for name, values in wanted.items()]

    def check(asked: Asked) -> str:
        return next(filter(None, (each(asked) for each in checks)), "")

    return check


def _field_of(name: str) -> Callable[[Asked], str]:
    return lambda asked: asked.facts.fields.get(name, "")


def _past(asked: Asked) -> Past:
    return asked.facts.past or Past()


CONDITIONS: dict[str, Maker] = {
    "did": _one_of("DID", lambda asked: asked.facts.did),
    "project": _one_of("project", lambda asked: asked.did.project),
    "ad_channel": _one_of("ad channel", lambda asked: asked.did.ad_channel),
    "city": _one_of("city", lambda asked: asked.did.city),
    "schedule": _schedule,
    "during": _during,
    "hidden": _flag(
        "the caller hides his number",
        "the caller shows his number",
        lambda asked: not asked.facts.number,
    ),
    "known": _of_card(
        _flag("the client is known", "the client is not known", lambda asked: asked.facts.is_known)
    ),
    "stage": _of_card(_one_of("stage", lambda asked: asked.facts.stage)),
    "pipeline": _of_card(_one_of("pipeline", lambda asked: asked.facts.pipeline)),
    "owner": _of_card(_owner),
    "least_deals": _of_card(_least_deals),
    "most_deals": _of_card(_most_deals),
    "fields": _of_card(_fields),
    "callback": _of_past(
        _flag(
            "a callback is pending",
            "no callback is pending",
            lambda asked: _past(asked).callback_of is not None,
        )
    ),
    "attempt": _of_past(
        _flag(
            "we tried to reach him",
            "we did not try to reach him",
            lambda asked: _past(asked).tried_by is not None,
        )
    ),
}
"""By field of When, in the order in which they are asked: what the number says first."""
