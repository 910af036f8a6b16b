"""Callers are told to the core with what is known of them, however slow whoever knows it is."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import pytest_asyncio

from ccdialer import storage
from ccdialer.ari.census import Census
from ccdialer.core.attempt import CallState
from ccdialer.core.campaign import CampaignSettings, CampaignState, Mode
from ccdialer.core.commands import Entertain, RecordRoute, SendBack
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.events import CallerArrived, LegEnded, SeenLeg
from ccdialer.core.facts import Past
from ccdialer.core.queue import Caller, QueueSettings
from ccdialer.core.routes import Did, Routes
from ccdialer.runtime.arrivals import Arrivals
from ccdialer.runtime.directing import Directing, Ringing
from ccdialer.storage import Database
from ccdialer.storage.routes import Applied, apply_routes
from tests.runtime.floor import NUMBER, Floor, until, wall

LEG = "1764000000.7"


def add_queue(db: Database, project: str = "acme", name: str = "line") -> None:
    settings = CampaignSettings(
        mode=Mode.INBOUND,
        calling_hours=AT_ANY_TIME,
        queue=QueueSettings(owner_first_s=33.0),
    )
    found = storage.upsert_campaign(db, project, name, settings, wall())
    storage.set_campaign_state(db, found.id, CampaignState.ACTIVE, wall())


@pytest_asyncio.fixture
async def queue(db: Database) -> AsyncIterator[Floor]:
    add_queue(db)
    floor = Floor(db)
    await floor.open()
    floor.driver.tell_all(await floor.library.projects())
    floor.connect()
    yield floor
    await floor.close()


@pytest.fixture
def directing(queue: Floor) -> Iterator[Directing]:
    made = Directing(queue.db, queue.clock, queue.writer.submit)
    made.read()
    yield made
    made.close()


def arrivals_of(queue: Floor, directing: Directing) -> Arrivals:
    return Arrivals(queue.driver, directing, "RU")


def arrived(queue: str = "line", leg_id: str = LEG, **known: str) -> CallerArrived:
    return CallerArrived(leg_id, queue, **{"number": NUMBER, "did": "84951234567", **known})


def census(*callers: CallerArrived) -> Census:
    living = frozenset(caller.leg_id for caller in callers)
    return Census((), callers, living, (), "22", 0.0, time.monotonic())


async def caller_of(queue: Floor, leg_id: str = LEG) -> Caller:
    await until(lambda: leg_id in queue.driver.dialer.board.legs, "the caller on the board")
    call = queue.driver.dialer.board.call_of_leg(leg_id)
    assert call is not None
    assert call.caller is not None
    return call.caller


async def test_a_caller_waits_in_the_queue_he_was_sent_to(
    queue: Floor, directing: Directing
) -> None:
    arrivals = arrivals_of(queue, directing)
    arrivals.arrived(arrived("acme/line"))
    caller = await caller_of(queue)
    assert (caller.number, caller.did, caller.owner_id) == (NUMBER, "+74951234567", None)
    assert len(caller.call_id) == 32
    assert queue.driver.dialer.board.call_of_leg(LEG).state is CallState.WAITING  # type: ignore[union-attr]
    await queue.deed(Entertain)
    await arrivals.close()


@pytest.mark.parametrize("name", ["nowhere", "demo", "acme/demo", ""])
async def test_a_name_that_is_no_queue_sends_him_back(
    queue: Floor, directing: Directing, name: str
) -> None:
    arrivals_of(queue, directing).arrived(arrived(name))
    back = await queue.deed(SendBack)
    assert dict(back.variables)["CCD_QUEUE_STATUS"] == "UNKNOWN"
    assert LEG not in queue.driver.dialer.board.legs


async def test_a_name_that_two_projects_have_is_nobody_s(
    queue: Floor, directing: Directing
) -> None:
    add_queue(queue.db, "other")
    queue.driver.tell_all(await queue.library.projects())
    queue.driver.tell_all(await queue.library.campaigns())
    arrivals = arrivals_of(queue, directing)
    arrivals.arrived(arrived())
    assert dict((await queue.deed(SendBack)).variables)["CCD_QUEUE_STATUS"] == "UNKNOWN"
    arrivals.arrived(arrived("other/line", "1764.8"))
    await caller_of(queue, "1764.8")
    await arrivals.close()


async def test_of_two_queues_that_of_the_number_called_is_meant(
    queue: Floor, directing: Directing
) -> None:
    add_queue(queue.db, "other")
    queue.driver.tell_all(await queue.library.projects())
    queue.driver.tell_all(await queue.library.campaigns())
    routes = Routes(other_dids=Did(project="other", fallback="queue line"))
    apply_routes(queue.db, Applied("", routes, "admin"), wall())
    directing.read()
    directed = directing.direct(Ringing(LEG, NUMBER, "+74951234567"))
    arrivals_of(queue, directing).arrived(arrived(call_id=directed.call_id))
    await caller_of(queue)
    board = queue.driver.dialer.board
    run = board.calls[directed.call_id].run
    assert board.projects[run.campaign.project_id].name == "other"
    assert directing.known.queue_name("other", "line") == "other/line"


async def test_the_route_that_a_script_has_found_is_taken_at_once(
    queue: Floor, directing: Directing
) -> None:
    directing.past_of = lambda *_: Past(callback_of="login:kate", news="tried you at 14:05")
    directed = directing.direct(Ringing(LEG, NUMBER, "+74951234567"))
    arrivals_of(queue, directing).arrived(arrived(call_id=directed.call_id))
    board = queue.driver.dialer.board
    assert LEG in board.legs, "nothing is looked up"
    assert board.calls[directed.call_id].leg_id == LEG


@pytest.mark.parametrize("is_routed", [True, False])
async def test_who_is_on_a_do_not_call_list_is_offered_no_callback(
    queue: Floor, directing: Directing, is_routed: bool
) -> None:
    past, call_id = Past(is_listed=True), ""
    directing.past_of = lambda *_: past
    if is_routed:
        directed = directing.direct(Ringing(LEG, NUMBER, "+74951234567"))
        directing.calls.keep(replace(directed, facts=replace(directed.facts, past=past)))
        call_id = directed.call_id
    arrivals = arrivals_of(queue, directing)
    arrivals.arrived(arrived(call_id=call_id))
    assert not (await caller_of(queue)).may_be_called
    await arrivals.close()


async def test_who_comes_without_a_route_goes_to_whom_he_had_to_do_with(
    queue: Floor, directing: Directing
) -> None:
    directing.past_of = lambda *_: Past(None, "login:kate", "login:anna", "campaign X tried you")
    arrivals = arrivals_of(queue, directing)
    arrivals.arrived(arrived())
    caller = await caller_of(queue)
    kate = queue.agents["kate"].id
    assert (caller.owner_id, caller.owner_wait_s) == (kate, 33.0)
    assert caller.news == "campaign X tried you"
    await arrivals.close()


async def test_a_hanging_database_does_not_keep_him(queue: Floor, directing: Directing) -> None:
    hangs = threading.Event()
    directing.past_of = lambda *_: Past(news=str(hangs.wait(10)))
    arrivals = arrivals_of(queue, directing)
    arrivals.arrived(arrived())
    caller = await caller_of(queue)
    assert (caller.owner_id, caller.news, hangs.is_set()) == (None, "", False)
    hangs.set()
    await arrivals.close()


async def test_a_hidden_number_has_no_past(queue: Floor, directing: Directing) -> None:
    arrivals_of(queue, directing).arrived(arrived(number="anonymous", name="Иван\x00\n\x1b[1m"))
    board = queue.driver.dialer.board
    caller = await caller_of(queue)
    assert caller.number == ""
    assert caller.name == "Иван[1m"
    assert board.call_of_leg(LEG) is not None


async def test_he_is_told_once_however_often_asterisk_tells_of_him(
    queue: Floor, directing: Directing
) -> None:
    arrivals = arrivals_of(queue, directing)
    for _ in range(3):
        arrivals.arrived(arrived())
    await caller_of(queue)
    arrivals.found(census(arrived()), ending=set())
    await asyncio.sleep(0.05)
    assert len(queue.driver.dialer.board.calls) == 1
    await arrivals.close()


async def test_who_came_while_we_were_away_is_taken_in_unless_his_end_was_asked_for(
    queue: Floor, directing: Directing
) -> None:
    arrivals = arrivals_of(queue, directing)
    callers = [arrived(leg_id="1764.1"), arrived(leg_id="1764.2")]
    arrivals.found(census(*callers), ending={"1764.2"})
    await caller_of(queue, "1764.1")
    assert "1764.2" not in queue.driver.dialer.board.legs
    await arrivals.close()


async def test_who_talks_already_is_told_before_anything_is_looked_up(
    queue: Floor, directing: Directing
) -> None:
    """An earlier run joined him and did not live to write it down: his agent is not free."""
    arrivals = arrivals_of(queue, directing)
    legs = (SeenLeg(LEG, True, "bridge"), SeenLeg("1764.8", True, None))
    callers = (arrived(), arrived(leg_id="1764.8"))
    arrivals.found(replace(census(*callers), legs=legs), ending=set())
    board = queue.driver.dialer.board
    assert LEG in board.legs
    assert "1764.8" not in board.legs
    await caller_of(queue, "1764.8")
    await arrivals.close()


async def test_who_goes_while_he_is_looked_up_does_not_wait_for_ever(
    queue: Floor, directing: Directing
) -> None:
    """His end comes behind his coming, whichever Asterisk's word is overtaken by."""
    arrivals = arrivals_of(queue, directing)
    assert arrivals.hear(arrived())
    assert LEG not in queue.driver.dialer.board.legs
    assert arrivals.hear(LegEnded(LEG, 0))
    await until(lambda: fates(queue) == ["left"], "his end")
    assert not queue.driver.dialer.board.calls
    assert not arrivals.hear(LegEnded(LEG, 0))
    await arrivals.close()


