"""Queues and callers as `status` shows them."""

from __future__ import annotations

from ccdialer.core.queue_rows import caller_rows, queue_rows
from ccdialer.core.snapshot import snapshot
from tests.core.world import START, World


def test_a_queue_and_its_callers() -> None:
    world = World()
    world.queue(9, max_wait_s=300.0)
    world.sign_in("anna", kept_up=True)
    anna = world.agents["anna"].id
    world.waits("+79161112233", news="campaign spring tried you at 14:05")
    world.waits("+79161112244", owner_id=anna, owner_wait_s=60.0)
    world.waits("")
    world.wait(12.0)
    (row,) = queue_rows(world.board, world.now)
    assert (row.name, row.is_open, row.waiting, row.talking) == ("campaign 9", True, 2, 1)
    assert (row.longest_s, row.agents, row.expected_s) == (12.0, {"talking": 1}, None)
    talks, owned, hidden = caller_rows(world.board, world.now)
    assert (talks.agent, talks.place, talks.wait_s) == ("anna", 0, 0.0)
    assert (owned.owner, owned.place, owned.wait_s) == ("anna", 1, 12.0)
    assert (hidden.number, hidden.place) == ("", 2)
    assert "1112233" not in talks.number
    (agent,) = snapshot(world.board, world.now).agents
    assert agent.news == "campaign spring tried you at 14:05"
    assert agent.campaign == "campaign 9"


def test_a_queue_out_of_hours_is_not_open() -> None:
    world = World()
    world.queue()
    world.board.runs[9].hours_open = ((START + 60.0, START + 120.0),)
    assert [row.is_open for row in queue_rows(world.board, START)] == [False]
    assert [row.is_open for row in queue_rows(world.board, START + 60.0)] == [True]
