"""Says what an ARI event means in the words of the core; unknown events mean nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from ccdialer.core.attempt import is_ours, part_of
from ccdialer.core.disposition import CAUSE_UNKNOWN
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

Json = dict[str, Any]

QUEUE = "queue"
LONGEST = 80
LONGEST_QUEUE = 201  # project and name, each of a hundred letters
CALL_ID = re.compile("[0-9a-f]{32}")

OWN_TIMEOUT = (19, 480)
"""(cause, tech_cause) of our own ring time-out, and of a 480 from the network: the two differ only
by the ChannelHangupRequest that comes before the latter."""


class Translator:
    """Turns events of one Asterisk into core events, in order.

    `two_step`: legs are made by create + dial. They enter Stasis before they are rung, so that
    being up means being answered; a leg of a plain originate enters Stasis after the answer.
    """

    def __init__(self, two_step: bool) -> None:
        self._two_step = two_step
        self._turned_down: set[str] = set()  # legs whose end the network has announced
        self._table: dict[str, Callable[[Json], tuple[Event, ...]]] = {
            "StasisStart": self._stasis_start,
            "StasisEnd": _stasis_end,
            "ChannelStateChange": self._state_change,
            "ChannelHangupRequest": self._hangup_request,
            "ChannelDestroyed": self._destroyed,
            "ChannelEnteredBridge": _entered_bridge,
            "ChannelDtmfReceived": _dtmf,
            "PlaybackFinished": _playback_finished,
            "RecordingStarted": _recording_started,
            "RecordingFailed": _recording_failed,
            "RecordingFinished": _recording_finished,
        }

    def __call__(self, event: Json) -> tuple[Event, ...]:
        """The core events that `event` means: none, or one."""
        reader = self._table.get(event.get("type", ""))
        return reader(event) if reader else ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """The types of ARI events that mean anything; Asterisk need not send others."""
        return tuple(self._table)

    def _stasis_start(self, event: Json) -> tuple[Event, ...]:
        channel, args = event["channel"], event.get("args") or [""]
        if args[0] == "amd":
            return (_verdict(channel["id"], *args[1:3]),)
        if args[0] == QUEUE:
            return (_caller_arrived(channel, args[1:]),)
        if args[0] == "feature":
            return _phone_called(channel["id"], args[1:])
        if channel["state"] == "Up" and _is_leg(channel["id"]):
            return (LegAnswered(channel["id"]),)
        return ()

    def _state_change(self, event: Json) -> tuple[Event, ...]:
        channel = event["channel"]
        if channel["state"] == "Ringing":
            return (LegRinging(channel["id"]),)
        if self._two_step and channel["state"] == "Up" and _is_leg(channel["id"]):
            return (LegAnswered(channel["id"]),)
        return ()

    def _hangup_request(self, event: Json) -> tuple[Event, ...]:
        if "tech_cause" in event:
            self._turned_down.add(event["channel"]["id"])
        return ()

    def _destroyed(self, event: Json) -> tuple[Event, ...]:
        if part_of(event["channel"]["id"]):
            return ()
        leg_id, cause, sip = event["channel"]["id"], event["cause"], event.get("tech_cause")
        if leg_id in self._turned_down:
            self._turned_down.discard(leg_id)
        elif (cause, sip) == OWN_TIMEOUT:
            sip = None
        return (LegEnded(leg_id, cause, sip),)


def _is_leg(channel_id: str) -> bool:
    """A leg of ours, and no channel that only listens to one."""
    return is_ours(channel_id) and not part_of(channel_id)


def _verdict(leg_id: str, status: str = "NOTSURE", cause: str = "") -> Event:
    return MachineJudged(leg_id, status == "MACHINE", f"{status}/{cause}")


def _phone_called(leg_id: str, args: list[str]) -> tuple[Event, ...]:
    feature, phone, argument, *_ = [*args, "", "", ""]
    return (PhoneCalled(leg_id, phone, feature, argument),) if feature and phone else ()


def _caller_arrived(channel: Json, args: list[str]) -> CallerArrived:
    """Stasis(app,queue,NAME[,CALL[,DID]]); whatever text the line gives is cut, and checked by
    whoever uses it."""
    name, call_id, did, *_ = [*args, "", "", ""]
    line = channel["caller"]
    return CallerArrived(
        leg_id=channel["id"],
        queue=unquote(name)[:LONGEST_QUEUE],
        call_id=call_id if CALL_ID.fullmatch(call_id) else "",
        number=line.get("number", "")[:LONGEST],
        name=line.get("name", "")[:LONGEST],
        did=(unquote(did) or channel["dialplan"].get("exten", ""))[:LONGEST],
    )


def callers_among(channels: Iterable[Json], app: str) -> tuple[CallerArrived, ...]:
    """Callers who are in our application now, as their StasisStart told or would have told."""
    said = ((channel, _stasis_words(channel)) for channel in channels)
    return tuple(
        _caller_arrived(channel, words[2:]) for channel, words in said if words[:2] == [app, QUEUE]
    )


def _stasis_words(channel: Json) -> list[str]:
    """What the dialplan gave to Stasis() in which the channel is now."""
    place = channel["dialplan"]
    is_inside = place.get("app_name") == "Stasis"
    return place.get("app_data", "").split(",") if is_inside else []


def _stasis_end(event: Json) -> tuple[Event, ...]:
    """A caller has left us, by hanging up or otherwise; of one whom the dialplan has sent nothing
    else is told. The ends of legs that we have made or asked for are ChannelDestroyed."""
    channel = event["channel"]
    is_caller = _stasis_words(channel)[1:2] == [QUEUE]
    return (LegEnded(channel["id"], CAUSE_UNKNOWN),) if is_caller else ()


def _entered_bridge(event: Json) -> tuple[Event, ...]:
    return (LegJoined(event["bridge"]["id"], event["channel"]["id"]),)


def _dtmf(event: Json) -> tuple[Event, ...]:
    return (DigitPressed(event["channel"]["id"], event["digit"]),)


def _playback_finished(event: Json) -> tuple[Event, ...]:
    return (PlaybackEnded(event["playback"]["id"]),)


def _recording_started(event: Json) -> tuple[Event, ...]:
    return (RecordingStarted(event["recording"]["name"]),)


def _recording_failed(event: Json) -> tuple[Event, ...]:
    found = event["recording"]
    return (RecordingFailed(found["name"], found.get("cause") or "Asterisk could not write it"),)


def _recording_finished(event: Json) -> tuple[Event, ...]:
    found = event["recording"]
    return (RecordingEnded(found["name"], found.get("duration")),)
