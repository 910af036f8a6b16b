"""Requests over the websocket, matched with their replies: pure, no socket."""

from __future__ import annotations

import json

import pytest

from ccdialer.ari.rows import Rows, has_rows
from ccdialer.ari.words import Reply, Request

PING = Request("GET", "asterisk/ping")


@pytest.mark.parametrize(
    ("version", "has"),
    [
        ("22.10.1+dfsg+~cs6.17", True),
        ("22.4.0", True),
        ("22.3.9", False),
        ("21.9.0", True),
        ("20.13.1", False),
        ("20.14.0", True),
        ("23.0.0", True),
        ("18.26.4", False),
        ("GIT-master-abc", False),
    ],
)
def test_the_version_tells_whether_the_websocket_takes_requests(version: str, has: bool) -> None:
    assert has_rows(version) is has


def made() -> tuple[Rows, list[dict[str, object]]]:
    written: list[dict[str, object]] = []
    return Rows(lambda text: written.append(json.loads(text)), timeout_s=10), written


def test_replies_find_their_requests_in_any_order() -> None:
    rows, written = made()
    got: list[tuple[str, Reply]] = []
    rows.send(PING, lambda reply: got.append(("a", reply)), now=0)
    rows.send(Request("POST", "x", {"y": 1}), lambda reply: got.append(("b", reply)), now=0)
    assert len(rows) == 2
    assert written[1]["message_body"] == '{"y":1}'
    for sent in reversed(written):
        rows.receive({"request_id": sent["request_id"], "status_code": 204, "reason_phrase": "ok"})
    assert [name for name, _ in got] == ["b", "a"]
    assert len(rows) == 0


def test_a_reply_that_never_comes_is_a_doubt_after_its_time() -> None:
    rows, written = made()
    got: list[Reply] = []
    rows.send(PING, got.append, now=0)
    rows.send(PING, got.append, now=5)
    rows.expire(now=9)
    assert got == []
    rows.expire(now=11)
    assert [reply.certain for reply in got] == [False]
    rows.receive({"request_id": written[0]["request_id"], "status_code": 200})  # too late
    assert len(got) == 1


def test_a_cut_leaves_everything_in_doubt() -> None:
    rows, _ = made()
    got: list[Reply] = []
    rows.send(PING, got.append, now=0)
    rows.send(PING, got.append, now=0)
    rows.fail("cut")
    assert [(reply.reason, reply.certain) for reply in got] == [("cut", False)] * 2
