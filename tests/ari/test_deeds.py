"""Commands as requests, and refusals as events: pure, no Asterisk."""

from __future__ import annotations

import pytest

from ccdialer.ari import deeds
from ccdialer.ari.words import Reply, Request, lost, unsent
from ccdialer.core.commands import (
    CloseBridge,
    DetectMachine,
    Entertain,
    HangUp,
    Hush,
    Join,
    OpenBridge,
    Originate,
    Play,
    SendBack,
    StartRecording,
    StopRecording,
    SwitchCommand,
)
from ccdialer.core.events import (
    CommandFailed,
    Event,
    LegEnded,
    OriginateFailed,
    PlaybackEnded,
    RecordingFailed,
    SendBackFailed,
)

ONE, TWO = deeds.Style("app", two_step=False), deeds.Style("app", two_step=True)
CALL = Originate("ccd-1", "PJSIP/100@trunk", "4930", 20.2, 60.0)
RECORD = StartRecording("r", "l", "2026-11-25/1", "wav")
NO_BRIDGE = "404 Bridge not found"
REFUSED = Reply(500, "Internal Server Error", '{"error":"Allocation failed"}')


def test_a_leg_is_originated_in_one_request() -> None:
    (request,) = deeds.requests_for(CALL, ONE)
    assert (request.method, request.path) == ("POST", "channels/ccd-1")
    assert request.body == {
        "endpoint": "PJSIP/100@trunk",
        "app": "app",
        "variables": {"TIMEOUT(absolute)": "60"},
        "timeout": 21,
        "callerId": "4930",
    }


def test_or_created_and_then_dialed() -> None:
    (create,) = deeds.requests_for(CALL, TWO)
    assert (create.method, create.path) == ("POST", "channels/create")
    assert create.body is not None
    assert create.body["channelId"] == "ccd-1"
    assert create.body["variables"]["CONNECTEDLINE(num,i)"] == "4930"
    assert deeds.second_step(CALL) == Request("POST", "channels/ccd-1/dial", {"timeout": 21})


def test_an_agents_phone_is_asked_to_answer_by_itself() -> None:
    phone = Originate("ccd-1", "PJSIP/anna", "1", 0.0, 60.0, auto_answer=True)
    (request,) = deeds.requests_for(phone, ONE)
    assert request.body is not None
    assert "answer-after=0" in request.body["variables"]["PJSIP_HEADER(add,Call-Info)"]
    assert request.body["timeout"] == 1  # 0 would ring for ever


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (Join("b", "l"), [Request("POST", "bridges/b/addChannel", {"channel": ["l"]})]),
        (
            OpenBridge("b", ("l", "m")),
            [
                Request("POST", "bridges/b", {"type": "mixing"}),
                Request("POST", "bridges/b/addChannel", {"channel": ["l", "m"]}),
            ],
        ),
        (OpenBridge("b", ()), [Request("POST", "bridges/b", {"type": "mixing"})]),
        (CloseBridge("b"), [Request("DELETE", "bridges/b")]),
        (
            Play("p", "l", "sound:a,digits:4"),
            [Request("POST", "channels/l/play/p", {"media": ["sound:a", "digits:4"]})],
        ),
        (HangUp("l"), [Request("DELETE", "channels/l")]),
        (RECORD, [Request("POST", "channels/l/snoop/r", {"app": "app", "spy": "both"})]),
        (StopRecording("r"), [Request("DELETE", "channels/r")]),
        (
            DetectMachine("l"),
            [
                Request(
                    "POST",
                    "channels/l/continue",
                    {"context": "ccdialer-amd", "extension": "s", "priority": 1},
                )
            ],
        ),
    ],
)
def test_commands_are_requests(command: SwitchCommand, expected: list[Request]) -> None:
    assert list(deeds.requests_for(command, ONE)) == expected


