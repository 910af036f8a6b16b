"""Every kind of the config opens, and asks nobody by that."""

from __future__ import annotations

from ccdialer.crm.opening import OPENERS
from ccdialer.crm_settings import KINDS, CsvFile, Sql
from tests.crm.asking import opened, server_of, settings_of


def test_every_kind_that_is_asked_over_a_line_or_a_file_opens_here() -> None:
    assert set(OPENERS) == set(KINDS) - {"clients", "webhook"}


def test_nobody_is_asked_by_opening() -> None:
    for kind in ("bitrix24", "amocrm", "rest"):
        with server_of(kind) as server:
            assert opened(settings_of(kind, server)).name == kind
            assert server.ledger == []
    assert opened(CsvFile(name="file", path="/nowhere.csv")).name == "file"
    assert opened(Sql(name="db", database="sqlite:////nowhere.db", query="?")).name == "db"
