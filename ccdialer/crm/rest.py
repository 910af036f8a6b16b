"""Any system that answers JSON over HTTP: an address to ask, and JMESPaths into the answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import jmespath
from jmespath.exceptions import JMESPathError

from ccdialer.core.card import Card, Deal
from ccdialer.core.phone import spellings
from ccdialer.crm.fault import bad_answer
from ccdialer.crm.rows import (
    MOST_DEALS,
    MOST_FIELDS,
    deal_of,
    owner_of,
    text_of,
)
from ccdialer.crm.web import Ask, Web, refusal


@dataclass(frozen=True, slots=True)
class Paths:
    """Where in the answer things are; JMESPaths (jmespath.org)."""

    client: str
    card: Mapping[str, str]
    deals: str
    deal: Mapping[str, str]
    fields: Mapping[str, str]


class RestConnector:
    """Looks a number up at an address; `nobody` are statuses that say: not known."""

    def __init__(self, name: str, ask: Ask, nobody: frozenset[int], paths: Paths, web: Web) -> None:
        self.name = name
        self._asked = ask
        self._nobody = nobody
        self._paths = paths
        self._web = web

    def find(self, number: str, within_s: float) -> Card | None:
        """What the answer says of him; None where it says nothing. Raises CrmFault."""
        ask = Ask(filled(self._asked.url, number), headers=self._asked.headers)
        reply = self._web.ask(ask, time.monotonic() + within_s)
        if reply.status in self._nobody:
            return None
        if reply.status != 200:
            raise refusal(reply)
        client = _at(self._paths.client, reply.page())
        if client is None or client in ([], {}, ""):
            return None
        if not isinstance(client, dict):
            raise bad_answer(f"{self._paths.client} is not an object")
        return self._card(client)

    def _card(self, client: dict[str, Any]) -> Card:
        paths = self._paths
        card = {key: _at(path, client) for key, path in paths.card.items()}
        fields = {
            key: text_of(_at(path, client))
            for key, path in list(paths.fields.items())[:MOST_FIELDS]
        }
        return Card(
            source=self.name,
            client_id=text_of(card.get("client_id")),
            name=text_of(card.get("name")),
            owner=owner_of(card.get("owner")),
            stage=text_of(card.get("stage")),
            deals=tuple(self._deals(client)),
            fields={key: value for key, value in fields.items() if value},
        )

    def _deals(self, client: dict[str, Any]) -> list[Deal]:
        found = _at(self._paths.deals, client) if self._paths.deals else None
        if found is None:
            return []
        if not isinstance(found, list):
            raise bad_answer(f"{self._paths.deals} is not a list")
        return [
            deal_of({key: _at(path, each) for key, path in self._paths.deal.items()})
            for each in found[:MOST_DEALS]
        ]


def filled(template: str, number: str) -> str:
    """The address with the number in it, percent-encoded."""
    for key, value in spellings(number).items():
        template = template.replace(f"{{{key}}}", quote(value, safe=""))
    return template


def _at(path: str, page: Any) -> Any:
    """jmespath keeps the last paths compiled."""
    try:
        return jmespath.search(path, page)
    except JMESPathError as error:
        raise bad_answer(f"{path}: {str(error).splitlines()[0]}") from error
