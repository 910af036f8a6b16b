"""Any JSON becomes a card by JMESPaths."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer.core.card import Card, Deal
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.rest import filled
from ccdialer.crm_settings import Rest
from tests.crm.asking import CLIENT, NUMBER, PATIENCE_S, STRANGER, opened, settings_of
from tests.crm.fakes.erp import serve
from tests.crm.fakes.server import Answer, FakeServer


def find(number: str, clients: dict[str, Any], **more: Any) -> Card | None:
    with serve(clients) as server:
        found: Card | None = opened(settings_of("rest", server, **more)).find(number, PATIENCE_S)
        return found


def test_the_shipped_paths() -> None:
    deal = Deal("1", "paid", "main")
    expected = Card("rest", "5", "Анна", "login:anna", (deal,), {"city": "Омск"})
    assert find(NUMBER, {NUMBER: CLIENT}) == expected
    assert find(STRANGER, {NUMBER: CLIENT}) is None


def test_paths_of_ones_own() -> None:
    page = {"found": [{"person": {"fio": "Б", "mgr": 3}, "orders": [{"n": 9, "st": "wait"}]}]}
    card = find(
        NUMBER,
        {NUMBER: page},
        client="found[0]",
        card={"name": "person.fio", "owner": "person.mgr"},
        deals="orders",
        deal={"id": "n", "stage": "st"},
    )
    assert card == Card("rest", "", "Б", "id:3", (Deal("9", "wait"),))
    assert find(NUMBER, {NUMBER: {"found": []}}, client="found[0]") is None


@pytest.mark.parametrize("page", [["x"], {"deals": 7}])
def test_another_shape_is_a_fault(page: Any) -> None:
    with pytest.raises(CrmFault) as caught:
        find(NUMBER, {NUMBER: page})
    assert caught.value.reason == "crm_bad_answer"


def test_a_wrong_key_is_told() -> None:
    with FakeServer(lambda _: Answer(403)) as server:
        connector = opened(Rest(name="rest", url=server.url))
        with pytest.raises(CrmFault, match="does not let us in"):
            connector.find(NUMBER, PATIENCE_S)


def test_the_number_stands_in_the_address_in_each_spelling() -> None:
    assert filled("x?a={number}&b={digits}&c={national}", NUMBER) == (
        "x?a=%2B79161234567&b=79161234567&c=9161234567"
    )
