"""What happens to channels, bridges and sounds in Asterisk, and to Asterisk itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LegRinging:
    leg_id: str


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """The leg is up and under our control (in Stasis)."""

    leg_id: str


@dataclass(frozen=True, slots=True)
class LegEnded:
    """The channel is gone. `cause` is Q.850, `sip_code` the SIP status where Asterisk knows it."""

    leg_id: str
    cause: int
    sip_code: int | None = None


@dataclass(frozen=True, slots=True)
class LegJoined:
    """The leg has entered the bridge."""

    bridge_id: str
    leg_id: str


@dataclass(frozen=True, slots=True)
class OriginateFailed:
    """Originate did not work. `certain`: nothing was dialed; otherwise nobody knows."""

    leg_id: str
    certain: bool
    reason: str


@dataclass(frozen=True, slots=True)
class CommandFailed:
    """A deed on a live leg (join, play, detect) was refused by Asterisk."""

    leg_id: str
    deed: str  # class name of the command
    reason: str
    bridge_id: str = ""  # into which it was to be put; empty: into none, or it is not known


@dataclass(frozen=True, slots=True)
class SendBackFailed:
    """A caller could not be given back to the dialplan: he had hung up before."""

    call_id: str


@dataclass(frozen=True, slots=True)
class MachineJudged:
    """The verdict of answering-machine detection."""

    leg_id: str
    machine: bool
    verdict: str  # AMDSTATUS/AMDCAUSE


@dataclass(frozen=True, slots=True)
class PlaybackEnded:
    """A sound has been played to its end, or could not be played."""

    playback_id: str


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """The talk is being written to a file from now on."""

    name: str


@dataclass(frozen=True, slots=True)
class RecordingFailed:
    """There is no such recording, or it broke off."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """The file is complete. `seconds` by Asterisk; `size` in bytes, where somebody has looked."""

    name: str
    seconds: float | None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class DigitPressed:
    leg_id: str
    digit: str


@dataclass(frozen=True, slots=True)
class PhoneCalled:
    """An agent's phone called a feature code and its leg is in our hands."""

    leg_id: str
    phone: str  # dial string of the phone: PJSIP/anna
    feature: str  # login, logout, pause, ready
    argument: str  # pause reason digit, or empty


@dataclass(frozen=True, slots=True)
class CallerArrived:
    """The dialplan has sent a caller into a queue: his channel is in our hands. The runtime finds
    out who he is, and tells the core by CallerQueued."""

    leg_id: str
    queue: str  # as the dialplan names it
    call_id: str = ""  # of the route that a script has found for him; empty: none was asked
    number: str = ""  # as the line gives it
    name: str = ""
    did: str = ""


@dataclass(frozen=True, slots=True)
class SeenLeg:
    """A channel found in Asterisk."""

    leg_id: str
    up: bool
    bridge_id: str | None


@dataclass(frozen=True, slots=True)
class TrunkStateChanged:
    """Whether Asterisk can send calls to an endpoint: whether it is there, answers OPTIONS ..."""

    endpoint: str
    is_usable: bool
    why: str = ""  # it is not


@dataclass(frozen=True, slots=True)
class SwitchLost:
    """Asterisk does not answer any more; what happens there is unknown."""


@dataclass(frozen=True, slots=True)
class SwitchFound:
    """Asterisk answers (again); these are all channels and bridges of ours there, now."""

    legs: tuple[SeenLeg, ...]
    bridges: tuple[str, ...] = ()
