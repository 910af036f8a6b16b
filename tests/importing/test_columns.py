"""Headers: what is recognised, and what the caller may say instead."""

from __future__ import annotations

import pytest

from ccdialer.errors import UnreadableFile
from ccdialer.importing.columns import (
    AGENT_HEADERS,
    TASK_HEADERS,
    agent_columns,
    bare_columns,
    kind_of,
    task_columns,
)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Phone", "phone"), ("phone_3", "phone"), ("Телефон 2", "phone"), ("Тел.", "phone"),
        ("МОБИЛЬНЫЙ ТЕЛЕФОН", "phone"), ("Ф.И.О.", "name"), ("External-ID", "external_id"),
        ("Приоритет", "priority"), ("not_before", "due"), ("Город", None), ("phone 9", None),
    ],
)  # fmt: skip
def test_recognises_headers(header: str, kind: str | None) -> None:
    assert kind_of(header, TASK_HEADERS) == kind


def test_no_header_means_two_things() -> None:
    for table in (TASK_HEADERS, AGENT_HEADERS):
        names = [name for kinds in table.values() for name in kinds]
        assert len(names) == len(set(names))


def test_columns_of_tasks() -> None:
    columns = task_columns("t", ["id", "phone2", "City", "phone1", "City", "name"], {})
    assert columns.numbers == (1, 3)
    assert columns.places == {"external_id": 0}
    assert columns.details == (("City", 2), ("City 2", 4), ("name", 5))


def test_mapped_numbers_are_in_the_order_of_the_mapping() -> None:
    mapping = {"phone2": "a", "phone1": "b", "external_id": "3"}
    columns = task_columns("t", ["a", "b", "c", "id"], mapping)
    assert columns.numbers == (1, 0)
    assert columns.places == {"external_id": 2}
    assert columns.details == (("id", 3),)


def test_columns_without_a_header() -> None:
    columns = bare_columns([False, True])
    assert columns.numbers == (1,)
    assert columns.details == (("column 1", 0),)


def test_columns_of_agents() -> None:
    assert agent_columns("t", ["Логин", "ФИО", "ext"]).places == {"login": 0, "name": 1, "phone": 2}
    with pytest.raises(UnreadableFile, match="no column phone among login"):
        agent_columns("t", ["login"])
