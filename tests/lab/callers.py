"""People who call in: by SIPp, and by hand-made SIP messages that no SIPp would send."""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.lab.asterisk import Asterisk, Plan
from tests.lab.ports import free_port
from tests.lab.sipp import Note, Sipp

FILE = "callers.csv"
CALLER_NUMBER = 7  # among what Asterisk lists of a channel
USHER, DOORS = "79009999999", "74951230006"
ABORTED = re.compile(
    r"([\d.]+): Aborting call on (?:an )?unexpected"
    r" (BYE for call: |message for Call-Id ')(\d+-\d+@)"
)


@dataclass(frozen=True)
class Call:
    """Somebody who calls in."""

    number: str
    did: str
    stay_ms: int = 60_000  # then he hangs up, whatever has happened
    name: str = "Caller"


def callers(
    folder: Path, calls: Sequence[Call], plan: Plan, rate: float = 20.0, slice_ms: int = 100
) -> Sipp:
    """They call in by the trunk, so many a second; the process ends with the last call. They look
    at their watches every `slice_ms`; what Asterisk says in that moment, SIPp does not expect."""
    return _calling(folder, calls, plan, rate, {"slice_ms": slice_ms, "crowd": 0})


def crowd(folder: Path, calls: Sequence[Call], plan: Plan, rate: float) -> Sipp:
    """The same, but nobody's time begins to run before all have been answered, however long it
    takes; the last of all is answered when `let_go` says so."""
    usher = Call(USHER, DOORS)
    manners = {"slice_ms": 1000, "crowd": len(calls) + 1}
    return _calling(folder, [*calls, usher], plan, rate, manners)


def let_go(asterisk: Asterisk) -> None:
    """From now on a crowd's time runs."""
    asterisk.command("dialplan set global LAB_DOORS open")


def _calling(
    folder: Path, calls: Sequence[Call], plan: Plan, rate: float, manners: Mapping[str, int]
) -> Sipp:
    sipp = Sipp(folder, "caller", free_port(), "-inf", FILE, "-trace_err")
    sipp.address = plan.trunk_address
    sipp.render(manners)
    rows = [f"{call.number};{call.name};{call.did};{call.stay_ms}" for call in calls]
    (sipp.folder / FILE).write_text("\n".join(["SEQUENTIAL", *rows]) + "\n")
    count = str(len(calls))  # of all, and of those at once, of which SIPp has fewer by itself
    sipp.start(f"{plan.address}:{plan.sip_port}", "-m", count, "-l", count, "-r", str(rate))
    return sipp


def end_lost(sipp: Sipp, asterisk: Asterisk) -> None:
    """Whom SIPp has given up without a word is not there any more, and Asterisk does not know."""
    lost = {note.number for note in notes_of(sipp) if note.word == "ABORTED"}
    for line in asterisk.command("core show channels concise").splitlines() if lost else []:
        channel, *_ = fields = line.split("!")
        if channel.startswith("PJSIP/trunk-") and fields[CALLER_NUMBER] in lost:
            asterisk.command(f"channel request hangup {channel}")


def notes_of(sipp: Sipp) -> list[Note]:
    """Their record. What we say while SIPp is between two steps it does not expect, and gives up
    the call without a word in the record: by a BYE we have hung up; else nobody knows how he went
    (ABORTED). A crowd's usher is none of them."""
    record = [note for note in sipp.notes() if note.number != USHER]
    numbers = {note.call_id: note.number for note in record}
    complaints = "".join(path.read_text() for path in sipp.folder.glob("*_errors.log"))
    for at, what, serial in ABORTED.findall(complaints):
        call_id = serial + sipp.address
        word = "HANGUP" if what == "BYE for call: " else "ABORTED"
        if call_id in numbers:
            record.append(Note(float(at), word, numbers[call_id], call_id))
    return record


class RawCall:
    """One call whose bytes are ours, so that a caller can be called anything at all."""

    def __init__(self, plan: Plan, did: bytes, user: bytes, name: bytes) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((plan.trunk_address, 0))
        self.socket.connect((plan.address, plan.sip_port))
        self.socket.settimeout(1.0)
        self.here = b"%s:%d" % (plan.trunk_address.encode(), self.socket.getsockname()[1])
        there = b"%s:%d" % (plan.address.encode(), plan.sip_port)
        self.uri = b"sip:%s@%s" % (did, there)
        self.origin = b'From: "%s" <sip:%s@%s>;tag=raw' % (name, user, self.here)
        self.id, self.branch = secrets.token_hex(8).encode(), secrets.token_hex(8).encode()

    def invite(self) -> int:
        """Call, and wait for the final status; 0: Asterisk throws such a message away."""
        self._send(b"INVITE", b"To: <%s>" % self.uri, 1, SDP)
        try:
            while (status := int((reply := self.socket.recv(65535))[8:11])) < 200:
                self.socket.settimeout(10.0)
        except TimeoutError:
            return 0
        to = next(line for line in reply.split(b"\r\n") if line.lower().startswith(b"to:"))
        self._send(b"ACK", to, 1)
        self.to = to
        return status

    def hang_up(self) -> None:
        self._send(b"BYE", self.to, 2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _send(self, method: bytes, to: bytes, number: int, body: bytes = b"") -> None:
        lines = [
            b"%s %s SIP/2.0" % (method, self.uri),
            b"Via: SIP/2.0/UDP %s;branch=z9hG4bK%s%s" % (self.here, method, self.branch),
            self.origin,
            to,
            b"Call-ID: %s" % self.id,
            b"CSeq: %d %s" % (number, method),
            b"Contact: <sip:raw@%s>" % self.here,
            b"Max-Forwards: 70",
            *([b"Content-Type: application/sdp"] if body else []),
            b"Content-Length: %d" % len(body),
        ]
        self.socket.send(b"\r\n".join(lines) + b"\r\n\r\n" + body)


SDP = (
    b"v=0\r\no=raw 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\n"
    b"m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)

HOSTILE = (
    b'\\"; EXEC System \\"touch /tmp/x',
    b"A\\\nEXEC Set GLOBAL(LAB_HACKED)=1",
    b"A\r\n EXEC Set GLOBAL(LAB_HACKED)=1",  # a folded line, which SIP allows
    b"${SET(GLOBAL(LAB_HACKED)=1)}",
    b"$[${SET(GLOBAL(LAB_HACKED)=1)}]",
    b"a,b|c&d;e^f`g'h",
    b"agi_network_script: evil",
    b"nul\x00nul",
    b"\xff\xfe\xe9",
    b"x" * 2000,
)
"""Names that callers give themselves."""
