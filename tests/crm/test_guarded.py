"""Connections go to public addresses by TLS, and elsewhere only where the config says so."""

from __future__ import annotations

import socket
import threading
import time
from ipaddress import ip_address, ip_network

import pytest

from ccdialer.crm.fault import CrmFault
from ccdialer.crm.guarded import Cord, may_go
from ccdialer.crm.pace import Pace
from ccdialer.crm.web import Ask, Web
from tests.crm.fakes import erp

INSIDE = (ip_network("10.1.2.0/24"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("address", "is_plain", "verdict"),
    [
        ("93.184.216.34", False, True),
        ("93.184.216.34", True, False),
        ("127.0.0.1", False, False),
        ("::1", False, False),
        ("169.254.169.254", False, False),
        ("10.1.3.1", False, False),
        ("10.1.2.7", False, True),
        ("10.1.2.7", True, True),
        ("::ffff:10.1.2.7", True, True),
        ("::ffff:127.0.0.1", False, False),
        ("fd00::5", True, True),
        ("100.64.0.1", False, False),
        ("0.0.0.0", False, False),
        ("224.0.0.1", False, False),
        ("64:ff9b::10.0.0.1", False, False),
        ("2002:a00:1::", False, False),
        ("::127.0.0.1", False, False),
        ("2a00:1450:4010::1", False, True),
    ],
)
def test_where_it_may_go(address: str, is_plain: bool, verdict: bool) -> None:
    assert may_go(ip_address(address), is_plain, INSIDE) is verdict


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "[::1]", "127.1"]
)
def test_a_private_address_in_any_spelling_is_never_connected_to(host: str) -> None:
    with erp.serve({}) as server:
        port = server.url.rpartition(":")[2]
        for scheme in ("http", "https"):
            with pytest.raises(CrmFault) as caught:
                Web((), Pace(9, 9)).ask(Ask(f"{scheme}://{host}:{port}/"), _soon())
            assert caught.value.reason in ("crm_forbidden", "crm_dns", "crm_unreachable")
        assert server.ledger == []


def test_a_name_that_means_another_address_a_moment_later_leads_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: the address that was looked at is the one that is connected to."""
    answers = ["127.0.0.2", "127.0.0.1"]

    def lookup(host: str, port: int, **more: int) -> list[tuple[object, ...]]:
        at = (answers.pop(0), port)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", at)]

    with erp.serve({}) as server:
        port = server.url.rpartition(":")[2]
        monkeypatch.setattr(socket, "getaddrinfo", lookup)
        web = Web(("127.0.0.2",), Pace(9, 9))
        with pytest.raises(CrmFault) as caught:
            web.ask(Ask(f"http://crm.example.net:{port}/"), _soon())
        assert caught.value.reason == "crm_unreachable", "127.0.0.2 was tried, and only that"
        assert server.ledger == []
        assert answers == ["127.0.0.1"]


def test_a_cord_wakes_who_waits_for_the_socket() -> None:
    here, there = socket.socketpair()
    with here, there, Cord() as cord:
        cord.hold(here)
        threading.Timer(0.02, cord.cut).start()
        assert here.recv(1) == b""
        assert cord.is_cut
        late, far = socket.socketpair()
        with late, far:
            cord.hold(late)
            assert late.recv(1) == b"", "what comes after the cut is cut at once"


def _soon() -> float:
    import time

    return time.monotonic() + 5.0


def test_all_addresses_of_a_host_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten addresses at which nobody answers are no ten times as long."""
    allowed: list[float] = []

    class Silent(socket.socket):
        def connect(self, address: object) -> None:
            allowed.append(self.gettimeout() or 0.0)
            time.sleep(0.02)
            raise TimeoutError("timed out")

    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{n}", 9)) for n in range(1, 6)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "socket", Silent)
    with pytest.raises(CrmFault):
        Web(("127.0.0.0/8",), Pace(9, 9)).ask(Ask("http://many.example/"), _soon())
    assert len(allowed) == 5
    assert allowed == sorted(allowed, reverse=True)
    assert allowed[-1] <= allowed[0] - 0.08
