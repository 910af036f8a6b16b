"""A call in a sentence, as it stands in the history of a client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

from ccdialer.core.notice import Direction, Notice, NoticeKind, Parcel

LONGEST_COMMENT = 4000


@dataclass(frozen=True, slots=True)
class Voice:
    """In whose name a connector is told, and where recordings are heard."""

    users: Mapping[str, str] = field(default_factory=dict)  # id in the CRM, by login
    user: str = ""  # of calls without an agent the CRM knows
    recordings: str = ""  # address before a recording's name; empty: it is not told

    def user_of(self, notice: Notice) -> str:
        """Id of the user in whose name it is told; empty: of nobody's."""
        return self.users.get(notice.agent, self.user)

    def recording_of(self, notice: Notice) -> str:
        """Where the talk is heard; empty: nowhere."""
        if not self.recordings or not notice.recording:
            return ""
        return f"{self.recordings.rstrip('/')}/{quote(notice.recording)}"


def instant(at_ms: int) -> str:
    """An instant as ISO 8601 has it, in UTC."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).isoformat()


def sentence(notice: Notice, voice: Voice) -> str:
    """What happened, for people."""
    return "\n".join(part for part in _lines(notice, voice) if part)


def _lines(notice: Notice, voice: Voice) -> Iterator[str]:
    yield f"{_head(notice)}: {_outcome(notice)}"
    if notice.said:
        of = f" ({notice.said_of})" if notice.said_of else ""
        yield f"Result: {notice.said}{of}"
    if notice.comment:
        yield notice.comment[:LONGEST_COMMENT]
    if heard_at := voice.recording_of(notice):
        yield f"Recording: {heard_at}"


def _head(notice: Notice) -> str:
    is_inbound = notice.direction is Direction.INBOUND
    what = "Missed call" if notice.kind is NoticeKind.MISSED else "Call"
    whom = f"{'from' if is_inbound else 'to'} {notice.number or 'a hidden number'}"
    where = f" ({notice.campaign})" if notice.campaign else ""
    return f"{what} {whom}{where}, {instant(notice.begun_at)}"


def _outcome(notice: Notice) -> str:
    if not notice.joined_at:
        return notice.result or "no talk"
    minutes, seconds = divmod(notice.talk_s, 60)
    return f"talked with {notice.agent} for {minutes}:{seconds:02}"


def mark_of(parcel: Parcel) -> str:
    """A sign at the end of a text by which it is known again where the CRM has no key for it."""
    return f"[ccdialer {sha256(parcel.key.encode()).hexdigest()[:16]}]"


def marked(parcel: Parcel, voice: Voice) -> str:
    """The sentence with that sign."""
    return f"{sentence(parcel.notice, voice)}\n{mark_of(parcel)}"
