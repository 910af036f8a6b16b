"""The calls and notes of an amoCRM account, after amocrm.ru/developers (API v4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.crm.fakes.amocrm import LONG_LIVED, Account
from tests.crm.fakes.server import Answer, Request

NEEDED = {"direction": str, "duration": int, "source": str, "phone": str, "call_status": int}


@dataclass
class CallingAccount:
    """An account that is written to. A call with a `uniq` that is known is not written again."""

    account: Account
    calls: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        if request.headers.get("Authorization") != f"Bearer {LONG_LIVED}":
            return self.account.answer(request)  # which refuses it
        if (request.method, request.path) == ("POST", "/api/v4/calls"):
            return self.call(request.page[0])
        if (request.method, request.path) == ("POST", "/api/v4/contacts/notes"):
            return self.note(request.page[0])
        if request.path.startswith("/api/v4/contacts/") and request.path.endswith("/notes"):
            contact = int(request.path.split("/")[4])
            found = [n for n in reversed(self.notes) if n["entity_id"] == contact]
            return Answer(200, {"_embedded": {"notes": found}}) if found else Answer(204)
        return self.account.answer(request)

    def call(self, page: dict[str, Any]) -> Answer:
        wrong = [key for key, kind in NEEDED.items() if not isinstance(page.get(key), kind)]
        if wrong or page["call_status"] not in range(1, 9):
            return _invalid(wrong or ["call_status"])
        digits = page["phone"][-10:]
        contacts = [c for c in self.account.contacts if digits in _digits(c)]
        if not contacts:
            error = {"status": 263, "title": "Entity not found", "request_id": "0"}
            empty = {"_total_items": 0, "errors": [error], "_embedded": {"calls": []}}
            return Answer(400, empty)
        known = [each for each in self.calls if each["uniq"] == page["uniq"]]
        if not known:
            self.calls.append(page | {"id": 7000 + len(self.calls)})
            known = self.calls[-1:]
        made = {"id": known[0]["id"], "entity_id": contacts[0]["id"], "entity_type": "contact"}
        return Answer(200, {"_total_items": 1, "errors": [], "_embedded": {"calls": [made]}})

    def note(self, page: dict[str, Any]) -> Answer:
        if page.get("note_type") != "common" or not page.get("params", {}).get("text"):
            return _invalid(["params.text"])
        if page["entity_id"] not in {each["id"] for each in self.account.contacts}:
            return _invalid(["entity_id"])
        self.notes.append(page | {"id": 8000 + len(self.notes)})
        made = {"id": self.notes[-1]["id"], "entity_id": page["entity_id"], "request_id": "0"}
        return Answer(200, {"_embedded": {"notes": [made]}})


def _digits(contact: dict[str, Any]) -> str:
    return "".join(sign for sign in str(contact["custom_fields_values"]) if sign.isdigit())


def _invalid(fields: list[str]) -> Answer:
    errors = [{"code": "InvalidType", "path": name, "detail": "wrong"} for name in fields]
    page = {"validation-errors": [{"request_id": "0", "errors": errors}], "title": "Bad Request"}
    return Answer(400, page | {"status": 400, "detail": "Request validation failed"})