async def test_who_was_routed_and_has_gone_unseen_is_lost(
    queue: Floor, directing: Directing
) -> None:
    """He came into the queue while the socket was cut, and hung up before it was mended."""
    (project_id,) = {run.campaign.project_id for run in queue.driver.dialer.board.runs.values()}
    at = queue.clock.now() - 1.0
    for call_id, leg_id in (("a" * 32, LEG), ("b" * 32, "1764.8")):
        who = (call_id, leg_id, NUMBER, "+74951234567", at)
        route = RecordRoute(*who, "queue", "line", "rule.line", "", project_id=project_id)
        queue.driver.to_storage(route)
    arrivals = arrivals_of(queue, directing)
    seen = census(arrived(leg_id="1764.8"))
    arrivals.found(seen, ending=set())
    waiting = "SELECT 1 FROM inbound_call WHERE queued_at IS NOT NULL"
    await until(lambda: queue.db.rows(waiting), "the other one waits: such calls come to us")
    arrivals.forgotten(seen)
    await until(lambda: "lost" in fates(queue), "his end")
    (gone,) = queue.db.rows("SELECT leg_id FROM inbound_call WHERE fate = 'lost'")
    assert gone == (LEG,)
    await arrivals.close()


def fates(queue: Floor) -> list[str | None]:
    return [fate for (fate,) in queue.db.rows("SELECT fate FROM inbound_call")]
