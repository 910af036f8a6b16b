"""What the CLI hears on the local socket, from a daemon, from something else, and from nobody."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ccdialer.errors import DaemonUnreachable, Refused
from ccdialer.runtime.ask import ask

NOBODY = 65534

Talk = Callable[[socket.socket], None]


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that everybody may enter, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="ccd-ask-") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@contextmanager
def peer(path: Path, talk: Talk) -> Iterator[str]:
    """Whoever listens at that path; he takes one caller."""

    def serve() -> None:
        caller, _ = listener.accept()
        with caller:
            talk(caller)

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield str(path)
        finally:
            thread.join()


def answering(answer: bytes) -> Talk:
    def talk(caller: socket.socket) -> None:
        with caller.makefile("rb") as lines:
            lines.readline()
        caller.sendall(answer)

    return talk


def test_the_result_is_what_the_daemon_says(folder: Path) -> None:
    with peer(folder / "s", answering(b'{"ok": true, "result": {"n": 1}}\n')) as path:
        assert ask(path, "status") == {"n": 1}


def test_the_request_is_one_line_of_json(folder: Path) -> None:
    heard: list[bytes] = []

    def talk(caller: socket.socket) -> None:
        with caller.makefile("rb") as lines:
            heard.append(lines.readline())
        caller.sendall(b'{"ok": true, "result": {}}\n')

    with peer(folder / "s", talk) as path:
        ask(path, "pause", login="анна", reason="two\nlines")
    line = heard[0].decode()
    assert line.count("\n") == 1
    assert line.startswith('{"verb": "pause", "arguments": {"login": ')


def test_a_refusal_is_the_daemon_s_own_sentence(folder: Path) -> None:
    refusal = answering(b'{"ok": false, "error": "agent \\"a\\" is not signed in"}\n')
    with (
        peer(folder / "s", refusal) as path,
        pytest.raises(Refused, match='agent "a" is not signed in'),
    ):
        ask(path, "pause", login="a")


@pytest.mark.parametrize(
    "answer", [b'{"ok": true, "resu', b"HTTP/1.1 400 Bad Request\r\n\r\n", b"[]\n", b'{"ok": 0}\n']
)
def test_an_answer_that_is_none_is_told_plainly(folder: Path, answer: bytes) -> None:
    with (
        peer(folder / "s", answering(answer)) as path,
        pytest.raises(DaemonUnreachable, match=r"cut off, or not from a ccdialer daemon"),
    ):
        ask(path, "status")


def test_a_socket_that_closes_without_an_answer(folder: Path) -> None:
    with (
        peer(folder / "s", answering(b"")) as path,
        pytest.raises(DaemonUnreachable, match="without an answer"),
    ):
        ask(path, "status")


def test_a_peer_that_hangs_up_on_a_long_request_was_there(folder: Path) -> None:
    with (
        peer(folder / "s", lambda caller: None) as path,
        pytest.raises(DaemonUnreachable, match="without an answer"),
    ):
        ask(path, "login", logins=["a" * 10_000_000])


def test_an_answer_given_before_the_request_was_all_read_is_heard(folder: Path) -> None:
    def talk(caller: socket.socket) -> None:
        caller.recv(100)
        caller.sendall(b'{"ok": false, "error": "too long"}\n')

    with peer(folder / "s", talk) as path, pytest.raises(Refused, match="too long"):
        ask(path, "login", logins=["a" * 10_000_000])


def test_a_daemon_that_is_silent(folder: Path) -> None:
    asked = threading.Event()

    def talk(caller: socket.socket) -> None:
        asked.wait(10)

    with peer(folder / "s", talk) as path:
        with pytest.raises(DaemonUnreachable, match="did not answer in time; see its log"):
            ask(path, "status", timeout_s=0.05)
        asked.set()


def test_no_socket_is_there(folder: Path) -> None:
    with pytest.raises(DaemonUnreachable, match=r"not running .*s: No such file.*ccdialer run"):
        ask(str(folder / "s"), "status")


def test_a_socket_that_a_killed_daemon_has_left(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.bind(str(folder / "s"))
    with pytest.raises(DaemonUnreachable, match=r"not running .*refused"):
        ask(str(folder / "s"), "status")


def test_a_path_that_is_too_long() -> None:
    with pytest.raises(DaemonUnreachable, match="path too long"):
        ask("/tmp/" + "x" * 200, "status")


def test_a_socket_that_is_not_for_us(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(folder / "s"))
        listener.listen()
        os.chmod(folder / "s", 0o660 if os.geteuid() == 0 else 0)
        with (
            somebody_else(),
            pytest.raises(DaemonUnreachable, match="permission denied; join the group"),
        ):
            ask(str(folder / "s"), "status")


@contextmanager
def somebody_else() -> Iterator[None]:
    """Not root, who may do everything, if that is who we are."""
    if os.geteuid() != 0:
        yield
        return
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)
