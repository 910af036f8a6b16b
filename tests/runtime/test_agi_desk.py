"""The desk on a real database of each kind: what scripts are told, and what is written once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from ccdialer import storage
from ccdialer.core.agent import AgentState
from ccdialer.core.campaign import CampaignSettings, CampaignState, Mode
from ccdialer.core.card import Card, Deal
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.found import CardStatus, Found
from ccdialer.fastagi.desk import InboundCall, TaskWish
from ccdialer.fastagi.script import Status
from ccdialer.runtime.agi_desk import AgiDesk
from ccdialer.runtime.clock import wall_ms
from ccdialer.runtime.wishes import Wishes
from ccdialer.storage import Database
from tests.core.routing_samples import CALLER, DID
from tests.runtime.routing_floor import Site

CALL = InboundCall(CALLER, DID, "1764100000.1", "Anna", call_id="")
HIDDEN = replace(CALL, number="anonymous")
SHOWN = Found(
    Card("crm", "7", "Anna", "login:anna", (Deal("1", "Proposal sent", "main", changed_at=1.0),)),
    CardStatus.OK,
    "crm.crm",
)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with storage.connect(database_url) as made:
        storage.migrate(made)
        yield made


@pytest.fixture
def site(db: Database) -> Iterator[Site]:
    made = Site(db)
    settings = CampaignSettings("PJSIP/{digits}@t", Mode.CALLBACK, calling_hours=AT_ANY_TIME)
    storage.upsert_campaign(db, "sales", "callbacks", settings, wall_ms())
    settings = replace(settings, mode=Mode.PROGRESSIVE)
    storage.upsert_campaign(db, "sales", "quotes", settings, wall_ms())
    made.directing.read()
    yield made
    made.directing.close()


@pytest.fixture
def wishes(db: Database) -> Iterator[Wishes]:
    made = Wishes(db)
    yield made
    assert made.close(10.0)


@pytest.fixture
def desk(db: Database, site: Site, wishes: Wishes) -> AgiDesk:
    return AgiDesk(db, site.directing, wishes, "one", lambda _: AgentState.AVAILABLE)


def tasks(db: Database) -> list[tuple[Any, ...]]:
    sql = """
        SELECT campaign.name, e164, login, task.priority FROM task
        JOIN campaign ON campaign.id = task.campaign_id JOIN task_number ON task_id = task.id
        LEFT JOIN agent ON agent.id = owner_id ORDER BY task.id"""
    return db.rows(sql)


# --- asking -------------------------------------------------------------------------------------


def test_a_route(desk: AgiDesk, site: Site) -> None:
    site.crm.found = SHOWN
    found = desk.route(CALL)
    assert (found.status, found.reason) == (Status.OK, "rule.sales")
    assert (found.target_kind, found.target, found.queue) == ("queue", "sales", "sales")
    assert (found.project, found.channel, found.stage) == ("sales", "site", "Proposal sent")
    assert (found.client, found.card) == ("crm:7", "OK")
    assert (found.owner, found.owner_phone, found.owner_wait_s) == ("anna", "PJSIP/101", 20.0)
    assert desk.route(CALL).call_id == found.call_id, "the same channel is the same call"


def test_a_queue_of_a_name_that_two_have(desk: AgiDesk, site: Site, db: Database) -> None:
    storage.upsert_campaign(db, "north", "sales", CampaignSettings(mode=Mode.INBOUND), wall_ms())
    site.directing.read()
    site.crm.found = SHOWN
    assert desk.route(CALL).queue == "sales/sales"
    assert desk.hours(CALL, "sales/sales").status is Status.OK
    assert desk.hours(CALL, "north/sales").status is Status.OK
    assert desk.hours(CALL, "south/sales").status is Status.NOTFOUND


def test_a_hidden_number_goes_by_the_fallback(desk: AgiDesk) -> None:
    found = desk.route(HIDDEN)
    assert (found.status, found.reason, found.target) == (Status.OK, "hidden_number", "reception")


def test_a_number_nobody_has_said_anything_of_goes_by_the_dialplan(desk: AgiDesk) -> None:
    found = desk.route(replace(CALL, did="+74950000000"))
    assert (found.status, found.reason, found.target) == (Status.NOTFOUND, "unknown_did", "")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (SHOWN, Status.OK),
        (replace(SHOWN, status=CardStatus.STALE), Status.OK),
        (Found(None, CardStatus.NOTFOUND), Status.NOTFOUND),
        (Found(None, CardStatus.TIMEOUT, "crm_timeout"), Status.TIMEOUT),
        (Found(None, CardStatus.ERROR, "crm_http_503"), Status.ERROR),
        (Found(None, CardStatus.NONE, "no_crm"), Status.NOTFOUND),
    ],
)
def test_a_card(desk: AgiDesk, site: Site, said: Found, status: Status) -> None:
    site.crm.found = said
    found = desk.card(CALL)
    assert (found.status, found.reason, found.card) == (status, said.reason, said.card)
    assert found.is_stale == (said.status is CardStatus.STALE)
    assert site.crm.asked == [(CALLER, "sales")]


def test_nobody_is_asked_about_a_hidden_number(desk: AgiDesk, site: Site) -> None:
    assert desk.card(HIDDEN).reason == "hidden_number"
    assert site.crm.asked == []


def test_who_talked_is_the_last_agent(desk: AgiDesk) -> None:
    assert desk.last_agent(CALL) is None
    assert desk.talked(CALL, "anna", 30.0, "sales").reason == "talked"
    person = desk.last_agent(replace(CALL, number="8 (916) 123-45-67"))
    assert person is not None
    assert (person.login, person.phone) == ("anna", "PJSIP/101")
    assert (person.is_on_duty, person.is_free) == (True, True)
    assert desk.last_agent(HIDDEN) is None
    assert desk.last_agent(CALL, "another project") is None


def test_who_does_not_work_there_any_more_is_nobody(
    desk: AgiDesk, site: Site, db: Database
) -> None:
    desk.talked(CALL, "anna", 30.0)
    db.run("DELETE FROM membership")
    site.directing.read()
    assert desk.last_agent(CALL) is None


@pytest.mark.parametrize("name", ["anna", "101", "PJSIP/101", "PJSIP/101-0000001f"])
def test_an_agent_has_several_names(desk: AgiDesk, name: str) -> None:
    assert desk.talked(CALL, name, 1.0).reason == "talked"


def test_an_agent_nobody_knows_counts_as_somebody(desk: AgiDesk, db: Database) -> None:
    assert desk.talked(CALL, "SIP/9-1", 1.0).reason == "unknown_agent"
    assert db.rows("SELECT fate, agent_id FROM inbound_call") == [("answered", None)]


def test_hours(desk: AgiDesk, db: Database) -> None:
    always = replace(CampaignSettings(mode=Mode.INBOUND), calling_hours=AT_ANY_TIME)
    queue = storage.upsert_campaign(db, "sales", "sales", always, wall_ms())
    assert desk.hours(CALL, "sales").reason == "queue_draft"
    storage.set_campaign_state(db, queue.id, CampaignState.ACTIVE, wall_ms())
    for name in ("sales", "sales/sales"):
        found = desk.hours(CALL, name)
        assert (found.status, found.is_open, found.opens_in_s) == (Status.OK, True, None)
    assert desk.hours(CALL).is_open, "the number's schedule"
    assert desk.hours(CALL, "none").status is Status.NOTFOUND
    assert desk.hours(CALL, "quotes").status is Status.NOTFOUND, "no queue but a campaign"
    assert desk.hours(replace(CALL, did="x")).reason == "unknown_did"


# --- wishes -------------------------------------------------------------------------------------


def test_who_asks_not_to_be_called_is_on_the_list_once(desk: AgiDesk, db: Database) -> None:
    assert desk.add_task(CALL, TaskWish("quotes")).reason == "new"
    assert desk.do_not_call(CALL, reason="asked by phone").reason == "new"
    assert desk.do_not_call(CALL).reason == "new", "the same wish of the same call"
    assert desk.do_not_call(replace(CALL, leg_id="2")).reason == "known"
    listed = db.rows("SELECT e164, project_id, source, reason FROM do_not_call")
    assert [row[:3] for row in listed] == [(CALLER, 0, "caller")]
    assert db.rows("SELECT state FROM task") == [("cancelled",)]
    assert len(db.rows("SELECT 1 FROM journal WHERE kind = 'dnc'")) == 1


def test_the_list_of_a_project(desk: AgiDesk, db: Database, site: Site) -> None:
    assert desk.do_not_call(CALL, "sales").reason == "new"
    ids = {row[0] for row in db.rows("SELECT project_id FROM do_not_call")}
    assert ids == {site.directing.known.projects["sales"]}
    assert desk.do_not_call(CALL, "none") == desk.do_not_call(CALL, "none")
    assert desk.do_not_call(CALL, "none").reason == "no_project"


def test_a_task_is_made_once(desk: AgiDesk, db: Database) -> None:
    wish = TaskWish("quotes", after_s=60, note="wants a quote", priority=9)
    assert desk.add_task(CALL, wish).reason == "new"
    again = desk.add_task(replace(CALL, leg_id="2"), wish)
    assert again.reason == "known"
    assert again.task_id is not None
    assert tasks(db) == [("quotes", CALLER, None, 9)]


def test_nothing_is_promised_that_nobody_would_do(desk: AgiDesk, db: Database) -> None:
    done = desk.add_task(CALL, TaskWish("sales"))
    assert (done.status, done.reason) == (Status.ERROR, "queue_dials_nobody")
    done = desk.call_back(CALL, TaskWish("quotes"))
    assert (done.status, done.reason) == (Status.ERROR, "no_callback_campaign")
    assert tasks(db) == []


def test_a_campaign_nobody_knows(desk: AgiDesk) -> None:
    with capture_logs() as logs:
        assert desk.add_task(CALL, TaskWish("none")).status is Status.ERROR
    assert 'there is no campaign "none"' in logs[0]["why"]


def test_a_callback_goes_to_whom_he_talked_with_last(desk: AgiDesk, db: Database) -> None:
    desk.talked(replace(CALL, leg_id="1"), "anna", 30.0)
    done = desk.call_back(CALL, TaskWish())
    assert (done.status, done.task_id is not None) == (Status.OK, True)
    assert desk.call_back(CALL, TaskWish()) == done
    assert desk.call_back(replace(CALL, leg_id="9"), TaskWish()).task_id == done.task_id
    assert [row[:3] for row in tasks(db)] == [("callbacks", CALLER, "anna")]


@pytest.mark.parametrize("wish", [TaskWish(), TaskWish("callbacks", after_s=600)])
@pytest.mark.parametrize("of_project", ["", "sales"])
def test_who_is_not_to_be_called_is_promised_nothing(
    desk: AgiDesk, db: Database, wish: TaskWish, of_project: str
) -> None:
    desk.do_not_call(replace(CALL, leg_id="1"), of_project)
    done = desk.call_back(CALL, wish)
    assert (done.status, done.reason, done.task_id) == (Status.DENIED, "do_not_call", None)
    assert tasks(db) == []
    assert db.rows("SELECT 1 FROM inbound_call WHERE ended_at IS NOT NULL") == [], "he goes on"
    desk.talked(CALL, "anna", 30.0)
    assert db.rows("SELECT fate FROM inbound_call") == [("answered",)]


def test_neither_is_whom_no_campaign_or_only_one_for_others_would_call(
    desk: AgiDesk, db: Database
) -> None:
    foreign = replace(CALL, number="+4930123456", leg_id="1")
    done = desk.call_back(foreign, TaskWish())
    assert (done.status, done.reason) == (Status.DENIED, "number_type")
    db.run("DELETE FROM campaign WHERE name = 'callbacks'")
    assert desk.call_back(CALL, TaskWish()).reason == "no_callback"
    desk.do_not_call(CALL)
    assert desk.call_back(replace(CALL, leg_id="2"), TaskWish()).reason == "do_not_call"
    assert tasks(db) == []


def test_a_callback_in_a_campaign_that_is_named(desk: AgiDesk, db: Database) -> None:
    wish = TaskWish("callbacks", after_s=600)
    assert desk.call_back(CALL, wish).reason == "new"
    assert desk.call_back(replace(CALL, leg_id="2"), wish).reason == "known"
    assert len(tasks(db)) == 1


def test_a_lost_call_is_called_back_once_and_who_talked_is_not_lost(
    desk: AgiDesk, db: Database
) -> None:
    done = desk.lost(CALL, "sales", waited_s=35.0)
    assert done.status is Status.OK
    assert desk.lost(CALL, "sales", waited_s=35.0) == done
    assert [row[:2] for row in tasks(db)] == [("callbacks", CALLER)]
    other = replace(CALL, leg_id="2", number="+79161234568")
    desk.talked(other, "anna", 10.0, "sales")
    assert desk.lost(other, "sales").task_id is None
    assert len(tasks(db)) == 1


def test_a_call_that_was_over_before_is_told_as_it_was(desk: AgiDesk, db: Database) -> None:
    before = wall_ms()
    over = replace(CALL, leg_id="2", ended_ago_s=3600.0, lasted_s=40.0)
    assert desk.talked(replace(over, ended_ago_s=7200.0), "anna", 30.0).status is Status.OK
    lost = replace(over, leg_id="3")
    done = desk.lost(lost, "", "agi_failure", 40.0)
    assert desk.lost(lost, "", "agi_failure", 40.0) == done
    assert [row[:3] for row in tasks(db)] == [("callbacks", CALLER, "anna")]
    sql = """
        SELECT fate, fate_reason, ad_channel, ended_at - arrived_at, ended_at - joined_at
        FROM inbound_call ORDER BY ended_at"""
    assert db.rows(sql) == [
        ("answered", "", "site", 40_000, 30_000),
        ("sent_on", "agi_failure", "site", 40_000, None),
    ]
    ((ended_at, due_at),) = db.rows("""
        SELECT ended_at, due_at FROM inbound_call JOIN task ON task.id = task_id""")
    assert before <= ended_at + 3_600_000 == due_at <= wall_ms()


def test_a_routed_call_keeps_its_row(desk: AgiDesk, db: Database, site: Site) -> None:
    call_id = desk.route(CALL).call_id
    site.carry_out()
    desk.lost(replace(CALL, call_id=call_id), "sales")
    assert db.rows("SELECT id, fate FROM inbound_call") == [(call_id, "left")]


def test_who_hangs_up_while_he_is_routed_is_one_call(
    desk: AgiDesk, db: Database, site: Site
) -> None:
    """The dialplan has not heard of the id; his end may be written before his route or after it."""
    call_id = desk.route(CALL).call_id
    desk.lost(CALL)
    site.carry_out()
    desk.lost(CALL)
    other = replace(CALL, leg_id="1764100000.2", number="+79161234568")
    other_id = desk.route(other).call_id
    site.carry_out()
    desk.lost(other)
    sql = "SELECT id, fate FROM inbound_call ORDER BY arrived_at, id"
    assert set(db.rows(sql)) == {(call_id, "left"), (other_id, "left")}
    assert len(db.rows(sql)) == len(tasks(db)) == 2


def test_a_route_that_nobody_waited_for_any_more_is_of_the_same_call(
    desk: AgiDesk, db: Database, site: Site
) -> None:
    call_id = desk.route(CALL).call_id
    site.carry_out()
    desk.lost(CALL, reason="timeout")
    assert db.rows("SELECT id, fate FROM inbound_call") == [(call_id, "sent_on")]


def test_what_is_no_id_is_not_taken_for_one(desk: AgiDesk, db: Database) -> None:
    desk.lost(replace(CALL, call_id="' OR 1=1"), "sales")
    ((call_id,),) = db.rows("SELECT id FROM inbound_call")
    assert len(call_id) == 32


def test_a_hidden_number_wishes_nothing(desk: AgiDesk, db: Database) -> None:
    wish = TaskWish("quotes")
    for done in (
        desk.do_not_call(HIDDEN),
        desk.add_task(HIDDEN, wish),
        desk.call_back(HIDDEN, wish),
        desk.lost(HIDDEN, "sales"),
    ):
        assert done.status is Status.NOTFOUND
    assert tasks(db) == []


@pytest.mark.parametrize(
    "text", ["", "'; DROP TABLE task; --", "\0", "\ud800", "x" * 70000, "${SHELL(id)}", "%s %n"]
)
def test_hostile_calls_are_answered(desk: AgiDesk, db: Database, text: str) -> None:
    call = InboundCall(text, text, text, text, text)
    wish = TaskWish("quotes", note=text)
    assert desk.route(call).status is Status.NOTFOUND
    assert desk.card(call).status is Status.NOTFOUND
    assert desk.last_agent(call) is None
    assert desk.hours(call, text).status is Status.NOTFOUND
    for done in (desk.lost(call, text, text), desk.talked(call, text, 1.0, text)):
        assert done.status in Status
    for done in (desk.call_back(call, wish), desk.add_task(call, wish), desk.do_not_call(call)):
        assert done.reason == "hidden_number"
    assert tasks(db) == []
