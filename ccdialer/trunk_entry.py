"""One trunk of trunks.yaml: its keys, what may stand under them, and the dialer's trunk of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yaml.nodes import Node

from ccdialer.campaign_file import RULES
from ccdialer.core import money
from ccdialer.core.trunk import CallerIds, NumberFormat, Rate, Trunk, TrunkSettings
from ccdialer.provider import Provider, trunk_name
from ccdialer.schema import Source, read_mapping, setting, specs_of

_INCREMENTS = re.compile(r"(\d{1,4})(?:/(\d{1,4}))?")


# --- checks: what was expected, or an empty string ----------------------------------------------


def _amount(value: str) -> str:
    if money.micros(value) is not None:
        return ""
    return "an amount such as 1.50, with at most 6 digits after the point"


def _currency(value: str) -> str:
    return "" if not value or money.is_currency(value) else "a currency by ISO 4217, such as RUB"


def _seconds(value: str) -> str:
    wanted = "seconds as FIRST/NEXT, such as 60/1, each 1 or more"
    return "" if not value or increments(value) is not None else wanted


def increments(text: str) -> tuple[int, int] | None:
    """`60/1` as (60, 1), `60` as (60, 60); None: not that."""
    found = _INCREMENTS.fullmatch(text.strip())
    if found is None:
        return None
    first, following = int(found[1]), int(found[2] or found[1])
    return (first, following) if first and following else None


def is_prefix(text: str) -> bool:
    """Whether these are the first digits of E.164 numbers, without the plus."""
    return re.fullmatch(r"[1-9][0-9]{0,14}", text) is not None


def _prefixes(value: Mapping[str, Any]) -> str:
    return "" if all(map(is_prefix, value)) else PREFIX_WANTED


PREFIX_WANTED = "prefixes as digits with the country code, without plus or zeros before it: 7495"


def _written_number(value: str) -> str:
    rest = re.sub(r"\{(e164|digits|national)\}", "", value, count=1)
    fits = rest != value and re.fullmatch(r"[0-9*#+]{0,20}", rest)
    return "" if fits else "{e164}, {digits} or {national}, and digits before it: 8{national}"


def _country(value: str) -> str:
    return "" if re.fullmatch(r"([1-9][0-9]{0,2})?", value) else "a country code such as 7"


def _endpoint(value: str) -> str:
    fits = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}|", value)
    return "" if fits else "the name of an endpoint: letters, digits, dots, dashes, underscores"


def _shown(value: str) -> str:
    return str(RULES["caller_id"]["check"](value))


def _each_shown(value: Mapping[str, str] | tuple[str, ...]) -> str:
    numbers = value.values() if isinstance(value, Mapping) else value
    wanted = next((_shown(number) or "a number" for number in numbers if _fails(number)), "")
    return wanted or (_prefixes(value) if isinstance(value, Mapping) else "")


def _fails(number: str) -> bool:
    return not number or bool(_shown(number))


# --- the keys -----------------------------------------------------------------------------------

NUMBER_RULES: dict[str, dict[str, Any]] = {
    "home": {
        "doc": "How numbers are sent: {e164} has its plus, {digits} has none, {national} lacks "
        "the country code; a technical prefix goes before it.",
        "check": _written_number,
    },
    "country": {
        "doc": "The country code that `home` is for, such as 7; empty: for all numbers.",
        "check": _country,
    },
    "abroad": {
        "doc": "The same for numbers of other countries, such as 810{digits}.",
        "check": _written_number,
    },
}
CALLER_ID_RULES: dict[str, dict[str, Any]] = {
    "own": {"doc": 'Number or "Name" <number>, as the provider wants it.', "check": _shown},
    "by_prefix": {
        "doc": "Another one by the first digits of the client's number; the longest goes first.",
        "check": _each_shown,
    },
    "pool": {
        "doc": "Several, dealt out among the clients, in place of `own`.",
        "check": _each_shown,
    },
    "sticky": {"doc": "A client sees the same one of the pool at every attempt."},
}


def _by_rules(rules: Mapping[str, Mapping[str, Any]]) -> Any:
    """A reader of a section whose dataclass is the core's and knows no files."""

    def reader(node: Node, cls: Any, source: Source, path: str, base: Any) -> Any:
        values = read_mapping(node, specs_of(cls, rules, base), source, path)
        return base if values is None else cls(**values)

    return reader


