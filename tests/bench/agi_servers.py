"""The servers that `make bench-agi` compares: each in a process of its own, one job for all.

`python -m tests.bench.agi_servers KIND [CONFIG]` prints its port and serves until it is killed:
  bare     nothing but an asyncio.Protocol that knows the three commands by heart
  timed    the same; once a second its sessions go to stderr: wall second of the end, ms
  pyst2    pyst2's own AGI class in plain threads, patched so that it runs there at all
  ours     ccdialer's server, with a script that gives the same three commands
  routes   ccdialer's server and desk, with the shipped route_by_stage; CONFIG is a site's
  pyst2-routes  the same desk and variables by pyst2's class in plain threads
"""

from __future__ import annotations

import asyncio
import os
import socketserver
import sys
import time
from pathlib import Path
from typing import Any

import asterisk.agi

COMMANDS = (
    b'GET VARIABLE "CHANNEL(name)"\n',
    b'SET VARIABLE "CCD_A" "+79161234567"\n',
    b'SET VARIABLE "CCD_B" "OK"\n',
)


NULL = open(os.devnull, "w")  # noqa: SIM115 - as long as the process lives


def told(port: int) -> None:
    print(port, flush=True)


# --- bare -----------------------------------------------------------------------------------------


class Bare(asyncio.Protocol):
    """What any server must at least do."""

    def connection_made(self, transport: Any) -> None:
        self.transport, self.step, self.waiting = transport, -1, b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        if self.step < 0 and not self.waiting.endswith(b"\n\n"):
            return
        if not self.waiting.endswith(b"\n"):
            return
        self.waiting, self.step = b"", self.step + 1
        if self.step < len(COMMANDS):
            self.transport.write(COMMANDS[self.step])
        else:
            self.transport.close()


async def bare() -> None:
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", 0, backlog=1024)
    told(server.sockets[0].getsockname()[1])
    await asyncio.Event().wait()


def timed(protocol: Any, took: list[tuple[float, float]]) -> None:
    """Have every session of a protocol note when it ended, and how many ms it was open."""
    made, lost = protocol.connection_made, protocol.connection_lost
    began: dict[int, float] = {}

    def connection_made(self: Any, transport: Any) -> None:
        began[id(self)] = time.perf_counter()
        made(self, transport)

    def connection_lost(self: Any, exc: Exception | None) -> None:
        took.append((time.time(), (time.perf_counter() - began.pop(id(self))) * 1000))
        lost(self, exc)

    protocol.connection_made, protocol.connection_lost = connection_made, connection_lost


async def timed_bare() -> None:
    took: list[tuple[float, float]] = []
    timed(Bare, took)
    serving = asyncio.ensure_future(bare())
    while not serving.done():
        await asyncio.sleep(1.0)
        for at, ms in took:
            print(f"{at:.3f} {ms:.3f}", file=sys.stderr)
        sys.stderr.flush()
        took.clear()


# --- pyst2 ----------------------------------------------------------------------------------------


class Texts:
    """Binary files as pyst2 wants them."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def readline(self) -> str:
        return self.file.readline().decode("utf-8", "replace")

    def write(self, text: str) -> None:
        self.file.write(text.encode())

    def flush(self) -> None:
        self.file.flush()


class Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.talk(asterisk.agi.AGI(Texts(self.rfile), Texts(self.wfile), NULL))

    def talk(self, agi: Any) -> None:
        agi.get_variable("CHANNEL(name)")
        agi.set_variable("CCD_A", agi.env["agi_callerid"])
        agi.set_variable("CCD_B", "OK")


class Threads(socketserver.ThreadingTCPServer):
    request_queue_size, daemon_threads, allow_reuse_address = 1024, True, True


def pyst2(handler: type[Handler] = Handler) -> None:
    vars(asterisk.agi)["signal"] = type("NoSignal", (), {"signal": lambda *_: None, "SIGHUP": 1})
    server = Threads(("127.0.0.1", 0), handler)
    told(server.server_address[1])
    server.serve_forever()


def pyst2_routes(path: str) -> None:
    """A variable is a round trip there, as pyst2's class has it."""
    from ccdialer.fastagi.desk import InboundCall

    desk = desk_of(path)

    class Routing(Handler):
        def talk(self, agi: Any) -> None:
            env = agi.env
            call = InboundCall(env["agi_callerid"], env["agi_dnid"], env["agi_uniqueid"])
            found = desk.route(call)
            for name in type(found).__slots__:
                agi.set_variable(f"CCD_{name.upper()}", getattr(found, name))

    pyst2(Routing)


