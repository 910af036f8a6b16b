"""Rows become clients once, however often they are given, and change those who are there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccdialer import storage
from ccdialer.core.client import Business
from ccdialer.storage import Database
from ccdialer.storage.cards import card_of
from ccdialer.storage.client_journal import Occasion
from ccdialer.storage.clients import ClientRow, ContactRow, Put, Putting, put_clients
from ccdialer.storage.deals import DealRow
from tests.storage.client_base import project_of
from tests.storage.samples import NOW, number

LATER = Occasion(NOW + 1000, "list.csv")
CREATED, CHANGED, SAME, REFUSED = Putting


def put(db: Database, *rows: ClientRow, occasion: Occasion = LATER) -> list[Put]:
    return put_clients(db, project_of(db), rows, occasion)


def what(db: Database, *rows: ClientRow) -> list[Putting]:
    return [each.what for each in put(db, *rows)]


def row(*indices: int, **changes: Any) -> ClientRow:
    return ClientRow([number(i) for i in indices])._replace(**changes)


def stored(db: Database, columns: str = "id, source_id, stage") -> list[tuple[Any, ...]]:
    return db.rows(f"SELECT {columns} FROM client ORDER BY id")


def test_a_row_becomes_a_client(db: Database) -> None:
    told = {"name": "Olga", "city": "Omsk", "created_at": NOW - 5, "kind": "company"}
    sums = {(Business.ORDERS, "RUB"): (2, 3_000_000)}
    given = row(1, 2, told=told, fields={"a": "1"}, business=sums, source_id="A")
    assert put(db, given) == [Put(CREATED, 1)]
    assert stored(db, "name, kind, city, fields, note, created_at, changed_at") == [
        ("Olga", "company", "Omsk", '{"a": "1"}', "", NOW - 5, NOW + 1000)
    ]
    assert db.rows("SELECT e164, position FROM client_number ORDER BY position") == [
        *((number(1), 0), (number(2), 1)),
    ]
    assert db.rows("SELECT what, currency, count, amount FROM client_business") == [
        ("orders", "RUB", 2, 3_000_000)
    ]
    assert storage.read_journal(db, "client") == []


def test_given_again_nothing_changes(db: Database) -> None:
    contact = ContactRow("Pavel", "boss", [number(7)])
    rows = [
        row(1, told={"name": "Olga"}, source_id="A", deal=DealRow("D", {"stage": "new"})),
        row(2, fields={"a": "1"}, contact=contact, business={(Business.PAID, ""): (1, 5)}),
        row(1, source_id="B"),
        row(3),
    ]
    assert what(db, *rows) == [CREATED] * 4
    tables = ("client", "client_number", "client_contact", "client_business", "deal", "journal")
    before = [db.rows(f"SELECT * FROM {table}") for table in tables]
    assert what(db, *rows) == [SAME] * 4
    assert [db.rows(f"SELECT * FROM {table}") for table in tables] == before


def test_what_a_row_does_not_say_stays(db: Database) -> None:
    put(db, row(1, told={"name": "Olga", "stage": "new"}, fields={"a": "1", "b": "2"}))
    assert what(db, row(1, 2, told={"stage": "won"}, fields={"b": "3"})) == [CHANGED]
    assert stored(db, "name, stage, fields") == [("Olga", "won", '{"a": "1", "b": "3"}')]
    (entry,) = storage.read_journal(db, "client")
    assert (entry["state"], entry["reason"], entry["client_id"]) == ("stage", "list.csv", 1)
    assert entry["detail"] == {"stage": ["new", "won"], "fields.b": ["2", "3"]}
    assert card_of(db, number(2), project_of(db)) is not None


def test_stages_are_moved_by_id_alone(db: Database) -> None:
    put(db, row(1, source_id="A"))
    assert what(db, ClientRow(source_id="A", told={"stage": "paid"})) == [CHANGED]
    assert stored(db) == [(1, "A", "paid")]


def test_a_number_without_id_is_who_has_it(db: Database) -> None:
    put(db, row(1, source_id="A"))
    assert put(db, row(1, told={"stage": "won"})) == [Put(CHANGED, 1)]
    assert put(db, row(1, source_id="B")) == [Put(CREATED, 2)]  # another one with the same phone
    (refused,) = put(db, row(1, told={"stage": "lost"}))
    assert refused.what is REFUSED
    assert refused.reason == (
        "clients 1 and 2 have these numbers; say by its id which one is meant"
    )
    assert stored(db) == [(1, "A", "won"), (2, "B", "")]


def test_who_had_no_id_gets_the_one_of_his_number_s_row(db: Database) -> None:
    put(db, row(1))
    assert put(db, row(1, source_id="A"), row(1, source_id="B")) == [
        *(Put(CHANGED, 1), Put(CREATED, 2)),
    ]
    assert stored(db) == [(1, "A", ""), (2, "B", "")]


def test_who_is_nobody_is_refused(db: Database) -> None:
    (refused,) = put(db, ClientRow(told={"name": "Olga"}))
    assert refused == Put(REFUSED, reason="neither a phone number nor an id")
    assert stored(db) == []


def test_a_refused_deal_changes_nothing_of_the_client(db: Database) -> None:
    put(db, row(1, deal=DealRow("D", {})), row(2))
    given = row(2, told={"stage": "won"}, deal=DealRow("D", {}))
    assert put(db, given) == [Put(REFUSED, 2, 'deal "D" is one of client 1')]
    assert put(db, row(3, deal=DealRow("D", {}))) == [
        Put(REFUSED, None, 'deal "D" is one of client 1')
    ]
    assert [stage for _, _, stage in stored(db)] == ["", ""]


def test_a_company_s_people_come_in_rows_of_their_own(db: Database) -> None:
    acme = {"source_id": "A", "told": {"kind": "company", "name": "Acme"}}
    pavel = ContactRow("Pavel", numbers=[number(2)])
    rows = [row(1, contact=pavel, **acme), row(contact=ContactRow("Rita", "boss"), **acme)]
    assert what(db, *rows) == [CREATED, CHANGED]
    assert what(db, row(contact=ContactRow("Pavel", "clerk"), **acme)) == [CHANGED]
    people = db.rows("SELECT name, post FROM client_contact ORDER BY id")
    assert people == [("Pavel", "clerk"), ("Rita", "boss")]
    card = card_of(db, number(2), project_of(db))
    assert card is not None
    assert (card.name, card.fields["contact"]) == ("Acme", "Pavel")


def test_projects_do_not_share_clients(db: Database) -> None:
    put(db, row(1, source_id="A"))
    other = put_clients(db, project_of(db, "other"), [row(1, source_id="A")], LATER)
    assert other == [Put(CREATED, 2)]


def test_two_who_put_the_same_rows_in_at_once_put_them_in_once(db: Database) -> None:
    rows = [row(n, source_id=f"A{n}", deal=DealRow(f"D{n}", {})) for n in range(40)]
    project_of(db)
    with ThreadPoolExecutor(4) as pool:
        puts = list(pool.map(lambda _: what(db, *rows), range(4)))
    assert sorted(found.count(CREATED) for found in puts) == [0, 0, 0, 40]
    assert sorted(found.count(SAME) for found in puts) == [0, 40, 40, 40]
    assert db.rows("SELECT COUNT(*) FROM client") == [(40,)]


ROWS = st.builds(
    ClientRow,
    numbers=st.lists(st.sampled_from([number(i) for i in range(4)]), max_size=2),
    source_id=st.sampled_from([None, "A", "B"]),
    told=st.fixed_dictionaries({}, optional={"stage": st.sampled_from(["", "new", "won"])}),
    contact=st.sampled_from([None, ContactRow("P"), ContactRow("P", "boss", [number(2)])]),
    fields=st.just({}),
    business=st.sampled_from([{}, {(Business.PAID, ""): (1, 5)}]),
    deal=st.sampled_from([None, DealRow("D", {"stage": "x"}), DealRow("D", {}, is_open=False)]),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROWS, max_size=8), cut=st.integers(0, 8))
def test_cut_into_batches_anywhere_the_base_is_the_same(
    db: Database, rows: list[ClientRow], cut: int
) -> None:
    def result(*batches: list[ClientRow]) -> tuple[list[Putting], list[Any]]:
        empty(db)
        puts = [each.what for batch in batches for each in put(db, *batch)]
        numbers = "SELECT e164, source_id, client_number.position FROM client_number JOIN client"
        found = db.rows(f"{numbers} ON client.id = client_id ORDER BY e164, source_id, position")
        return puts, [*found, *db.rows("SELECT source_id, stage FROM client ORDER BY id")]

    assert result(rows) == result(rows[:cut], rows[cut:])


def empty(db: Database) -> None:
    for table in ("deal", "client_business", "client_number", "client_contact", "client"):
        db.run(f"DELETE FROM {table}")
