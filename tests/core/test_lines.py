"""By which trunk a number is called, and what each call tells of its trunk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.campaign import CampaignState, Mode
from ccdialer.core.health import PAUSE_S, UNHEARD
from ccdialer.core.lines import choose, lines_in_use, priced
from ccdialer.core.task import Task, next_number
from ccdialer.core.trunk import MICRO, CallerIds, NoRoute, Rate, Route, Trunk, TrunkSettings
from ccdialer.core.ways import NO_TRUNK
from tests.core.world import World

TASK = Task(1, 1, ("+79161234567",))
FOREIGN = Task(2, 1, ("+442012345678",))


def with_trunks(*names: str, **settings: Any) -> World:
    """Trunks by price, the first is the cheapest, and a campaign that is routed by them."""
    world = World()
    for price, name in enumerate(names, 1):
        world.trunk(name, price)
    world.campaign(0, **{"dial": "", **settings})
    return world


def chosen(world: World, task: Task = TASK, tried: frozenset[int] = frozenset()) -> str:
    """The chosen trunk's name, or why there is none."""
    way = choose(world.board, world.board.runs[1], task, world.now, tried)
    return way.reason if isinstance(way, NoRoute) else way.trunk


def dialed_by(world: World) -> list[str]:
    clients = [o for o in world.every(c.Originate) if o.leg_id[-3:-1] == "-c"]
    return [originate.endpoint.rpartition("@")[2] for originate in clients]


# --- the choice ---------------------------------------------------------------------------------


def test_the_cheapest_is_chosen_then_the_next() -> None:
    world = with_trunks("cheap", "dear")
    assert chosen(world) == "cheap"
    assert chosen(world, tried=frozenset({1})) == "dear"
    assert chosen(world, tried=frozenset({1, 2})) == "cheap: tried already; dear: tried already"


def test_a_campaign_may_be_held_to_some_trunks() -> None:
    assert chosen(with_trunks("cheap", "dear", trunks=("dear",))) == "dear"
    assert chosen(with_trunks("cheap", trunks=("gone",))) == NO_TRUNK


def test_no_prefix_no_call() -> None:
    world = with_trunks("cheap")
    assert chosen(world, FOREIGN) == "no trunk has a price for +4420***5678"


def test_a_dial_string_stays_one_fixed_line_without_a_price() -> None:
    world = with_trunks("cheap", dial="PJSIP/{e164}@old", caller_id="+7495")
    way = choose(world.board, world.board.runs[1], TASK, world.now)
    assert way == Route(None, "", "PJSIP/+79161234567@old", "+7495")


def test_a_trunk_that_cannot_be_used_is_left_at_once_and_comes_back() -> None:
    world = with_trunks("cheap", "dear")
    world.trunk_is("cheap", False)
    assert chosen(world) == "dear"
    world.trunk_is("dear", False)
    assert chosen(world) == "cheap: offline; dear: offline"
    world.trunk_is("cheap", True)
    assert chosen(world) == "cheap"


def test_without_asterisk_nobody_knows_the_state_of_a_trunk() -> None:
    world = with_trunks("cheap")
    world.lose_switch()
    world.find_switch()
    assert chosen(world) == f"cheap: {UNHEARD}"


def test_trunks_are_edited_while_people_work() -> None:
    world = with_trunks("cheap", "dear")
    dear = world.trunks["dear"]
    changed = Trunk(1, "cheap", TrunkSettings("cheap"), {"7": Rate("7", 9 * MICRO)})
    world.tell(e.TrunksLoaded((changed, dear)))
    assert chosen(world) == "dear"
    world.tell(e.TrunksLoaded((changed,)))
    assert chosen(world) == "cheap"
    moved = Trunk(1, "cheap", TrunkSettings("elsewhere"), changed.rates)
    world.tell(e.TrunksLoaded((moved,)))
    assert chosen(world) == f"cheap: {UNHEARD}"


