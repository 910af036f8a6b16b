"""The shipped dialplan of inbound calls in a real Asterisk, with a daemon that is away, stalls,
closes in silence, or sends a call to each kind of target."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import sipp
from tests.lab.agi import Answers, Server
from tests.lab.asterisk import Asterisk, Plan
from tests.lab.callers import HOSTILE, Call, RawCall, callers, notes_of
from tests.lab.fixtures import leaks_of
from tests.lab.sipp import wait_until

pytestmark = pytest.mark.lab

DID = "74951230001"
ASKS_ONLY, APP_QUEUE = "74951230008", "74951230009"
CALLER = "79161234567"
HEAD = [
    b"agi_" + word.encode()
    for word in (
        *("network", "network_script", "request", "channel", "language", "type", "uniqueid"),
        *("version", "callerid", "calleridname", "callingpres", "callingani2", "callington"),
        *("callingtns", "dnid", "rdnis", "context", "extension", "priority", "enhanced"),
        *("accountcode", "threadid"),
    )
]


@pytest.fixture(scope="module")
def away() -> Iterator[Asterisk]:
    """An Asterisk whose daemon has never been there: Stasis() fails at once."""
    folder = Path(tempfile.mkdtemp(prefix="ccd-in-"))
    asterisk = Asterisk(folder, Plan(connect="inbound", route_limit_s=1, queue_limit_s=3, agents=3))
    asterisk.start()
    yield asterisk
    asterisk.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def switch(away: Asterisk) -> Iterator[Asterisk]:
    """The same; a test that leaves a channel behind fails."""
    yield away
    assert not leaks_of(away)


def call_in(asterisk: Asterisk, folder: Path, did: str = DID, stay_ms: int = 8000) -> list[str]:
    """One call to its end: what the caller has noted."""
    caller = callers(folder / "caller", [Call(CALLER, did, stay_ms)], asterisk.plan)
    caller.wait()
    return [note.word for note in notes_of(caller)]


def global_of(asterisk: Asterisk, name: str) -> str:
    lines = asterisk.command("dialplan show globals").splitlines()
    found = [line.split("=", 1)[1] for line in lines if line.strip().startswith(f"{name}=")]
    return found[0] if found else ""


def kept(asterisk: Asterisk) -> list[str]:
    """What it would have told of calls that are over, the first that ended first."""
    lines = asterisk.command("database show ccdialer-kept").splitlines()
    return [line.partition(": ")[2].strip() for line in lines if line.startswith("/")]


def test_no_daemon_the_sites_fallback_has_the_call(switch: Asterisk, tmp_path: Path) -> None:
    assert call_in(switch, tmp_path) == ["INVITE", "ANSWER", "HANGUP"]
    assert global_of(switch, "LAB_FALLBACK") == "agi_failure"
    assert "the fallback has" in switch.log()
    assert CALLER not in switch.log()
    (word,) = kept(switch)
    assert word.startswith(f"lost_call?call=&did={DID}&queue=&waited=")
    assert f"&reason=agi_failure&caller={CALLER}&channel=" in word


def test_a_daemon_that_stalls_has_its_time_and_no_more(switch: Asterisk, tmp_path: Path) -> None:
    with Server(switch.plan.agi_port, None) as server:
        assert call_in(switch, tmp_path) == ["INVITE", "ANSWER", "HANGUP"]
        assert global_of(switch, "LAB_FALLBACK") == "agi_stalled"
        assert server.requests == [f"route_by_stage?did={DID}"]
    assert "&reason=agi_stalled&" in kept(switch)[-1]


def test_a_daemon_that_closes_in_silence_has_not_answered(switch: Asterisk, tmp_path: Path) -> None:
    with Server(switch.plan.agi_port, {}):
        assert call_in(switch, tmp_path) == ["INVITE", "ANSWER", "HANGUP"]
        assert global_of(switch, "LAB_FALLBACK") == "agi_silent"
        wait_until(lambda: any("&reason=agi_silent&" in word for word in kept(switch)))


# --- a daemon that answers: where each kind of target goes ---------------------------------------


def route(kind: str, target: str = "", **more: str) -> dict[str, dict[str, str]]:
    """What route_by_stage sets; the status comes last."""
    name = {"CCD_TARGET_KIND": kind, "CCD_TARGET": target, "CCD_CALL": "c" * 32, **more}
    return {"route_by_stage": {**name, "CCD_STATUS": "OK"}, "lost_call": {"CCD_STATUS": "OK"}}


def test_an_extension_is_the_sites_and_who_answers_has_talked(
    switch: Asterisk, tmp_path: Path
) -> None:
    phones = sipp.phones(tmp_path / "phones", switch.plan.phones_port)
    answers = route("extension", "202") | {"talked": {"CCD_STATUS": "OK"}}
    with Server(switch.plan.agi_port, answers) as server:
        assert call_in(switch, tmp_path, stay_ms=1500) == ["INVITE", "ANSWER", "BYE"]
        wait_until(lambda: server.asked("talked"))
        (told,) = server.asked("talked")
        assert "agent=PJSIP%2Fagent2" in told
        assert f"call={'c' * 32}" in told
        assert not server.asked("lost_call")
    phones.stop()


@pytest.mark.parametrize(
    ("answers", "noted"),
    [
        (route("hangup"), ["INVITE", "486"]),
        (route("announcement", "beep"), ["INVITE", "ANSWER", "HANGUP"]),
        (route("announcement", "sound%3Abeep"), ["INVITE", "ANSWER", "HANGUP"]),
    ],
)
def test_ends_that_need_nobody(
    switch: Asterisk, tmp_path: Path, answers: Answers, noted: list[str]
) -> None:
    with Server(switch.plan.agi_port, answers) as server:
        assert call_in(switch, tmp_path) == noted
        if "ANSWER" in noted:
            wait_until(lambda: server.asked("lost_call"))
        assert len(server.asked("lost_call")) == noted.count("ANSWER")


LISTED = {"callback_request": {"CCD_STATUS": "DENIED", "CCD_REASON": "do_not_call"}}


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (route("extension", "999"), "no_extension"),
        (route("extension", "202%2C1%2Clab-callee"), "no_extension"),
        (route("nowhere"), "no_target"),
        (route(""), "no_target"),
        (route("voicemail", "100"), "no_voicemail"),
        (route("callback", "promises"), "no_callback"),
        (route("callback", "promises") | LISTED, "do_not_call"),
        (route("queue", "sales", CCD_QUEUE="sales"), "queue_away"),
        ({"route_by_stage": {"CCD_STATUS": "ERROR", "CCD_REASON": "no_rules"}}, "no_rules"),
    ],
)
def test_whatever_cannot_be_done_is_the_fallbacks(
    switch: Asterisk, tmp_path: Path, answers: Answers, reason: str
) -> None:
    with Server(switch.plan.agi_port, answers) as server:
        assert call_in(switch, tmp_path) == ["INVITE", "ANSWER", "HANGUP"]
        assert global_of(switch, "LAB_FALLBACK") == reason
        wait_until(lambda: server.asked("lost_call"))
        assert f"reason={reason}" in server.asked("lost_call")[0]


def test_who_asks_for_a_callback_is_thanked_and_not_lost(switch: Asterisk, tmp_path: Path) -> None:
    answers = route("callback", "promises") | {"callback_request": {"CCD_STATUS": "OK"}}
    with Server(switch.plan.agi_port, answers) as server:
        assert call_in(switch, tmp_path) == ["INVITE", "ANSWER", "HANGUP"]
        (asked,) = server.asked("callback_request")
        assert "campaign=promises" in asked
        assert not server.asked("lost_call")


def test_who_hangs_up_on_the_way_is_told_of(switch: Asterisk, tmp_path: Path) -> None:
    phones = sipp.phones(tmp_path / "phones", switch.plan.phones_port, "rings")
    with Server(switch.plan.agi_port, route("extension", "201")) as server:
        assert call_in(switch, tmp_path, stay_ms=700) == ["INVITE", "CANCEL"]
        wait_until(lambda: server.asked("lost_call"))
        assert "reason=" not in server.asked("lost_call")[0].removesuffix("&reason=")
        assert not server.asked("talked")
    phones.stop()


@pytest.mark.parametrize(("moment", "is_told"), [("talk", False), ("waits", False), ("back", True)])
def test_who_hangs_up_in_a_queue_is_its_own_until_it_gives_him_back(
    switch: Asterisk, tmp_path: Path, moment: str, is_told: bool
) -> None:
    with Server(switch.plan.agi_port, route("extension", moment)) as server:
        call_in(switch, tmp_path)
        wait_until(lambda: not leaks_of(switch))
        assert bool(server.asked("lost_call")) == is_told


def test_a_dialplan_of_the_sites_own_only_asks(switch: Asterisk, tmp_path: Path) -> None:
    with Server(switch.plan.agi_port, route("queue", "sales")) as server:
        call_in(switch, tmp_path, did=ASKS_ONLY)
        assert global_of(switch, "LAB_ROUTE") == "OK::queue:sales"
        assert server.requests == [f"route_by_stage?did={ASKS_ONLY}"]
    call_in(switch, tmp_path, did=ASKS_ONLY)
    assert global_of(switch, "LAB_ROUTE") == "ERROR:agi_failure::"


# --- a site that keeps its app_queue -------------------------------------------------------------


CONSULTANTS = route("queue", "clinic/consultants", CCD_QUEUE="clinic/consultants")


@pytest.mark.parametrize("manner", ["answers", "rings"])
def test_app_queue(switch: Asterisk, tmp_path: Path, manner: str) -> None:
    """Who is answered has talked with that phone; whom nobody answers leaves, or comes back."""
    phones = sipp.phones(tmp_path / "phones", switch.plan.phones_port, manner)
    stay_ms = 2000
    with Server(switch.plan.agi_port, CONSULTANTS | {"talked": {"CCD_STATUS": "OK"}}) as server:
        noted = call_in(switch, tmp_path, APP_QUEUE, stay_ms)
        told = "talked" if manner == "answers" else "lost_call"
        wait_until(lambda: server.asked(told))
        assert len(server.requests) == 2
        assert "queue=clinic/consultants" in server.asked(told)[0]
    if manner == "answers":
        assert "agent=PJSIP%2Fagent" in server.asked(told)[0]
        assert re.search(r"&seconds=[1-9]$", server.asked(told)[0])
    assert noted[-1] in ("BYE", "CANCEL")
    phones.stop()


def test_app_queue_that_nobody_answers_ends_at_the_fallback(
    switch: Asterisk, tmp_path: Path
) -> None:
    phones = sipp.phones(tmp_path / "phones", switch.plan.phones_port, "rings")
    with Server(switch.plan.agi_port, CONSULTANTS):
        call_in(switch, tmp_path, APP_QUEUE, 9000)
        assert global_of(switch, "LAB_FALLBACK") == "queue_timeout"
    phones.stop()


def test_app_queue_rings_the_owner_first(switch: Asterisk, tmp_path: Path) -> None:
    phones = sipp.phones(tmp_path / "phones", switch.plan.phones_port)
    owned = route("queue", "consultants", CCD_OWNER_PHONE="PJSIP%2Fagent3", CCD_OWNER_WAIT="5")
    answers = owned | {"talked": {"CCD_STATUS": "OK"}}
    with Server(switch.plan.agi_port, answers) as server:
        call_in(switch, tmp_path, APP_QUEUE, 1500)
        wait_until(lambda: server.asked("talked"))
        assert "agent=PJSIP%2Fagent3" in server.asked("talked")[0]
    assert {note.number for note in phones.notes() if note.word == "INVITE"} == {"agent3"}
    phones.stop()


# --- callers who call themselves what they like --------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_caller_is_a_caller(switch: Asterisk, name: bytes) -> None:
    """His name comes as one line of the head, and nothing of it is carried out."""
    call = RawCall(switch.plan, DID.encode(), b"%2B" + CALLER.encode(), name)
    with Server(switch.plan.agi_port, route("announcement", "beep")) as server, call:
        status = call.invite()
        assert status in (200, 400, 0)  # 400, 0: Asterisk itself refuses the message
        if status == 200:
            call.hang_up()
            wait_until(lambda: server.asked("lost_call"))
            assert [line.partition(b":")[0] for line in server.heads[0]] == HEAD
            assert server.requests[0] == f"route_by_stage?did={DID}"
    assert not global_of(switch, "LAB_HACKED")


@pytest.mark.parametrize(
    ("did", "seen"),
    [
        (b"7495%2C1%2Clab-callee", "74951"),
        (b"7495%26$%7BSET(GLOBAL(LAB_HACKED)=1)%7D", "74951"),
        (b"%2B7495%22%0D%0A1", "%2B74951"),
        (b"1" * 79, "1" * 79),
    ],
)
def test_a_hostile_called_number_is_its_digits(switch: Asterisk, did: bytes, seen: str) -> None:
    call = RawCall(switch.plan, did, CALLER.encode(), b"Anna")
    with Server(switch.plan.agi_port, route("announcement", "beep")) as server, call:
        status = call.invite()
        assert status in (200, 404)
        if status == 200:
            call.hang_up()
            wait_until(lambda: server.asked("lost_call"))
            assert server.requests[0] == f"route_by_stage?did={seen}"
    assert not global_of(switch, "LAB_HACKED")
