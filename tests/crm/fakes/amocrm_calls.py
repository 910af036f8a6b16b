"""The calls and notes of an amoCRM account, after amocrm.ru/developers (API v4).

What comes of a second call with the same `uniq` is not documented; the fake does each of what it
might: answer with the call that is there, refuse, or write it twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.crm.fakes.amocrm import LONG_LIVED, Account
from tests.crm.fakes.server import Answer, Request

NEEDED = {"direction": str, "duration": int, "source": str, "phone": str, "call_status": int}


class Repeat(StrEnum):
    """What comes of a call whose `uniq` is known."""

    SAME = "same"
    REFUSED = "refused"
    DOUBLE = "double"


@dataclass
class CallingAccount:
    """An account that is written to."""

    account: Account
    repeat: Repeat = Repeat.DOUBLE
    calls: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        if request.headers.get("Authorization") != f"Bearer {LONG_LIVED}":
            return self.account.answer(request)  # which refuses it
        if (request.method, request.path) == ("POST", "/api/v4/calls"):
            return self.call(request.page[0])
        if (request.method, request.path) == ("POST", "/api/v4/contacts/notes"):
            return self.note(request.page[0])
        if request.path.endswith("/notes"):
            return self.notes_of(request)
        return self.account.answer(request)

    def notes_of(self, request: Request) -> Answer:
        """Of one contact or lead, the newest first: what was written, and calls."""
        kind, owner = request.path.split("/")[3:5]
        kinds = {value for key, value in request.query if key == "filter[note_type][]"}
        every = [*(n | {"of": "contacts"} for n in self.notes), *map(_note_of, self.calls)]
        found = [
            note
            for note in reversed(every)
            if (note["of"], str(note["entity_id"])) == (kind, owner)
            and (not kinds or note["note_type"] in kinds)
        ]
        return Answer(200, {"_embedded": {"notes": found}}) if found else Answer(204)

    def place(self, contact: dict[str, Any]) -> tuple[str, int]:
        """Where a call is put: to the one lead at work, else to the client himself."""
        ids = {each["id"] for each in contact["_embedded"]["leads"]}
        at_work = [
            lead["id"] for lead in self.account.leads if lead["id"] in ids and not lead["closed_at"]
        ]
        return ("leads", at_work[0]) if len(at_work) == 1 else ("contacts", contact["id"])

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
        if known and self.repeat is Repeat.REFUSED:
            return _invalid(["0.uniq"])
        if not known or self.repeat is Repeat.DOUBLE:
            placed = self.place(contacts[0])
            self.calls.append(page | {"id": 7000 + len(self.calls), "placed": placed})
            known = self.calls[-1:]
        kind, owner = known[0]["placed"]
        made = {"id": known[0]["id"], "entity_id": owner, "entity_type": kind.removesuffix("s")}
        return Answer(200, {"_total_items": 1, "errors": [], "_embedded": {"calls": [made]}})

    def note(self, page: dict[str, Any]) -> Answer:
        if page.get("note_type") != "common" or not page.get("params", {}).get("text"):
            return _invalid(["params.text"])
        if page["entity_id"] not in {each["id"] for each in self.account.contacts}:
            return _invalid(["entity_id"])
        self.notes.append(page | {"id": 8000 + len(self.notes)})
        made = {"id": self.notes[-1]["id"], "entity_id": page["entity_id"], "request_id": "0"}
        return Answer(200, {"_embedded": {"notes": [made]}})


def _note_of(call: dict[str, Any]) -> dict[str, Any]:
    """A call as it stands among the notes."""
    kind, owner = call["placed"]
    told = ("uniq", "duration", "source", "link", "phone")
    return {
        "id": call["id"],
        "of": kind,
        "entity_id": owner,
        "note_type": "call_in" if call["direction"] == "inbound" else "call_out",
        "params": {key: call.get(key) for key in told},
    }


def _digits(contact: dict[str, Any]) -> str:
    return "".join(sign for sign in str(contact["custom_fields_values"]) if sign.isdigit())


def _invalid(fields: list[str]) -> Answer:
    errors = [{"code": "InvalidType", "path": name, "detail": "wrong"} for name in fields]
    page = {"validation-errors": [{"request_id": "0", "errors": errors}], "title": "Bad Request"}
    return Answer(400, page | {"status": 400, "detail": "Request validation failed"})
