"""The shipped scripts on a real desk and database: what each sets, and that it sets all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ccdialer import storage
from ccdialer.core.agent import AgentState
from ccdialer.core.campaign import CampaignSettings, CampaignState, Mode
from ccdialer.core.card import Card, Deal
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.found import CardStatus, Found
from ccdialer.fastagi.finding import Scripts, find, shipped_folder
from ccdialer.fastagi.rehearsal import Scene, rehearse
from ccdialer.runtime.agi_desk import AgiDesk
from ccdialer.runtime.clock import wall_ms
from ccdialer.runtime.wishes import Wishes
from ccdialer.storage import Database
from tests.core.routing_samples import CALLER, DID
from tests.runtime.routing_floor import Site

SCRIPTS: Scripts = find([shipped_folder()])
DEALS = (
    Deal("1", "Proposal sent", "main", owner="login:anna", changed_at=2.0),
    Deal("2", "Lost", "main", is_open=False, changed_at=3.0),
)
SHOWN = Found(Card("crm", "7", "Анна", "id:3", DEALS), CardStatus.OK, "crm.crm")


class Stage:
    """A site, and what a script sets there."""

    def __init__(self, db: Database) -> None:
        self.site = Site(db)
        self.db = db
        self.state = AgentState.AVAILABLE
        for name, mode in (("callbacks", Mode.CALLBACK), ("quotes", Mode.PROGRESSIVE)):
            settings = CampaignSettings("PJSIP/{digits}@t", mode, calling_hours=AT_ANY_TIME)
            storage.upsert_campaign(db, "sales", name, settings, wall_ms())
        self.site.directing.read()
        self.wishes = Wishes(db)
        self.desk = AgiDesk(db, self.site.directing, self.wishes, "one", lambda _: self.state)

    def play(self, name: str, number: str = CALLER, **arguments: str) -> dict[str, str]:
        script = SCRIPTS.get(name)
        assert script is not None
        scene = Scene(number, DID, arguments=arguments, channel=f"1.{number}")
        told = rehearse(script, scene, self.desk)
        assert not told.outcome.trouble
        assert list(told.variables) == list(script.outputs)
        return told.variables

    def count(self, table: str) -> int:
        return len(self.db.rows(f"SELECT 1 FROM {table}"))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with storage.connect(f"sqlite:///{tmp_path}/site.db") as db:
        storage.migrate(db)
        made = Stage(db)
        yield made
        assert made.wishes.close(10.0)
        made.site.directing.close()


def test_route_by_stage(stage: Stage) -> None:
    stage.site.crm.found = SHOWN
    found = stage.play("route_by_stage")
    call_id = found.pop("CCD_CALL")
    assert len(call_id) == 32
    assert found == {
        "CCD_STATUS": "OK",
        "CCD_REASON": "rule.sales",
        "CCD_TARGET_KIND": "queue",
        "CCD_TARGET": "sales",
        "CCD_QUEUE": "sales",
        "CCD_PROJECT": "sales",
        "CCD_CHANNEL": "site",
        "CCD_CARD": "OK",
        "CCD_STAGE": "Proposal%20sent",
        "CCD_PIPELINE": "main",
        "CCD_CLIENT": "crm:7",
        "CCD_OWNER": "anna",
        "CCD_OWNER_PHONE": "PJSIP%2F101",
        "CCD_OWNER_WAIT": "20",
    }
    assert stage.play("route_by_stage")["CCD_CALL"] == call_id


def test_stage(stage: Stage) -> None:
    stage.site.crm.found = SHOWN
    found = stage.play("stage")
    assert (found["CCD_STAGE"], found["CCD_DEALS"], found["CCD_CARD"]) == (
        "Proposal%20sent",
        "1",
        "OK",
    )
    assert found["CCD_CLIENT_OWNER"] == "login:anna"
    stage.site.crm.found = replace(SHOWN, status=CardStatus.STALE, reason="crm_timeout")
    assert stage.play("stage")["CCD_CARD"] == "STALE"
    stage.site.crm.found = Found(None, CardStatus.TIMEOUT, "crm_timeout")
    found = stage.play("stage")
    assert (found["CCD_STATUS"], found["CCD_REASON"]) == ("TIMEOUT", "crm_timeout")
    assert not any(
        value for name, value in found.items() if name not in ("CCD_STATUS", "CCD_REASON")
    )


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (AgentState.AVAILABLE, "free"),
        (AgentState.TALKING, "busy"),
        (AgentState.PAUSED, "busy"),
        (AgentState.OFFLINE, "away"),
    ],
)
def test_talked_and_last_agent(stage: Stage, state: AgentState, word: str) -> None:
    assert stage.play("last_agent")["CCD_STATUS"] == "NOTFOUND"
    assert (
        stage.play("talked", agent="PJSIP/101", seconds="30", queue="sales")["CCD_STATUS"] == "OK"
    )
    stage.state = state
    found = stage.play("last_agent")
    assert (found["CCD_OWNER"], found["CCD_OWNER_PHONE"]) == ("anna", "PJSIP%2F101")
    assert (found["CCD_OWNER_STATE"], found["CCD_REASON"]) == (word, word)


def test_talked_needs_an_agent(stage: Stage) -> None:
    assert stage.play("talked")["CCD_REASON"] == "needs_agent"
    assert stage.count("inbound_call") == 0


def test_is_open(stage: Stage) -> None:
    found = stage.play("is_open")
    assert (found["CCD_OPEN"], found["CCD_OPENS_IN"]) == ("1", "")
    settings = CampaignSettings(mode=Mode.INBOUND, calling_hours={"mon": "closed"})
    queue = storage.upsert_campaign(stage.db, "sales", "sales", settings, wall_ms())
    storage.set_campaign_state(stage.db, queue.id, CampaignState.ACTIVE, wall_ms())
    assert stage.play("is_open", queue="sales")["CCD_OPEN"] == "0"
    found = stage.play("is_open", queue="none")
    assert (found["CCD_STATUS"], found["CCD_OPEN"]) == ("NOTFOUND", "")


def test_a_call_that_is_over_is_the_one_that_is_told_of(stage: Stage) -> None:
    """Nothing of the channel by which it is told: that one is Asterisk's own."""
    later = {"channel": "1800000000.7", "ago": "90", "lasted": "30", "did": DID}
    found = stage.play("lost_call", number="401", caller=CALLER, reason="agi_failure", **later)
    assert found["CCD_STATUS"] == "OK"
    found = stage.play("lost_call", channel="1800000000.8", ago="80")
    assert (found["CCD_STATUS"], found["CCD_TASK"]) == ("NOTFOUND", "")
    later["channel"] = "1800000000.9"
    stage.play("talked", agent="anna", seconds="10", caller="+79161234568", **later)
    calls = "SELECT leg_id, number, did, fate FROM inbound_call ORDER BY leg_id"
    assert stage.db.rows(calls) == [
        ("1800000000.7", CALLER, DID, "sent_on"),
        ("1800000000.8", "", "", "left"),
        ("1800000000.9", "+79161234568", DID, "answered"),
    ]


