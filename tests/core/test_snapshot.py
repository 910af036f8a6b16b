"""What `status` shows."""

import json
from dataclasses import asdict

from ccdialer.core.campaign import CampaignState, History, Mode, Tally
from ccdialer.core.events import AllStopped
from ccdialer.core.health import Breaker
from ccdialer.core.snapshot import AgentRow, CampaignRow, snapshot
from ccdialer.core.ways import NO_TRUNK
from tests.core.world import World, talking


def agent_row(world: World) -> AgentRow:
    (row,) = snapshot(world.board, world.now).agents
    return row


def campaign_row(world: World) -> CampaignRow:
    (row,) = snapshot(world.board, world.now).campaigns
    return row


def test_a_snapshot_is_json() -> None:
    world, _ = talking()
    shown = json.loads(json.dumps(asdict(snapshot(world.board, world.now))))
    assert shown["connected"] is True
    assert shown["draining"] is False
    assert shown["calls_by_state"] == {"talking": 1}
    assert shown["agents_by_state"] == {"talking": 1}


def test_an_agent_who_talks() -> None:
    world, call = talking()
    world.wait(30.0)
    row = agent_row(world)
    assert (row.login, row.name, row.state, row.campaign) == (
        "anna",
        "Anna",
        "talking",
        "campaign 1",
    )
    assert (row.talk_s, row.signed_in_s, row.state_s) == (30.0, 30.0, 30.0)
    assert row.utilisation == 1.0
    assert "***" in row.number
    assert row.number != call.number


def test_time_is_added_up_over_states() -> None:
    world, call = talking(wrap_up_s=15.0)
    world.wait(30.0)
    world.hang_up(call.leg_id)
    world.wait(15.0)
    world.pause("anna", "lunch")
    world.wait(55.0)
    row = agent_row(world)
    assert (row.talk_s, row.wrap_up_s, row.paused_s, row.signed_in_s) == (30.0, 15.0, 55.0, 100.0)
    assert (row.state, row.reason, row.calls, row.number) == ("paused", "lunch", 1, "")
    assert row.occupancy == 1.0


def test_what_an_agent_asked_for_after_his_call() -> None:
    world, _ = talking()
    world.pause("anna")
    assert agent_row(world).next_state == "paused"
    world.sign_out("anna")
    assert agent_row(world).next_state == "offline"


def test_a_campaign_at_work() -> None:
    world = World()
    world.campaign(10)
    world.sign_in("anna", "bert")
    world.answer(world.calls[0])
    row = campaign_row(world)
    assert (row.name, row.state, row.mode) == ("campaign 1", "active", "progressive")
    assert row.agents == {"available": 1, "talking": 1}
    assert (row.in_flight, row.waiting, row.talking, row.hopper) == (1, 0, 1, 8)
    assert (row.talked, row.abandoned, row.abandonment_rate) == (1, 0, 0.0)
    assert row.exhausted
    assert "placed" in row.pacing


def test_a_campaign_that_abandons() -> None:
    world = World()
    world.campaign(2, mode=Mode.POWER, lines_per_agent=2.0)
    world.sign_in("anna")
    for call in world.calls:
        world.answer(call)
    world.wait(1.0)
    assert campaign_row(world).waiting == 1
    world.wait(1.0)
    row = campaign_row(world)
    assert (row.talked, row.abandoned, row.abandonment_rate) == (1, 1, 0.5)


def test_today_and_the_month_are_told_apart() -> None:
    world = World()
    world.campaign(0)
    world.load(CampaignState.ACTIVE, history=History(Tally(100, 3), Tally(1000, 20)))
    row = campaign_row(world)
    assert (row.talked, row.abandoned, row.abandonment_rate) == (97, 3, 0.03)
    assert (row.talked_month, row.abandoned_month) == (980, 20)
    assert row.abandonment_rate_month == 0.02


def test_a_trunk_and_what_is_wrong_with_it() -> None:
    world = World()
    world.trunk("main", lines=5)
    world.trunk("spare", 2)
    world.trunk_is("spare", False)
    world.campaign(1, dial="")
    world.sign_in("anna")
    main, spare = snapshot(world.board, world.now).trunks
    assert (main.name, main.usable, main.in_use, main.lines, main.lines_now) == (
        *("main", True, 1, 5, 5),
    )
    assert (spare.usable, spare.trouble, spare.in_use) == (False, "offline", 0)
    work = world.board.trunks[1]
    work.breakers["7"] = Breaker(3, world.now + 30.0)
    work.breakers["44"] = Breaker(1)
    assert snapshot(world.board, world.now).trunks[0].breakers == {"7": 3}


def test_what_blocks_a_campaign_and_what_stops_all() -> None:
    world = World()
    world.campaign(1, dial="")
    world.sign_in("anna")
    assert campaign_row(world).blocked == NO_TRUNK
    assert snapshot(world.board, world.now).stopped is None
    world.tell(AllStopped("wrong list"))
    assert snapshot(world.board, world.now).stopped == "wrong list"
