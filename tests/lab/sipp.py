"""SIPp as the carrier, as the agents' phones and as one agent who dials a feature code."""

from __future__ import annotations

import atexit
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ccdialer.rendering import render
from tests.lab.install import Missing
from tests.lab.ports import free_port, rtp_block
from tests.lab.sound import write_sounds, write_tone

SCENARIOS = Path(__file__).parent / "scenarios"
START_LIMIT_S = 30.0
FATES = "fates.csv"
HUM_S = 10.0  # of a tone, which is repeated


@dataclass(frozen=True)
class Manners:
    """How the carrier's callees behave; times in milliseconds."""

    ring_ms: tuple[int, int] = (1000, 3000)  # from, to: digits 2 and 7
    talk_ms: tuple[int, int] = (8000, 2000)  # mean, deviation; (0, 0): until we hang up
    machine_ms: int = 20000  # a machine records for so long
    congested: float = 1.0  # share of calls to digit 4 that the network cannot carry
    media: bool = True  # whether callees are heard; without, the carrier is faster
    tone_hz: float = 0  # people who answer hum this instead of saying hello


@dataclass(frozen=True)
class Note:
    """One line of a SIPp's own record: what happened to which call, by the wall clock."""

    at: float
    word: str  # INVITE, ANSWER, CANCEL, BYE (the callee hung up), HANGUP (we did), 486 and so on
    number: str  # as dialed: digits; of a phone: its name
    call_id: str


