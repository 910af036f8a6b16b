"""Over real sockets: who is served, who is not, and what every one of them is told."""

from __future__ import annotations

import asyncio
import resource
import socket
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from ccdialer.fastagi import server as module
from ccdialer.fastagi import session
from ccdialer.fastagi.finding import Scripts, Source
from ccdialer.fastagi.script import MARK, NOTFOUND, Answer, script
from ccdialer.fastagi.server import AgiSettings, Server
from tests.fastagi.pbx import call, ended, head
from tests.runtime.floor import until

DESK: Any = SimpleNamespace()
LET_GO = threading.Event()


@script(arguments={"queue": "Which."}, outputs={"CCD_WHO": "Who.", "CCD_WHERE": "Where."})
def greet(agi: Any, desk: Any) -> Answer:
    """Greets."""
    agi.set_variable("CCD_WHO", agi.call.number)
    agi.set_variable("CCD_WHERE", agi.args["queue"])
    agi.verbose(agi.get_variable("NAME"))
    return None


@script(outputs={"CCD_WHO": "Who."})
def nobody(agi: Any, desk: Any) -> Answer:
    """Finds nobody."""
    return NOTFOUND, "no such client"


@script(outputs={"CCD_WHO": "Who."}, limit_s=0.2)
def hang(agi: Any, desk: Any) -> Answer:
    """Hangs."""
    agi.set_variable("CCD_WHO", "half")
    LET_GO.wait(30)
    agi.verbose("too late")
    return None


@script(outputs={"CCD_WHO": "Who."}, limit_s=0.1)
def spin(agi: Any, desk: Any) -> Answer:
    """Computes without end, and lets nothing disturb it."""
    while True:
        try:
            agi.args["none"]
        except Exception:
            continue


@script(outputs={"CCD_WHO": "Who."})
def broken(agi: Any, desk: Any) -> Answer:
    """Raises."""
    raise KeyError("x\n" * 3)


@script(outputs={"CCD_WHO": "Who."})
def made_up(agi: Any, desk: Any) -> Answer:
    """Returns a status of its own."""
    return "DONE", "well"  # type: ignore[return-value]


@script(outputs={"CCD_WHO": "Who."})
def leave(agi: Any, desk: Any) -> Answer:
    """Leaves Python."""
    raise SystemExit(3)


@script(outputs={"CCD_WHO": "Who."})
def chatty(agi: Any, desk: Any) -> Answer:
    """Talks on after the caller has hung up."""
    for n in range(1000):
        agi.verbose(str(n))
    return None


@script(arguments={"queue": "Which."})
def echo(agi: Any, desk: Any) -> Answer:
    """Says all it has heard in the ways a script can."""
    name = agi.call.name
    agi.set_variable("SEEN", name)
    agi.verbose(name)
    agi.appexec("NoOp", name)
    agi.set_callerid(name)
    agi.stream_file(agi.args["queue"])
    return None


def declared(*functions: Callable[..., Any]) -> Scripts:
    found = [vars(each)[MARK] for each in functions]
    return Scripts({each.name: Source(Path(f"{each.name}.py"), b"", each) for each in found})


ALL = declared(greet, nobody, hang, spin, broken, made_up, leave, chatty, echo)


async def started(**settings: Any) -> Server:
    server = Server(AgiSettings(port=0, **settings), DESK)
    server.take(ALL)
    await server.start()
    return server


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    LET_GO.clear()
    made = await started()
    yield made
    LET_GO.set()
    await made.close()


async def test_a_script_answers(server: Server) -> None:
    heard = await call(server.port, head("greet?queue=%D0%90+b"), {"NAME": "Анна"})
    assert heard.commands[:2] == ['GET VARIABLE "NAME"', 'VERBOSE "Анна" 1']
    assert heard.variables == {
        "NAME": "Анна",
        "CCD_STATUS": "OK",
        "CCD_REASON": "",
        "CCD_WHO": "+79161234567",
        "CCD_WHERE": "%D0%90+b",
    }


