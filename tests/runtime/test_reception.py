"""What people ask of the daemon, against the real core and database; Asterisk obeys by hand."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.campaign import CampaignSettings, CampaignState, Mode
from ccdialer.core.commands import HangUp, OpenBridge, Originate, Play, SwitchCommand
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.events import (
    DrainAsked,
    LegAnswered,
    LegEnded,
    LegJoined,
    OriginateFailed,
    PhoneCalled,
    TrunkStateChanged,
)
from ccdialer.core.project import Distribution, ProjectSettings
from ccdialer.core.trunk import MICRO, Rate, Trunk, TrunkSettings
from ccdialer.errors import NotFound, Refused, StorageUnavailable
from ccdialer.storage import Database, TaskRow
from ccdialer.storage.projects import set_project
from ccdialer.storage.spending import Posting, post
from tests.lab.sipp import wait_until
from tests.runtime.floor import NUMBER, Floor, until, wall

LEG = "1763737472.5"  # Asterisk's own id of a phone that calls us


def rows(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(row["login"], row["state"], row["note"]) for row in answer["agents"]]


async def kate_arrives(floor: Floor) -> None:
    """Her phone is rung, answers, and gets its bridge."""
    ring = await floor.deed(Originate)
    floor.driver.tell(LegAnswered(ring.leg_id))
    bridge = await floor.deed(OpenBridge)
    floor.driver.tell(LegJoined(bridge.bridge_id, ring.leg_id))


# --- status -------------------------------------------------------------------------------------


async def test_status_of_an_empty_floor(db: Database, floor: Floor) -> None:
    floor.driver.dialer.board.runs.clear()
    floor.reception.node = "main"
    answer = await floor.reception.status()
    assert (answer["snapshot"]["agents"], answer["snapshot"]["campaigns"]) == ((), ())
    assert answer["snapshot"]["connected"] is False
    assert answer["daemon"]["node"] == "main"
    assert answer["daemon"]["asterisk"] == "not connected yet"
    assert (answer["daemon"]["storage_stalled_s"], answer["daemon"]["queue_depth"]) == (0.0, 0)


async def test_status_tells_of_calls_without_the_client_s_number(floor: Floor) -> None:
    floor.connect()
    await floor.reception.login(["anna"])
    await floor.talk()
    floor_now = (await floor.reception.status())["snapshot"]
    assert floor_now["calls_by_state"] == {"talking": 1}
    (agent,) = floor_now["agents"]
    assert (agent["login"], agent["state"], agent["number"]) == ("anna", "talking", "+7916***4567")


async def test_status_tells_of_a_stalled_database(db: Database, floor: Floor) -> None:
    with sqlite3.connect(str(db.path), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        await floor.reception.login(["anna"])
        await until(lambda: floor.writer.stalled_since is not None)
        daemon = (await floor.reception.status())["daemon"]
        other.execute("ROLLBACK")
    other.close()
    assert daemon["storage_stalled_s"] > 0
    assert "locked" in daemon["storage_trouble"]
    assert daemon["queue_depth"] == 1


# --- signing in ---------------------------------------------------------------------------------


async def test_agents_rung_per_call_are_there_at_once_even_without_asterisk(floor: Floor) -> None:
    assert rows(await floor.reception.login(["anna"])) == [("anna", "available", "")]
    assert floor.deeds == []


async def test_a_kept_up_phone_is_rung_and_waited_for(floor: Floor) -> None:
    floor.connect()
    asking = asyncio.create_task(floor.reception.login(["kate"]))
    ring = await floor.deed(Originate)
    assert ring.endpoint == "PJSIP/kate"
    floor.driver.tell(LegAnswered(ring.leg_id))
    bridge = await floor.deed(OpenBridge)
    assert not asking.done()
    floor.driver.tell(LegJoined(bridge.bridge_id, ring.leg_id))
    assert rows(await asking) == [("kate", "available", "")]


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (lambda leg_id: LegEnded(leg_id, 17, 486), "phone did not answer"),
        (lambda leg_id: OriginateFailed(leg_id, True, "no such phone"), "phone did not answer"),
    ],
)
async def test_a_phone_that_does_not_come_is_told_with_the_reason(
    floor: Floor, end: Any, why: str
) -> None:
    floor.connect()
    asking = asyncio.create_task(floor.reception.login(["kate", "anna"]))
    floor.driver.tell(end((await floor.deed(Originate)).leg_id))
    assert rows(await asking) == [("kate", "offline", why), ("anna", "available", "")]


async def test_kept_up_agents_are_refused_at_once_while_asterisk_is_away(floor: Floor) -> None:
    floor.reception.asterisk = "lost: closed with code 1006"
    with pytest.raises(Refused, match=r"no phone can be rung while Asterisk is away: lost: closed"):
        await floor.reception.login(all=True)
    assert [floor.state("anna"), floor.state("kate")] == [AgentState.OFFLINE] * 2
    assert floor.deeds == []


async def test_nobody_signs_in_at_a_daemon_that_stops(floor: Floor) -> None:
    floor.connect()
    floor.driver.tell(DrainAsked(60.0))
    with pytest.raises(Refused, match="the daemon is stopping"):
        await floor.reception.login(["anna"])


async def test_all_are_all_of_the_database(floor: Floor) -> None:
    floor.connect()
    asking = asyncio.create_task(floor.reception.login(all=True))
    await kate_arrives(floor)
    assert rows(await asking) == [("anna", "available", ""), ("kate", "available", "")]


async def test_signing_in_twice_rings_once(floor: Floor) -> None:
    floor.connect()
    asking = asyncio.create_task(floor.reception.login(["kate"]))
    await kate_arrives(floor)
    await asking
    assert rows(await floor.reception.login(["kate"])) == [("kate", "available", "")]
    assert [deed for deed in floor.deeds if isinstance(deed, Originate)] == []


async def test_an_unknown_login_is_a_sentence_and_nobody_is_signed_in(floor: Floor) -> None:
    with pytest.raises(NotFound, match='no agent with login "olga"; see: ccdialer agent list'):
        await floor.reception.login(["anna", "olga"])
    assert floor.state("anna") is AgentState.OFFLINE


async def test_one_login_may_be_given_without_a_list(floor: Floor) -> None:
    assert rows(await floor.reception.login("anna")) == [("anna", "available", "")]


# --- leaving, pausing ---------------------------------------------------------------------------


async def test_logout_is_at_once_for_who_is_idle(floor: Floor) -> None:
    await floor.reception.login(["anna"])
    (row,) = rows(await floor.reception.logout(["anna"]))
    assert row[:2] == ("anna", "offline")
    assert await floor.reception.logout(all=True) == {"agents": []}


async def test_logout_in_a_call_is_after_it_and_can_be_taken_back(floor: Floor) -> None:
    floor.connect()
    await floor.reception.login(["anna"])
    call = await floor.talk()
    assert rows(await floor.reception.logout(all=True)) == [("anna", "talking", "after this call")]
    assert rows(await floor.reception.login(["anna"])) == [("anna", "talking", "")]
    await floor.reception.logout(["anna"])
    floor.hang_up(call)
    assert floor.state("anna") is AgentState.OFFLINE


async def test_pause_is_after_the_call_and_ready_ends_it(floor: Floor) -> None:
    floor.connect()
    await floor.reception.login(["anna"])
    call = await floor.talk()
    answer = await floor.reception.pause("anna", "lunch")
    assert rows(answer) == [("anna", "talking", "after this call")]
    floor.hang_up(call)
    assert rows(await floor.reception.ready("anna")) == [("anna", "available", "")]
    assert rows(await floor.reception.pause("anna")) == [("anna", "paused", "pause")]
    assert rows(await floor.reception.ready("anna")) == [("anna", "available", "")]


async def test_hang_up_ends_the_call_of_the_agent(floor: Floor) -> None:
    floor.connect()
    await floor.reception.login(["anna"])
    call = await floor.talk()
    await floor.reception.hang_up("anna")
    assert (await floor.deed(HangUp)).leg_id == call.leg_id


@pytest.mark.parametrize("verb", ["logout", "pause", "ready", "hangup"])
async def test_who_is_not_signed_in_is_told_so(floor: Floor, verb: str) -> None:
    ask = floor.reception.verbs[verb]
    with pytest.raises(Refused, match='agent "anna" is not signed in; ccdialer agent login'):
        await ask(["anna"] if verb == "logout" else "anna")
    with pytest.raises(NotFound, match="olga"):
        await ask(["olga"] if verb == "logout" else "olga")


# --- edits --------------------------------------------------------------------------------------


async def test_edits_of_campaigns_and_agents_are_picked_up(db: Database, floor: Floor) -> None:
    await floor.reception.login(["anna"])
    changed = CampaignSettings("PJSIP/{digits}@other", Mode.POWER)
    storage.upsert_campaign(db, "acme", "demo", changed, wall())
    storage.set_campaign_state(db, floor.campaign.id, CampaignState.PAUSED, wall())
    moved = Agent(0, "anna", "Anna", "PJSIP/desk7", False, frozenset())
    storage.upsert_agent(db, moved, ["acme"], wall())
    project = set_project(db, "acme", ProjectSettings(Distribution.LEAST_TALK), wall())
    assert await floor.reception.reload() == {}
    board = floor.driver.dialer.board
    assert board.projects[project.id] == project
    assert board.runs[floor.campaign.id].campaign.settings == changed
    assert not board.runs[floor.campaign.id].is_active
    assert board.seats[floor.agents["anna"].id].agent.phone == "PJSIP/desk7"


async def test_what_was_read_earlier_is_not_told_later(
    db: Database, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow read that saw the campaign active must not start it again after it was stopped."""
    read_edits = floor.library.edits
    slow_has_read, may_go_on = asyncio.Event(), asyncio.Event()

    async def slow(on_duty: frozenset[int]) -> Any:
        found = await read_edits(on_duty)
        slow_has_read.set()
        await may_go_on.wait()
        return found

    monkeypatch.setattr(floor.library, "edits", slow)
    first = asyncio.create_task(floor.reception.reload())
    await slow_has_read.wait()
    monkeypatch.setattr(floor.library, "edits", read_edits)
    storage.set_campaign_state(db, floor.campaign.id, CampaignState.STOPPED, wall())
    second = asyncio.create_task(floor.reception.reload())
    await asyncio.wait([second], timeout=0.05)
    may_go_on.set()
    await asyncio.gather(first, second)
    assert not floor.driver.dialer.board.runs[floor.campaign.id].is_active