@pytest.mark.parametrize(
    ("command", "reply", "expected"),
    [
        (CALL, REFUSED, [OriginateFailed("ccd-1", True, "500 Allocation failed")]),
        (CALL, lost("gone"), [OriginateFailed("ccd-1", False, "gone")]),
        (CALL, unsent("away"), [OriginateFailed("ccd-1", True, "away")]),
        (CALL, Reply(409, "Conflict"), []),
        (Join("b", "l"), REFUSED, [CommandFailed("l", "Join", "500 Allocation failed", "b")]),
        (Join("b", "l"), Reply(400, "Channel not found"), [LegEnded("l", 0)]),
        (Join("b", "l"), Reply(422, "not in Stasis"), [LegEnded("l", 0)]),
        (
            Join("b", "l"),
            Reply(404, "Bridge not found"),
            [CommandFailed("l", "Join", NO_BRIDGE, "b")],
        ),
        (
            OpenBridge("b", ("l", "m")),
            REFUSED,
            [CommandFailed("l", "OpenBridge", "500 Allocation failed", "b")],
        ),
        (
            DetectMachine("l"),
            REFUSED,
            [CommandFailed("l", "DetectMachine", "500 Allocation failed")],
        ),
        (Play("p", "l", "sound:a"), REFUSED, [PlaybackEnded("p")]),
        (HangUp("l"), REFUSED, []),
        (
            RECORD,
            REFUSED,
            [RecordingFailed("2026-11-25/1", "Asterisk refuses it: 500 Allocation failed")],
        ),
        (StopRecording("r"), REFUSED, []),
        (CloseBridge("b"), REFUSED, []),
    ],
)
def test_refusals_are_events(command: SwitchCommand, reply: Reply, expected: list[Event]) -> None:
    assert list(deeds.failure(command, reply)) == expected


def test_a_talk_is_recorded_in_two_steps_and_never_over_another() -> None:
    assert deeds.is_two_step(RECORD, ONE)
    assert deeds.second_step(RECORD) == Request(
        "POST",
        "channels/r/record",
        {"name": "2026-11-25/1", "format": "wav", "ifExists": "fail"},
    )
    assert deeds.unmade(RECORD, REFUSED) == deeds.failure(RECORD, REFUSED)
    assert not deeds.is_two_step(CALL, ONE)
    assert deeds.is_two_step(CALL, TWO)


def test_commands_on_one_leg_or_bridge_share_a_key() -> None:
    assert deeds.keys(OpenBridge("b", ("l",))) == ("b", "l")
    assert deeds.keys(Join("b", "m")) == ("b", "m")
    assert deeds.keys(CloseBridge("b")) == ("b",)
    assert deeds.keys(HangUp("l")) == ("l",)
    assert deeds.keys(RECORD) == ("r", "l")
    assert deeds.keys(StopRecording("r")) == ("r",)


def test_a_phone_that_calls_is_answered_and_followed() -> None:
    follow, answer = deeds.take_up("1.2", ONE, up=False)
    assert follow.path == "applications/app/subscription"
    assert follow.body == {"eventSource": ["channel:1.2"]}
    assert answer.path == "channels/1.2/answer"
    assert deeds.take_up("1.2", ONE, up=True) == (follow,)


# --- callers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("music", "path"), [("jazz", "moh"), ("", "ring")])
def test_a_caller_is_answered_before_he_hears_anything(music: str, path: str) -> None:
    answer, entertain = deeds.requests_for(Entertain("l", music), ONE)
    assert answer == Request("POST", "channels/l/answer")
    assert entertain.path == f"channels/l/{path}"
    assert deeds.requests_for(Hush("l", music), ONE) == (Request("DELETE", f"channels/l/{path}"),)


def test_a_sound_is_stopped_before_anything_else_would_wait_for_it() -> None:
    _, last = deeds.requests_for(Hush("l", "jazz", "ccd-1-p6"), ONE)
    assert last == Request("DELETE", "playbacks/ccd-1-p6")


def test_a_caller_goes_back_with_his_variables_set_first() -> None:
    back = SendBack("l", (("CCD_QUEUE_STATUS", "FULL"), ("CCD_TARGET", "")))
    *told, last = deeds.requests_for(back, ONE)
    assert [request.body for request in told] == [
        {"variable": "CCD_QUEUE_STATUS", "value": "FULL"},
        {"variable": "CCD_TARGET", "value": ""},
    ]
    assert last == Request("POST", "channels/l/continue")


@pytest.mark.parametrize("value", ["${SHELL(id)}", "a,b", "a\nb", "x" * 641, "a b", "&"])
def test_nothing_of_which_a_dialplan_makes_a_command_is_set(value: str) -> None:
    with pytest.raises(ValueError, match="CCD_TARGET"):
        deeds.requests_for(SendBack("l", (("CCD_TARGET", value),)), ONE)


def test_a_caller_who_is_gone_or_not_ours_any_more_has_left() -> None:
    for status in (404, 409):
        assert deeds.failure(Entertain("l", ""), Reply(status)) == (LegEnded("l", 0),)
    assert deeds.failure(Entertain("l", ""), REFUSED) == ()


def test_whom_the_dialplan_cannot_have_any_more_has_left() -> None:
    back = SendBack("l", (), "a" * 32)
    for status in (404, 409):
        assert deeds.failure(back, Reply(status)) == (SendBackFailed("a" * 32),)
    assert deeds.failure(back, REFUSED) == deeds.failure(back, lost("?")) == ()
