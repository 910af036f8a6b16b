"""Target: where an inbound call is sent, as people write it: `queue sales`, `extension 200`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TargetKind(StrEnum):
    """What kinds of places a call can be sent to."""

    QUEUE = "queue"  # a campaign in inbound mode; app_queue's queue, where a site keeps that
    GROUP = "group"  # agents of a group, in the queue of the number that was called
    AGENT = "agent"  # one agent, by login
    EXTENSION = "extension"  # of the site's own dialplan
    VOICEMAIL = "voicemail"  # a box
    ANNOUNCEMENT = "announcement"  # a sound, then the end
    CALLBACK = "callback"  # we call back: a campaign in callback mode
    HANGUP = "hangup"  # nobody: the line is busy


NAMELESS = frozenset({TargetKind.HANGUP})
"""Kinds that need no name."""


@dataclass(frozen=True, slots=True)
class Target:
    """A place a call is sent to."""

    kind: TargetKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".strip()


def target_of(words: str) -> Target | None:
    """The target that people have written; None: it is none."""
    kind, _, name = words.strip().partition(" ")
    name = name.strip()
    if kind not in list(TargetKind) or not name.isprintable():
        return None
    is_nameless = TargetKind(kind) in NAMELESS
    return Target(TargetKind(kind), name) if bool(name) != is_nameless else None


def mistake_in_target(words: str) -> str:
    """What was expected instead; empty: it is a target, or nothing."""
    if not words or target_of(words) is not None:
        return ""
    kinds = ", ".join(kind for kind in TargetKind if kind not in NAMELESS)
    return f"a kind and a name such as `queue sales`, or hangup; kinds are {kinds}"
