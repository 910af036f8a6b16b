"""Price lists: what is read, in whichever spelling, and every fault with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer.core.trunk import Rate
from ccdialer.errors import ConfigError, UnreadableFile
from ccdialer.importing.prices import MOST_FAULTS, read_prices
from ccdialer.trunk_entry import TrunkEntry

TRUNK = TrunkEntry(name="main", endpoint="main", currency="RUB", increments="60/60")


def listed(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "prices.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_a_list_in_english(tmp_path: Path) -> None:
    path = listed(
        tmp_path,
        "Prefix,Destination,Price,Fee,Increments,Currency\n"
        '7,Russia,1.50,,,\n"+7495, 7499",Moscow,0.9,0.1,1/1,usd\n',
    )
    assert read_prices(path, TRUNK) == [
        Rate("7", 1_500_000, "RUB", 0, 60, 60, True, "Russia"),
        Rate("7495", 900_000, "USD", 100_000, 1, 1, True, "Moscow"),
        Rate("7499", 900_000, "USD", 100_000, 1, 1, True, "Moscow"),
    ]


def test_a_list_of_a_russian_provider(tmp_path: Path) -> None:
    text = "Код;Направление;Цена за минуту\n7;Россия;1,50\n7495;Москва;0,90\n"
    found = read_prices(listed(tmp_path, text, "windows-1251"), TRUNK)
    assert [(r.prefix, r.price, r.destination) for r in found] == [
        ("7", 1_500_000, "Россия"),
        ("7495", 900_000, "Москва"),
    ]


def test_every_fault_has_its_line(tmp_path: Path) -> None:
    head = "prefix,price,fee,increments,currency\n"
    text = head + "0,1,,,\n7,,,,\n7,1,-1,,\n7,1,,x,\n7,1,,,roubles\n,1,,,\n"
    with pytest.raises(ConfigError) as raised:
        read_prices(listed(tmp_path, text), TRUNK)
    assert [fault.split(": ")[0] for fault in raised.value.faults] == [
        f"prices.csv:{line}" for line in range(2, 8)
    ]


def test_a_prefix_twice_must_cost_the_same(tmp_path: Path) -> None:
    same = listed(tmp_path, "prefix,price\n7,1\n7,1.00\n")
    assert len(read_prices(same, TRUNK)) == 1
    with pytest.raises(ConfigError, match=r"prices.csv:3: 7 has another price in line 2"):
        read_prices(listed(tmp_path, "prefix,price\n7,1\n7,2\n"), TRUNK)


def test_a_wrong_column_does_not_flood_the_terminal(tmp_path: Path) -> None:
    rows = "".join(f"7{n},free\n" for n in range(1000, 3000))
    with pytest.raises(ConfigError) as raised:
        read_prices(listed(tmp_path, f"prefix,price\n{rows}"), TRUNK)
    assert len(raised.value.faults) == MOST_FAULTS + 1
    assert raised.value.faults[-1] == "prices.csv: and 1900 more faults"


def test_what_is_no_price_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no column price among prefix, name"):
        read_prices(listed(tmp_path, "prefix,name\n7,Russia\n"), TRUNK)
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_prices(tmp_path / "none.csv", TRUNK)
