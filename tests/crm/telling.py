"""Notices as the tests tell them, and the memory of whoever takes them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ccdialer.core.notice import Direction, Notice, NoticeKind, Parcel
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.saying import Voice
from ccdialer.crm.taking import Taken
from tests.crm.asking import NUMBER

BEGUN = 1_795_000_000_000
VOICE = Voice({"anna": "7"}, "8", "https://pbx.example.net/recordings/")
CALL = Notice(
    NoticeKind.CALLS,
    "c" * 32,
    Direction.OUTBOUND,
    NUMBER,
    project="acme",
    campaign="spring",
    agent="anna",
    agent_phone="PJSIP/101",
    begun_at=BEGUN,
    joined_at=BEGUN + 5000,
    ended_at=BEGUN + 95_000,
    result="talked",
    recording="spring/2026-11-25/x y.wav",
)
MISSED = replace(
    CALL,
    kind=NoticeKind.MISSED,
    direction=Direction.INBOUND,
    agent="",
    agent_phone="",
    joined_at=None,
    result="left",
    recording="",
)
NOTE = replace(
    CALL, kind=NoticeKind.NOTES, said="success", said_of="order", comment="wants it on Monday"
)


def parcel(notice: Notice, tries: int = 1, reference: str = "") -> Parcel:
    key = f"crm/{notice.kind}/{notice.call_id}"
    return Parcel(1, key, "crm", notice, tries, 0, reference, BEGUN + 100_000)


@dataclass
class Memory:
    """Keeps what it is given, as the outbox does."""

    kept: list[str] = field(default_factory=list)
    others: dict[NoticeKind, str] = field(default_factory=dict)

    def keep(self, reference: str) -> None:
        self.kept.append(reference)

    def of(self, kind: NoticeKind) -> str:
        return self.others.get(kind, "")


def insist(receiver: Any, notice: Notice, memory: Memory | None = None) -> Taken:
    """Bring it again and again, as the delivery does."""
    memory = memory or Memory()
    for tries in range(1, 10):
        reference = memory.kept[-1] if memory.kept else ""
        try:
            return receiver.take(parcel(notice, tries, reference), memory)  # type: ignore[no-any-return]
        except CrmFault:
            continue
    raise AssertionError("it was never taken")
