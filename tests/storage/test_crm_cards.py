"""What a CRM said of a number outlives the process: the last answer, also that it knew nobody."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccdialer.core.card import Card, Deal
from ccdialer.storage import Database
from ccdialer.storage.crm_cards import (
    KeptCard,
    card_of_row,
    forget_source,
    kept_rows,
    prune_cards,
    save_cards,
)
from tests.storage.samples import NOW

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))
DEALS = st.builds(
    Deal, TEXT, TEXT, TEXT, TEXT, TEXT, st.booleans(), st.none() | st.floats(0, 2e9), TEXT
)
CARDS = st.builds(
    Card,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    st.lists(DEALS, max_size=3).map(tuple),
    st.dictionaries(TEXT, TEXT, max_size=3),
    TEXT,
)
ANNA = Card("b24", "CONTACT:1", "Анна", "id:7", (Deal("1", "paid", changed_at=1.5),), {"a": "b"})


def kept_by(db: Database, since: int = 0) -> list[KeptCard]:
    read = [card_of_row(row) for row in kept_rows(db, since, 10)]
    return [each for each in read if each is not None]


def test_the_last_answer_counts(db: Database) -> None:
    save_cards(db, [KeptCard("b24", "+7", NOW, None), KeptCard("csv", "+7", NOW, None)])
    save_cards(db, [KeptCard("b24", "+7", NOW + 1, ANNA)])
    save_cards(db, [KeptCard("b24", "+7", NOW - 1, None)])
    assert kept_by(db, NOW) == [
        KeptCard("b24", "+7", NOW + 1, ANNA),
        KeptCard("csv", "+7", NOW, None),
    ]
    assert kept_by(db, NOW + 1) == [KeptCard("b24", "+7", NOW + 1, ANNA)]
    assert sorted(source for source, *_ in kept_rows(db, 0, 10)) == ["b24", "csv"]


def test_too_old_ones_go(db: Database) -> None:
    save_cards(db, [KeptCard("b24", str(n), NOW + n, None) for n in range(5)])
    assert prune_cards(db, NOW + 3) == 3
    assert [each.number for each in kept_by(db)] == ["4", "3"]
    assert len(kept_rows(db, 0, 1)) == 1


def test_what_another_version_wrote_is_left_out(db: Database) -> None:
    save_cards(db, [KeptCard("b24", "1", NOW, ANNA), KeptCard("b24", "2", NOW, ANNA)])
    for number, text in (("1", "{"), ("2", json.dumps({"new": 1, "deals": []}))):
        db.run("UPDATE crm_card SET card = ? WHERE number = ?", (text, number))
    assert kept_by(db) == []
    assert len(kept_rows(db, 0, 10)) == 2


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CARDS)
def test_every_card_comes_back_as_it_was(db: Database, card: Card) -> None:
    save_cards(db, [KeptCard("x", "+7", NOW, card)])
    assert kept_by(db)[0].card == card


def test_what_one_connector_said_is_forgotten(db: Database) -> None:
    for source in ("b24", "erp"):
        save_cards(db, [KeptCard(source, number, NOW, ANNA) for number in ("+1", "+2")])
    assert forget_source(db, "b24") == 2
    assert {each.source for each in kept_by(db)} == {"erp"}
