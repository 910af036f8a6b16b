"""How the floor is drawn, from the core's own snapshot."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

from ccdialer.cli.floor import (
    Progress,
    agent_table,
    calls_of,
    campaign_table,
    figures,
    headline,
    narrow_table,
    notes,
    trunk_table,
)
from ccdialer.core.snapshot import AgentRow, CampaignRow, Snapshot, TrunkRow
from ccdialer.core.task import TaskState
from ccdialer.reports import words

ANNA = AgentRow(
    *("anna", "Anna", "talking", 100.0, 30.0, "", "paused", "demo", "+7916***4567"),
    *(4, 240.0, 30.0, 100.0, 500.0, 0.6, 0.675),
)
DEMO = CampaignRow(
    *("demo", "active", "predictive", {"talking": 1}, 3, 1, 1, 0, 39, 1, 0.025),
    *(390, 20, 0.02),
    *("2 calls ahead", True),
)


def floor(**changes: Any) -> dict[str, Any]:
    snapshot = Snapshot(100.0, True, False, (ANNA,), (DEMO,), {"ringing": 3}, {"talking": 1})
    return asdict(snapshot) | changes


def answer(**changes: Any) -> dict[str, Any]:
    daemon = {
        **{"node": "main", "version": "1", "pid": 7, "up_s": 7200.0, "asterisk": "connected"},
        **{"storage_stalled_s": 0.0, "queue_depth": 0},
    }
    return {"snapshot": floor(), "daemon": daemon | changes, "next": {}}


def test_headline() -> None:
    assert headline(answer()) == "node main, ccdialer 1, pid 7, up 2 h, Asterisk connected"
    stalled = headline(answer(storage_stalled_s=30.0, queue_depth=12))
    assert "the database has not answered for 30 s" in stalled
    assert "12 changes are kept in memory" in stalled
    assert "stopping" in headline(answer() | {"snapshot": floor(draining=True)})


def test_figures() -> None:
    assert figures(floor()) == (
        "calls ringing 3; agents talking 1; talked 39, abandoned 1 (2.5%); utilisation 60%"
    )
    empty = floor(agents=[], campaigns=[], calls_by_state={}, agents_by_state={})
    assert figures(empty) == (
        "calls none; agents none; talked 0, abandoned 0 (0.0%); utilisation 0%"
    )


def test_campaigns() -> None:
    table = campaign_table(answer())
    (row,) = table.rows
    found = dict(zip((column.key for column in table.columns), row, strict=True))
    assert (found["agents"], found["in_flight"], found["abandonment_rate"]) == (
        *("talking 1", 3, 0.025),
    )
    assert (found["note"], found["pacing"]) == ("nothing is due now", "2 calls ahead")
    narrow = ("demo", "active", "predictive", "talking 1", 3, 1, 1, 39, "1 (2.5%)")
    assert narrow_table(floor()).rows == [narrow]
    assert notes(answer(), False) == ["demo: nothing is due now"]
    held = floor(campaigns=[asdict(replace(DEMO, hopper=20))])  # they are still to be dialed
    assert notes(answer() | {"snapshot": held}, False) == []
    assert notes(answer(), True) == ["demo: nothing is due now; 2 calls ahead"]


def test_a_campaign_that_rests_says_until_when_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccdialer.cli.floor.now_ms", lambda: 1_000_000)
    first = {"due_at": 4_600_000, "held": "outside the campaign's hours in Europe/Moscow"}
    (told,) = notes(answer() | {"next": {"demo": first}}, False)
    clock = words.at(4_600_000, 1_000_000)
    assert told == f"demo: nothing is due before {clock}: {first['held']}"
    (plain,) = notes(answer() | {"next": {"demo": first | {"held": ""}}}, False)
    assert plain == f"demo: nothing is due before {clock}"
    late = {"due_at": 999_999, "held": ""}
    assert notes(answer() | {"next": {"demo": late}}, False) == ["demo: nothing is due now"]


def test_agents() -> None:
    table = agent_table(floor())
    (row,) = table.rows
    found = dict(zip((column.key for column in table.columns), row, strict=True))
    assert (found["agent"], found["next_state"], found["talk_s"]) == ("anna", "paused", 240.0)


def test_calls_of_a_campaign() -> None:
    assert calls_of(floor(), "demo") == 5
    assert calls_of(floor(), "other") == 0


def test_progress() -> None:
    counts = dict.fromkeys(TaskState, 0) | {TaskState.WAITING: 2, TaskState.DONE: 8}
    progress = Progress("demo", counts)
    assert (progress.left, progress.line) == (2, "demo: 8 of 10 settled (waiting 2, done 8)")
    assert Progress("demo", dict.fromkeys(TaskState, 0)).line == "demo: 0 of 0 settled (none)"


def test_the_emergency_stop_is_not_overlooked() -> None:
    stopped = headline(answer() | {"snapshot": floor(stopped="wrong list")})
    assert "ALL IS STOPPED, nothing is dialed: wrong list (" in stopped
    silent = headline(answer() | {"snapshot": floor(stopped="")})
    assert "nothing is dialed (ccdialer resume-all)" in silent


def test_a_blocked_campaign_says_what_blocks_it() -> None:
    blocked = floor(campaigns=[asdict(replace(DEMO, blocked="trunk main: disabled"))])
    assert notes(answer() | {"snapshot": blocked}, False) == ["demo: trunk main: disabled"]


def test_trunks() -> None:
    rows = (
        TrunkRow("main", True, "", 3, 30, 4, {"7495": 5}),
        TrunkRow("spare", False, "disabled", 0, 10, 10, {}),
    )
    told = answer() | {
        "snapshot": floor(trunks=[asdict(row) for row in rows]),
        "spending": {"main": {"RUB": {"spent": 12_500_000, "held": 5}}},
    }
    main, spare = trunk_table(told).rows
    assert main == (
        *("main", "up", "3 of 30", "12.50 RUB"),
        "no more than 4 lines after congestion; 5 calls to 7495 failed in a row",
    )
    assert spare == ("spare", "down", "0 of 10", "", "disabled")


def test_what_keeps_the_dialplan_from_scripts() -> None:
    agi = {"trouble": "127.0.0.1:4573: Address already in use", "broken": ["site.py:3: no"]}
    _, port, script = headline(answer() | {"agi": agi}).splitlines()
    assert port.endswith("127.0.0.1:4573: Address already in use")
    assert script == "AGI script broken: site.py:3: no"