@dataclass(frozen=True, slots=True)
class Price:
    """What a minute costs to numbers of a prefix."""

    price: str = setting("", "For a minute, in the currency.", check=_amount)
    fee: str = setting("0", "Once for every answered call.", check=_amount)
    increments: str = setting("", "As of the trunk, unless given.", check=_seconds)
    currency: str = setting("", "As of the trunk, unless given.", check=_currency)
    symbolic: bool = setting(False, "It ranks, and is no money.")
    destination: str = setting("", "The name of the direction, for reports.")

    def mistake(self) -> str:
        """What is missing, or an empty string."""
        return "" if self.price else "price is missing: what a minute costs"


@dataclass(frozen=True, slots=True)
class TrunkEntry:
    """One trunk of the file."""

    name: str = setting("", "Its name, for people and in pjsip.conf.", check=trunk_name)
    provider: Provider = field(
        default_factory=Provider, metadata={"doc": "How Asterisk reaches the provider."}
    )
    endpoint: str = setting(
        "",
        "In place of `provider`: an endpoint that the site's own pjsip.conf has.",
        check=_endpoint,
    )
    lines: int = setting(30, "Calls at once.", least=1, most=10000)
    numbers: NumberFormat = field(
        default_factory=NumberFormat,
        metadata={
            "doc": "How the provider wants numbers written.",
            "alone": "home",
            "reader": _by_rules(NUMBER_RULES),
        },
    )
    caller_ids: CallerIds = field(
        default_factory=CallerIds,
        metadata={
            "doc": "What clients see, unless their campaign says it.",
            "alone": "own",
            "reader": _by_rules(CALLER_ID_RULES),
        },
    )
    currency: str = setting("RUB", "Of its prices, ISO 4217.", check=_currency)
    increments: str = setting(
        "60/60",
        "Seconds that are billed: for the beginning of a call, and for each further step.",
        check=_seconds,
    )
    symbolic: bool = setting(
        False, "Its prices only rank it among the trunks; reports and caps leave them out."
    )
    prices: dict[str, Price] = setting(
        {}, "Price by prefix; a number without a prefix here is not called.", check=_prefixes
    )
    price_file: str = setting(
        "", "A CSV with more prices; relative to this file. A prefix in `prices` goes before it."
    )

    def mistake(self) -> str:
        """What does not go together, or an empty string."""
        if not self.name:
            return "name is missing"
        if bool(self.provider.server) == bool(self.endpoint):
            return (
                "give provider.server, or else endpoint with the name of one in the site's own "
                "pjsip.conf; not both"
            )
        return ""


# --- for the database ---------------------------------------------------------------------------


def trunk_of(entry: TrunkEntry, listed: Iterable[Rate] = ()) -> Trunk:
    """The trunk as the dialer takes it; `listed` are the prices of its price file."""
    rates = {rate.prefix: rate for rate in (*listed, *_rates(entry))}
    registers = bool(entry.provider.login and entry.provider.register)
    settings = TrunkSettings(
        entry.endpoint or entry.name, entry.lines, entry.numbers, entry.caller_ids, registers
    )
    return Trunk(0, entry.name, settings, dict(sorted(rates.items())))


def _rates(entry: TrunkEntry) -> Iterator[Rate]:
    return (rate_of(entry, prefix, price) for prefix, price in entry.prices.items())


def rate_of(entry: TrunkEntry, prefix: str, price: Price) -> Rate:
    """A price with what the trunk says for all of its prices."""
    first_s, next_s = increments(price.increments or entry.increments) or (60, 60)
    return Rate(
        prefix=prefix,
        price=money.micros(price.price) or 0,
        currency=price.currency or entry.currency,
        fee=money.micros(price.fee) or 0,
        first_s=first_s,
        next_s=next_s,
        is_literal=not (price.symbolic or entry.symbolic),
        destination=price.destination,
    )


def price_of(entry: TrunkEntry, rate: Rate) -> Price:
    """A price as the file says it: what is as of the trunk is left out."""
    usual = increments(entry.increments) == (rate.first_s, rate.next_s)
    return Price(
        price=money.shown(rate.price),
        fee=money.shown(rate.fee) if rate.fee else "0",
        increments="" if usual else f"{rate.first_s}/{rate.next_s}",
        currency="" if rate.currency == entry.currency else rate.currency,
        symbolic=not rate.is_literal and not entry.symbolic,
        destination=rate.destination,
    )
