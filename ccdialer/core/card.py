"""Card: what is known of a client, whichever CRM knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

LOGIN = "login:"
"""Before the login of somebody who is known here."""

NO_FIELDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Deal:
    """A piece of business with the client."""

    id: str
    stage: str = ""  # as its CRM names it
    pipeline: str = ""
    title: str = ""
    owner: str = ""  # as in Card
    is_open: bool = True
    changed_at: float | None = None  # epoch seconds
    amount: str = ""  # money as text, with its currency


@dataclass(frozen=True, slots=True)
class Card:
    """A client. `owner` is who looks after him: `login:anna` where it is known who that is here,
    else `phone:101` or `id:7` (the CRM's own)."""

    source: str  # name of the connector: clients, bitrix24 ...
    client_id: str = ""  # in the source
    name: str = ""
    owner: str = ""
    deals: tuple[Deal, ...] = ()
    fields: Mapping[str, str] = field(default_factory=lambda: NO_FIELDS)  # city, segment ...
    stage: str = ""  # of the client himself, where the source has one without a deal


def deciding_deal(card: Card) -> Deal | None:
    """Of several deals, the open one that was changed last (SPEC C6); None: there is none open."""
    open_ones = [deal for deal in card.deals if deal.is_open]
    return max(open_ones, key=lambda deal: deal.changed_at or 0.0, default=None)