async def test_a_reload_that_fails_lets_the_next_one_in(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(on_duty: frozenset[int]) -> Any:
        raise StorageUnavailable("locked")

    with monkeypatch.context() as patched:
        patched.setattr(floor.library, "edits", fail)
        with pytest.raises(StorageUnavailable):
            await floor.reception.reload()
    assert await floor.reception.reload() == {}


# --- from a phone -------------------------------------------------------------------------------


async def test_an_agent_signs_in_from_his_phone(floor: Floor) -> None:
    floor.connect()
    floor.reception.phone_called(PhoneCalled(LEG, "PJSIP/anna", "login", ""))
    assert (await floor.deed(Play)).leg_id == LEG
    assert floor.state("anna") is AgentState.AVAILABLE
    floor.reception.phone_called(PhoneCalled(LEG, "PJSIP/kate", "login", ""))
    assert (await floor.deed(OpenBridge)).leg_ids == (LEG,)


async def test_a_phone_that_is_nobody_s_hears_so(floor: Floor) -> None:
    floor.reception.phone_called(PhoneCalled(LEG, "PJSIP/lobby", "login", ""))
    assert (await floor.deed(Play)).sounds == "sound:pbx-invalid"


@pytest.mark.parametrize(
    ("error", "has_trace"), [(StorageUnavailable("locked"), False), (ZeroDivisionError(), True)]
)
async def test_a_sign_in_by_phone_that_fails_is_logged_and_hung_up(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, error: Exception, has_trace: bool
) -> None:
    async def fail(phone: str) -> Agent:
        raise error

    monkeypatch.setattr(floor.library, "agent_at", fail)
    with capture_logs() as logs:
        floor.reception.phone_called(PhoneCalled(LEG, "PJSIP/anna", "login", ""))
        assert await floor.deed(HangUp) == HangUp(LEG)
    (line,) = logs
    assert (line["event"], line["phone"]) == ("sign-in by phone failed", "PJSIP/anna")
    assert line["exc_info"] is has_trace


async def test_a_slow_database_holds_up_no_other_phone(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    real = storage.agents.agent_by_phone

    def slow(db: Database, phone: str) -> Agent:
        if phone == "PJSIP/kate":
            wait_until(let_go.is_set)
        return real(db, phone)

    monkeypatch.setattr("ccdialer.runtime.library.agents.agent_by_phone", slow)
    floor.reception.phone_called(PhoneCalled("1.1", "PJSIP/kate", "login", ""))
    floor.reception.phone_called(PhoneCalled("1.2", "PJSIP/anna", "login", ""))
    await until(lambda: floor.state("anna") is AgentState.AVAILABLE)
    assert floor.state("kate") is AgentState.OFFLINE
    let_go.set()
    opened: SwitchCommand = await floor.deed(OpenBridge)
    assert opened.leg_ids == ("1.1",)  # type: ignore[union-attr]


async def test_a_reload_brings_trunks_and_the_emergency_stop(db: Database, floor: Floor) -> None:
    trunk_id = storage.upsert_trunk(db, Trunk(0, "main", TrunkSettings("main")), wall())
    with db.transaction():
        post(db, [Posting(1, trunk_id, "RUB", wall(), spent=7, held=3)])
    storage.stop_all(db, "wrong list", wall())
    await floor.reception.reload()
    answer = await floor.reception.status()
    assert answer["snapshot"]["stopped"] == "wrong list"
    assert [row["name"] for row in answer["snapshot"]["trunks"]] == ["main"]
    assert answer["spending"] == {"main": {"RUB": {"spent": 7, "held": 3}}}
    assert answer["next"] == {}
    storage.resume_all(db, wall())
    await floor.reception.reload()
    assert floor.driver.dialer.board.stopped is None


async def test_a_call_goes_on_over_the_next_trunk(db: Database, floor: Floor) -> None:
    """The real core, writer and database: the second leg is in the database before it is dialed."""
    for price, name in enumerate(("main", "spare"), 1):
        rates = {"7": Rate("7", price * MICRO)}
        storage.upsert_trunk(db, Trunk(0, name, TrunkSettings(name), rates), wall())
    settings = replace(floor.campaign.settings, dial="")
    storage.upsert_campaign(db, "acme", "demo", settings, wall())
    await floor.reception.reload()
    floor.connect()
    for name in ("main", "spare"):
        floor.driver.tell(TrunkStateChanged(name, True))
    await floor.reception.login(["anna"])
    numbers = ((NUMBER, NUMBER),)
    storage.insert_tasks(db, floor.campaign.id, [TaskRow(numbers, wall())], wall())
    first = await floor.deed(Originate)
    assert first.endpoint == "PJSIP/79161234567@main"
    floor.driver.tell(LegEnded(first.leg_id, 34, 503))
    second = await floor.deed(Originate)
    assert second.endpoint == "PJSIP/79161234567@spare"
    rows = db.rows("SELECT id, sip_code, ended_at IS NULL FROM leg ORDER BY id")
    assert [(leg, sip, bool(live)) for leg, sip, live in rows] == [
        (first.leg_id, 503, False),
        (second.leg_id, None, True),
    ]
    main, spare = (await floor.reception.status())["snapshot"]["trunks"]
    assert (main["in_use"], spare["in_use"]) == (0, 1)
    await until(lambda: floor.writer.depth == 0)
    assert (await floor.reception.status())["spending"]["spare"]["RUB"]["held"] == 240 * MICRO


# --- callbacks ----------------------------------------------------------------------------------


def call_back(db: Database, owner: Agent, number: str, due_in_s: float = 0.0) -> int:
    settings = CampaignSettings(
        *("PJSIP/{digits}@trunk", Mode.CALLBACK), owner_wait_s=3600.0, calling_hours=AT_ANY_TIME
    )
    campaign = storage.upsert_campaign(db, "acme", "back", settings, wall())
    storage.set_campaign_state(db, campaign.id, CampaignState.ACTIVE, wall())
    row = storage.TaskRow([(number, number)], wall() + round(due_in_s * 1000), owner_id=owner.id)
    return storage.add_callback(db, campaign.id, row, wall())


async def test_callbacks_are_seen_when_somebody_tells_of_them(db: Database) -> None:
    """The poll of storage would come much later."""
    floor = Floor(db, poll_s=3600.0)
    await floor.open()
    call_back(db, floor.agents["kate"], "+79160000001", due_in_s=3600.0)
    await floor.reception.reload()
    floor.connect()
    await floor.reception.login(["anna"])
    asked = floor.driver.dialer.board.runs
    await until(lambda: all(run.exhausted for run in asked.values()))
    call_back(db, floor.agents["anna"], "+79160000002")
    await floor.reception.callbacks(moved=False)
    ringing = await floor.deed(Originate, lambda deed: deed.leg_id.endswith("-c1"))
    assert ringing.endpoint == "PJSIP/79160000002@trunk"
    assert floor.state("anna") is AgentState.RESERVED
    await floor.close()


async def test_the_next_due_instant_is_not_slept_through(db: Database) -> None:
    floor = Floor(db, poll_s=3600.0)
    call_back(db, floor.agents["anna"], "+79160000001", due_in_s=0.5)
    await floor.open()
    floor.connect()
    await floor.reception.login(["anna"])
    ringing = await floor.deed(Originate, lambda deed: deed.leg_id.endswith("-c1"))
    assert ringing.endpoint == "PJSIP/79160000001@trunk"
    await floor.close()
