"""The FastAGI server: who is let in, what runs, for how long, and what is told of it.

Asterisk says what it wants as soon as it is connected. So who has connected and says nothing is
dropped first: after HEAD_S, or, when more than WAITING_MOST are silent, the one who has been so for
longest. Ten thousand idle connections cost those who made them, and no call waits for them.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

import structlog

from ccdialer.fastagi.crew import Crew, Job
from ccdialer.fastagi.desk import Desk
from ccdialer.fastagi.finding import Scripts
from ccdialer.fastagi.head import Head
from ccdialer.fastagi.running import Outcome, lacks, run, settings_of
from ccdialer.fastagi.script import Script, Status
from ccdialer.fastagi.session import GRACE_S, Session

log = structlog.get_logger()

HEAD_S = 2.0
WAITING_MOST = 256
HANGING_MOST = 8
"""Threads of one script that hang; then its calls go on without it, until one comes back, or until
its file has changed."""
BACKLOG = 1024

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


Networks = tuple[IPv4Network | IPv6Network, ...]


@lru_cache(maxsize=1024)
def _is_in(address: str, networks: Networks) -> bool:
    """Remembered: most calls come from the same few Asterisks."""
    try:
        peer = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(peer, "ipv4_mapped", None)
    return any((mapped or peer) in network for network in networks)


@dataclass(frozen=True, slots=True)
class AgiSettings:
    """How the site wants it."""

    host: str = "127.0.0.1"
    port: int = 4573
    allow_from: Networks = LOOPBACK
    secret: str = ""
    sessions_most: int = 100
    threads: int = 64
    deadline_s: float = 5.0  # of a script that wants more


@dataclass(slots=True)
class Work:
    """A script at work for a session."""

    script: Script
    job: Job | None = None
    timer: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class Figures:
    """What has happened since the start, for people who look after it."""

    by_script: dict[str, Counter[str]] = field(default_factory=dict)  # name -> status -> sessions
    turned_away: Counter[str] = field(default_factory=Counter)  # why -> connections


class Server:
    """Serves the scripts of a site to its dialplan."""

    def __init__(self, settings: AgiSettings, desk: Desk) -> None:
        self.settings = settings
        self.scripts = Scripts()
        self._desk = desk
        self._crew = Crew(settings.threads)
        self._open: set[Session] = set()
        self._waiting: dict[Session, asyncio.TimerHandle] = {}  # silent so far, oldest first
        self._working: dict[Session, Work] = {}
        self._figures = Figures()
        self._told: set[str] = set()
        self._server: asyncio.Server | None = None

    # --- the door -------------------------------------------------------------------------------

    async def start(self) -> None:
        """Listen. Raises OSError."""
        settings = self.settings
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Session(self), settings.host, settings.port, backlog=BACKLOG
        )

    @property
    def is_listening(self) -> bool:
        return self._server is not None

    @property
    def port(self) -> int:
        """Where it listens: the one asked for, or (0) the one that was free."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Let nobody in any more, and end what goes on: their dialplan goes on by itself."""
        if self._server is not None:
            self._server.close()
        for session in [*self._waiting]:
            session.drop()
        for session, work in [*self._working.items()]:
            self._end(session, work, Outcome(Status.ERROR, "stopping"))
        self._crew.close()
        ends = [session.ended for session in self._open]
        if ends:
            await asyncio.wait(ends, timeout=GRACE_S)
        for session in [*self._open]:
            session.drop()

    def take(self, scripts: Scripts) -> None:
        """Run these from now on."""
        self.scripts = scripts
        self._told.clear()

    def arrived(self, session: Session, address: str) -> bool:
        """Somebody has connected; whether he may go on."""
        if not self._may_enter(address):
            self._turn_away("address", f"{address} is not in agi.allow_from")
            return False
        if len(self._waiting) >= WAITING_MOST:
            self._turn_away("silent", "too many connections say nothing")
            longest = next(iter(self._waiting))
            self._came_forward(longest)
            longest.drop()
        loop = asyncio.get_running_loop()
        self._open.add(session)
        self._waiting[session] = loop.call_later(HEAD_S, self._too_silent, session)
        return True

    def _may_enter(self, address: str) -> bool:
        return _is_in(address, self.settings.allow_from)

    def _too_silent(self, session: Session) -> None:
        self._turn_away("silent", f"a connection said nothing for {HEAD_S:g} s")
        session.drop()

    def left(self, session: Session) -> None:
        """The connection is closed. A script that runs for it still has its time, and no more."""
        self._came_forward(session)
        self._open.discard(session)

    def _came_forward(self, session: Session) -> None:
        timer = self._waiting.pop(session, None)
        if timer is not None:
            timer.cancel()

    # --- a session ------------------------------------------------------------------------------

    def misspoke(self, session: Session, head: Head, why: str) -> None:
        """What came is no head: the variables say so, if anybody reads them."""
        self._came_forward(session)
        self._turn_away(why, f"a head that Asterisk would not send: {why}")
        script = self.scripts.get(head.script)
        session.finish(settings_of(script, Outcome(Status.DENIED, why)))

    def asked(self, session: Session, head: Head) -> None:
        """A whole head has come: run its script, or say why not."""
        self._came_forward(session)
        script = self.scripts.get(head.script)
        refusal = self._refusal(script, head)
        if refusal is not None or script is None:
            refusal = refusal or Outcome(Status.ERROR, "no_script")
            self._note(head.script if script else "", refusal)
            session.finish(settings_of(script, refusal))
            return
        found = script
        work = self._working[session] = Work(found)
        limit_s = min(found.limit_s, self.settings.deadline_s)
        loop = asyncio.get_running_loop()

        def answer() -> None:
            outcome = run(found, head, self._desk, session.ask)
            try:
                loop.call_soon_threadsafe(self._end, session, work, outcome)
            except RuntimeError:
                return  # the loop is closed: the daemon has ended

        work.timer = loop.call_later(limit_s, self._time_out, session, work, limit_s)
        work.job = Job(found, answer)
        self._crew.submit(work.job)

    def _refusal(self, script: Script | None, head: Head) -> Outcome | None:
        """Why a script does not run; None: it does."""
        secret, given = self.settings.secret, head.arguments.get("secret", "")
        if secret and not hmac.compare_digest(given.encode(), secret.encode()):
            self._warn_once("secret", "agi.secret was not given, or wrong", script=head.script)
            return Outcome(Status.DENIED, "secret")
        if script is None:
            self._warn_once(f"no {head.script}", "there is no such script", script=head.script[:64])
            return Outcome(Status.ERROR, "no_script")
        if missing := lacks(script, head):
            self._warn_once(f"{script.name} {missing}", f"needs {missing}=", script=script.name)
            return Outcome(Status.ERROR, f"needs_{missing}")
        for name in head.arguments.keys() - script.arguments.keys():
            self._warn_once(f"{script.name} {name}", f"knows no {name[:64]}=", script=script.name)
        if self._crew.hanging(script) >= HANGING_MOST:
            return Outcome(Status.ERROR, "script_hangs")
        if len(self._working) >= self.settings.sessions_most:
            self._warn_once("busy", "agi.max_sessions are at work, others go on without a script")
            return Outcome(Status.ERROR, "busy")
        return None

    def _time_out(self, session: Session, work: Work, limit_s: float) -> None:
        assert work.job is not None
        self._crew.give_up(work.job)
        name = work.script.name
        self._warn_once(f"{name} late", f"was not done within {limit_s:g} s", script=name)
        self._end(session, work, Outcome(Status.TIMEOUT, "script_late"))

    def _end(self, session: Session, work: Work, outcome: Outcome) -> None:
        """The first end of a session counts: the script's, or the deadline's."""
        if self._working.get(session) is not work:
            return
        del self._working[session]
        if work.timer is not None:
            work.timer.cancel()
        self._note(work.script.name, outcome)
        if outcome.trouble:
            key = f"{outcome.where} {outcome.trouble}"
            self._warn_once(key, outcome.trouble, script=work.script.name, at=outcome.where)
        session.finish(settings_of(work.script, outcome))

    # --- what is told ---------------------------------------------------------------------------

    def _note(self, name: str, outcome: Outcome) -> None:
        if not name:
            self._figures.turned_away[outcome.reason] += 1
            return
        self._figures.by_script.setdefault(name, Counter())[outcome.status.value] += 1

    def _turn_away(self, why: str, sentence: str) -> None:
        self._figures.turned_away[why] += 1
        self._warn_once(why, sentence)

    def _warn_once(self, key: str, sentence: str, **known: str) -> None:
        """Once until the next reload: the same at every call would drown the rest."""
        if key not in self._told and len(self._told) < 1000:
            self._told.add(key)
            log.warning(f"AGI: {sentence}", **known)

    def figures(self) -> dict[str, Any]:
        """For `ccdialer status`."""
        return {
            "listening": self.is_listening,
            "at_work": len(self._working),
            "silent": len(self._waiting),
            "hanging": self._crew.hanging(),
            "scripts": {name: dict(of) for name, of in sorted(self._figures.by_script.items())},
            "turned_away": dict(self._figures.turned_away),
            "broken": [each.why for each in self.scripts.broken.values()],
        }
