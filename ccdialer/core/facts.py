"""What is known of a caller when his call is routed: enough to decide the same again later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ccdialer.core.card import NO_FIELDS, Card, deciding_deal


class CardStatus(StrEnum):
    """What the CRM said of a caller."""

    OK = "ok"
    STALE = "stale"  # it did not answer: what it said earlier
    NOTFOUND = "notfound"  # it does not know him
    NONE = "none"  # there is no CRM, or no number to ask by
    TIMEOUT = "timeout"  # it did not answer in time
    ERROR = "error"


SILENT = frozenset({CardStatus.TIMEOUT, CardStatus.ERROR})
"""Nobody knows whether the client is known."""


@dataclass(frozen=True, slots=True)
class Past:
    """What we have had to do with a number. People are `login:anna`; empty: nobody in particular;
    None: there was no such thing."""

    callback_of: str | None = None  # whose callback is pending
    tried_by: str | None = None  # who tried to reach him a while ago
    last_agent: str | None = None  # who talked with him last
    news: str = ""  # what the agent is told of it: "campaign X tried you at 14:05"


NOTHING_PAST = Past()


@dataclass(frozen=True, slots=True)
class Facts:
    """A call that comes in, and its caller."""

    did: str = ""  # as Routes.dids has it
    number: str = ""  # E.164; empty: hidden, or it cannot be read
    at: float = 0.0  # epoch seconds, by the calendar
    card: CardStatus = CardStatus.NONE
    stage: str = ""
    pipeline: str = ""
    owner: str = ""  # as in Card
    open_deals: int = 0
    fields: Mapping[str, str] = field(default_factory=lambda: NO_FIELDS)
    past: Past | None = NOTHING_PAST  # None: the database did not answer in time

    @property
    def is_known(self) -> bool:
        return self.card in (CardStatus.OK, CardStatus.STALE)

    @property
    def unseen(self) -> str:
        """Why nobody could look the caller up; empty: somebody could."""
        if not self.number:
            return "the caller hides his number"
        return f"the CRM did not answer ({self.card})" if self.card in SILENT else ""


def business_of(card: Card | None) -> tuple[str, str, str]:
    """Stage, pipeline and owner that decide: those of the open deal that changed last (SPEC C6),
    else the client's own."""
    if card is None:
        return "", "", ""
    deal = deciding_deal(card)
    if deal is None:
        return card.stage, "", card.owner
    return deal.stage or card.stage, deal.pipeline, deal.owner or card.owner


def open_deals(card: Card | None) -> int:
    return 0 if card is None else sum(deal.is_open for deal in card.deals)