def test_the_caller_id_of_campaign_or_trunk_goes_with_the_leg() -> None:
    world = with_trunks()
    world.trunk("main", caller_ids=CallerIds("+7800", {"7916": "+7916"}))
    way = choose(world.board, world.board.runs[1], TASK, world.now)
    assert isinstance(way, Route)
    assert way.caller_id == "+7916"
    world.campaign(0, dial="", caller_id_pool=("+7495",))
    way = choose(world.board, world.board.runs[1], TASK, world.now)
    assert isinstance(way, Route)
    assert way.caller_id == "+7495"


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 3), st.booleans()), min_size=1, max_size=5
    ),
    st.integers(0, 12),
)
def test_calls_go_by_price_as_far_as_lines_and_health_allow(
    plans: list[tuple[int, int, bool]], clients: int
) -> None:
    world = World()
    for n, (price, lines, usable) in enumerate(plans):
        world.trunk(f"t{n}", price, lines=lines)
        world.trunk_is(f"t{n}", usable)
    world.campaign(clients, dial="", mode=Mode.POWER, lines_per_agent=20.0)
    world.sign_in("anna")
    world.wait(1.0)
    used = lines_in_use(world.board)
    assert sum(used.values()) == min(clients, sum(n for _, n, usable in plans if usable))
    for id, (price, lines, usable) in enumerate(plans, 1):
        assert used[id] <= (lines if usable else 0)
        dearer = [n for n, plan in enumerate(plans, 1) if plan[0] > price]
        if usable and used[id] < lines:
            assert not any(used[n] for n in dearer), "a dearer trunk while a cheaper has lines"


# --- pacing by trunks ---------------------------------------------------------------------------


def test_a_full_trunk_is_no_failure_and_the_others_wait_in_the_hopper() -> None:
    world = World()
    world.trunk("small", lines=2)
    world.campaign(5, dial="", mode=Mode.POWER, lines_per_agent=5.0)
    world.sign_in("anna")
    world.wait(3.0)
    assert len(world.calls) == 2
    assert world.outcomes == []
    assert world.board.trunks[1].breakers == {}
    world.hang_up(world.calls[0].leg_id, 17, 486)
    world.wait(1.0)
    assert len(world.calls) == 2


def test_a_task_that_no_trunk_calls_is_put_away_with_the_reason() -> None:
    world = with_trunks("cheap")
    world.storage.due.append(FOREIGN)
    world.sign_in("anna")
    world.wait(3.0)
    assert world.dialed == []
    assert world.storage.put_away[2].reason.startswith("no trunk has a price")
    assert world.outcomes == []


def test_of_several_numbers_the_first_in_turn_with_a_price_is_dialed() -> None:
    world = with_trunks("cheap")
    world.storage.due.append(Task(7, 1, ("+442012345678", "+79160000001", "+79160000002")))
    world.sign_in("anna")
    world.wait(1.0)
    assert world.call.number == "+79160000001"
    run = world.board.runs[1]
    task = Task(7, 1, ("+79160000001", "+442012345678", "+79160000002"), attempts=1)
    assert next_number(priced(world.board, run, task)) == "+79160000002"
    abroad = replace(FOREIGN, numbers=(*FOREIGN.numbers, "+442012345679"))
    assert next_number(priced(world.board, run, abroad)) == FOREIGN.numbers[0]


def test_who_waits_for_a_full_trunk_does_not_hold_up_the_others() -> None:
    world = World()
    world.trunk("seven", lines=1)
    world.trunks["four"] = Trunk(2, "four", TrunkSettings("four"), {"4": Rate("4", 1)})
    world.tell(e.TrunksLoaded(tuple(world.trunks.values())))
    world.trunk_is("four", True)
    world.campaign(2, dial="", mode=Mode.POWER, lines_per_agent=3.0)
    world.storage.due.append(FOREIGN)
    world.sign_in("anna")
    world.wait(1.0)
    assert sorted(dialed_by(world)) == ["four", "seven"]


