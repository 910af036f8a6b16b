"""A token that ended is renewed once; any other refusal is told."""

from __future__ import annotations

import time

import pytest

from ccdialer.crm.bitrix24_app import Bitrix24App, rest_of
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.pace import Pace
from ccdialer.crm.web import Web
from tests.crm.asking import CRM, NUMBER, portal
from tests.crm.fakes.bitrix24_calls import CallingPortal
from tests.crm.fakes.losing import Losing, serve

SEARCH = "telephony.externalCall.searchCrmEntities"


def test_a_token_that_ended_is_asked_for_anew() -> None:
    there = CallingPortal(portal())
    asked: list[str] = []

    def access(until: float, refused: str) -> str:
        asked.append(refused)
        return there.access if refused else "ended"

    with serve(Losing(there.answer)) as server:
        app = Bitrix24App(f"{server.url}/rest/", Web(CRM.private, Pace(1000, 1000)), access)
        found = app.call(SEARCH, time.monotonic() + 5, PHONE_NUMBER=NUMBER)
        assert found[0]["CRM_ENTITY_ID"] == 651
        assert asked == ["", "ended"]
        with pytest.raises(CrmFault, match="ERROR_METHOD_NOT_FOUND"):
            app.call("no.such.method", time.monotonic() + 5)


def test_the_portal_is_that_of_the_webhook() -> None:
    assert rest_of("https://acme.bitrix24.ru/rest/1/c0de/") == "https://acme.bitrix24.ru/rest/"
