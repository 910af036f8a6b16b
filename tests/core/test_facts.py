"""What a CRM says becomes facts: of several deals one decides."""

from __future__ import annotations

import pytest

from ccdialer.core.card import Card, Deal
from ccdialer.core.facts import Facts, with_card
from ccdialer.core.found import CardStatus, Found
from tests.core.routing_samples import CALLER

ASKED = Facts(number=CALLER)


def seen(card: Card | None, status: CardStatus = CardStatus.OK) -> Facts:
    return with_card(ASKED, Found(card, status))


def test_the_open_deal_that_changed_last_decides() -> None:
    deals = (
        Deal("1", "Paid", "new", owner="login:anna", changed_at=10.0),
        Deal("2", "Proposal sent", "again", owner="login:boris", changed_at=20.0),
        Deal("3", "Done", is_open=False, changed_at=30.0),
    )
    facts = seen(Card("crm", owner="login:clara", deals=deals, fields={"city": "Tula"}))
    told = (facts.stage, facts.pipeline, facts.owner, facts.open_deals)
    assert told == ("Proposal sent", "again", "login:boris", 2)
    assert facts.fields == {"city": "Tula"}


def test_without_an_open_deal_the_client_himself_does() -> None:
    facts = seen(
        Card(
            "crm", owner="login:clara", stage="Customer", deals=(Deal("3", "Done", is_open=False),)
        )
    )
    assert (facts.stage, facts.owner, facts.open_deals) == ("Customer", "login:clara", 0)
    assert facts.is_known


@pytest.mark.parametrize(
    ("status", "unseen"),
    [
        (CardStatus.NOTFOUND, ""),
        (CardStatus.NONE, ""),
        (CardStatus.TIMEOUT, "the CRM did not answer (timeout)"),
        (CardStatus.ERROR, "the CRM did not answer (error)"),
    ],
)
def test_silence_is_not_an_unknown_client(status: CardStatus, unseen: str) -> None:
    facts = seen(None, status)
    assert not facts.is_known
    assert facts.unseen == unseen


def test_who_hides_his_number_cannot_be_looked_up() -> None:
    assert Facts().unseen == "the caller hides his number"
