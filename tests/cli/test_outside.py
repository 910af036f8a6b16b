"""Scripts, CRMs and the outbox have a line where there is something to say."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ccdialer.cli.outside import outside
from ccdialer.storage.outbox_listing import Backlog

NOW = 1_800_000_000_000
QUIET: dict[str, Any] = {
    "listen": "127.0.0.1:4573",
    "trouble": "",
    "hanging": 0,
    "scripts": {},
    "turned_away": {},
    "broken": [],
}


def agi(**changes: Any) -> list[str]:
    return outside({"agi": QUIET | changes}, NOW)


def source(state: str, tries_in_s: float | None) -> dict[str, Any]:
    fault = "crm_timeout: no whole answer in time"
    return {"name": "b24", "state": state, "tries_in_s": tries_in_s, "last_fault": fault}


def test_where_all_is_quiet_nothing_is_said() -> None:
    idle = {"b24": asdict(Backlog("b24", 3, 1, 0, NOW - 1000))}
    crm = {"sources": [source("closed", None)]}
    assert outside({"agi": QUIET, "crm": crm, "outbox": idle}, NOW) == []
    assert outside({}, NOW) == [], "the database did not answer"


def test_scripts_are_counted_and_their_faults_named() -> None:
    ran = {"is_open": {"OK": 3, "NOTFOUND": 4}, "route_by_stage": {"OK": 110, "TIMEOUT": 3}}
    assert agi(scripts=ran) == ["scripts: calls 120 (route_by_stage TIMEOUT 3)"]
    assert agi(hanging=1, turned_away={"denied": 2}) == [
        "scripts: hanging 1, turned away 2 (denied 2)"
    ]
    told = agi(trouble="127.0.0.1:4573: address in use", broken=["mine.py: no function"])
    assert told == ["scripts: 127.0.0.1:4573: address in use; mine.py: no function"]


def test_a_crm_that_is_left_alone() -> None:
    assert outside({"crm": {"sources": [source("open", 12.0)]}}, NOW) == [
        "CRM b24: not asked for 12 s more: crm_timeout: no whole answer in time"
    ]


def test_notices_that_are_late_or_parked() -> None:
    late = {"b24": asdict(Backlog("b24", 3, 0, 1, NOW - 3_600_000))}
    (told,) = outside({"outbox": late}, NOW)
    assert told == (
        "outbox b24: 3 to be delivered, 1 parked, the oldest for 1 h; see why: ccdialer outbox list"
        " --connector b24"
    )
