"""A caller as a Bitrix24 portal knows him: his owner, his open deals, their stages by name."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from ccdialer.core.card import Card, Deal, deciding_deal
from ccdialer.crm.bitrix24 import result_of
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.web import Reply
from ccdialer.crm_settings import Bitrix24
from tests.crm.asking import NUMBER, PATIENCE_S, STRANGER, opened, portal
from tests.crm.fakes.bitrix24 import LIMIT, deal, entity, serve, webhook
from tests.crm.fakes.server import Fault


def find(number: str = NUMBER, knows: Any = None, **more: Any) -> Card | None:
    with serve(knows or portal()) as server:
        settings = Bitrix24(name="b24", webhook=webhook(server), **more)
        found: Card | None = opened(settings).find(number, PATIENCE_S)
        return found


def test_a_contact_with_an_open_deal() -> None:
    assert find() == Card(
        source="b24",
        client_id="CONTACT:651",
        name="Иван Иванов",
        owner="phone:101",
        deals=(
            Deal(
                *("1", "В работе", "Общая", "Сделка #1", "id:99"),
                changed_at=1795158000.0,
                amount="19000 RUB",
            ),
        ),
        fields={"kind": "contact"},
    )


def test_an_owner_whom_the_config_knows_is_told_by_his_id() -> None:
    card = find(owners={"99": "anna"})
    assert card is not None
    assert card.owner == "id:99"


def test_who_is_not_known() -> None:
    assert find(STRANGER) is None


def test_deals_of_the_contact_and_of_his_company() -> None:
    knows = portal()
    knows.clients[NUMBER].append(entity("COMPANY", 643, "Ромашка", 7))
    knows.deals += [
        deal(2, "C9:NEW", "2026-11-22T10:00:00+03:00", categoryId=9, contactId=0, companyId=643),
        deal(3, "NEW", "2026-11-23T10:00:00+03:00", closed="Y"),
        deal(4, "NEW", "2026-11-24T10:00:00+03:00", contactId=1),
    ]
    card = find(knows=knows)
    assert card is not None
    assert [(d.id, d.stage, d.pipeline) for d in card.deals] == [
        ("2", "Замер", "Монтаж"),
        ("1", "В работе", "Общая"),
    ]
    first = deciding_deal(card)
    assert first is not None
    assert first.id == "2"


def test_a_lead_that_came_to_an_end_decides_nothing() -> None:
    knows = portal()
    knows.clients[NUMBER] = [entity("LEAD", n, "Новый", 5) for n in (77, 78)]
    ends = (("CONVERTED", "S"), ("JUNK", "F"))
    knows.leads = [
        deal(77 + n, stage, "2026-11-22T10:00:00+03:00", stageSemanticId=group)
        for n, (stage, group) in enumerate(ends)
    ]
    card = find(knows=knows)
    assert card is not None
    assert card.deals == ()


def test_who_is_only_a_lead_has_the_lead_for_a_deal() -> None:
    knows = portal()
    knows.clients[NUMBER] = [entity("LEAD", 77, "Новый", 5)]
    knows.leads = [deal(77, "IN_PROCESS", "2026-11-22T10:00:00+03:00")]
    card = find(knows=knows)
    assert card is not None
    assert card.owner == "id:5"
    assert [(d.stage, d.pipeline) for d in card.deals] == [("В обработке", "lead")]


def test_names_of_stages_are_asked_for_once() -> None:
    with serve(portal()) as server:
        connector = opened(Bitrix24(name="b24", webhook=webhook(server)))
        for _ in range(3):
            connector.find(NUMBER, PATIENCE_S)
        methods = [path.rpartition("/")[2] for path in server.paths()]
    assert methods.count("telephony.externalCall.searchCrmEntities.json") == 3
    assert methods.count("crm.item.list.json") == 3
    assert methods.count("crm.status.list.json") == 1
    assert methods.count("crm.category.list.json") == 1


def test_what_is_prepared_is_not_asked_for_while_a_caller_waits() -> None:
    with serve(portal()) as server:
        connector = opened(Bitrix24(name="b24", webhook=webhook(server)))
        connector.prepare(PATIENCE_S)
        assert len(server.ledger) == 3, "the pipelines, and the stages of each"
        card = connector.find(NUMBER, PATIENCE_S)
        assert card.deals[0].stage == "В работе"
        assert len(server.ledger) == 5


@pytest.mark.parametrize(
    ("page", "status_words"),
    [(LIMIT, ("crm_limit", 7.0)), ({"error": "OPERATION_TIME_LIMIT"}, ("crm_limit", 60.0))],
)
def test_limits_ask_for_rest(page: dict[str, str], status_words: tuple[str, float]) -> None:
    with serve(portal()) as server:
        server.fault, server.limit_page = Fault.TOO_MANY_JSON, page
        server.limit_headers = {"Retry-After": "7"}
        with pytest.raises(CrmFault) as caught:
            opened(Bitrix24(name="b24", webhook=webhook(server))).find(NUMBER, PATIENCE_S)
    assert (caught.value.reason, caught.value.rest_s) == status_words


def test_a_wrong_webhook_is_told_with_what_to_do() -> None:
    with serve(portal()) as server:
        wrong = Bitrix24(name="b24", webhook=f"{server.url}/rest/1/other")
        with pytest.raises(CrmFault, match=r"INVALID_CREDENTIALS.*mend the webhook") as caught:
            opened(wrong).find(NUMBER, PATIENCE_S)
    assert caught.value.reason == "crm_denied"


def test_a_method_that_the_portal_does_not_have() -> None:
    with serve(portal()) as server:
        connector = opened(Bitrix24(name="b24", webhook=webhook(server)))
        with pytest.raises(CrmFault, match="ERROR_METHOD_NOT_FOUND") as caught:
            connector.call("crm.nothing", _later())
    assert caught.value.reason == "crm_refused"


def _later() -> float:
    return time.monotonic() + PATIENCE_S


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_portal_that_lets_nobody_in_says_nothing_of_the_notice(status: int) -> None:
    """Whatever its word: a refusal would park what waits, and mending the webhook not bring it."""
    page = {"error": "SOMETHING_NEW", "error_description": "no"}
    with pytest.raises(CrmFault, match="SOMETHING_NEW: no") as caught:
        result_of(Reply(status, json.dumps(page).encode()), "crm.item.list")
    assert caught.value.reason == "crm_denied"