# --- ours -----------------------------------------------------------------------------------------


def same(agi: Any, desk: Any) -> None:
    """Gives the same three commands."""
    agi.get_variable("CHANNEL(name)")
    agi.set_variable("CCD_A", agi.call.number)
    agi.set_variable("CCD_B", "OK")


async def ours() -> None:
    from ccdialer.fastagi.finding import Scripts, Source
    from ccdialer.fastagi.script import MARK, script
    from ccdialer.fastagi.server import AgiSettings, Server

    declared = vars(script(outputs={"CCD_A": "A.", "CCD_B": "B."})(same))[MARK]
    server = Server(AgiSettings(port=0, sessions_most=1000), desk=None)  # type: ignore[arg-type]
    server.take(Scripts({"same": Source(Path("same.py"), b"", declared)}))
    await server.start()
    told(server.port)
    await asyncio.Event().wait()


def desk_of(path: str) -> Any:
    """As the daemon has it."""
    from ccdialer import storage
    from ccdialer.config import load
    from ccdialer.core.agent import AgentState
    from ccdialer.runtime.agi_desk import AgiDesk
    from ccdialer.runtime.clock import Clock
    from ccdialer.runtime.crms import cards_of
    from ccdialer.runtime.directing import Directing
    from ccdialer.runtime.wishes import Wishes
    from ccdialer.runtime.writer import Writer

    config = load(path)
    database, clock = storage.connect(config.database), Clock()
    writer = Writer(
        lambda commands: storage.carry_out(database, commands, "bench", clock.to_wall),
        lambda events: None,
    )
    writer.start()
    directing = Directing(database, clock, writer.submit)
    directing.cards = cards_of(config, database)
    directing.read()
    return AgiDesk(database, directing, Wishes(database), "bench", lambda _: AgentState.OFFLINE)


async def routes(path: str) -> None:
    """Every thousand looks the worst lags of the loop go to stderr."""
    from ccdialer.fastagi.finding import find, shipped_folder
    from ccdialer.fastagi.server import AgiSettings, Server

    desk = desk_of(path)
    server = Server(AgiSettings(port=0, sessions_most=1000), desk)
    server.take(find([shipped_folder()]))
    await server.start()
    told(server.port)
    lags: list[float] = []
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.002)
        lags.append((time.perf_counter() - before - 0.002) * 1000)
        if len(lags) >= 1000:
            worst = " ".join(f"{lag:.3f}" for lag in sorted(lags)[-20:])
            sys.stderr.write(f"lags {worst}\n")  # in one piece: threads log beside it
            sys.stderr.flush()
            lags.clear()


def main(kind: str, path: str = "") -> None:
    from ccdialer.runtime import logs

    logs.set_up("info", "text", is_journal=True)
    sys.setswitchinterval(0.0005)  # as the daemon has it
    if kind.startswith("pyst2"):
        pyst2_routes(path) if path else pyst2()
        return
    from ccdialer.runtime.daemon import _loop_factory

    wanted = {"bare": bare, "timed": timed_bare, "ours": ours, "routes": lambda: routes(path)}[kind]
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(wanted())


if __name__ == "__main__":
    main(*sys.argv[1:])
