"""Notice: what an outside system is told of a call, once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NoticeKind(StrEnum):
    """What a system can be told; how a site says which of it a connector writes."""

    STARTED = "started"  # client and agent are talking: the CRM may open his card
    CALLS = "calls"  # a call is over
    MISSED = "missed"  # a caller met nobody
    NOTES = "notes"  # what the agent says the call came to


class Direction(StrEnum):
    """Who called."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class ParcelState(StrEnum):
    """How far a notice is on its way."""

    WAITING = "waiting"  # for its time, or for an earlier one of the same client
    SENDING = "sending"  # a worker has it; after its death it waits again
    DONE = "done"
    PARKED = "parked"  # it cannot be delivered; a person decides
    DROPPED = "dropped"  # a person has decided against it


PENDING = frozenset({ParcelState.WAITING, ParcelState.SENDING})


@dataclass(frozen=True, slots=True)
class Wish:
    """What a connector wants to be told, and of which projects; none named: of all."""

    connector: str
    kinds: frozenset[NoticeKind]
    projects: frozenset[str] = frozenset()

    def covers(self, kind: NoticeKind, project: str) -> bool:
        """Whether it wants that."""
        return kind in self.kinds and (not self.projects or project in self.projects)


@dataclass(frozen=True, slots=True)
class Notice:
    """A call as it stood when the notice was promised. Instants are epoch milliseconds."""

    kind: NoticeKind
    call_id: str  # of the attempt, or of the call that came in
    direction: Direction
    number: str  # the client's, E.164; empty: hidden
    line: str = ""  # our number that he saw or called
    project: str = ""
    campaign: str = ""
    agent: str = ""  # login
    agent_phone: str = ""  # as Asterisk dials it: PJSIP/101
    begun_at: int = 0
    joined_at: int | None = None
    ended_at: int | None = None
    result: str = ""  # disposition of an attempt, fate of a caller
    reason: str = ""
    said: str = ""  # the agent's result: success, refusal, callback
    said_of: str = ""  # kind of the success, reason of the refusal
    comment: str = ""
    recording: str = ""  # its file, below the folder of recordings
    client: str = ""  # `source:id` of the card by which he was known
    task_id: int | None = None
    external_id: str = ""  # the task's, in the system it came from

    @property
    def talk_s(self) -> int:
        """How long client and agent talked, whole seconds."""
        if self.joined_at is None or self.ended_at is None:
            return 0
        return max(0, round((self.ended_at - self.joined_at) / 1000))


@dataclass(frozen=True, slots=True)
class Parcel:
    """A notice on its way to one connector."""

    id: int
    key: str  # the same at every try: by it the other side knows what it has had
    connector: str
    notice: Notice
    tries: int  # this one included
    faults: int = 0  # tries that failed while others' did not
    reference: str = ""  # what the other side calls it, as far as is known
    made_at: int = 0
