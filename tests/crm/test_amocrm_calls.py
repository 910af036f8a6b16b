"""amoCRM has every call and every note once, whatever answer is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer.core.notice import Notice, NoticeKind
from ccdialer.core.queue import Fate
from ccdialer.crm.amocrm_calls import STATUS_OF_CALLER, AmoCrmCalls
from ccdialer.crm.taking import NeverTaken
from tests.crm.asking import account, opened, settings_of
from tests.crm.fakes.amocrm import lead
from tests.crm.fakes.amocrm_calls import CallingAccount, Repeat
from tests.crm.fakes.losing import Losing, once
from tests.crm.fakes.server import FakeServer, Fault
from tests.crm.telling import CALL, MISSED, NOTE, VOICE, Memory, insist, parcel

STRANGER = "+79160000000"


@pytest.fixture
def there() -> CallingAccount:
    return CallingAccount(account())


@pytest.fixture
def amo(server: FakeServer) -> AmoCrmCalls:
    return AmoCrmCalls("crm", opened(settings_of("amocrm", server, per_s=1000, burst=1000)), VOICE)


def test_a_call_is_written_with_its_key(amo: AmoCrmCalls, there: CallingAccount) -> None:
    taken = amo.take(parcel(CALL), Memory())
    (call,) = there.calls
    assert taken.reference == str(call.pop("id"))
    assert call.pop("placed") == ("leads", 901)
    assert call == {
        "direction": "outbound",
        "uniq": CALL.call_id,
        "duration": 90,
        "source": "ccdialer",
        "phone": CALL.number,
        "call_result": "talked",
        "call_status": 4,
        "created_at": 1_795_000_000,
        "link": VOICE.recording_of(CALL),
        "responsible_user_id": 7,
    }


def test_a_missed_call_was_not_answered(amo: AmoCrmCalls, there: CallingAccount) -> None:
    amo.take(parcel(MISSED), Memory())
    (call,) = there.calls
    assert (call["direction"], call["call_status"], call["duration"]) == ("inbound", 6, 0)
    assert (call["responsible_user_id"], "link" in call) == (8, False)


def test_every_fate_has_a_status() -> None:
    assert set(STATUS_OF_CALLER) == set(Fate)


@pytest.mark.parametrize(("notice", "path"), [(CALL, "/calls"), (NOTE, "/notes")])
def test_a_lost_answer_writes_nothing_twice(
    amo: AmoCrmCalls, there: CallingAccount, losing: Losing, notice: object, path: str
) -> None:
    losing.loses = once(path)
    insist(amo, notice)  # type: ignore[arg-type]
    assert len(there.calls) + len(there.notes) == 1


@pytest.mark.parametrize("repeat", list(Repeat))
@pytest.mark.parametrize("leads", [[], [901], [901, 902]])
@pytest.mark.parametrize("notice", [CALL, MISSED])
def test_a_call_is_written_once_whatever_the_account_makes_of_its_key(
    amo: AmoCrmCalls,
    there: CallingAccount,
    losing: Losing,
    repeat: Repeat,
    leads: list[int],
    notice: Notice,
) -> None:
    """It stands at the one open lead, or at the client; there it is looked for."""
    there.repeat = repeat
    there.account.contacts[0]["_embedded"]["leads"] = [{"id": each} for each in leads]
    there.account.leads = [lead(each, 502, 1790000000) for each in leads]
    losing.loses = once("/calls")
    taken = insist(amo, notice)
    (call,) = there.calls
    assert call["placed"][0] == ("leads" if len(leads) == 1 else "contacts")
    assert taken.reference == str(call["id"])


def test_a_key_that_is_refused_is_one_that_is_known(
    amo: AmoCrmCalls, there: CallingAccount, server: FakeServer
) -> None:
    """It stands where it is not looked for, as at a company; at a first try it is a fault."""
    there.repeat = Repeat.REFUSED
    amo.take(parcel(CALL), Memory())
    there.calls[0]["placed"] = ("companies", 5)
    assert amo.take(parcel(CALL, tries=2), Memory()).note == "the account has this call"
    with pytest.raises(NeverTaken, match="uniq"):
        amo.take(parcel(CALL), Memory())


def test_a_note_is_at_the_clients_card(amo: AmoCrmCalls, there: CallingAccount) -> None:
    amo.take(parcel(NOTE), Memory())
    (note,) = there.notes
    assert note["entity_id"] == 11
    assert "Result: success (order)" in note["params"]["text"]


@pytest.mark.parametrize("notice", [CALL, NOTE])
def test_who_is_unknown_is_no_trouble(amo: AmoCrmCalls, notice: object) -> None:
    stranger = replace(notice, number=STRANGER)  # type: ignore[type-var]
    taken = amo.take(parcel(stranger), Memory())  # type: ignore[arg-type]
    assert taken.note == "the account knows nobody with this number"


def test_what_is_invalid_is_never_taken(amo: AmoCrmCalls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccdialer.crm.amocrm_calls.UNKNOWN", 99)
    with pytest.raises(NeverTaken, match="call_status"):
        amo.take(parcel(replace(CALL, result="something new")), Memory())


def test_a_begin_and_a_hidden_number_are_not_told(amo: AmoCrmCalls, server: FakeServer) -> None:
    assert amo.take(parcel(replace(CALL, kind=NoticeKind.STARTED)), Memory()).note
    assert amo.take(parcel(replace(MISSED, number="")), Memory()).note
    assert server.ledger == []


QUICK = [fault for fault in Fault if fault not in ("hang", "trickle_head", "trickle_body")]


@pytest.mark.parametrize("fault", QUICK)
@pytest.mark.parametrize("notice", [CALL, NOTE])
def test_after_any_fault_it_is_written_once(
    amo: AmoCrmCalls, there: CallingAccount, server: FakeServer, fault: Fault, notice: object
) -> None:
    server.next_faults.extend([fault, None, fault])
    insist(amo, notice)  # type: ignore[arg-type]
    assert len(there.calls) + len(there.notes) == 1
