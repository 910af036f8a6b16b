"""A provider's price list from a CSV file: a rate for each prefix, or every fault in it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ccdialer.core.money import is_currency, micros
from ccdialer.core.trunk import Rate
from ccdialer.errors import ConfigError, UnreadableFile
from ccdialer.importing.columns import kind_of
from ccdialer.importing.table import FOUND_OUT, open_table
from ccdialer.trunk_entry import PREFIX_WANTED, Price, TrunkEntry, increments, is_prefix, rate_of

MOST_FAULTS = 100  # a wrong column would repeat itself as often as the file is long
PRICE_HEADERS: dict[str, tuple[str, ...]] = {
    "prefix": (
        "prefix", "prefixes", "code", "codes", "dial code", "area code", "префикс", "префиксы",
        "код", "коды", "код направления",
    ),
    "price": (
        "price", "rate", "price per minute", "rate per minute", "per minute", "цена", "тариф",
        "цена за минуту", "стоимость", "стоимость минуты", "руб мин",
    ),
    "destination": (
        "destination", "name", "direction", "country", "направление", "назначение", "название",
        "страна",
    ),
    "fee": ("fee", "connection fee", "setup fee", "плата за соединение", "соединение"),
    "increments": (
        "increments", "increment", "billing", "billing increment", "тарификация", "шаг",
    ),
    "currency": ("currency", "валюта"),
}  # fmt: skip
"""What a header may be, in lower case without punctuation."""

NEEDED = ("prefix", "price")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Faulty:
    reason: str


def read_prices(path: Path, trunk: TrunkEntry) -> list[Rate]:
    """The rates of a price list; what a row leaves out is as the trunk says for all its prices.

    The first row names the columns; a row may hold several prefixes, divided by commas, semicolons
    or blanks. Raises UnreadableFile, or ConfigError with a sentence for every row that is wrong.
    """
    table = open_table(path, FOUND_OUT)
    places = _places(table.path.name, table.header or ())
    found: dict[str, tuple[int, Rate]] = {}
    faults: list[str] = []
    for line, cells in table.rows():
        row = {key: cells[at].strip() for key, at in places.items() if at < len(cells)}
        for rate in _rates(row, trunk):
            reason = rate.reason if isinstance(rate, _Faulty) else _twin(rate, found)
            if reason:
                faults.append(f"{table.path.name}:{line}: {reason}")
            elif isinstance(rate, Rate):
                found[rate.prefix] = (line, rate)
    if faults:
        raise ConfigError(_cut(faults, table.path.name))
    return [rate for _, rate in found.values()]


def _places(file: str, header: Sequence[str]) -> dict[str, int]:
    kinds = [kind_of(name, PRICE_HEADERS) for name in header]
    places = {kind: place for place, kind in reversed(list(enumerate(kinds))) if kind}
    missing = [kind for kind in NEEDED if kind not in places]
    if missing:
        raise UnreadableFile(
            f"{file}: no column {' and '.join(missing)} among {', '.join(header)}; the columns of "
            f"a price list are: {', '.join(PRICE_HEADERS)}"
        )
    return places


def _rates(row: Row, trunk: TrunkEntry) -> Iterator[Rate | _Faulty]:
    """A rate for each prefix of the row, or what is wrong with it."""
    if reason := _wrong(row):
        yield _Faulty(reason)
        return
    price = Price(
        price=row["price"],
        fee=row.get("fee") or "0",
        increments=row.get("increments", ""),
        currency=row.get("currency", "").upper(),
        destination=row.get("destination", ""),
    )
    for written in re.split(r"[,;\s]+", row["prefix"].strip(",; ")):
        prefix = written.removeprefix("+")
        if is_prefix(prefix):
            yield rate_of(trunk, prefix, price)
        else:
            yield _Faulty(f'"{written[:30]}" is no prefix; expected {PREFIX_WANTED}')


def _wrong(row: Row) -> str:
    """What no price can be made of, or an empty string."""
    for key in ("price", "fee"):
        text = row.get(key, "")
        if micros(text) is None and (text or key == "price"):
            return f'{key} "{text[:30]}" is no amount such as 1.50, with at most 6 digits after it'
    if row.get("increments") and increments(row["increments"]) is None:
        return f'increments "{row["increments"][:30]}" are not seconds as FIRST/NEXT, such as 60/1'
    currency = row.get("currency", "")
    if currency and not is_currency(currency.upper()):
        return f'currency "{currency[:30]}" is no code of ISO 4217, such as RUB'
    return "" if row.get("prefix") else "the prefix is empty"


def _twin(rate: Rate, found: Mapping[str, tuple[int, Rate]]) -> str:
    """A prefix twice is no fault where it costs the same."""
    line, known = found.get(rate.prefix, (0, rate))
    same = (known.price, known.fee, known.first_s, known.next_s, known.currency)
    if same == (rate.price, rate.fee, rate.first_s, rate.next_s, rate.currency):
        return ""
    return f"{rate.prefix} has another price in line {line}; keep one"


def _cut(faults: list[str], file: str) -> list[str]:
    more = len(faults) - MOST_FAULTS
    return faults if more <= 0 else [*faults[:MOST_FAULTS], f"{file}: and {more} more faults"]
