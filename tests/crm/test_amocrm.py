"""A caller as an amoCRM account knows him; whoever only looks like him is not he."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ccdialer.core.card import Card, Deal, deciding_deal
from ccdialer.crm.fault import CrmFault
from ccdialer.crm_settings import AmoCrm
from tests.crm.asking import NUMBER, PATIENCE_S, STRANGER, account, opened
from tests.crm.fakes.amocrm import LONG_LIVED, Account, contact, lead, serve


def find(number: str = NUMBER, knows: Account | None = None) -> Card | None:
    with serve(knows or account()) as server:
        settings = AmoCrm(name="amo", url=f"{server.url}/", token=LONG_LIVED)
        found: Card | None = opened(settings).find(number, PATIENCE_S)
        return found


def test_a_contact_with_a_lead() -> None:
    deal = Deal(
        *("901", "Счёт выставлен", "Продажи", "Заявка 901", "id:7002"),
        changed_at=1790000000.0,
        amount="5000",
    )
    assert find() == Card("amo", "11", "Пётр", "id:7001", (deal,))


def test_nobody_is_found() -> None:
    assert find(STRANGER) is None


def test_a_full_text_hit_with_another_phone_is_not_he() -> None:
    knows = account()
    knows.contacts = [contact(12, f"Не {NUMBER[2:]}", ["+79161230000"], [], 1)]
    assert find(knows=knows) is None


@pytest.mark.parametrize(
    "written",
    ["8 (495) 000-00-01, 8 916 123-45-67", "9161234567 доб. 12", "89160000000\n+7(916)1234567"],
)
def test_a_phone_is_his_however_people_write_it(written: str) -> None:
    knows = account()
    knows.contacts = [contact(12, "Пётр", [written], [], 1)]
    card = find(knows=knows)
    assert card is not None
    assert card.client_id == "12"


def test_of_two_contacts_the_one_changed_last_with_the_leads_of_both() -> None:
    knows = account()
    knows.contacts.append(contact(12, "Пётр П.", [NUMBER], [902, 903], 1790000500))
    knows.leads += [lead(902, 501, 1790000600), lead(903, 142, 1790000700, 1790000700)]
    card = find(knows=knows)
    assert card is not None
    assert card.name == "Пётр П."
    assert [(d.id, d.is_open) for d in card.deals] == [
        ("901", True),
        ("902", True),
        ("903", False),
    ]
    first = deciding_deal(card)
    assert first is not None
    assert first.stage == "Первичный контакт"


def test_a_withdrawn_token_is_renewed_once(tmp_path: Path) -> None:
    knows = account()
    tokens = tmp_path / "amo.json"
    tokens.write_text('{"access_token": "withdrawn", "refresh_token": "refresh-0", "ends_at": 9e9}')
    with serve(knows) as server:
        settings = AmoCrm(
            name="amo",
            url=server.url,
            client_id="ci",
            client_secret="cs",
            redirect_uri="https://example.net/",
            tokens=str(tokens),
        )
        card = opened(settings).find(NUMBER, PATIENCE_S)
    assert card.name == "Пётр"
    assert knows.refreshes == 1


def test_a_wrong_long_lived_token_is_told() -> None:
    with serve(account()) as server:
        connector = opened(AmoCrm(name="amo", url=server.url, token="wrong"))
        with pytest.raises(CrmFault) as caught:
            connector.find(NUMBER, PATIENCE_S)
        assert caught.value.reason == "crm_denied"
        assert len(server.ledger) == 1, "it is the only one: to ask with it again would be in vain"
        with pytest.raises(CrmFault):
            connector.get("nothing", time.monotonic() + PATIENCE_S)


def test_what_is_prepared_is_not_asked_for_while_a_caller_waits() -> None:
    with serve(account()) as server:
        connector = opened(AmoCrm(name="amo", url=server.url, token=LONG_LIVED))
        connector.prepare(PATIENCE_S)
        assert server.paths() == ["/api/v4/leads/pipelines"]
        connector.find(NUMBER, PATIENCE_S)
        assert server.paths()[1:] == ["/api/v4/contacts", "/api/v4/leads"]