class Sipp:
    """One SIPp process on a rendered scenario."""

    def __init__(self, folder: Path, scenario: str, port: int, *options: str) -> None:
        self.folder = folder.resolve()
        self.port = port
        self.scenario = scenario
        self.options = options
        self.address = "127.0.0.1"
        self.process: subprocess.Popen[bytes] | None = None
        self.folder.mkdir(parents=True, exist_ok=True)

    def render(self, values: Mapping[str, object]) -> None:
        """Write the scenario; takes effect at the next start."""
        text = render(f"{self.scenario}.xml.j2", values, SCENARIOS)
        self._file(".xml").write_text(text)

    def start(self, *more: str) -> None:
        """Start; for a server, wait until its port is taken."""
        with self._file(".out").open("ab") as out:
            self.process = subprocess.Popen(
                [*self._argv(), *more],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.folder,
                start_new_session=True,
                env={"TERM": "dumb", "PATH": "/usr/bin:/bin:/usr/local/bin"},
            )
        atexit.register(self.stop)

    def serve(self) -> None:
        """Start as a server and wait until it listens. Raises RuntimeError if it does not."""
        self.start()
        assert self.process is not None
        deadline = time.monotonic() + START_LIMIT_S
        while not _udp_port_taken(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                words = self._file(".out").read_text(errors="replace")[-1500:]
                self.stop()
                raise RuntimeError(f"SIPp ({self.scenario}) did not start:\n{words}")
            time.sleep(0.02)

    def stop(self) -> None:
        atexit.unregister(self.stop)
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def freeze(self, frozen: bool = True) -> None:
        """Hold it: its port stays taken, and nobody answers there; or let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def notes(self) -> list[Note]:
        """Its record so far; grows while it runs."""
        return notes(self._file(".log"))

    def wait(self, limit_s: float = 60.0) -> None:
        """Until its calls are over, for one that calls. Raises TimeoutExpired."""
        assert self.process is not None
        self.process.wait(limit_s)

    def _file(self, ending: str) -> Path:
        return self.folder / f"{self.scenario}{ending}"

    def _argv(self) -> list[str]:
        program = shutil.which("sipp")
        if program is None:
            raise Missing("There is no SIPp here. Install it: apt-get install sip-tester")
        files = ["-sf", str(self._file(".xml"))]
        record = ["-trace_logs", "-log_file", str(self._file(".log")), "-log_overwrite", "false"]
        media = rtp_block()
        address = ["-i", self.address, "-mi", self.address, "-p", str(self.port), "-mp", str(media)]
        ways = ["-nostdin", "-aa", *PATIENCE, *self.options]
        return [program, *files, *record, *address, *ways]


PATIENCE = (
    "-watchdog_minor_threshold",
    "60000",
    "-watchdog_major_threshold",
    "60000",
    "-deadcall_wait",
    "2000",
    "-timer_resol",
    "10",
    "-buff_size",
    "4194304",
)
"""SIPp gives up on a busy machine by itself; a lab must not."""


def carrier(folder: Path, port: int, manners: Manners | None = None) -> Sipp:
    """The carrier, listening. Its record is the ground truth of what was dialed and when."""
    manners = manners or Manners()
    sipp = Sipp(folder, "carrier", port)
    sounds = write_sounds(folder / "sounds") if manners.media else folder
    if manners.tone_hz:
        write_tone(sounds / "hello.ulaw", manners.tone_hz, HUM_S)
    sipp.render({**vars(manners), "sounds": sounds.resolve()})
    sipp.serve()
    return sipp


@dataclass(frozen=True)
class Terms:
    """What a provider knows of us, and how he treats us."""

    login: str = "749512"
    password: str = "secret"
    refuses: str = ""  # status for whatever number is called: "503 Service Unavailable"
    forgets: bool = False  # he registers nobody any more
    talk_ms: tuple[int, int] = (2500, 40)  # mean, deviation


def provider(folder: Path, port: int, terms: Terms) -> Sipp:
    """A provider of trunks, listening: registrar and carrier in one."""
    sipp = Sipp(folder, "provider", port)
    sipp.render(vars(terms))
    sipp.serve()
    return sipp


def people(folder: Path, port: int, fates: Iterable[Iterable[str]]) -> Sipp:
    """The carrier, listening, with people whose fates are given: for each number (digits), what
    answers, and the seconds that people.xml.j2 names."""
    sipp = Sipp(folder, "people", port, "-inf", FATES, "-infindex", FATES, "0")
    sipp.render({})
    rows = ["SEQUENTIAL", *(";".join(row) for row in fates)]
    (sipp.folder / FATES).write_text("\n".join(rows) + "\n")
    sipp.serve()
    return sipp


def phones(folder: Path, port: int, manner: str = "answers", tone_hz: float = 0) -> Sipp:
    """All agents' phones in one, listening. `manner`: answers, rings (for ever), declines, moody
    (now this, now that). With `tone_hz`, who answers hums all the time."""
    sipp = Sipp(folder, "phones", port)
    sound = write_tone(folder / "hum.ulaw", tone_hz, HUM_S).resolve() if tone_hz else ""
    sipp.render({"manner": manner, "sound": sound})
    sipp.serve()
    return sipp


@dataclass(frozen=True)
class Dialing:
    """An agent's phone that calls Asterisk."""

    phone: str  # agent1
    code: str  # *41
    switch_port: int
    stay_ms: int = 0  # hang up after so long; 0: stay until hung up


def feature_call(folder: Path, dialing: Dialing) -> Sipp:
    """The phone dials; the process ends when the call has ended."""
    sipp = Sipp(folder, "feature_call", free_port())
    sipp.render(vars(dialing))
    sipp.start(f"127.0.0.1:{dialing.switch_port}", "-m", "1")
    return sipp


def notes(log: Path) -> list[Note]:
    """Every line of a record; none if there is no record yet."""
    if not log.exists():
        return []
    words = (line.split() for line in log.read_text(errors="replace").splitlines())
    return [_note(parts) for parts in words if len(parts) == 5]


def invites(log: Path) -> list[tuple[float, str]]:
    """Which numbers got an INVITE, and when (seconds since the epoch)."""
    return [(note.at, note.number) for note in notes(log) if note.word == "INVITE"]


def wait_until(holds: Callable[[], object], limit_s: float = 30.0, what: str = "") -> None:
    """Look again and again until it holds. Raises AssertionError after `limit_s`."""
    deadline = time.monotonic() + limit_s
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {limit_s} s: {what or holds}")
        time.sleep(0.02)


def _note(parts: list[str]) -> Note:
    seconds, micros, word, number, call_id = parts
    return Note(float(seconds) + float(micros) / 1e6, word, number, call_id)


def _udp_port_taken(port: int) -> bool:
    mark = f":{port:04X} "
    with open("/proc/net/udp") as table:
        return any(mark in line.split("rem", 1)[0][:40] for line in table)
