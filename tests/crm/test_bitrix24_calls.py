"""Bitrix24 has every call once, whatever answer is lost; by a webhook in the client's timeline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ccdialer.core.disposition import Disposition
from ccdialer.core.notice import NoticeKind
from ccdialer.core.queue import Fate
from ccdialer.crm.bitrix24_app import Bitrix24App
from ccdialer.crm.bitrix24_calls import STATUS_OF, STATUS_OF_CALLER, Bitrix24Calls
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.pace import Pace
from ccdialer.crm.saying import Voice
from ccdialer.crm.taking import NeverTaken, refusal_of
from ccdialer.crm.web import Web
from tests.crm.asking import CRM, opened, portal, settings_of
from tests.crm.fakes.bitrix24_calls import SAME_CALL_S, STATUS_CODES, CallingPortal
from tests.crm.fakes.losing import Losing, once
from tests.crm.fakes.server import FakeServer, Fault
from tests.crm.telling import CALL, MISSED, NOTE, VOICE, Memory, insist, parcel

STARTED = replace(CALL, kind=NoticeKind.STARTED, ended_at=None, result="", recording="")


@pytest.fixture
def there() -> CallingPortal:
    return CallingPortal(portal())


@pytest.fixture
def app(server: FakeServer, there: CallingPortal) -> Bitrix24Calls:
    web = Web(CRM.private, Pace(1000, 1000))
    known = Bitrix24App(f"{server.url}/rest/", web, lambda until, refused: there.access)
    return Bitrix24Calls("crm", known, VOICE, is_application=True)


@pytest.fixture
def hook(server: FakeServer) -> Bitrix24Calls:
    return Bitrix24Calls("crm", opened(settings_of("bitrix24", server)), VOICE)


# --- as an application --------------------------------------------------------------------------


def test_a_talk_is_registered_and_finished(app: Bitrix24Calls, there: CallingPortal) -> None:
    memory = Memory()
    taken = app.take(parcel(CALL), memory)
    (call,) = there.history
    assert taken.reference == call["CALL_ID"] == memory.kept[0]
    assert (call["USER_ID"], call["PHONE_NUMBER"], call["TYPE"]) == ("7", CALL.number, 1)
    assert (call["DURATION"], call["STATUS_CODE"], call["SHOW"]) == (90, "200", 0)
    assert call["CALL_START_DATE"] == "2026-11-18T11:06:40+00:00"
    assert call["EXTERNAL_CALL_ID"] == CALL.call_id
    (record,) = there.records
    where = "https://pbx.example.net/recordings/spring/2026-11-25/x%20y.wav"
    assert (record["RECORD_URL"], record["FILENAME"]) == (where, "x y.wav")


def test_what_was_shown_at_its_begin_is_finished_as_the_same_call(
    app: Bitrix24Calls, there: CallingPortal
) -> None:
    memory = Memory()
    memory.others[NoticeKind.STARTED] = app.take(parcel(STARTED), memory).reference
    there.now += 2 * SAME_CALL_S  # a long talk
    app.take(parcel(CALL), memory)
    (call,) = there.history
    assert call["SHOW"] == 1
    assert there.live == {}


def test_a_missed_call_is_in_the_name_of_the_configured_user(
    app: Bitrix24Calls, there: CallingPortal
) -> None:
    app.take(parcel(MISSED), Memory())
    (call,) = there.history
    assert (call["USER_ID"], call["TYPE"], call["STATUS_CODE"], call["DURATION"]) == (
        "8",
        2,
        "304",
        0,
    )
    assert there.records == []


def test_an_agent_who_is_not_mapped_is_known_by_his_phone(
    app: Bitrix24Calls, there: CallingPortal
) -> None:
    app = replace(app, voice=Voice())
    app.take(parcel(CALL), Memory())
    assert there.history[0]["USER_PHONE_INNER"] == "101"
    with pytest.raises(NeverTaken, match="set `user`"):
        app.take(parcel(MISSED), Memory())


@pytest.mark.parametrize("method", ["register", "finish", "attachRecord"])
def test_an_answer_that_is_lost_makes_no_second_call(
    app: Bitrix24Calls, there: CallingPortal, losing: Losing, method: str
) -> None:
    losing.loses = once(f"telephony.externalCall.{method}.json")
    insist(app, CALL)
    assert len(there.history) == 1
    assert there.live == {}
    assert {record["RECORD_URL"] for record in there.records} == {VOICE.recording_of(CALL)}


def test_a_call_that_the_portal_forgot_is_registered_anew(
    app: Bitrix24Calls, there: CallingPortal
) -> None:
    memory = Memory(others={NoticeKind.STARTED: "externalCall.gone.1"})
    app.take(parcel(CALL), memory)
    assert len(there.history) == 1


def test_what_the_portal_refuses_is_never_brought_again(
    app: Bitrix24Calls, there: CallingPortal
) -> None:
    with pytest.raises(NeverTaken, match="User is not found"):
        replace(app, voice=Voice(user="999")).take(parcel(MISSED), Memory())


def test_a_hidden_number_is_told_to_nobody(app: Bitrix24Calls, server: FakeServer) -> None:
    assert app.take(parcel(replace(MISSED, number="")), Memory()).note
    assert server.ledger == []


def test_every_result_has_a_code_of_the_portal() -> None:
    assert set(STATUS_OF) == set(Disposition)
    assert set(STATUS_OF_CALLER) == set(Fate)
    assert {*STATUS_OF.values(), *STATUS_OF_CALLER.values()} <= STATUS_CODES


# --- by an incoming webhook ---------------------------------------------------------------------


@pytest.mark.parametrize("notice", [CALL, MISSED, NOTE])
def test_a_webhook_writes_into_the_timeline(
    hook: Bitrix24Calls, there: CallingPortal, notice: object
) -> None:
    taken = hook.take(parcel(notice), Memory())  # type: ignore[arg-type]
    (comment,) = there.comments
    assert taken.reference == comment["ID"]
    assert (comment["ENTITY_TYPE"], comment["ENTITY_ID"]) == ("contact", 651)
    assert CALL.number in comment["COMMENT"]


def test_the_note_says_what_the_agent_said(hook: Bitrix24Calls, there: CallingPortal) -> None:
    hook.take(parcel(NOTE), Memory())
    text = there.comments[0]["COMMENT"]
    assert "Result: success (order)" in text
    assert "wants it on Monday" in text
    assert "Recording: https://pbx.example.net/" in text


def test_a_lost_answer_makes_no_second_comment(
    hook: Bitrix24Calls, there: CallingPortal, losing: Losing
) -> None:
    losing.loses = once("crm.timeline.comment.add.json")
    assert insist(hook, NOTE).reference == "900"
    assert len(there.comments) == 1


def test_who_is_unknown_has_no_timeline(hook: Bitrix24Calls, there: CallingPortal) -> None:
    taken = hook.take(parcel(replace(NOTE, number="+79160000000")), Memory())
    assert taken.note == "the portal knows nobody with this number"
    assert there.comments == []


def test_a_webhook_opens_no_card(hook: Bitrix24Calls, server: FakeServer) -> None:
    assert hook.take(parcel(STARTED), Memory()).note
    assert server.ledger == []


def test_a_webhook_that_is_believed_to_be_an_application_is_told_so(
    hook: Bitrix24Calls,
) -> None:
    with pytest.raises(CrmFault, match="WRONG_AUTH_TYPE") as caught:
        replace(hook, is_application=True).take(parcel(CALL), Memory())
    assert refusal_of(caught.value).is_away


# --- faults -------------------------------------------------------------------------------------

QUICK = [fault for fault in Fault if fault not in ("hang", "trickle_head", "trickle_body")]


@pytest.mark.parametrize("fault", QUICK)
def test_after_any_fault_it_is_taken_once(
    app: Bitrix24Calls, there: CallingPortal, server: FakeServer, fault: Fault
) -> None:
    server.next_faults.extend([fault, None, fault, None])
    insist(app, CALL)
    assert len(there.history) == 1
    assert there.live == {}


def test_who_is_too_often_asked_is_left_alone(app: Bitrix24Calls, server: FakeServer) -> None:
    server.fault = Fault.TOO_MANY_JSON
    server.limit_page = {"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"}
    server.limit_headers = {"Retry-After": "17"}
    with pytest.raises(CrmFault) as caught:
        app.take(parcel(CALL), Memory())
    assert refusal_of(caught.value).rest_s == 17.0


def test_the_time_for_a_notice_is_limited(
    app: Bitrix24Calls, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ccdialer.crm.bitrix24_calls.TAKE_S", 0.3)
    server.fault = Fault.HANG
    with pytest.raises(CrmFault) as caught:
        app.take(parcel(CALL), Memory())
    assert caught.value.reason == "crm_timeout"
    assert server.holding == 1  # the portal is still at it


# --- tokens -------------------------------------------------------------------------------------


def test_an_application_renews_its_token(
    server: FakeServer, there: CallingPortal, tmp_path: Path
) -> None:
    from ccdialer.crm_settings import Bitrix24
    from ccdialer.runtime.receivers import bitrix24_tokens

    kept = tmp_path / "tokens.json"
    kept.write_text('{"access_token": "old", "refresh_token": "refresh-0", "ends_at": 1e12}')
    settings = Bitrix24(client_id="app.1", client_secret="cs", tokens=str(kept))
    web = Web(CRM.private, Pace(1000, 1000))
    tokens = bitrix24_tokens(settings, web, server.url)
    known = Bitrix24App(f"{server.url}/rest/", web, tokens.access)
    Bitrix24Calls("crm", known, VOICE, is_application=True).take(parcel(CALL), Memory())
    assert len(there.history) == 1
    assert "refresh-1" in kept.read_text()
