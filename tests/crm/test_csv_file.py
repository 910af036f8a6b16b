"""A file is read again when it changes; while it is broken, what was in it counts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ccdialer.core.phone import reader
from ccdialer.crm.csv_file import CsvConnector
from ccdialer.crm.fault import CrmFault

NUMBER = "+79161234567"
HEAD = "number;phone2;name;owner;deal_id;deal_stage\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "clients.csv"
    path.write_text(HEAD + "8 (916) 123-45-67;+7 495 000-00-01;Анна;7;1;paid\n")
    return path


@pytest.fixture
def file(path: Path) -> CsvConnector:
    return CsvConnector("csv", path, reader("RU"))


def write(path: Path, text: str, encoding: str = "utf-8") -> None:
    """As programs do it: a new file in place of the old one."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding=encoding)
    part.replace(path)


def name_of(file: CsvConnector, number: str = NUMBER) -> str | None:
    card = file.find(number, 1.0)
    return None if card is None else card.name


def test_a_client_is_found_by_each_of_his_numbers(file: CsvConnector) -> None:
    assert name_of(file) == name_of(file, "+74950000001") == "Анна"
    assert file.find("+79160000000", 1.0) is None
    card = file.find(NUMBER, 1.0)
    assert card is not None
    assert (card.owner, [(d.id, d.stage) for d in card.deals]) == ("id:7", [("1", "paid")])


def test_several_numbers_in_a_cell_are_all_his(file: CsvConnector, path: Path) -> None:
    write(path, 'phone,name\n"8 495 000-00-01, доб. 7; 89161234567",Пётр\n')
    assert name_of(file) == name_of(file, "+74950000001") == "Пётр"


def test_a_changed_file_is_read_again(file: CsvConnector, path: Path) -> None:
    assert name_of(file) == "Анна"
    write(path, "phone,name\n89161234567,Пётр\n", "cp1251")
    assert name_of(file) == "Пётр"


def test_a_broken_file_leaves_what_was_known(file: CsvConnector, path: Path) -> None:
    assert name_of(file) == "Анна"
    write(path, "name;city\nПётр;Омск\n")
    assert name_of(file) == "Анна"
    path.unlink()
    assert name_of(file) == "Анна"


def test_what_was_never_readable_is_told(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    with pytest.raises(CrmFault, match=r"none\.csv: No such file"):
        CsvConnector("csv", path, reader("RU")).find(NUMBER, 1.0)
    write(path, "name;city\n")
    with pytest.raises(CrmFault, match="no column number or phone"):
        CsvConnector("csv", path, reader("RU")).find(NUMBER, 1.0)
    write(path, "")
    with pytest.raises(CrmFault, match="no column number or phone"):
        CsvConnector("csv", path, reader("RU")).find(NUMBER, 1.0)


def test_rows_that_are_none_are_left_out(file: CsvConnector, path: Path) -> None:
    write(path, HEAD + "none;;A;;;\n\n;;;;;\n89161234567\n89161234567;;B;;;;;;more\n")
    card = file.find(NUMBER, 1.0)
    assert card is not None
    assert os.stat(path).st_size > 0