def test_a_campaign_without_any_trunk_says_so_and_keeps_its_list() -> None:
    world = World()
    world.campaign(5, dial="")
    world.sign_in("anna")
    world.wait(60.0)
    assert world.board.runs[1].lines.blocked == NO_TRUNK
    assert not world.board.runs[1].hopper
    assert len(world.storage.due) == 5
    world.trunk("new")
    world.wait(3.0)
    assert world.board.runs[1].lines.blocked == ""
    assert dialed_by(world) == ["new"]


# --- breakers -----------------------------------------------------------------------------------


def failing(world: World, times: int, sip_code: int = 503) -> None:
    """So many attempts over the only trunk fail, one after the other."""
    for _ in range(times):
        while not world.calls:
            world.wait(0.1)
        world.fail_route(world.call, sip_code)


def single() -> World:
    world = with_trunks("main")
    world.add_tasks(50)
    world.sign_in("anna")
    return world


def test_a_direction_that_fails_is_left_alone_and_tried_by_one_call() -> None:
    world = single()
    failing(world, 3)
    world.wait(PAUSE_S - 1.0)
    assert len(world.dialed) == 3
    world.wait(5.0)
    assert len(world.dialed) == 4, "one call tries"
    world.fail_route(world.call)
    world.wait(2 * PAUSE_S - 1.0)
    assert len(world.dialed) == 4
    world.wait(5.0)
    world.ring(world.call)
    assert world.board.trunks[1].breakers == {}, "it rings: the way is free again"


def test_a_client_who_is_busy_proves_the_way() -> None:
    world = single()
    failing(world, 2)
    while not world.calls:
        world.wait(0.1)
    world.hang_up(world.call.leg_id, 17, 486)
    failing(world, 2)
    assert chosen(world) == "main"


def test_while_talks_live_on_a_trunk_its_refusals_are_of_its_lines() -> None:
    world = with_trunks("main", mode=Mode.POWER, lines_per_agent=5.0)
    world.add_tasks(50)
    world.sign_in("anna")
    world.wait(0.5)
    for call in world.calls[:2]:
        world.ring(call)
    for call in world.calls[2:]:
        world.fail_route(call)
    work = world.board.trunks[1]
    assert work.breakers == {}
    assert work.lines_found == 2
    assert len(world.calls) == 2, "it is not stormed"
    world.wait(2.1)
    assert len(world.calls) == 3


def test_an_endpoint_that_comes_back_begins_anew() -> None:
    world = single()
    failing(world, 3)
    world.trunk_is("main", False)
    world.trunk_is("main", True)
    world.wait(3.0)
    assert len(world.dialed) == 4


# --- spending caps ------------------------------------------------------------------------------


def refuse(world: World, rule: str) -> None:
    """The first attempt is refused for a cap that is reached for ten minutes."""
    world.storage.refusal = ("spending cap of the hour", rule, 600.0)
    world.sign_in("anna")
    world.storage.refusal = None


def test_a_cap_of_a_trunk_leaves_the_others() -> None:
    world = with_trunks("cheap", "dear")
    world.add_tasks(1)
    refuse(world, "cap_of_trunk")
    assert chosen(world) == "dear"
    world.wait(601.0)
    assert chosen(world) == "cheap"


def test_a_cap_of_the_site_stops_the_campaign_and_gives_its_hopper_back() -> None:
    world = with_trunks("cheap", "dear")
    world.add_tasks(10)
    refuse(world, "cap_of_site")
    world.wait(1.0)
    assert world.board.runs[1].lines.blocked == "spending cap of the hour"
    assert not world.board.runs[1].hopper
    world.load(CampaignState.ACTIVE)
    assert world.board.runs[1].lines.blocked
    world.wait(700.0)
    assert world.board.runs[1].lines.blocked == ""
