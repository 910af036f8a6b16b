"""What Asterisk 22.10.1 really sent, one event a line, and what the core must be told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ccdialer.ari.translate import LONGEST, LONGEST_QUEUE, Translator, callers_among
from ccdialer.core.attempt import recorder
from ccdialer.core.events import (
    CallerArrived,
    DigitPressed,
    Event,
    LegAnswered,
    LegEnded,
    LegJoined,
    LegRinging,
    MachineJudged,
    PhoneCalled,
    PlaybackEnded,
    RecordingEnded,
    RecordingFailed,
    RecordingStarted,
)

TRANSCRIPTS = Path(__file__).parent / "transcripts"
CLIENT, AGENT = f"ccd-{'0' * 31}1-c1", f"ccd-{'0' * 31}2-c1"
BRIDGE = f"ccd-{'0' * 32}-b1"
RECORDING = f"2026-11-25/{'0' * 31}1"
PHONE = "1795306893.9"

ANSWERED = [
    LegAnswered(AGENT),
    LegRinging(CLIENT),
    LegAnswered(CLIENT),
    LegJoined(BRIDGE, AGENT),
    LegJoined(BRIDGE, CLIENT),
    PlaybackEnded("ccd-p1"),
]
STORIES: dict[str, list[Event]] = {
    "answered_outbound": [*ANSWERED, LegEnded(AGENT, 16), LegEnded(CLIENT, 16)],
    "answered_inbound": [*ANSWERED, LegEnded(CLIENT, 16), LegEnded(AGENT, 16)],
    "caller": [
        CallerArrived(PHONE, "sales A", "0" * 31 + "1", "79161234567", "Ivan", "74951234567"),
        LegEnded(PHONE, 0),
    ],
    "busy": [LegEnded(CLIENT, 17, 486)],
    "away_480": [LegEnded(CLIENT, 19, 480)],
    "own_timeout": [LegRinging(CLIENT), LegEnded(CLIENT, 19, None)],
    "machine": [
        LegAnswered(CLIENT),
        MachineJudged(CLIENT, True, "MACHINE/LONGGREETING-1500-1500"),
        LegEnded(CLIENT, 16),
    ],
    "person": [
        LegAnswered(CLIENT),
        MachineJudged(CLIENT, False, "HUMAN/HUMAN-800-800"),
        LegEnded(CLIENT, 16),
    ],
    "recorded": [
        *(LegAnswered(AGENT), LegAnswered(CLIENT)),
        *(LegJoined(BRIDGE, AGENT), LegJoined(BRIDGE, CLIENT)),
        RecordingStarted(RECORDING),
        RecordingFailed(f"{RECORDING}-2", "Cannot record channel while in bridge"),
        RecordingEnded(RECORDING, 2),
        *(LegEnded(CLIENT, 16), LegEnded(AGENT, 16)),
    ],
    "feature": [PhoneCalled(PHONE, "PJSIP/agent3", "pause", "2"), LegEnded(PHONE, 16)],
    "digits": [
        LegAnswered(CLIENT),
        *(DigitPressed(f"{CLIENT};2", digit) for digit in "*43"),
        LegEnded(CLIENT, 16),
        LegEnded(f"{CLIENT};2", 16),
    ],
}


def events_of(story: str) -> list[dict[str, Any]]:
    lines = (TRANSCRIPTS / f"{story}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_told_to_the_core(story: str) -> None:
    translate = Translator(two_step=story.endswith("_inbound"))
    told = [event for seen in events_of(story) for event in translate(seen)]
    assert told == STORIES[story]


def test_every_transcript_has_its_story() -> None:
    assert {path.stem for path in TRANSCRIPTS.glob("*.jsonl")} == set(STORIES)


def test_unknown_and_half_events_mean_nothing() -> None:
    translate = Translator(two_step=False)
    channel = {"id": "1.1", "state": "Up"}
    for event in (
        {"type": "Dial"},
        {},
        {"type": "StasisStart", "channel": channel},
        {"type": "StasisStart", "channel": channel, "args": ["feature"]},
        {"type": "StasisStart", "channel": channel, "args": ["feature", "login"]},
    ):
        assert translate(event) == ()


@pytest.mark.parametrize("two_step", [True, False])
def test_a_channel_that_only_listens_is_nobody_s_leg(two_step: bool) -> None:
    translate = Translator(two_step)
    listening = {"id": recorder("0" * 31 + "1", 1), "state": "Up"}
    for kind in ("StasisStart", "ChannelStateChange"):
        assert translate({"type": kind, "channel": listening, "args": []}) == ()
    assert translate({"type": "ChannelDestroyed", "channel": listening, "cause": 16}) == ()


def test_a_verdict_without_a_cause_is_still_one() -> None:
    start = {"type": "StasisStart", "channel": {"id": "1", "state": "Up"}, "args": ["amd"]}
    assert Translator(two_step=False)(start) == (MachineJudged("1", False, "NOTSURE/"),)


def test_asterisk_is_asked_for_every_type_that_means_something() -> None:
    seen = {event["type"] for story in STORIES for event in events_of(story)}
    assert seen == set(Translator(two_step=False).wanted)


# --- callers ------------------------------------------------------------------------------------


def channel(**changes: Any) -> dict[str, Any]:
    known = {"id": PHONE, "state": "Ring", "caller": {"name": "", "number": ""}}
    return {**known, "dialplan": {"exten": "74950000000"}, **changes}


def started(*args: str, **changes: Any) -> list[Event]:
    event = {"type": "StasisStart", "args": list(args), "channel": channel(**changes)}
    return list(Translator(two_step=True)(event))


def test_a_caller_s_did_is_the_extension_where_the_dialplan_names_none() -> None:
    assert started("queue", "sales") == [CallerArrived(PHONE, "sales", "", "", "", "74950000000")]


def test_hostile_text_of_the_line_is_cut_and_stays_text() -> None:
    name = "${SHELL(rm)}\n" * 10_000
    (event,) = started("queue", "a" * 70_000, caller={"name": name, "number": name})
    assert isinstance(event, CallerArrived)
    assert event.name == event.number == name[:LONGEST]
    assert event.queue == "a" * LONGEST_QUEUE


def test_callers_are_known_by_the_words_of_their_stasis() -> None:
    ours = channel(dialplan={"exten": "1", "app_name": "Stasis", "app_data": "cc,queue,a%20b,,7"})
    places = [
        {"exten": "1", "app_name": "Stasis", "app_data": "other,queue,sales"},
        {"exten": "1", "app_name": "Stasis", "app_data": "cc,feature,login"},
        {"exten": "1", "app_name": "Wait", "app_data": "cc,queue,sales"},
        {"exten": "1"},
    ]
    found = callers_among([ours, *(channel(dialplan=place) for place in places)], "cc")
    assert found == (CallerArrived(PHONE, "a b", "", "", "", "7"),)


def test_a_caller_who_leaves_us_is_gone_and_a_leg_of_ours_is_not_yet() -> None:
    translate = Translator(two_step=True)
    place = {"exten": "1", "app_name": "Stasis", "app_data": "cc,queue,sales"}
    left = {"type": "StasisEnd", "channel": channel(dialplan=place)}
    assert translate(left) == (LegEnded(PHONE, 0),)
    assert translate({"type": "StasisEnd", "channel": channel()}) == ()
