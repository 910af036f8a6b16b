"""The outbox as its admin sees it: what waits, what is parked and why, and what he decides."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.notice import Direction, Notice, NoticeKind
from ccdialer.storage.outbox import (
    Failure,
    Promise,
    Worker,
    claim_parcels,
    park,
    promise,
    put_off,
    settle_parcel,
)
from tests.cli.prompt import LIMIT_S, Prompt
from tests.crm.fakes.losing import Losing, serve
from tests.crm.fakes.subscriber import SECRET, Subscriber

NOW = 1_780_000_000_000
NUMBER = "+79161234567"
MISSED = Notice(NoticeKind.MISSED, "a", Direction.INBOUND, NUMBER, begun_at=NOW, result="left")


@pytest.fixture
def filled(prompt: Prompt) -> Prompt:
    """One is parked, one waits for another try, one is delivered; another connector has one."""
    with storage.open_database(prompt.url) as db:
        for call, connector in (("a", "crm"), ("b", "crm"), ("c", "crm"), ("d", "hook")):
            told = replace(MISSED, call_id=call)
            promise(db, [Promise(connector, f"{connector}/missed/{call}", call, told, NOW)])
        first, second, third = claim_parcels(db, Worker("main", "crm"), 10, NOW)
        park(db, first, "crm_refused: ERROR_CORE: User is not found", NOW)
        put_off(db, second, NOW + 5000, Failure("crm_http_500: HTTP 500", counts=True))
        settle_parcel(db, third, "77", "", NOW)
    return prompt


def test_what_is_not_settled_is_listed(filled: Prompt) -> None:
    rows = filled.csv("outbox", "list")
    assert [(row["connector"], row["state"], row["number"]) for row in rows] == [
        ("crm", "parked", NUMBER),
        ("crm", "waiting", NUMBER),
        ("hook", "waiting", NUMBER),
    ]
    assert rows[0]["last_error"] == "crm_refused: ERROR_CORE: User is not found"
    assert [row["id"] for row in filled.csv("outbox", "list", "--state", "done")] == ["3"]
    assert len(filled.csv("outbox", "list", "--connector", "hook")) == 1
    assert "User is not found" in filled.run("outbox", "list").stdout


def test_rows_of_one_client(filled: Prompt) -> None:
    with storage.open_database(filled.url) as db:
        told = replace(MISSED, call_id="e")
        promise(db, [Promise("crm", "crm/missed/e", NUMBER, told, NOW)])
    (row,) = filled.csv("outbox", "list", "--number", "8 916 123-45-67")
    assert row["id"] == "5"
    assert "not a phone number" in filled.run("outbox", "list", "--number", "12", code=2).output
    assert filled.csv("outbox", "list", "--number", "8 800 555-35-35") == []


def test_a_notice_is_shown_whole(filled: Prompt) -> None:
    shown = {row["what"]: row["is"] for row in filled.csv("outbox", "show", "1")}
    assert (shown["state"], shown["told result"], shown["told number"]) == (
        *("parked", "left", NUMBER),
    )
    assert shown["last_error"] == "crm_refused: ERROR_CORE: User is not found"
    assert "no notice 99" in filled.run("outbox", "show", "99", code=1).output


def test_parked_ones_are_tried_again(filled: Prompt) -> None:
    assert "1 of 1 will be tried again" in filled.run("outbox", "retry", "--parked").output
    assert filled.csv("outbox", "list", "--state", "parked") == []
    assert "nothing of the kind" in filled.run("outbox", "retry", "--parked", code=1).output
    told = filled.run("outbox", "retry", "2", "3").output
    assert "1 of 2 will be tried again" in told
    assert "notice 3 is delivered" in told


def test_what_is_not_wanted_any_more_is_dropped(filled: Prompt) -> None:
    assert "1 of 1 dropped" in filled.run("outbox", "drop", "1").output
    assert "1 of 1 dropped" in filled.run("outbox", "drop", "--connector", "hook").output
    assert [row["id"] for row in filled.csv("outbox", "list")] == ["2"]
    assert "Give ids, or --parked" in filled.run("outbox", "drop", code=2).output
    assert "no notice 99" in filled.run("outbox", "drop", "99", code=1).output


def test_the_running_daemon_delivers_and_tells_of_it(prompt: Prompt) -> None:
    there = Subscriber()
    with serve(Losing(there.answer)) as server:
        hook = f"{{kind: webhook, url: '{server.url}/calls', secret: {SECRET}}}"
        told = f"crm:\n  private: [127.0.0.1]\n  connectors:\n    - {hook}\n"
        prompt.config.write_text(prompt.config.read_text() + told)
        key = "webhook/missed/a"
        with storage.open_database(prompt.url) as db, prompt.daemon():
            promise(db, [Promise("webhook", key, NUMBER, MISSED, NOW)])
            until = time.monotonic() + LIMIT_S
            while prompt.csv("outbox", "list", "--state", "done") == []:
                assert time.monotonic() < until
                time.sleep(0.05)
            claimed = replace(MISSED, call_id="b")
            promise(db, [Promise("gone", "gone/missed/b", NUMBER, claimed, NOW)])
            status = prompt.json("status")["outbox"]
            assert status["gone"]["waiting"] == 1
        assert list(there.had) == [key]
