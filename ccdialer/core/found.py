"""What a look-up of a caller brought: his card, and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ccdialer.core.card import Card


class CardStatus(StrEnum):
    """What the CRMs said; the words that the dialplan sees in CCD_CARD."""

    OK = "OK"  # the card is fresh
    STALE = "STALE"  # no answer now; this is what was known before
    NOTFOUND = "NOTFOUND"  # every CRM says that it does not know the number
    TIMEOUT = "TIMEOUT"  # no answer within the budget, and nothing was known before
    ERROR = "ERROR"  # a CRM failed or is spared, and nothing was known before
    NONE = "NONE"  # nobody was asked: a hidden number, or no CRM for the project


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to "who is it": there is a card if the status is OK or STALE."""

    card: Card | None
    status: CardStatus
    reason: str = ""  # a short machine word: crm_timeout, crm_http_503, hidden_number ...
    took_s: float = 0.0
