"""Every kind of the config opens, and asks nobody by that."""

from __future__ import annotations

import time

import pytest

from ccdialer.crm.fault import CrmFault
from ccdialer.crm.opening import OPENERS, web_of
from ccdialer.crm.web import Ask
from ccdialer.crm_settings import KINDS, CsvFile, Sql
from tests.crm.asking import CRM, PATIENCE_S, opened, server_of, settings_of


def test_every_kind_that_is_asked_over_a_line_or_a_file_opens_here() -> None:
    assert set(OPENERS) == set(KINDS) - {"clients", "webhook"}


@pytest.mark.parametrize("kind", ["bitrix24", "amocrm"])
def test_what_it_is_told_waits_for_what_it_is_asked(kind: str) -> None:
    """Look-ups and notices of one CRM share its rate; the bucket is full of look-ups here."""
    with server_of(kind) as server:
        settings = settings_of(kind, server, per_s=0.1, burst=4)
        asks, tells = web_of(settings, CRM), web_of(settings, CRM, can_wait=True)
        ask = Ask(f"{server.url}/nothing")
        for _ in range(3):
            asks.ask(ask, time.monotonic() + PATIENCE_S)
        with pytest.raises(CrmFault, match="callers need"):
            tells.ask(ask, time.monotonic() + PATIENCE_S)
        assert asks.ask(ask, time.monotonic() + PATIENCE_S).status >= 400
        assert len(server.ledger) == 4


def test_nobody_is_asked_by_opening() -> None:
    for kind in ("bitrix24", "amocrm", "rest"):
        with server_of(kind) as server:
            assert opened(settings_of(kind, server)).name == kind
            assert server.ledger == []
    assert opened(CsvFile(name="file", path="/nowhere.csv")).name == "file"
    assert opened(Sql(name="db", database="sqlite:////nowhere.db", query="?")).name == "db"