def test_lost_call(stage: Stage) -> None:
    found = stage.play("lost_call", queue="sales", waited="35")
    assert (found["CCD_STATUS"], found["CCD_TASK"]) == ("OK", "1")
    assert stage.play("lost_call", queue="sales", waited="35") == found
    assert stage.count("task") == 1
    assert stage.play("lost_call", "anonymous", queue="sales")["CCD_STATUS"] == "NOTFOUND"


def test_callback_request(stage: Stage) -> None:
    found = stage.play("callback_request")
    assert (found["CCD_STATUS"], found["CCD_TASK"]) == ("OK", "1")
    assert stage.play("callback_request", "anonymous")["CCD_STATUS"] == "NOTFOUND"
    other = stage.play("callback_request", "+79161234568", campaign="callbacks", after="600")
    assert other["CCD_REASON"] == "new"
    assert stage.count("task") == 2


def test_add_task(stage: Stage) -> None:
    assert stage.play("add_task", campaign="quotes", priority="9")["CCD_REASON"] == "new"
    assert stage.play("add_task")["CCD_REASON"] == "needs_campaign"
    assert stage.db.rows("SELECT priority FROM task") == [(9,)]


def test_do_not_call(stage: Stage) -> None:
    assert stage.play("do_not_call")["CCD_REASON"] == "new"
    assert stage.play("do_not_call", "anonymous")["CCD_REASON"] == "hidden_number"
    assert stage.count("do_not_call") == 1
