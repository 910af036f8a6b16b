"""Datagrams to systemd, taken by a socket such as its own."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccdialer.runtime import notify as module
from ccdialer.runtime.notify import notify, watchdog_interval_s


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        sock.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield sock


def test_a_message_arrives_as_it_is(systemd: socket.socket) -> None:
    notify("READY=1")
    notify("STATUS=3 calls, 2 agents")
    assert [systemd.recv(4096), systemd.recv(4096)] == [b"READY=1", b"STATUS=3 calls, 2 agents"]


def test_the_address_may_be_abstract(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"ccdialer-notify-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind("\0" + name)
        sock.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
        notify("READY=1")
        assert sock.recv(4096) == b"READY=1"


def test_nothing_happens_where_systemd_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")


def test_nobody_suffers_where_nobody_listens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify("WATCHDOG=1")


def test_a_full_queue_does_not_hold_us_up(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.001)
    for n in range(600):  # the kernel keeps far fewer
        notify(f"STATUS={n}")
    assert systemd.recv(4096) == b"STATUS=0"


@pytest.mark.parametrize(
    ("pid", "microseconds", "interval_s"),
    [
        (None, "30000000", 15.0),
        pytest.param(str(os.getpid()), "30000000", 15.0, id="our own"),
        ("1", "30000000", None),
        (None, None, None),
        (None, "soon", None),
    ],
)
def test_the_watchdog_is_fed_twice_as_often_as_it_must_be(
    monkeypatch: pytest.MonkeyPatch,
    pid: str | None,
    microseconds: str | None,
    interval_s: float | None,
) -> None:
    for name, value in (("WATCHDOG_PID", pid), ("WATCHDOG_USEC", microseconds)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert watchdog_interval_s() == interval_s
