"""Which trunk carries a number: the longest prefix, its price, what a call costs, what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

MICRO = 1_000_000
"""Money is counted in whole millionths of its currency, so that sums agree to the cent."""
MS_PER_S, S_PER_MINUTE = 1000, 60


@dataclass(frozen=True, slots=True)
class Rate:
    """What a provider charges for numbers of a prefix. Money in micro-units of the currency."""

    prefix: str  # digits of the E.164 form, without the plus: 7, 7495, 4420
    price: int  # for a minute
    currency: str = "RUB"
    fee: int = 0  # once, for an answered call
    first_s: int = 60  # the first increment: a call of one second is billed so long
    next_s: int = 60  # and each one after it
    is_literal: bool = True  # False: the price only ranks, and enters no report and no cap
    destination: str = ""  # its name in the price list


@dataclass(frozen=True, slots=True)
class CallerIds:
    """What clients see: by the region of their number, else one of a pool, else always the same."""

    own: str = ""  # number or "Name" <number>; empty: nothing is said
    by_prefix: dict[str, str] = field(default_factory=dict)  # of the client's number, longest first
    pool: tuple[str, ...] = ()
    sticky: bool = True  # a client sees the same number of the pool at every attempt


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a provider wants numbers written: {e164}, {digits}, {national} (without `country`)."""

    home: str = "{digits}"
    country: str = ""  # the country code that `home` is for, such as 7; empty: for all numbers
    abroad: str = "{digits}"  # for numbers of other countries: 810{digits}


@dataclass(frozen=True, slots=True)
class TrunkSettings:
    """What the dialer needs of a trunk's entry in trunks.yaml; nothing secret."""

    endpoint: str  # name of the PJSIP endpoint in Asterisk
    lines: int = 30  # calls at once
    number_format: NumberFormat = NumberFormat()
    caller_ids: CallerIds = field(default_factory=CallerIds)
    registers: bool = False  # the provider knows us by registration: 403 may mean it was lost


@dataclass(frozen=True, slots=True)
class Trunk:
    """A provider's line group as stored, with its price list by prefix."""

    id: int
    name: str
    settings: TrunkSettings
    rates: Mapping[str, Rate] = field(default_factory=dict)
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a client: what his leg is dialed by, and what it costs."""

    trunk_id: int | None  # None: the campaign's own dial string, whose price nobody knows
    trunk: str  # its name
    endpoint: str  # Asterisk's dial string
    caller_id: str
    rate: Rate | None = None
    most: int = 0  # cost of the longest call, micro-units; 0 where there is no literal price


@dataclass(frozen=True, slots=True)
class NoRoute:
    """Why a number cannot be called now, and after how long to look again, in seconds."""

    reason: str
    wait_s: float
    is_passing: bool = False  # a line may be free any moment


def longest(prefixes: Mapping[str, object], number: str) -> str | None:
    """The longest of the prefixes that an E.164 number begins with; None: it begins with none."""
    digits = number.lstrip("+")
    found = (digits[:length] for length in range(len(digits), -1, -1))
    return next((prefix for prefix in found if prefix in prefixes), None)


def rate_of(trunk: Trunk, number: str) -> Rate | None:
    """The trunk's price for the number; None: no prefix, no call (SPEC A9)."""
    prefix = longest(trunk.rates, number)
    return None if prefix is None else trunk.rates[prefix]


def billed_s(rate: Rate, talk_ms: int) -> int:
    """Seconds that an answered call of so many milliseconds is billed for, by increments."""
    first_ms, next_ms = rate.first_s * MS_PER_S, rate.next_s * MS_PER_S
    more = -(-max(0, talk_ms - first_ms) // next_ms)
    return rate.first_s + more * rate.next_s


def cost_of(rate: Rate, talk_ms: int) -> int:
    """Micro-units for an answered call of so many milliseconds, rounded half up."""
    sixtieths = rate.price * billed_s(rate, talk_ms)
    return rate.fee + (2 * sixtieths + S_PER_MINUTE) // (2 * S_PER_MINUTE)


def rank_of(rate: Rate) -> int:
    """What is compared between trunks: a call of one minute, its fee included. Symbolic and literal
    prices rank together; those of different currencies by their figures, as there is no exchange
    rate here."""
    return cost_of(rate, S_PER_MINUTE * MS_PER_S)


def most_of(rate: Rate, longest_s: float) -> int:
    """What a call that lasts as long as Asterisk lets it costs; 0 where the price only ranks."""
    return cost_of(rate, round(longest_s * MS_PER_S)) if rate.is_literal else 0


def in_order(found: Iterable[tuple[Trunk, Rate, int]]) -> list[tuple[Trunk, Rate, int]]:
    """Trunks with their rate and free lines as they are tried: cheapest, most free lines, name."""
    return sorted(found, key=lambda way: (rank_of(way[1]), -way[2], way[0].name))


def dial_string(settings: TrunkSettings, number: str) -> str:
    """Asterisk's dial string for an E.164 number (with its plus), written as the provider wants."""
    form, digits = settings.number_format, number.lstrip("+")
    is_home = digits.startswith(form.country)
    national = digits[len(form.country) :] if is_home else digits
    written = form.home if is_home else form.abroad
    for word, value in {"{e164}": number, "{digits}": digits, "{national}": national}.items():
        written = written.replace(word, value)
    return f"PJSIP/{written}@{settings.endpoint}"


def shown_by(ids: CallerIds, number: str, attempts: int) -> str:
    """The caller ID for a client's number at his attempt after so many; empty: these say none.

    Of a pool each client has one by his number, for good if it is sticky; if not, the next one at
    each attempt that counts.
    """
    region = longest(ids.by_prefix, number)
    if region is not None:
        return ids.by_prefix[region]
    if ids.pool:
        turn = int(number.lstrip("+")) + (0 if ids.sticky else attempts)
        return ids.pool[turn % len(ids.pool)]
    return ids.own


def caller_id(campaign: CallerIds, trunk: CallerIds, number: str, attempts: int) -> str:
    """The campaign's word goes first, then the trunk's."""
    return shown_by(campaign, number, attempts) or shown_by(trunk, number, attempts)
