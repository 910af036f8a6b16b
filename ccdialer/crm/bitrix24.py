"""Bitrix24, by an incoming webhook: the caller, who looks after him, his open deals.

telephony.externalCall.searchCrmEntities says who it is, crm.item.list which deals are open,
crm.status.list and crm.category.list how stages and pipelines are called (apidocs.bitrix24.com).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ccdialer.core.card import Card, Deal
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.names import Names, Table
from ccdialer.crm.rows import MOST_DEALS, instant_of, text_of
from ccdialer.crm.shapes import inner, object_of, objects_of
from ccdialer.crm.web import Ask, Reply, Web, refusal

LEAD, DEAL = 1, 2  # entityTypeId
TOO_MANY = 429
SHUT = frozenset({401, 402, 403})
"""Whatever the word, it is nothing that was asked that is wrong."""
SELECT = (
    *("id", "title", "stageId", "categoryId", "assignedById", "updatedTime", "opportunity"),
    "currencyId",
)
OPERATION_REST_S = 60.0
"""A method that was used up in its 10 minutes is left alone so long."""

LIMITS = frozenset({"QUERY_LIMIT_EXCEEDED", "OVERLOAD_LIMIT"})
DENIED = frozenset(
    {
        *("NO_AUTH_FOUND", "INVALID_CREDENTIALS", "ACCESS_DENIED", "insufficient_scope"),
        *("expired_token", "user_access_error", "WRONG_AUTH_TYPE"),
    }
)


class Bitrix24Connector:
    """Looks a number up in a portal; `mapped` are ids of users whom the config names as agents."""

    def __init__(self, name: str, webhook: str, web: Web, mapped: frozenset[str]) -> None:
        self.name = name
        self._webhook = webhook if webhook.endswith("/") else f"{webhook}/"
        self._web = web
        self._mapped = mapped
        self._names = Names()

    def find(self, number: str, within_s: float) -> Card | None:
        """The first of what the portal finds, which is its own order of importance. Raises
        CrmFault."""
        until = time.monotonic() + within_s
        page = self.call("telephony.externalCall.searchCrmEntities", until, PHONE_NUMBER=number)
        entities = objects_of(page, "the list of clients")
        if not entities:
            return None
        first = entities[0]
        owner = self._owner(first)
        deals = self._deals(entities, until)
        return Card(
            source=self.name,
            client_id=f"{text_of(first.get('CRM_ENTITY_TYPE'))}:"
            f"{text_of(first.get('CRM_ENTITY_ID'))}",
            name=text_of(first.get("NAME")),
            owner=owner,
            deals=tuple(deals),
            fields={"kind": text_of(first.get("CRM_ENTITY_TYPE")).lower()},
        )

    def prepare(self, within_s: float) -> None:
        """Ask how pipelines and stages are called. Raises CrmFault."""
        until = time.monotonic() + within_s
        for category in self._names.table("pipelines", partial(self._read_pipelines, until)):
            self._stages(_entity_of(category), until)

    def call(self, method: str, until: float, **params: Any) -> Any:
        """The `result` of a method of the portal. Raises CrmFault."""
        ask = Ask(f"{self._webhook}{method}.json", "POST", params)
        return result_of(self._web.ask(ask, until), method)

    def _owner(self, entity: Mapping[str, Any]) -> str:
        """The user by his id where the config knows him, else his inner phone."""
        user = text_of(entity.get("ASSIGNED_BY_ID"))
        phone = text_of(inner(entity, "ASSIGNED_BY", "USER_PHONE_INNER"))
        if phone and user not in self._mapped:
            return f"phone:{phone}"
        return f"id:{user}" if user and user != "0" else ""

    def _deals(self, entities: Sequence[Mapping[str, Any]], until: float) -> list[Deal]:
        """Open deals of the contacts and companies; of somebody who is only a lead, the lead."""
        wanted = {
            "contactId": _ids(entities, "CONTACT"),
            "companyId": _ids(entities, "COMPANY"),
        }
        either = [{f"@{key}": ids} for key, ids in wanted.items() if ids]
        if not either:
            return self._leads(_ids(entities, "LEAD"), until)
        parts: dict[str, Any] = {str(n): each for n, each in enumerate(either)}
        filter_ = {"closed": "N"} | (
            either[0] if len(either) == 1 else {"0": {**parts, "logic": "OR"}}
        )
        return [self._deal(item, until) for item in self._items(DEAL, filter_, until)]

    def _leads(self, ids: list[int], until: float) -> list[Deal]:
        """Those at work: one that became a deal, or came to nothing, decides nothing."""
        items = self._items(LEAD, {"@id": ids, "stageSemanticId": "P"}, until) if ids else []
        stages = self._stages("STATUS", until) if items else {}
        return [_deal_of(item, stages, "lead") for item in items]

    def _items(self, kind: int, filter_: Mapping[str, Any], until: float) -> list[dict[str, Any]]:
        page = self.call(
            "crm.item.list",
            until,
            entityTypeId=kind,
            select=[each for each in SELECT if kind == DEAL or each != "categoryId"],
            filter=filter_,
            order={"updatedTime": "DESC"},
        )
        return objects_of(inner(page, "items"), "the list of deals")[:MOST_DEALS]

    def _deal(self, item: Mapping[str, Any], until: float) -> Deal:
        category = text_of(item.get("categoryId")) or "0"
        pipelines = self._names.table("pipelines", partial(self._read_pipelines, until))
        return _deal_of(
            item, self._stages(_entity_of(category), until), pipelines.get(category, category)
        )

    def _stages(self, entity: str, until: float) -> Table:
        return self._names.table(entity, partial(self._read_stages, entity, until))

    def _read_stages(self, entity: str, until: float) -> Table:
        page = self.call("crm.status.list", until, filter={"ENTITY_ID": entity})
        rows = objects_of(page, "the list of stages")
        return {text_of(row.get("STATUS_ID")): text_of(row.get("NAME")) for row in rows}

    def _read_pipelines(self, until: float) -> Table:
        page = self.call("crm.category.list", until, entityTypeId=DEAL)
        rows = objects_of(inner(page, "categories"), "the list of pipelines")
        return {text_of(row.get("id")): text_of(row.get("name")) for row in rows}


def result_of(reply: Reply, method: str) -> Any:
    """The `result` in an answer to a method. Raises CrmFault."""
    if reply.status != 200:
        raise _refusal(reply)
    page = object_of(reply.page(), f"the answer to {method}")
    if "error" in page:
        raise _refusal(reply)
    return page.get("result")


def _entity_of(category: str) -> str:
    """Where the stages of a pipeline are listed; the first one has no number."""
    return "DEAL_STAGE" if category == "0" else f"DEAL_STAGE_{category}"


def _ids(entities: Sequence[Mapping[str, Any]], kind: str) -> list[int]:
    found = (text_of(e.get("CRM_ENTITY_ID")) for e in entities if e.get("CRM_ENTITY_TYPE") == kind)
    return [int(each) for each in found if each.isdecimal()][:MOST_DEALS]


def _deal_of(item: Mapping[str, Any], stages: Table, pipeline: str) -> Deal:
    stage, user = text_of(item.get("stageId")), text_of(item.get("assignedById"))
    amount, currency = text_of(item.get("opportunity")), text_of(item.get("currencyId"))
    return Deal(
        id=text_of(item.get("id")),
        stage=stages.get(stage, stage),
        pipeline=pipeline,
        title=text_of(item.get("title")),
        owner=f"id:{user}" if user else "",
        changed_at=instant_of(item.get("updatedTime")),
        amount=f"{amount} {currency}".strip() if amount else "",
    )


def _refusal(reply: Reply) -> CrmFault:
    """Bitrix24 says why by a word beside the status: {"error": "CODE", ...}."""
    try:
        page = reply.page()
    except CrmFault:
        return refusal(reply)
    word = text_of(inner(page, "error"))
    told = f"{word}: {text_of(inner(page, 'error_description'))}".rstrip(": ")
    if word == "OPERATION_TIME_LIMIT":
        return CrmFault("crm_limit", told, OPERATION_REST_S)
    if word in LIMITS or reply.status == TOO_MANY:
        return CrmFault("crm_limit", told, reply.rest_s)
    if word in DENIED or (word and reply.status in SHUT):
        return CrmFault("crm_denied", f"{told}; mend the webhook and its rights: crm, telephony")
    return CrmFault("crm_refused", told) if word and reply.status < 500 else refusal(reply)
