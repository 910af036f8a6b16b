"""The card of a number: whose it is, of several clients the one who is meant, and his deals."""

from __future__ import annotations

from ccdialer.core.card import deciding_deal
from ccdialer.storage import Database
from ccdialer.storage.cards import card_of
from tests.storage.client_base import CONTACT, NUMBER, agent_of, client, deal, project_of
from tests.storage.samples import NOW, number


def found(db: Database, index: int = 1) -> str:
    card = card_of(db, number(index), project_of(db))
    return "" if card is None else card.client_id


def test_nobody_is_no_card(db: Database) -> None:
    client(db, 1, 1)
    assert card_of(db, number(2), project_of(db)) is None
    assert card_of(db, number(1), project_of(db, "other")) is None  # a project keeps its clients
    assert card_of(db, "", project_of(db)) is None


def test_a_card_has_what_is_known(db: Database) -> None:
    anna, boris = agent_of(db, "anna"), agent_of(db, "boris")
    fields = '{"segment": "A"}'
    client(db, 7, 1, name="Olga", stage="new", owner_id=anna, city="Omsk", fields=fields)
    deal(db, 1, 7, NOW, amount=1_500_000, owner_id=boris)
    deal(db, 2, 7, NOW + 5000, stage="paid", closed_at=NOW)
    card = card_of(db, number(1), project_of(db))
    assert card is not None
    assert (card.source, card.client_id, card.name) == ("clients", "7", "Olga")
    assert (card.owner, card.stage) == ("login:anna", "new")
    assert card.fields == {"segment": "A", "kind": "person", "city": "Omsk"}
    opened, closed = card.deals
    assert (opened.id, opened.title, opened.stage, opened.owner) == (
        *("1", "deal 1", "new"),
        "login:boris",
    )
    assert (opened.is_open, opened.amount, opened.changed_at) == (True, "1.50 RUB", NOW / 1000)
    assert (closed.id, closed.is_open, closed.amount, closed.owner) == ("2", False, "", "")
    assert deciding_deal(card) == opened


def test_the_client_with_the_open_deal_that_was_changed_last_is_meant(db: Database) -> None:
    client(db, 1, 1, at=NOW + 9)
    client(db, 2, 1)
    client(db, 3, 1)
    assert found(db) == "1"  # nobody has a deal: who was changed last
    deal(db, 1, 1, NOW + 99, closed_at=NOW)
    deal(db, 2, 2, NOW + 1)
    assert found(db) == "2"  # a closed deal does not count
    deal(db, 3, 3, NOW + 2)
    assert found(db) == "3"
    deal(db, 4, 2, NOW + 3)
    card = card_of(db, number(1), project_of(db))
    assert card is not None
    assert (card.client_id, [each.id for each in card.deals]) == ("2", ["4", "2"])


def test_of_equals_the_eldest_is_meant(db: Database) -> None:
    client(db, 2, 1)
    client(db, 1, 1)
    assert found(db) == "1"


def test_a_contact_person_s_number_is_that_of_his_company(db: Database) -> None:
    client(db, 1, kind="company", name="Acme")
    db.run(CONTACT, (5, 1, "Pavel", "accountant"))
    db.run(NUMBER, (number(3), project_of(db), 1, 5))
    card = card_of(db, number(3), project_of(db))
    assert card is not None
    assert (card.name, card.deals) == ("Acme", ())
    assert card.fields == {"kind": "company", "contact": "Pavel", "post": "accountant"}
