"""A Bitrix24 portal: shapes of answers and errors after bitrix-tools/b24-rest-docs (@2ba8202),
_assets/simulator/spec/methods/*.json."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.crm.fakes.server import Answer, FakeServer, Request

CODE = "s3cretc0de"
TIME = {"start": 1772808159, "finish": 1772808159.39, "duration": 0.39, "operating": 0.25}

STAGES = [
    {"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "NEW", "NAME": "Новая"},
    {"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "PREPARATION", "NAME": "Подготовка документов"},
    {"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "EXECUTING", "NAME": "В работе"},
    {"ENTITY_ID": "DEAL_STAGE_9", "STATUS_ID": "C9:NEW", "NAME": "Замер"},
    {"ENTITY_ID": "STATUS", "STATUS_ID": "IN_PROCESS", "NAME": "В обработке"},
]
CATEGORIES = [
    {"id": 0, "name": "Общая", "sort": 300, "entityTypeId": 2, "isDefault": "Y"},
    {"id": 9, "name": "Монтаж", "sort": 200, "entityTypeId": 2, "isDefault": "N"},
]


def entity(kind: str, id_: int, name: str, user: int, inner: str | None = None) -> dict[str, Any]:
    """A client as telephony.externalCall.searchCrmEntities has him."""
    return {
        "CRM_ENTITY_TYPE": kind,
        "CRM_ENTITY_ID": id_,
        "ASSIGNED_BY_ID": user,
        "NAME": name,
        "ASSIGNED_BY": {
            "ID": str(user),
            "TIMEMAN_STATUS": "OPENED",
            "USER_PHONE_INNER": inner,
            "WORK_PHONE": None,
            "PERSONAL_PHONE": None,
            "PERSONAL_MOBILE": "79062195047",
        },
    }


def deal(id_: int, stage: str, changed: str, **more: Any) -> dict[str, Any]:
    """A deal as crm.item.list has it."""
    return {
        "id": id_,
        "title": f"Сделка #{id_}",
        "stageId": stage,
        "categoryId": 0,
        "assignedById": 99,
        "updatedTime": changed,
        "opportunity": 19000,
        "currencyId": "RUB",
        "contactId": 651,
        "companyId": 0,
        "closed": "N",
        "stageSemanticId": "P",
    } | more


@dataclass
class Portal:
    """What the portal knows."""

    clients: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by phone
    deals: list[dict[str, Any]] = field(default_factory=list)
    leads: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        parts = request.path.strip("/").split("/")
        if len(parts) != 4 or parts[:2] != ["rest", "1"] or parts[2] != CODE:
            return _error(401, "INVALID_CREDENTIALS", "Invalid request credentials")
        method = parts[3].removesuffix(".json")
        if method not in METHODS:
            return _error(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")
        return METHODS[method](self, request.page or {})

    def search(self, page: dict[str, Any]) -> Answer:
        if "PHONE_NUMBER" not in page:
            return _error(400, "ERROR_ARGUMENT", "PHONE_NUMBER is not specified")
        return _result(self.clients.get(page["PHONE_NUMBER"], []))

    def items(self, page: dict[str, Any]) -> Answer:
        rows = {1: self.leads, 2: self.deals}[page["entityTypeId"]]
        found = [row for row in rows if _fits(row, page.get("filter", {}))]
        for key, how in page.get("order", {}).items():
            found.sort(key=lambda row, key=key: row[key], reverse=how == "DESC")
        kept = [{key: row.get(key) for key in page["select"]} for row in found[:50]]
        return _result({"items": kept}, total=len(found))

    def statuses(self, page: dict[str, Any]) -> Answer:
        wanted = page.get("filter", {})
        found = [row for row in STAGES if all(row[key] == wanted[key] for key in wanted)]
        return _result(found, total=len(found))

    def categories(self, page: dict[str, Any]) -> Answer:
        if page.get("entityTypeId") != 2:
            return _error(400, "ENTITY_TYPE_NOT_SUPPORTED", "Entity type is not supported")
        return _result({"categories": CATEGORIES}, total=len(CATEGORIES))


METHODS = {
    "telephony.externalCall.searchCrmEntities": Portal.search,
    "crm.item.list": Portal.items,
    "crm.status.list": Portal.statuses,
    "crm.category.list": Portal.categories,
}


def _fits(row: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Conditions are joined by AND; those in a nested object by its `logic`."""
    verdicts = []
    for key, value in wanted.items():
        if isinstance(value, dict):
            parts = [_fits(row, each) for name, each in value.items() if name != "logic"]
            verdicts.append(any(parts) if value.get("logic") == "OR" else all(parts))
        elif key.startswith("@"):
            verdicts.append(row.get(key[1:]) in value)
        else:
            verdicts.append(row.get(key) == value)
    return all(verdicts)


def _result(result: Any, **more: Any) -> Answer:
    return Answer(200, {"result": result, **more, "time": TIME})


def _error(status: int, code: str, text: str) -> Answer:
    return Answer(status, {"error": code, "error_description": text})


LIMIT = {"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"}


def serve(portal: Portal) -> FakeServer:
    return FakeServer(portal.answer)


def webhook(server: FakeServer) -> str:
    return f"{server.url}/rest/1/{CODE}/"
