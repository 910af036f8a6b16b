"""What Asterisk is to do with legs, bridges and sounds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Originate:
    """Ring `endpoint`; the channel's id is `leg_id`. It is hung up after `ring_timeout_s`
    unanswered, and after `max_call_s` whatever happens."""

    leg_id: str
    endpoint: str
    caller_id: str
    ring_timeout_s: float
    max_call_s: float
    auto_answer: bool = False  # ask the phone to go off-hook by itself


@dataclass(frozen=True, slots=True)
class OpenBridge:
    """Make a mixing bridge and put the legs in it."""

    bridge_id: str
    leg_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """Put the leg into a bridge that exists."""

    bridge_id: str
    leg_id: str


@dataclass(frozen=True, slots=True)
class CloseBridge:
    bridge_id: str


@dataclass(frozen=True, slots=True)
class Play:
    """Play sounds to one leg; answered by PlaybackEnded."""

    playback_id: str
    leg_id: str
    sounds: str  # Asterisk media URIs, separated by commas


@dataclass(frozen=True, slots=True)
class DetectMachine:
    """Send the answered leg through AMD(); answered by MachineJudged."""

    leg_id: str


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Record both directions of the leg's talk, listening by a channel `recorder_id`, which ends
    with the leg; answered by RecordingStarted, and at its end by RecordingEnded."""

    recorder_id: str
    leg_id: str
    name: str  # of the file, below Asterisk's folder of recordings, without its ending
    format: str  # Asterisk's name of it: wav


@dataclass(frozen=True, slots=True)
class StopRecording:
    """End what that channel records, though the leg may live on."""

    recorder_id: str


@dataclass(frozen=True, slots=True)
class HangUp:
    leg_id: str


@dataclass(frozen=True, slots=True)
class SendBack:
    """Give a caller back to the dialplan that has sent him, with variables of his channel that say
    why; values are of the alphabet A-Za-z0-9_.:+%- only."""

    leg_id: str
    variables: tuple[tuple[str, str], ...] = ()
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """From now on a caller's channel lives for `limit_s` at most, whatever happens to us. Then the
    dialplan has him again if he waits, and he is hung up if he talks."""

    leg_id: str
    limit_s: float
    is_talking: bool = False


@dataclass(frozen=True, slots=True)
class Entertain:
    """Let a waiting caller hear music of that class, or ringing if it is empty."""

    leg_id: str
    music: str


@dataclass(frozen=True, slots=True)
class Hush:
    """End a waiting caller's music or ringing, and what is being said to him."""

    leg_id: str
    music: str
    playback_id: str = ""
