"""The witness of bridges must not be satisfied by anything but the truth."""

from __future__ import annotations

import pytest

from tests.lab import witness
from tests.lab.ari import Json
from tests.lab.witness import Said, Stay, faults_of, stays_of

ANNA, BORIS, AGENT = "1764.1", "1764.2", "ccd-a-s1"
HERE = Stay(AGENT, "x", 0.0, 100.0)
TALK = Stay(ANNA, "x", 10.0, 20.0)


def test_who_talked_and_is_said_to_is_no_fault() -> None:
    said = [Said(ANNA, "answered"), Said(BORIS, "left")]
    assert faults_of([HERE, TALK], said, 4.0) == []


@pytest.mark.parametrize(
    ("stays", "fates", "fault"),
    [
        ([HERE, TALK, Stay(BORIS, "x", 15.0, 30.0)], ("answered", "answered"), "at once"),
        ([HERE, TALK, Stay("ccd-b-s1", "x", 12.0)], ("answered", "left"), "at once"),
        ([HERE, TALK, Stay(ANNA, "y", 25.0, 30.0)], ("answered", "left"), "and then in y"),
        ([HERE, TALK, Stay(ANNA, "y", 19.0, 30.0)], ("answered", "left"), "and then in y"),
        ([HERE], ("answered", "left"), "was in no bridge"),
        ([HERE, TALK], ("left", "left"), "talked for 10.0 s"),
    ],
)
def test_each_untruth_is_named(stays: list[Stay], fates: tuple[str, str], fault: str) -> None:
    said = [Said(ANNA, fates[0]), Said(BORIS, fates[1])]
    assert any(fault in sentence for sentence in faults_of(stays, said, 4.0))


def event(kind: str, second: int) -> Json:
    at = f"2026-11-25T10:00:{second:02}.000+0000"
    return {"type": kind, "timestamp": at, "channel": {"id": ANNA}, "bridge": {"id": "x"}}


def test_stays_are_read_from_what_asterisk_tells() -> None:
    told = [event("ChannelEnteredBridge", 1), event("ChannelLeftBridge", 4)]
    (stay,) = stays_of([*told, {"type": "ChannelDestroyed"}])
    assert (stay.channel, stay.bridge, stay.until - stay.since) == (ANNA, "x", 3.0)
    assert stays_of(told[:1])[0].until > 1e12


def test_who_was_asked_about_is_read_by_his_number() -> None:
    channel = {"id": ANNA, "caller": {"number": "79001000001", "name": ""}}
    set_, agi = (
        {"type": "ChannelDialplan", "dialplan_app": app, "channel": channel}
        for app in ("Set", "AGI")
    )
    assert witness.asked([set_, event("ChannelLeftBridge", 1)]) == set()
    assert witness.asked([set_, agi]) == {"79001000001"}