async def test_the_last_commands_are_taken_at_once(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when the grace is over: Asterisk takes the second of two lines when more comes."""
    monkeypatch.setattr(session, "GRACE_S", 3600.0)
    heard = await call(server.port, head("greet?queue=b"), {"NAME": "A"})
    assert heard.variables["CCD_WHERE"] == "b"


async def test_arguments_may_come_behind_a_comma(server: Server) -> None:
    heard = await call(server.port, head("greet,queue=sales,caller=101"))
    assert heard.variables["CCD_WHERE"] == "sales"
    assert heard.variables["CCD_WHO"] == "101"


@pytest.mark.parametrize(
    ("asked", "status", "reason"),
    [
        ("nobody", "NOTFOUND", "no%20such%20client"),
        ("hang", "TIMEOUT", "script_late"),
        ("broken", "ERROR", "script_failed"),
        ("made_up", "ERROR", "script_failed"),
        ("leave", "ERROR", "script_failed"),
    ],
)
async def test_every_variable_is_set_on_every_path(
    server: Server, asked: str, status: str, reason: str
) -> None:
    before = {"CCD_STATUS": "OK", "CCD_WHO": "of the call before"}
    with capture_logs():
        heard = await call(server.port, head(asked), before)
    assert heard.variables == {"CCD_STATUS": status, "CCD_REASON": reason, "CCD_WHO": ""}


async def test_of_a_script_that_is_not_there_the_two_are_set(server: Server) -> None:
    heard = await call(server.port, head("../../etc/passwd"))
    assert heard.variables == {"CCD_STATUS": "ERROR", "CCD_REASON": "no_script"}


async def test_a_fault_is_told_once_with_its_line(server: Server) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            await call(server.port, head("broken"))
    (told,) = logs
    assert told["event"] == "AGI: KeyError: 'x\\nx\\nx\\n'"
    assert told["at"].startswith("test_server.py:")
    assert server.figures()["scripts"] == {"broken": {"ERROR": 3}}


async def test_who_hangs_up_ends_the_script(server: Server) -> None:
    heard = await call(server.port, head("chatty"), hangs_up_at='VERBOSE "3"')
    assert heard.variables["CCD_REASON"] == "hangup"
    assert len([c for c in heard.commands if c.startswith("VERBOSE")]) == 4


async def test_a_script_that_hangs_takes_no_others_with_it(server: Server) -> None:
    with capture_logs():
        hung = [call(server.port, head("hang")) for _ in range(module.HANGING_MOST)]
        assert {heard.variables["CCD_STATUS"] for heard in await asyncio.gather(*hung)} == {
            "TIMEOUT"
        }
        shut_out = await call(server.port, head("hang"))
    assert shut_out.variables["CCD_REASON"] == "script_hangs"
    assert server.figures()["hanging"] == module.HANGING_MOST
    served = [call(server.port, head("greet")) for _ in range(40)]
    assert {heard.variables["CCD_STATUS"] for heard in await asyncio.gather(*served)} == {"OK"}
    LET_GO.set()
    await until(lambda: not server.figures()["hanging"])


async def test_a_script_that_spins_is_interrupted(server: Server) -> None:
    with capture_logs():
        spun = [call(server.port, head("spin")) for _ in range(3)]
        assert {heard.variables["CCD_STATUS"] for heard in await asyncio.gather(*spun)} == {
            "TIMEOUT"
        }
    await until(lambda: not server.figures()["hanging"])
    assert (await call(server.port, head("greet"))).variables["CCD_STATUS"] == "OK"


async def test_more_sessions_than_allowed_go_on_without_a_script() -> None:
    LET_GO.clear()
    server = await started(sessions_most=2, threads=1)
    try:
        with capture_logs():
            heard = await asyncio.gather(*(call(server.port, head("hang")) for _ in range(5)))
    finally:
        LET_GO.set()
        await server.close()
    reasons = sorted(each.variables["CCD_REASON"] for each in heard)
    assert reasons == ["busy", "busy", "busy", "script_late", "script_late"]


async def test_the_secret_is_asked_and_not_handed_on() -> None:
    server = await started(secret="s3cret")
    try:
        with capture_logs() as logs:
            wrong = await call(server.port, head("greet?secret=guess"))
            none = await call(server.port, head("greet"))
            right = await call(server.port, head("greet,secret=s3cret"))
    finally:
        await server.close()
    assert [wrong.variables["CCD_STATUS"], none.variables["CCD_REASON"]] == ["DENIED", "secret"]
    assert wrong.variables["CCD_WHO"] == ""
    assert right.variables["CCD_STATUS"] == "OK"
    assert "s3cret" not in str(logs)
    assert "guess" not in str(logs)


async def test_from_elsewhere_nothing_is_read() -> None:
    server = await started(allow_from=(module.ip_network("192.0.2.0/24"),))
    try:
        with capture_logs():
            heard = await call(server.port, head("greet"))
    finally:
        await server.close()
    assert heard.commands == []
    assert server.figures()["turned_away"] == {"address": 1}


HOSTILE = [
    'x"\nEXEC System "id',
    "x\r\nSET VARIABLE CCD_STATUS OK\r\n",
    "${SHELL(id)},${CCD_TARGET}&|;`$(id)`",
    '\\" \\\\" \\',
    "nul\0zero",
    "\u2028\u2029\x85\x0b\x0c\x1c",
    "Ж" * 700,
    "x" * 65536,
    "\udcff\udcfe latin \udce9",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_hostile_name_is_one_command_a_line_and_none_of_its_own(
    server: Server, text: str
) -> None:
    with capture_logs():
        heard = await call(server.port, head("echo?queue=a b", agi_calleridname=text))
    starts = [command.split(" ")[0] for command in heard.commands]
    assert set(starts) <= {"SET", "VERBOSE", "EXEC", "STREAM"}
    assert [c for c in heard.commands if "EXEC" in c and not c.startswith('EXEC NoOp "')] == [
        c for c in heard.commands if "EXEC" in c and c.startswith(("SET", "VERBOSE"))
    ]
    assert heard.variables["CCD_STATUS"] in ("OK", "DENIED")
    assert set(heard.variables.get("SEEN", "")) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:+%-"
    )


async def test_a_head_without_end_is_refused_with_the_variables_set(server: Server) -> None:
    lines = b"agi_network_script: greet\n" + b"agi_arg_1: x\n" * 70
    with capture_logs():
        heard = await call(server.port, lines)
    assert heard.variables["CCD_STATUS"] == "DENIED"
    assert heard.variables["CCD_WHO"] == ""


async def test_a_script_gets_no_more_than_its_time_from_who_does_not_answer(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asterisk that takes a command and says nothing: the session ends all the same."""
    monkeypatch.setattr("ccdialer.fastagi.session.GRACE_S", 0.05)
    server.settings = AgiSettings(port=0, deadline_s=0.1)
    with capture_logs():
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(head("greet"))
        async with asyncio.timeout(10):
            said = await reader.read()
        await ended(writer)
    assert b'SET VARIABLE CCD_STATUS "TIMEOUT"' in said


async def test_ten_thousand_idle_connections_keep_no_call_out(server: Server) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 10_000
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + 2_000), hard))
    idle: list[socket.socket] = []
    try:
        with capture_logs():
            while len(idle) < wanted:
                for _ in range(200):
                    one = socket.socket()
                    one.setblocking(False)
                    one.connect_ex(("127.0.0.1", server.port))
                    idle.append(one)
                heard = await call(server.port, head("greet"))
                assert heard.variables["CCD_STATUS"] == "OK"
        assert server.figures()["silent"] <= module.WAITING_MOST
        assert server.figures()["turned_away"]["silent"] >= wanted - module.WAITING_MOST - BEHIND
    finally:
        for one in idle:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


BEHIND = 1_000  # connections the kernel holds and nobody has accepted yet


async def test_who_says_nothing_is_dropped(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEAD_S", 0.05)
    with capture_logs():
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"agi_network: yes\n")
        async with asyncio.timeout(10):
            assert await reader.read() == b""
        await ended(writer)


async def test_at_the_end_calls_go_on_by_themselves() -> None:
    LET_GO.clear()
    server = await started()
    going = asyncio.ensure_future(call(server.port, head("hang")))
    await until(lambda: server.figures()["at_work"])
    await server.close()
    LET_GO.set()
    assert (await going).variables["CCD_REASON"] == "stopping"
