"""How a CRM takes a notice, and what its not taking it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ccdialer.core.notice import NoticeKind
from ccdialer.core.post import Refusal
from ccdialer.crm.fault import CrmFault

TAKE_S = 20.0
"""A connector has so long to take one notice."""
AWAY = frozenset(
    {
        *("crm_unreachable", "crm_dns", "crm_tls", "crm_forbidden", "crm_redirect", "crm_denied"),
        *("crm_limit", "crm_token"),
    }
)
"""Reasons that say nothing about the notice: the CRM is not there, or lets nobody in."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The CRM has it: what it calls it, and what there is to say."""

    reference: str = ""
    note: str = ""


class NeverTaken(CrmFault):
    """The CRM will not take this notice, however often it is brought."""


class Memory(Protocol):
    """What the CRM has called things before."""

    def keep(self, reference: str) -> None:
        """Remember it before the rest is delivered."""

    def of(self, kind: NoticeKind) -> str:
        """What it called another notice of the same call; empty: nobody knows."""


def refusal_of(fault: CrmFault) -> Refusal:
    """What a fault means for the connector and for the notice."""
    is_final = isinstance(fault, NeverTaken)
    return Refusal(fault.rest_s, fault.reason in AWAY and not is_final, is_final)
