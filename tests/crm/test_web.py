"""Whatever a server does, a request ends in time, and with a word for what was wrong."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from ccdialer.crm.fault import CrmFault
from ccdialer.crm.pace import Pace
from ccdialer.crm.web import LIMIT_REST_S, Ask, Reply, Web, refusal
from tests.crm.fakes.server import HOLDING, Answer, FakeServer, Fault, Request

REASONS = {
    Fault.HANG: "crm_timeout",
    Fault.TRICKLE_HEAD: "crm_timeout",
    Fault.TRICKLE_BODY: "crm_timeout",
    Fault.RESET: "crm_unreachable",
    Fault.HUGE: "crm_too_large",
}


def web(*more: str) -> Web:
    return Web(("127.0.0.1", *more), Pace(1000, 1000))


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


def hello(request: Request) -> Answer:
    return Answer(200, {"you": request.method, "said": request.page})


def test_a_question_and_its_answer() -> None:
    with FakeServer(hello) as server:
        reply = web().ask(Ask(f"{server.url}/a", "POST", {"x": "ü"}, (("q", "1 2"),)), soon())
        assert (reply.status, reply.page()) == (200, {"you": "POST", "said": {"x": "ü"}})
        (seen,) = server.ledger
        assert (seen.path, seen.query) == ("/a", (("q", "1 2"),))


@pytest.mark.parametrize("fault", list(REASONS))
def test_a_request_ends_while_the_server_goes_on(fault: Fault) -> None:
    with FakeServer(hello) as server:
        server.fault = fault
        with pytest.raises(CrmFault) as caught:
            web().ask(Ask(server.url), soon(0.3 if fault in HOLDING else 20.0))
        assert caught.value.reason == REASONS[fault]
        assert server.holding == (1 if fault in HOLDING else 0)


def test_redirects_are_not_followed() -> None:
    with FakeServer(hello) as server:
        server.fault = Fault.REDIRECT
        reply = web().ask(Ask(server.url), soon())
        assert refusal(reply).reason == "crm_redirect"
        assert len(server.ledger) == 1


def test_packed_answers_are_refused() -> None:
    with FakeServer(lambda _: Answer(200, {}, {"Content-Encoding": "gzip"})) as server:
        with pytest.raises(CrmFault, match="packed"):
            web().ask(Ask(server.url), soon())
        assert server.ledger[0].headers["Accept-Encoding"] == "identity"


def test_a_handshake_that_stalls_ends_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with pytest.raises(CrmFault) as caught:
            web().ask(Ask(f"https://127.0.0.1:{silent.getsockname()[1]}/"), soon(0.2))
        assert caught.value.reason == "crm_timeout"


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(CrmFault) as caught:
        web().ask(Ask(f"http://127.0.0.1:{port}/secret-path"), soon())
    assert caught.value.reason == "crm_unreachable"
    assert "secret-path" not in str(caught.value)


def test_connections_are_used_again_and_no_watch_stays_behind() -> None:
    with FakeServer(hello) as server:
        asking = web()
        for _ in range(5):
            asking.ask(Ask(server.url), soon())
        assert len(server.ledger) == 5
    watches = [each for each in threading.enumerate() if isinstance(each, threading.Timer)]
    for watch in watches:
        watch.join(1.0)
    assert not [each for each in watches if each.is_alive()]


def test_the_time_may_be_over_before_it_begins() -> None:
    with FakeServer(hello) as server:
        with pytest.raises(CrmFault) as caught:
            web().ask(Ask(server.url), time.monotonic() - 1)
        assert caught.value.reason in ("crm_timeout", "crm_paced")
        assert server.ledger == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "crm_denied"),
        (403, "crm_denied"),
        (429, "crm_limit"),
        (302, "crm_redirect"),
        (503, "crm_http_503"),
        (500, "crm_http_500"),
    ],
)
def test_what_a_status_says(status: int, reason: str) -> None:
    assert refusal(Reply(status, b"")).reason == reason


def test_a_rest_that_is_asked_for() -> None:
    assert refusal(Reply(429, b"", "7")).rest_s == 7.0
    assert refusal(Reply(429, b"", "tomorrow")).rest_s == LIMIT_REST_S
    assert refusal(Reply(429, b"", "999999999")).rest_s == 300.0


@pytest.mark.parametrize("body", [b"<html>Anna", b"\xff\xfe", b"[" * 100_000, b"", b'{"Anna'])
def test_what_is_no_json_is_told_without_its_text(body: bytes) -> None:
    with pytest.raises(CrmFault) as caught:
        Reply(200, body).page()
    expected = "a page for people" if body[:1] == b"<" else "no JSON"
    assert str(caught.value) == f"HTTP 200 and {expected}"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of an authority of our own, for localhost; with its key in one file."""
    path = tmp_path / "own.pem"
    words = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        f" -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout {path} -out {path}.crt"
    )
    subprocess.run(words.split(), check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


def test_tls_is_checked_against_the_authority_and_the_name(certificate: Path) -> None:
    with FakeServer(hello, certificate) as server:
        own = Web(("127.0.0.1", "::1"), Pace(9, 9), str(certificate))
        assert own.ask(Ask(server.url.replace("127.0.0.1", "localhost")), soon()).status == 200
        for asking, host in ((web("::1"), "localhost"), (own, "127.0.0.1")):
            with pytest.raises(CrmFault) as caught:
                asking.ask(Ask(server.url.replace("127.0.0.1", host)), soon())
            assert caught.value.reason == "crm_tls"
        server.fault = Fault.TRICKLE_BODY
        with pytest.raises(CrmFault) as late:
            own.ask(Ask(server.url.replace("127.0.0.1", "localhost")), soon(0.4))
        assert late.value.reason == "crm_timeout"
        assert server.holding == 1


def test_a_chunk_whose_size_has_no_end_is_not_read_into_memory() -> None:
    """urllib3 bounds the line between two chunks, as http.client those of the head."""

    def serve(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line, suppress(OSError):
            line.recv(65536)
            line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                line.sendall(b"1" * 100_000)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        with pytest.raises(CrmFault) as caught:
            web().ask(Ask(f"http://127.0.0.1:{listener.getsockname()[1]}/"), soon(20.0))
        thread.join(20)
    assert caught.value.reason == "crm_unreachable"


def test_no_cookie_is_kept() -> None:
    with FakeServer(lambda _: Answer(200, {}, {"Set-Cookie": "a=1; Path=/"})) as server:
        asking = web()
        for _ in range(2):
            asking.ask(Ask(server.url), soon())
        assert "Cookie" not in server.ledger[-1].headers
