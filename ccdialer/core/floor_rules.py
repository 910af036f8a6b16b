"""What a site decides about its floor: how long phones ring, when agents are paused, the rhythm."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FloorRules:
    """What a site decides about agents and the dialer's rhythm; times in seconds."""

    agent_ring_s: float = 10.0  # how long a phone may ring before the agent counts as missing
    max_missed: int = 3  # missed calls in a row before an agent is paused
    max_session_s: float = 43200.0  # no kept-up leg outlives this
    pause_reasons: dict[str, str] = field(default_factory=dict)  # digit dialed -> reason
    tick_s: float = 0.5  # how often pacing looks again when nothing happens
    poll_s: float = 2.0  # how often storage is asked again after it had no due task
    recording_format: str = "wav"  # Asterisk's name of it
    no_recording: str = ""  # why nothing can be recorded now; empty: it can
    hang_up_grace_s: float = 10.0  # Asterisk's word for a hang-up we asked for is awaited this long
