"""What is promised is handed out once at a time, in order, and never lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.notice import Direction, Notice, NoticeKind, Parcel
from ccdialer.storage import Database
from ccdialer.storage.outbox import (
    Failure,
    Promise,
    Worker,
    claim_parcels,
    expire,
    keep_reference,
    notice_of,
    park,
    promise,
    prune,
    put_back,
    put_off,
    reference_of,
    settle_parcel,
    take_back,
    to_payload,
)
from tests.storage.samples import NOW

ONE, TWO = Worker("one", "crm"), Worker("two", "crm")


def notice(call: str, number: str = "+74950000001") -> Notice:
    return Notice(NoticeKind.CALLS, call, Direction.OUTBOUND, number)


def promised(db: Database, *calls: str, number: str = "", connector: str = "crm") -> None:
    """One notice a call; all of one number, or each of its own."""
    for call in calls:
        subject = number or f"+{call}"
        told = notice(call, subject)
        promise(db, [Promise(connector, f"{connector}/calls/{call}", subject, told, NOW)])


def calls_of(parcels: list[Parcel]) -> list[str]:
    return [parcel.notice.call_id for parcel in parcels]


def test_a_promise_is_kept_once(db: Database) -> None:
    promised(db, "a", "a")
    (parcel,) = claim_parcels(db, ONE, 10, NOW)
    assert (parcel.key, parcel.tries, parcel.made_at) == ("crm/calls/a", 1, NOW)
    assert parcel.notice == notice("a", "+a")
    assert claim_parcels(db, ONE, 10, NOW) == []
    assert settle_parcel(db, parcel, "ref-1", "", NOW + 5)
    assert claim_parcels(db, ONE, 10, NOW + 10) == []
    assert reference_of(db, "crm/calls/a") == "ref-1"
    promised(db, "a")
    assert claim_parcels(db, ONE, 10, NOW) == []


def test_each_connector_has_its_own(db: Database) -> None:
    promised(db, "a")
    promised(db, "a", connector="hook")
    assert calls_of(claim_parcels(db, Worker("one", "hook"), 10, NOW)) == ["a"]
    assert calls_of(claim_parcels(db, ONE, 10, NOW)) == ["a"]


def test_of_one_client_the_earlier_goes_first(db: Database) -> None:
    promised(db, "a", "b", "c", number="+1")
    promised(db, "d")
    first = claim_parcels(db, ONE, 10, NOW)
    assert calls_of(first) == ["a", "d"]
    assert put_off(db, first[0], NOW + 1000, Failure("503", counts=True))
    assert claim_parcels(db, TWO, 10, NOW) == []
    (again,) = claim_parcels(db, TWO, 10, NOW + 1000)
    assert (again.notice.call_id, again.tries, again.faults) == ("a", 2, 1)
    settle_parcel(db, again, "", "", NOW)
    assert calls_of(claim_parcels(db, ONE, 10, NOW)) == ["b"]


def test_what_is_parked_keeps_nobody_waiting(db: Database) -> None:
    promised(db, "a", "b", number="+1")
    (poison,) = claim_parcels(db, ONE, 10, NOW)
    assert park(db, poison, "no such field", NOW)
    assert calls_of(claim_parcels(db, ONE, 10, NOW)) == ["b"]
    assert db.rows("SELECT state, last_error FROM outbox WHERE id = ?", (poison.id,)) == [
        ("parked", "no such field")
    ]


def test_who_lost_his_lease_moves_nothing(db: Database) -> None:
    promised(db, "a")
    (slow,) = claim_parcels(db, ONE, 10, NOW)
    assert take_back(db, "", NOW + ONE.lease_ms) == 0
    assert take_back(db, "", NOW + ONE.lease_ms + 1) == 1
    (quick,) = claim_parcels(db, TWO, 10, NOW + ONE.lease_ms + 1)
    assert not settle_parcel(db, slow, "", "", NOW)
    assert not put_off(db, slow, NOW, Failure("x", counts=True))
    keep_reference(db, slow, "wrong")
    assert settle_parcel(db, quick, "", "", NOW)
    assert reference_of(db, quick.key) == ""


def test_a_node_that_died_begins_again_with_what_it_had(db: Database) -> None:
    promised(db, "a")
    (parcel,) = claim_parcels(db, ONE, 10, NOW)
    keep_reference(db, parcel, "externalCall.1")
    assert take_back(db, "two", NOW) == 0
    assert take_back(db, "one", NOW) == 1
    (again,) = claim_parcels(db, ONE, 10, NOW)
    assert (again.key, again.tries, again.faults) == (parcel.key, 2, 1)
    assert again.reference == "externalCall.1"


def test_what_was_not_tried_goes_back_as_it_was(db: Database) -> None:
    promised(db, "a")
    put_back(db, claim_parcels(db, ONE, 10, NOW))
    (parcel,) = claim_parcels(db, ONE, 10, NOW)
    assert parcel.tries == 1


def test_old_ones_are_parked_and_settled_ones_forgotten(db: Database) -> None:
    promised(db, "a", "b")
    (parcel,) = claim_parcels(db, ONE, 1, NOW)
    settle_parcel(db, parcel, "", "", NOW)
    assert expire(db, NOW, NOW + 1) == 0
    assert expire(db, NOW + 1, NOW + 1) == 1
    assert prune(db, NOW + 1, NOW + 1) == 1
    assert db.rows("SELECT state, last_error FROM outbox") == [("parked", "too old")]
    assert prune(db, NOW + 2, NOW + 2) == 1


def test_a_batch_is_as_large_as_it_is_asked_for(db: Database) -> None:
    promised(db, *"abcdefgh")
    assert calls_of(claim_parcels(db, ONE, 3, NOW)) == ["a", "b", "c"]
    assert calls_of(claim_parcels(db, TWO, 100, NOW)) == ["d", "e", "f", "g", "h"]


def test_what_cannot_be_read_is_parked_and_holds_nobody_up(db: Database) -> None:
    promised(db, "a", "b", "c", number="+1")
    for call, payload in (("a", '{"kind": "of another version"}'), ("b", "no JSON")):
        db.run("UPDATE outbox SET payload = ? WHERE key = ?", (payload, f"crm/calls/{call}"))
    assert claim_parcels(db, ONE, 10, NOW) == []
    assert claim_parcels(db, ONE, 10, NOW) == []
    assert calls_of(claim_parcels(db, ONE, 10, NOW)) == ["c"]
    rows = db.rows("SELECT state, last_error FROM outbox ORDER BY id")
    assert rows[:2] == [("parked", "what is to be told cannot be read")] * 2


notices = st.builds(
    Notice,
    kind=st.sampled_from(NoticeKind),
    call_id=st.text(),
    direction=st.sampled_from(Direction),
    number=st.text(),
    comment=st.text(),
    begun_at=st.integers(0, 2**50),
    joined_at=st.none() | st.integers(0, 2**50),
    task_id=st.none() | st.integers(0, 2**50),
)


@given(notices)
def test_a_notice_survives_its_json(told: Notice) -> None:
    assert notice_of(to_payload(told)) == told
