"""amoCRM and Kommo, API v4: the contact with that phone, his leads, and the names of their stages.

The search is a full-text one: whoever it finds is only he if one of his phones is the number.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ccdialer.core.card import Card, Deal
from ccdialer.core.phone import Reader, spellings, split_numbers
from ccdialer.crm.names import Names, Table
from ccdialer.crm.rows import LONGEST, MOST_DEALS, instant_of, text_of
from ccdialer.crm.shapes import inner, object_of, objects_of
from ccdialer.crm.tokens import Access
from ccdialer.crm.web import Ask, Reply, Web, refusal

NOBODY = 204
CLOSED = frozenset({"142", "143"})
"""Won and lost, in every pipeline (developers.kommo.com/reference/leads-pipelines-and-stages)."""
MOST_CONTACTS = "50"


class AmoCrmConnector:
    """Looks a number up in an account."""

    def __init__(self, name: str, url: str, web: Web, access: Access, reader: Reader) -> None:
        self.name = name
        self._url = url.rstrip("/")
        self._web = web
        self._access = access
        self._reader = reader
        self._names = Names()

    def find(self, number: str, within_s: float) -> Card | None:
        """The contact who was changed last of those with that phone. Raises CrmFault."""
        until = time.monotonic() + within_s
        query = spellings(number)["national"]  # however the number is written there
        page = self.get(
            "contacts", until, ("query", query), ("with", "leads"), ("limit", MOST_CONTACTS)
        )
        contacts = objects_of(inner(page, "_embedded", "contacts") or [], "the list of contacts")
        found = [each for each in contacts if number in self._phones(each)]
        if not found:
            return None
        contact = max(found, key=lambda each: instant_of(each.get("updated_at")) or 0.0)
        return Card(
            source=self.name,
            client_id=text_of(contact.get("id")),
            name=text_of(contact.get("name")),
            owner=_owner(contact),
            deals=tuple(self._deals(_lead_ids(found), until)),
        )

    def prepare(self, within_s: float) -> None:
        """Ask how pipelines and stages are called. Raises CrmFault."""
        self._names.table("pipelines", partial(self._read_names, time.monotonic() + within_s))

    def get(self, path: str, until: float, *params: tuple[str, str]) -> Any:
        """A page of the API; None if there is nothing of the kind. Raises CrmFault."""
        reply = self._ask(Ask(self._at(path), params=params), until)
        if reply.status == NOBODY:
            return None
        if reply.status != 200:
            raise refusal(reply)
        return object_of(reply.page(), f"the answer to {path}")

    def post(self, path: str, until: float, page: Any) -> tuple[int, Any]:
        """Status and page of what the account makes of a page, or says is wrong with it. Raises
        CrmFault."""
        reply = self._ask(Ask(self._at(path), "POST", page), until)
        if reply.status not in (200, 201, 202, 400):
            raise refusal(reply)
        return reply.status, object_of(reply.page(), f"the answer to {path}")

    def _at(self, path: str) -> str:
        return f"{self._url}/api/v4/{path}"

    def _ask(self, ask: Ask, until: float) -> Reply:
        token = self._access(until, "")
        reply = self._web.ask(_with(ask, token), until)
        if reply.status != 401:
            return reply
        fresh = self._access(until, token)  # it was withdrawn before its time
        return reply if fresh == token else self._web.ask(_with(ask, fresh), until)

    def _phones(self, contact: Mapping[str, Any]) -> set[object]:
        texts = _phone_texts(contact)
        return {self._reader(part) for text in texts for part in split_numbers(text)}

    def _deals(self, ids: Sequence[str], until: float) -> Iterator[Deal]:
        if not ids:
            return
        wanted = [("filter[id][]", each) for each in ids[:MOST_DEALS]]
        page = self.get("leads", until, *wanted, ("limit", str(MOST_DEALS)))
        leads = objects_of(inner(page, "_embedded", "leads") or [], "the list of leads")
        names = self._names.table("pipelines", partial(self._read_names, until)) if leads else {}
        for lead in leads:
            yield _deal_of(lead, names)

    def _read_names(self, until: float) -> Table:
        """Names of pipelines by id, and of stages by `pipeline/stage`."""
        page = self.get("leads/pipelines", until)
        names = {}
        for pipeline in objects_of(inner(page, "_embedded", "pipelines") or [], "the pipelines"):
            key = text_of(pipeline.get("id"))
            names[key] = text_of(pipeline.get("name"))
            for stage in objects_of(inner(pipeline, "_embedded", "statuses") or [], "the stages"):
                names[f"{key}/{text_of(stage.get('id'))}"] = text_of(stage.get("name"))
        return names


def _with(ask: Ask, token: str) -> Ask:
    return replace(ask, headers={"Authorization": f"Bearer {token}"})


def _phone_texts(contact: Mapping[str, Any]) -> Iterator[str]:
    fields = objects_of(contact.get("custom_fields_values") or [], "the contact's fields")
    for field in fields:
        if field.get("field_code") == "PHONE":
            for value in objects_of(field.get("values") or [], "the phones"):
                yield str(value.get("value") or "")[:LONGEST]  # line ends cut numbers apart


def _owner(page: Mapping[str, Any]) -> str:
    user = text_of(page.get("responsible_user_id"))
    return f"id:{user}" if user and user != "0" else ""


def _lead_ids(contacts: Sequence[Mapping[str, Any]]) -> list[str]:
    """The leads of all who have the phone: it may stand in two contacts."""
    ids = [
        text_of(lead.get("id"))
        for contact in contacts
        for lead in objects_of(inner(contact, "_embedded", "leads") or [], "the leads")
    ]
    return sorted({each for each in ids if each.isdecimal()}, key=int, reverse=True)


def _deal_of(lead: Mapping[str, Any], names: Table) -> Deal:
    pipeline, stage = text_of(lead.get("pipeline_id")), text_of(lead.get("status_id"))
    return Deal(
        id=text_of(lead.get("id")),
        stage=names.get(f"{pipeline}/{stage}", stage),
        pipeline=names.get(pipeline, pipeline),
        title=text_of(lead.get("name")),
        owner=_owner(lead),
        is_open=not lead.get("closed_at") and stage not in CLOSED,
        changed_at=instant_of(lead.get("updated_at")),
        amount=text_of(lead.get("price")),
    )
