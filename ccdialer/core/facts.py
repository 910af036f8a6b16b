"""What is known of a caller when his call is routed: enough to decide the same again later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from ccdialer.core.caller_id import clean
from ccdialer.core.card import NO_FIELDS, Deal, deciding_deal
from ccdialer.core.found import CardStatus, Found

MOST_FIELDS, LONGEST = 40, 150
"""Of a card no more is looked at: so many fields, so many characters of each word."""

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
    is_listed: bool = False  # on a do-not-call list, so that nobody would call him back


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
        return f"the CRM did not answer ({self.card.lower()})" if self.card in SILENT else ""


def with_card(facts: Facts, found: Found) -> Facts:
    """The facts with what the CRM said. Of several deals the open one that changed last decides
    (SPEC C6); where there is none, or it has no owner, the client himself does. A CRM's words may
    be anything: they come out printable and short."""
    card = found.card
    if card is None:
        return replace(facts, card=found.status)
    deal = deciding_deal(card) or Deal("")
    return replace(
        facts,
        card=found.status,
        stage=clean(deal.stage or card.stage, LONGEST),
        pipeline=clean(deal.pipeline, LONGEST),
        owner=clean(deal.owner or card.owner, LONGEST),
        open_deals=sum(deal.is_open for deal in card.deals),
        fields={
            clean(name, LONGEST): clean(value, LONGEST)
            for name, value in islice(card.fields.items(), MOST_FIELDS)
        },
    )
