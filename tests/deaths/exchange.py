"""Asterisk and the world behind it, in miniature: they outlive the daemons that speak to them."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.attempt import attempt_of

ANSWER_S, TALK_S = (0.5, 3.0), (0.5, 8.0)
PHONE_RINGS_S = 0.3
SOUND_S = 1.0
ENDS = {"busy": (17, 486), "rejected": (21, 603), "nobody": (1, 404), "route": (34, 503)}


@dataclass(frozen=True, slots=True)
class Invite:
    """What the carrier has seen."""

    at: float
    leg_id: str
    number: str
    trunk: str
    fate: str  # answer, silence, or one of ENDS


class Agenda:
    """One clock for everybody, and what is going to happen."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._order = count()
        self._heap: list[tuple[float, int, Callable[[], None]]] = []

    def after(self, seconds: float, deed: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (self.now + seconds, next(self._order), deed))

    def next_at(self) -> float | None:
        return self._heap[0][0] if self._heap else None

    def run_to(self, at: float) -> None:
        while self._heap and self._heap[0][0] <= at:
            due_at, _, deed = heapq.heappop(self._heap)
            self.now = max(self.now, due_at)
            deed()
        self.now = max(self.now, at)


class Carrier:
    """All clients, over all switches: who is rung when, and never twice at a time."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.invites: list[Invite] = []
        self.live: dict[str, str] = {}  # number -> leg
        self.is_written: Callable[[str, str], bool] = lambda leg_id, number: False

    def invited(self, at: float, leg_id: str, endpoint: str) -> str:
        """How it will end: answer, silence, or one of ENDS."""
        number, trunk = endpoint.removeprefix("PJSIP/").split("@")
        assert self.is_written(leg_id, f"+{number}"), "dialed before it was committed"
        assert leg_id not in {one.leg_id for one in self.invites}, "a leg is dialed twice"
        assert number not in self.live, f"{number} is rung while it is on a call"
        self.live[number] = leg_id
        fate = self._fate(trunk)
        self.invites.append(Invite(at, leg_id, f"+{number}", trunk, fate))
        return fate

    def _fate(self, trunk: str) -> str:
        if trunk == "bad" and self.dice.random() < 0.6:
            return "route"
        fates = ("answer", "silence", "busy", "rejected", "nobody")
        return self.dice.choices(fates, weights=(10, 3, 3, 1, 1))[0]

    def left(self, leg_id: str) -> None:
        self.live = {number: leg for number, leg in self.live.items() if leg != leg_id}


@dataclass(eq=False)
class Channel:
    leg_id: str
    is_client: bool
    up: bool = False
    bridge_id: str | None = None
    is_ending: bool = False  # somebody wants it to end


class Switch:
    """One Asterisk: a daemon's requests wait in `wire`, what is to be told to it in `events`."""

    def __init__(self, agenda: Agenda, carrier: Carrier, phones: set[str]) -> None:
        self.agenda, self.carrier, self.phones = agenda, carrier, phones
        self.dice = carrier.dice
        self.channels: dict[str, Channel] = {}
        self.bridges: set[str] = set()
        self.recorders: dict[str, c.StartRecording] = {}
        self.ringing: dict[str, str] = {}  # phone -> its leg
        self.callers: dict[str, e.CallerQueued] = {}  # by leg, who is in the application
        self.in_dialplan: set[str] = set()  # callers' legs that a queue has given back
        self.dialplan: Callable[[Switch, e.CallerQueued, c.SendBack], None]
        self.hung_up: Callable[[str], None]  # its hang-up handler
        self.met: set[str] = set()  # callers' legs that were in a bridge with an agent
        self.wire: deque[Any] = deque()
        self.events: deque[e.Event] = deque()
        self.is_heard = False

    def tell(self, event: e.Event) -> None:
        if self.is_heard:
            self.events.append(event)

    def seen(self) -> e.SwitchFound:
        """Somebody connects: from now on he is told everything."""
        self.events.clear()
        self.is_heard = True
        ours = [ch for ch in self.channels.values() if ch.leg_id not in self.in_dialplan]
        legs = [e.SeenLeg(ch.leg_id, ch.up, ch.bridge_id) for ch in ours]
        legs += [e.SeenLeg(recorder, True, None) for recorder in self.recorders]
        return e.SwitchFound(tuple(legs), tuple(self.bridges))

    def forsaken(self) -> None:
        """The daemon is dead: of what it has sent last some has arrived, and some has not."""
        sent = [self.wire.popleft() for _ in range(self.dice.randint(0, len(self.wire)))]
        self.wire.clear()
        self.is_heard = False
        self.events.clear()
        for command in sent:
            self.perform(command)

    def perform(self, command: Any) -> None:
        """Carry out one request."""
        match command:
            case c.Originate():
                self._originate(command)
            case c.HangUp(leg_id):
                self.end(leg_id)
            case c.StartRecording():
                self._record(command)
            case c.StopRecording(recorder_id):
                self._stop(recorder_id)
            case c.Play(playback_id, leg_id):
                self._play(playback_id, leg_id)
            case c.SendBack():
                self._send_back(command)
            case c.Entertain(leg_id) | c.Hush(leg_id) | c.Bound(leg_id):
                self._only_if_there(leg_id, type(command).__name__)
            case _:
                self._bridge(command)

    def _bridge(self, command: Any) -> None:
        match command:
            case c.OpenBridge(bridge_id, leg_ids):
                self.bridges.add(bridge_id)
                self._join(bridge_id, leg_ids, "OpenBridge")
            case c.Join(bridge_id, leg_id):
                self._join(bridge_id, (leg_id,), "Join")
            case c.CloseBridge(bridge_id):
                self.bridges.discard(bridge_id)
                for channel in self.channels.values():
                    if channel.bridge_id == bridge_id:
                        channel.bridge_id = None
            case _:
                raise AssertionError(command)

    def _play(self, playback_id: str, leg_id: str) -> None:
        if leg_id not in self.channels:
            self.tell(e.CommandFailed(leg_id, "Play", "not found"))
        else:
            self.agenda.after(SOUND_S, lambda: self.tell(e.PlaybackEnded(playback_id)))

    def _only_if_there(self, leg_id: str, deed: str) -> None:
        if leg_id not in self.channels:
            self.tell(e.CommandFailed(leg_id, deed, "not found"))

    # --- callers ----------------------------------------------------------------------------------

    def called(self, event: e.CallerQueued, stay_s: float) -> None:
        """Somebody calls, and is sent into a queue; he hangs up after a while."""
        leg_id = event.caller.leg_id
        self.channels[leg_id] = Channel(leg_id, is_client=True, up=True)
        self.callers[leg_id] = event
        self.agenda.after(stay_s, lambda: self.end(leg_id))
        self.tell(event)

    def _send_back(self, command: c.SendBack) -> None:
        event = self.callers.pop(command.leg_id, None)
        if event is None:
            self.tell(e.SendBackFailed(command.call_id))
            return
        self.channels[command.leg_id].bridge_id = None
        self.in_dialplan.add(command.leg_id)
        self.tell(e.LegEnded(command.leg_id, 0))
        self.dialplan(self, event, command)

    def comes_again(self, event: e.CallerQueued) -> None:
        """The dialplan sends him into another queue, if he has not hung up."""
        leg_id = event.caller.leg_id
        if leg_id in self.channels:
            self.in_dialplan.discard(leg_id)
            self.callers[leg_id] = event
            self.tell(event)

    # --- legs -------------------------------------------------------------------------------------

    def _originate(self, command: c.Originate) -> None:
        leg_id, endpoint = command.leg_id, command.endpoint
        is_client = endpoint not in self.phones
        if leg_id in self.channels:
            self.tell(e.OriginateFailed(leg_id, True, "the id is in use"))
            return
        self.channels[leg_id] = Channel(leg_id, is_client)
        self.agenda.after(command.ring_timeout_s, lambda: self._not_up(leg_id, 19, None))
        self.agenda.after(command.max_call_s, lambda: self.end(leg_id))
        if is_client:
            self._ring_client(leg_id, endpoint)
        else:
            self._ring_phone(leg_id, endpoint)

    def _ring_client(self, leg_id: str, endpoint: str) -> None:
        fate = self.carrier.invited(self.agenda.now, leg_id, endpoint)
        if fate == "route":
            self.agenda.after(0.1, lambda: self.end(leg_id, *ENDS["route"]))
            return
        self.agenda.after(0.1, lambda: self._if_there(leg_id, e.LegRinging(leg_id)))
        wait_s = self.dice.uniform(*ANSWER_S)
        if fate == "answer":
            self.agenda.after(wait_s, lambda: self._answer(leg_id))
            self.agenda.after(wait_s + self.dice.uniform(*TALK_S), lambda: self.end(leg_id))
        elif fate in ENDS:
            self.agenda.after(wait_s, lambda: self._not_up(leg_id, *ENDS[fate]))

    def _ring_phone(self, leg_id: str, endpoint: str) -> None:
        if endpoint in self.ringing:
            self.agenda.after(0.0, lambda: self.end(leg_id, *ENDS["busy"]))
            return
        attempt_id = attempt_of(leg_id)
        others = [
            ch.leg_id
            for ch in self.channels.values()
            if not (ch.is_client or ch.is_ending or ch.leg_id == leg_id)
            and attempt_of(ch.leg_id) == attempt_id
        ]
        assert not others, f"two agents are offered one client: {others}, {leg_id}"
        self.ringing[endpoint] = leg_id
        if self.dice.random() < 0.9:
            self.agenda.after(PHONE_RINGS_S, lambda: self._answer(leg_id))

    def _if_there(self, leg_id: str, event: e.Event) -> None:
        if leg_id in self.channels:
            self.tell(event)

    def _answer(self, leg_id: str) -> None:
        channel = self.channels.get(leg_id)
        if channel is not None and not channel.up:
            channel.up = True
            self.tell(e.LegAnswered(leg_id))

    def _not_up(self, leg_id: str, cause: int, sip_code: int | None) -> None:
        channel = self.channels.get(leg_id)
        if channel is not None and not channel.up:
            self.end(leg_id, cause, sip_code)

    def end(self, leg_id: str, cause: int = 16, sip_code: int | None = None) -> None:
        """The channel goes, if it is there."""
        if self.channels.pop(leg_id, None) is None:
            return
        self.carrier.left(leg_id)
        self.callers.pop(leg_id, None)
        if leg_id in self.in_dialplan:
            self.in_dialplan.discard(leg_id)
            self.hung_up(leg_id)
            return
        self.ringing = {phone: leg for phone, leg in self.ringing.items() if leg != leg_id}
        for recorder_id in [r for r, what in self.recorders.items() if what.leg_id == leg_id]:
            self._stop(recorder_id)
        self.tell(e.LegEnded(leg_id, cause, sip_code))

    # --- bridges and files ------------------------------------------------------------------------

    def _join(self, bridge_id: str, leg_ids: Iterable[str], deed: str) -> None:
        legs = [self.channels.get(leg_id) for leg_id in leg_ids]
        is_possible = bridge_id in self.bridges and all(leg and leg.up for leg in legs)
        for leg_id, channel in zip(leg_ids, legs, strict=True):
            if not is_possible or channel is None:
                self.tell(e.CommandFailed(leg_id, deed, "not found"))
                continue
            channel.bridge_id = bridge_id
            self.tell(e.LegJoined(bridge_id, leg_id))
        inside = [ch for ch in self.channels.values() if ch.bridge_id == bridge_id]
        if any(not ch.is_client for ch in inside):
            self.met |= {ch.leg_id for ch in inside if ch.leg_id in self.callers}
        for kind in (True, False):
            alike = [ch.leg_id for ch in inside if ch.is_client is kind and not ch.is_ending]
            assert len(alike) <= 1, f"more than a client and an agent talk: {alike}"

    def _record(self, command: c.StartRecording) -> None:
        assert command.recorder_id not in self.recorders, "recorded twice"
        channel = self.channels.get(command.leg_id)
        if channel is None or not channel.up:
            self.tell(e.RecordingFailed(command.name, "no such channel"))
            return
        self.recorders[command.recorder_id] = command
        self.tell(e.RecordingStarted(command.name))

    def _stop(self, recorder_id: str) -> None:
        ended = self.recorders.pop(recorder_id, None)
        if ended is not None:
            self.tell(e.RecordingEnded(ended.name, 3.0))
