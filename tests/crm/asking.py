"""Connectors as the config opens them, over the fakes; fast enough for tests."""

from __future__ import annotations

from typing import Any

from ccdialer.core.phone import reader
from ccdialer.crm.opening import OPENERS
from ccdialer.crm_settings import AmoCrm, Bitrix24, Crm, Rest
from tests.crm.fakes import amocrm, bitrix24, erp
from tests.crm.fakes.server import FakeServer

CRM = Crm(private=("127.0.0.1",))
NUMBER = "+79161234567"
STRANGER = "+79169999999"
PATIENCE_S = 5.0

CLIENT = {
    "id": 5,
    "name": "Анна",
    "owner": "login:anna",
    "stage": "",
    "deals": [{"id": 1, "stage": "paid", "pipeline": "main"}],
    "city": "Омск",
}


def opened(settings: Any, crm: Crm = CRM) -> Any:
    """The connector of these settings."""
    return OPENERS[settings.kind](settings, crm, reader("RU"))


def portal() -> bitrix24.Portal:
    """A portal that knows NUMBER, with one open deal."""
    return bitrix24.Portal(
        clients={NUMBER: [bitrix24.entity("CONTACT", 651, "Иван Иванов", 99, "101")]},
        deals=[bitrix24.deal(1, "EXECUTING", "2026-11-20T10:00:00+03:00")],
    )


def account() -> amocrm.Account:
    """An account that knows NUMBER, with one open lead."""
    person = amocrm.contact(11, "Пётр", ["8 (916) 123-45-67"], [901], 1790000000)
    return amocrm.Account([person], [amocrm.lead(901, 502, 1790000000)])


def server_of(kind: str) -> FakeServer:
    """The fake of a kind, which knows NUMBER."""
    if kind == "bitrix24":
        return bitrix24.serve(portal())
    return amocrm.serve(account()) if kind == "amocrm" else erp.serve({NUMBER: CLIENT})


def settings_of(kind: str, server: FakeServer, **more: Any) -> Any:
    """The settings with which it is asked."""
    if kind == "bitrix24":
        return Bitrix24(name=kind, webhook=bitrix24.webhook(server), **more)
    if kind == "amocrm":
        return AmoCrm(name=kind, url=server.url, token=amocrm.LONG_LIVED, **more)
    url, key = f"{server.url}/clients?phone={{number}}", {"X-Key": erp.KEY}
    return Rest(name=kind, url=url, headers=key, fields={"city": "city"}, **more)
