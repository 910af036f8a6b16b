"""The lines of a day: what became of attempts, agents and campaigns, and no number in full."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from ccdialer import storage
from ccdialer.core.campaign import CampaignState
from ccdialer.core.commands import CloseAttempt, OpenLeg, RecordAgentState
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import (
    AllResumed,
    AllStopped,
    AttemptOpened,
    AttemptRefused,
    OpenAttemptFound,
    SessionFound,
)
from ccdialer.core.task import Task, TaskMove
from ccdialer.core.trunk import Route
from ccdialer.runtime.clock import new_id
from ccdialer.runtime.diary import Diary
from ccdialer.storage import Database
from tests.runtime.floor import NUMBER, Floor, wall

MASKED = "+7916***4567"


@pytest.fixture
async def diary(floor: Floor) -> AsyncIterator[Diary]:
    made = Diary(floor.driver.dialer.board)
    with floor.driver.watched(made.look):
        yield made


def line(logs: list[Any], event: str) -> dict[str, Any]:
    (found,) = [entry for entry in logs if entry["event"] == event]
    assert found["log_level"] == "info"
    return {key: value for key, value in found.items() if key not in ("event", "log_level")}


async def test_a_call_from_the_agent_s_arrival_to_his_wrap_up(floor: Floor, diary: Diary) -> None:
    diary.keep(True)
    with capture_logs() as logs:
        floor.connect()
        await floor.reception.login(["anna"])
        call = await floor.talk()
        floor.hang_up(call)
    of_call = {"task": call.task.id, "attempt": call.attempt_id, "number": MASKED}
    assert line(logs, "agent available") == {"agent": "anna"}
    assert line(logs, "agent talking") == {"agent": "anna", "campaign": "demo", **of_call}
    assert line(logs, "agent wrap_up") == {"agent": "anna", "campaign": "demo"}
    ended = line(logs, "attempt ended: talked")
    assert ended.pop("ring_s") >= 0
    assert ended.pop("talk_s") >= 0
    assert ended == {"campaign": "demo", "agent": "anna", "cause": 16, "sip": 200, **of_call}
    assert NUMBER not in repr(logs)
    assert diary._attempts == {}


async def test_an_attempt_that_was_not_answered_has_no_agent(floor: Floor, diary: Diary) -> None:
    diary.keep(True)
    floor.connect()
    await floor.reception.login(["anna"])
    call = await floor.call()
    with capture_logs() as logs:
        floor.hang_up(call, cause=17)
    ended = line(logs, "attempt ended: busy")
    assert {"agent", "talk_s"}.isdisjoint(ended)
    assert (ended["campaign"], ended["cause"]) == ("demo", 17)


async def test_who_leaves_is_still_named_and_then_forgotten(floor: Floor, diary: Diary) -> None:
    diary.keep(True)
    with capture_logs() as logs:
        await floor.reception.login(["anna"])
        await floor.reception.pause("anna", "lunch")
        await floor.reception.logout(["anna"])
    assert line(logs, "agent paused") == {"agent": "anna", "reason": "lunch"}
    assert line(logs, "agent offline") == {"agent": "anna", "reason": "signed out"}
    assert diary._logins == {}


async def test_campaigns_that_start_and_stop(db: Database, floor: Floor, diary: Diary) -> None:
    diary.keep(True)
    with capture_logs() as logs:
        for state in (CampaignState.ACTIVE, CampaignState.ACTIVE, CampaignState.PAUSED):
            storage.set_campaign_state(db, floor.campaign.id, state, wall())
            await floor.reception.reload()
        await floor.reception.reload()
    found = [(entry["event"], entry["campaign"]) for entry in logs]
    assert found == [("campaign active", "demo"), ("campaign paused", "demo")]


async def test_a_campaign_that_stood_still_before_us_is_no_news(
    db: Database, floor: Floor, diary: Diary
) -> None:
    diary.keep(True)
    storage.set_campaign_state(db, floor.campaign.id, CampaignState.STOPPED, wall())
    with capture_logs() as logs:
        await floor.reception.reload()
    assert logs == []


async def test_what_an_earlier_run_left_is_known_by_name(floor: Floor, diary: Diary) -> None:
    """An attempt and an agent whom only the database remembers, both gone in Asterisk."""
    diary.keep(True)
    anna, attempt_id = floor.agents["anna"], new_id()
    task = Task(7, floor.campaign.id, (NUMBER,))
    now = floor.clock.now()
    kate = floor.agents["kate"]
    leg_id = "ccd-" + new_id() + "-s1"
    floor.driver.to_storage = lambda command: None  # its rows were never written
    with capture_logs() as logs:
        floor.driver.tell(SessionFound(kate, new_id(), leg_id, "available", ""))
        floor.driver.tell(SessionFound(anna, new_id(), None, "available", ""))
        floor.driver.tell(
            OpenAttemptFound(attempt_id, task, NUMBER, now - 9, None, None, None, None)
        )
        floor.connect()
    assert line(logs, "agent offline")["agent"] == "kate"
    ended = line(logs, "attempt ended: lost")
    assert (ended["campaign"], ended["number"], ended["task"]) == ("demo", MASKED, 7)


async def test_nothing_is_written_or_remembered_while_it_is_not_kept(
    floor: Floor, diary: Diary
) -> None:
    with capture_logs() as logs:
        floor.connect()
        await floor.reception.login(["anna"])
        floor.hang_up(await floor.talk())
    assert logs == []
    assert (diary._attempts, diary._logins, diary._states) == ({}, {}, {})


async def test_it_may_begin_and_cease_in_the_middle(floor: Floor, diary: Diary) -> None:
    floor.connect()
    await floor.reception.login(["anna"])
    call = await floor.talk()
    diary.keep(True)
    with capture_logs() as logs:
        floor.hang_up(call)
    ended = line(logs, "attempt ended: talked")
    assert (ended["campaign"], ended["number"], ended["agent"]) == ("demo", MASKED, "anna")
    diary.keep(False)
    with capture_logs() as logs:
        await floor.reception.logout(all=True)
    assert logs == []


async def test_what_nobody_has_told_it_does_not_stop_it(floor: Floor, diary: Diary) -> None:
    diary.keep(True)
    closing = CloseAttempt(
        attempt_id=new_id(),
        task_id=1,
        disposition=Disposition.LOST,
        task_move=TaskMove.RETRY,
        retry_after_s=0.0,
        counts=True,
        bad_number=False,
        cause=0,
        sip_code=None,
        ended_at=1.0,
        agent_id=4711,
    )
    moved = RecordAgentState(4711, floor.state("anna"), "", 1.0, None, None, campaign_id=99)
    with capture_logs() as logs:
        diary.look(None, [closing, moved])
    assert line(logs, "attempt ended: lost")["agent"] == "4711"
    assert line(logs, "agent offline") == {"agent": "4711"}


def refusal(spent: str, wait_s: float) -> AttemptRefused:
    reason = f"spending cap of the site for the hour, 5.00 RUB: {spent} spent"
    return AttemptRefused(new_id(), reason, "cap_of_site", wait_s)


async def test_a_reached_cap_is_told_once(floor: Floor, diary: Diary) -> None:
    diary.keep(True)
    with capture_logs() as logs:
        for fact in (refusal("1", 60.0), refusal("2", 60.0), refusal("5", 900.0)):
            floor.driver.tell(fact)
        floor.driver.tell(AttemptOpened(new_id()))
        floor.driver.tell(refusal("5", 3000.0))
        floor.driver.tell(AttemptRefused(new_id(), "cancelled"))
    told = [(entry["event"], entry["wait_s"]) for entry in logs]
    event = "spending cap of the site for the hour, 5.00 RUB is reached"
    assert told == [(event, 60), (event, 900), (event, 3000)]


async def test_the_emergency_stop_is_told_once(floor: Floor, diary: Diary) -> None:
    diary.keep(True)
    with capture_logs() as logs:
        for fact in (AllResumed(), *[AllStopped("wrong list")] * 2, *[AllResumed()] * 2):
            floor.driver.tell(fact)
    told = [entry["event"] for entry in logs]
    assert told == ["all is stopped, nothing is dialed", "dialing is free again"]


async def test_a_failover_is_told(floor: Floor, diary: Diary) -> None:
    diary.keep(True)
    way = Route(1, "spare", "", "")
    leg = OpenLeg("a", 7, 1, NUMBER, "ccd-a-c2", way, 0.0, "ccd-a-c1", 34, 503)
    with capture_logs() as logs:
        diary.look(None, [leg])
    found = line(logs, "the next trunk is tried")
    assert found == {
        **{"task": 7, "attempt": "a", "trunk": "spare", "number": MASKED},
        **{"cause": 34, "sip": 503},
    }
