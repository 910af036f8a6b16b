"""What agents ask about contacts, against the real core and database; Asterisk obeys by hand."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.agent import AgentState
from ccdialer.core.campaign import CampaignState, Mode
from ccdialer.core.commands import OpenBridge, Originate
from ccdialer.core.events import DrainAsked, LegAnswered, LegJoined
from ccdialer.errors import NotFound, Refused
from ccdialer.storage import TaskRow
from tests.runtime.floor import Floor, until, wall

SECOND = "+79161234568"


async def assign(floor: Floor, contacts: int = 1, **changes: Any) -> None:
    """The campaign is an assignment with so many contacts, and anna is on duty."""
    settings = replace(floor.campaign.settings, mode=Mode.PREVIEW, **changes)
    storage.upsert_campaign(floor.db, "acme", "demo", settings, wall())
    rows = [
        TaskRow((("+7916000000" + str(n), "n"), (SECOND[:-1] + str(n), "n")), wall())
        for n in range(contacts)
    ]
    storage.insert_tasks(floor.db, floor.campaign.id, rows, wall())
    await floor.reception.reload()
    floor.connect()
    await floor.reception.login(["anna"])


async def verb(floor: Floor, name: str, **arguments: Any) -> dict[str, Any]:
    return await floor.reception.verbs[name](login="anna", **arguments)


async def talk(floor: Floor) -> dict[str, Any]:
    """anna asks, calls, and talks."""
    await verb(floor, "next")
    answer = await verb(floor, "call")
    phone = await floor.deed(Originate)
    assert phone.endpoint == "PJSIP/anna", "the agent's phone first"
    floor.driver.tell(LegAnswered(phone.leg_id))
    client = await floor.deed(Originate)
    assert client.endpoint == f"PJSIP/{answer['number'].lstrip('+')}@trunk"
    floor.driver.tell(LegAnswered(client.leg_id))
    bridge = await floor.deed(OpenBridge)
    for leg_id in bridge.leg_ids:
        floor.driver.tell(LegJoined(bridge.bridge_id, leg_id))
    assert floor.state("anna") is AgentState.TALKING
    return answer


async def test_a_contact_is_read_with_all_that_is_known(floor: Floor) -> None:
    await assign(floor, description="Spring offer", script="spring")
    contact = (await verb(floor, "next"))["contact"]
    assert contact["numbers"] == ["+79160000000", SECOND[:-1] + "0"]
    assert (contact["description"], contact["script"]) == ("Spring offer", "spring")
    assert (contact["history"], contact["tries"], contact["result"]) == ([], [], None)
    assert floor.state("anna") is AgentState.READING
    assert (await verb(floor, "next"))["contact"]["task"] == contact["task"]


async def test_why_there_is_no_contact_while_all_is_stopped(floor: Floor) -> None:
    await assign(floor)
    storage.stop_all(floor.db, "wrong list", wall())
    await floor.reception.reload()
    with pytest.raises(Refused, match="nothing is dialed: wrong list"):
        await verb(floor, "next")
    assert floor.state("anna") is AgentState.AVAILABLE


async def test_his_phone_then_the_client_s_then_a_result(floor: Floor) -> None:
    await assign(floor)
    answer = await talk(floor)
    told = await verb(floor, "result", result="success", kind="meeting set", comment="Monday")
    assert told == {"task": answer["task"], "attempt": answer["attempt"], "result": "success"}
    (call,) = floor.driver.dialer.board.calls.values()
    floor.hang_up(call)
    await until(lambda: storage.show_task(floor.db, answer["task"])["state"] == "done")
    shown = storage.show_contact(floor.db, answer["task"])
    assert (shown["result"]["kind"], shown["result"]["comment"]) == ("meeting set", "Monday")
    (entry,) = shown["history"]
    assert entry["agent"] == "anna"
    await verb(floor, "ready")
    await until(
        lambda: storage.campaign_by_id(floor.db, floor.campaign.id).state is CampaignState.DONE
    )
    run = floor.driver.dialer.board.runs[floor.campaign.id]
    await until(lambda: run.campaign.state is CampaignState.DONE, "the core is told")


async def test_one_of_the_numbers_is_called(floor: Floor) -> None:
    await assign(floor)
    await verb(floor, "next")
    with pytest.raises(Refused, match=r'no number "3"; it has 1 \+79160000000, 2 '):
        await verb(floor, "call", number="3")
    assert (await verb(floor, "call", number="2"))["number"] == SECOND[:-1] + "0"


async def test_a_skipped_contact_comes_after_the_others(floor: Floor) -> None:
    await assign(floor, 2)
    first = (await verb(floor, "next"))["contact"]["task"]
    assert await verb(floor, "skip") == {"task": first}
    second = (await verb(floor, "next"))["contact"]["task"]
    assert second != first
    await verb(floor, "skip")
    assert (await verb(floor, "next"))["contact"]["task"] == first


async def test_a_contact_that_may_not_be_called_after_all_says_why(floor: Floor) -> None:
    await assign(floor)
    task_id = (await verb(floor, "next"))["contact"]["task"]
    storage.cancel_tasks(floor.db, [task_id], "withdrawn", wall())
    with pytest.raises(Refused, match="not called: the task is cancelled"):
        await verb(floor, "call")
    assert floor.state("anna") is AgentState.AVAILABLE


async def test_none_is_due(floor: Floor) -> None:
    await assign(floor, 0)
    with pytest.raises(Refused, match='no contact is due for "anna"'):
        await verb(floor, "next")
    assert floor.state("anna") is AgentState.AVAILABLE


async def test_what_is_asked_in_vain_is_refused_with_the_reason(floor: Floor) -> None:
    await assign(floor)
    with pytest.raises(NotFound, match='no active assignment "dem"; did you mean demo'):
        await verb(floor, "next", campaign="dem")
    for name in ("call", "skip"):
        with pytest.raises(Refused, match="reads no contact; ccdialer agent next anna first"):
            await verb(floor, name)
    with pytest.raises(Refused, match="has no call that a result could be given to"):
        await verb(floor, "result", result="success")
    await verb(floor, "pause")
    with pytest.raises(Refused, match="is paused; ccdialer agent ready anna first"):
        await verb(floor, "next")
    await verb(floor, "ready")
    floor.driver.tell(DrainAsked(60.0))
    with pytest.raises(Refused, match="the daemon is stopping"):
        await verb(floor, "next")


async def test_an_agent_of_other_assignments_is_told_so(floor: Floor) -> None:
    await assign(floor, agents=("kate",))
    with pytest.raises(Refused, match="has no active assignment"):
        await verb(floor, "next")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"result": "sold"}, "a result is success, refusal, callback"),
        ({"result": "success", "colour": "red"}, "a result is success"),
        ({"result": "success", "kind": "sold"}, 'campaign "demo": "sold" is no kind of success'),
        ({"result": "refusal"}, "a refusal has a reason: not interested"),
        ({"result": "callback"}, "a callback needs its time"),
        ({"result": "callback", "minutes": 0}, "give 1 or more"),
        ({"result": "callback", "at": 1.0}, "the time of the callback is past"),
        ({"result": "success", "quick": 3}, "no quick comment 3; 1 asked for the boss"),
    ],
)
async def test_a_result_that_cannot_be(floor: Floor, said: dict[str, Any], why: str) -> None:
    await assign(floor, comment_variants=("asked for the boss",))
    await talk(floor)
    with pytest.raises(Refused, match=why):
        await verb(floor, "result", **said)


async def test_a_quick_comment_and_an_exact_time(floor: Floor) -> None:
    await assign(floor, comment_variants=("asked for the boss",))
    answer = await talk(floor)
    at = wall() / 1000 + 3600
    await verb(floor, "result", result="callback", at=at, quick=1, comment="Mr Petrov")
    (call,) = floor.driver.dialer.board.calls.values()
    floor.hang_up(call)
    await until(lambda: storage.show_task(floor.db, answer["task"])["state"] == "waiting")
    assert abs(storage.show_task(floor.db, answer["task"])["due_at"] - at * 1000) < 1000
    (entry,) = storage.read_journal(floor.db, "result")
    assert entry["detail"] == {"comment": "asked for the boss Mr Petrov"}


async def test_who_asks_twice_at_once_reads_one_contact(floor: Floor) -> None:
    await assign(floor, 2)
    answers = await asyncio.gather(verb(floor, "next"), verb(floor, "next"))
    assert len({answer["contact"]["task"] for answer in answers}) == 1
