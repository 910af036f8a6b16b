"""Connections to CRMs that go only where they may, and that can be cut off at any moment.

Names are resolved here and the connection goes to the address that was looked at: a name that
means something else a moment later leads nowhere (server-side request forgery, OWASP ASVS 13.2.5).
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from ccdialer.crm.fault import CrmFault

Address = IPv4Address | IPv6Address
TUNNELS = tuple(ip_network(each) for each in ("64:ff9b::/96", "2002::/16", "2001::/32", "::/96"))
"""Where the last or middle bits of IPv6 are an IPv4 address, perhaps a private one (RFC 6052, 3056,
4380, 4291): nobody is there who is not at that other address, too."""
_present = threading.local()


class Cord:
    """The line by which one request hangs: whoever pulls it ends the request at once."""

    def __init__(self) -> None:
        self.is_cut = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Cord:
        _present.cord = self
        return self

    def __exit__(self, *_: object) -> None:
        _present.cord = None
        with self._lock:
            self._socket = None  # it may serve another request now

    def hold(self, connected: Any) -> None:
        """The request goes over this socket."""
        with self._lock:
            self._socket = connected
            if self.is_cut:
                _shut(connected)

    def cut(self) -> None:
        """End it; a thread that waits for the socket wakes up with an error."""
        with self._lock:
            self.is_cut = True
            if self._socket is not None:
                _shut(self._socket)


def _shut(connected: socket.socket) -> None:
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is closed already


def may_go(address: Address, is_plain: bool, private: Sequence[Any]) -> bool:
    """Public addresses by TLS; others, and without TLS, only where the config names them."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if isinstance(address, IPv6Address) and any(address in net for net in TUNNELS):
        return False
    if any(address.version == net.version and address in net for net in private):
        return True
    return address.is_global and not address.is_multicast and not is_plain


def guarded(private: Sequence[str]) -> HTTPAdapter:
    """An adapter of requests whose connections are guarded."""
    networks = [ip_network(each) for each in private]

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, networks, is_plain=True)

        def request(self, *args: Any, **extra: Any) -> None:
            super().request(*args, **extra)
            _hold(self)

    class Tls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, networks, is_plain=False)

        def request(self, *args: Any, **extra: Any) -> None:
            super().request(*args, **extra)
            _hold(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=4, max_retries=0)
    adapter.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}
    return adapter


def _hold(connection: HTTPConnection) -> None:
    cord = getattr(_present, "cord", None)
    if cord is not None and connection.sock is not None:
        cord.hold(connection.sock)


def _connected(connection: HTTPConnection, private: Sequence[Any], is_plain: bool) -> socket.socket:
    """A socket to the first address of the host that is allowed and answers."""
    host, port = connection._dns_host, connection.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CrmFault("crm_dns", f"{host}: no such host ({error})") from error
    allowed = [each for each in found if may_go(ip_address(each[4][0]), is_plain, private)]
    if not allowed:
        how = "without TLS" if is_plain else "a private address"
        sentence = f"{host} is {how}, and not among crm.private in config.yaml"
        raise CrmFault("crm_forbidden", sentence)
    last: OSError = OSError("no address")
    until = None if connection.timeout is None else time.monotonic() + connection.timeout
    for family, kind, protocol, _, address in allowed:
        raw = socket.socket(family, kind, protocol)
        try:
            raw.settimeout(None if until is None else max(0.001, until - time.monotonic()))
            raw.connect(address)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return raw
        except OSError as error:
            raw.close()
            last = error
    raise CrmFault("crm_unreachable", f"{host}:{port}: {last}") from last
