"""An attempt that its trunk could not carry goes on over the next one, and only then."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Call
from ccdialer.core.campaign import CampaignState
from ccdialer.core.disposition import Disposition
from tests.core.world import World


def dialing(*names: str, **settings: Any) -> tuple[World, Call]:
    """A client is dialed for anna; trunks by price, the first is the cheapest."""
    world = World()
    for price, name in enumerate(names or ("cheap", "dear", "spare"), 1):
        world.trunk(name, price)
    world.campaign(1, dial="", **settings)
    world.sign_in("anna")
    return world, world.call


def endpoints(world: World) -> list[str]:
    """Trunks by which clients were dialed, in order."""
    clients = [o for o in world.every(c.Originate) if o.leg_id[-3:-1] == "-c"]
    return [originate.endpoint.rpartition("@")[2] for originate in clients]


@pytest.mark.parametrize("sip_code", [500, 502, 503, 504, 408])
def test_a_route_failure_goes_to_the_next_trunk_within_the_attempt(sip_code: int) -> None:
    world, call = dialing()
    world.fail_route(call, sip_code)
    assert world.call is call
    assert world.outcomes == []
    assert endpoints(world) == ["cheap", "dear"]
    assert world.dialed == ["ccd-0000000002-c1", "ccd-0000000002-c2"]
    world.answer(call)
    assert call.state is CallState.TALKING
    world.hang_up(call.leg_id)
    assert world.outcomes == [Disposition.TALKED]


@pytest.mark.parametrize("cause", [34, 38, 41, 42, 3])
def test_where_there_is_no_sip_status_the_cause_decides(cause: int) -> None:
    world, call = dialing()
    world.hang_up(call.leg_id, cause)
    assert endpoints(world) == ["cheap", "dear"]


@pytest.mark.parametrize(
    ("cause", "sip_code", "disposition"),
    [
        (17, 486, Disposition.BUSY),
        (17, 600, Disposition.BUSY),
        (21, 603, Disposition.REJECTED),
        (21, 403, Disposition.REJECTED),
        (1, 404, Disposition.UNALLOCATED),
        (19, 480, Disposition.UNREACHABLE),
        (20, None, Disposition.UNREACHABLE),
        (17, None, Disposition.BUSY),
    ],
)
def test_the_client_s_own_answer_never_goes_to_another_trunk(
    cause: int, sip_code: int | None, disposition: Disposition
) -> None:
    world, call = dialing()
    world.hang_up(call.leg_id, cause, sip_code)
    assert world.outcomes == [disposition]
    assert endpoints(world) == ["cheap"]


def test_a_phone_that_rang_is_not_rung_over_another_trunk() -> None:
    world, call = dialing()
    world.ring(call)
    world.fail_route(call)
    assert world.outcomes == [Disposition.CONGESTION]
    assert endpoints(world) == ["cheap"]


def test_a_phone_may_have_rung_for_a_408_that_comes_late() -> None:
    world, call = dialing()
    world.wait(10.0)
    world.fail_route(call, 408)
    assert world.outcomes == [Disposition.UNREACHABLE]
    assert endpoints(world) == ["cheap"]


def test_no_answer_is_no_route_failure() -> None:
    world, call = dialing()
    world.wait(25.0)
    world.hang_up(call.leg_id, 19)
    assert world.outcomes == [Disposition.NO_ANSWER]


@pytest.mark.parametrize("registers", [True, False])
def test_who_lost_his_registration_is_forbidden(registers: bool) -> None:
    world = World()
    world.trunk("cheap", 1, registers=registers)
    world.trunk("dear", 2)
    world.campaign(1, dial="")
    world.sign_in("anna")
    world.hang_up(world.call.leg_id, 21, 403)
    assert endpoints(world) == (["cheap", "dear"] if registers else ["cheap"])


@pytest.mark.parametrize(("cause", "sip_code"), [(102, 408), (21, 403), (34, 503)])
def test_where_no_trunk_is_left_it_is_not_the_client_s_answer(cause: int, sip_code: int) -> None:
    world = World()
    world.trunk("only", 1, registers=True)
    world.campaign(1, dial="")
    world.sign_in("anna")
    world.hang_up(world.call.leg_id, cause, sip_code)
    (closed,) = world.every(c.CloseAttempt)
    assert (closed.disposition, closed.counts) == (Disposition.CONGESTION, False)


def test_an_endpoint_that_asterisk_refuses_is_a_route_failure() -> None:
    world = World()
    world.broken.add("PJSIP/79160100001@cheap")
    world.trunk("cheap", 1)
    world.trunk("dear", 2)
    world.campaign(1, dial="")
    world.sign_in("anna")
    assert endpoints(world) == ["cheap", "dear"]
    assert world.call.state is CallState.DIALING


def test_a_doubt_does_not_dial_another_trunk() -> None:
    world, call = dialing()
    world.tell(e.OriginateFailed(call.leg_id, False, "no reply"))
    world.wait(40.0)
    assert endpoints(world) == ["cheap"]
    assert world.outcomes == [Disposition.LOST]


def test_only_when_all_have_failed_it_is_congestion() -> None:
    world, call = dialing()
    for _ in range(3):
        assert world.outcomes == []
        world.fail_route(call)
    assert world.outcomes == [Disposition.CONGESTION]
    assert not world.closed.counts
    assert endpoints(world) == ["cheap", "dear", "spare"]


def test_no_attempt_is_tried_more_often_than_its_legs_can_be_told_apart() -> None:
    world, call = dialing(*"abcdefgh")
    while not world.outcomes:
        world.fail_route(call)
    assert endpoints(world) == list("abcde")


def test_each_leg_may_ring_for_the_whole_time() -> None:
    world, call = dialing()
    world.wait(9.0)
    world.fail_route(call)
    world.wait(34.0)  # 25 s and the grace, from the second dial
    assert call.state is CallState.DIALING
    world.wait(1.0)
    assert call.state is CallState.CLOSED
    assert world.outcomes == [Disposition.LOST]


def test_the_next_leg_is_committed_before_it_is_dialed() -> None:
    world, call = dialing()
    world.prompt = False
    world.fail_route(call)
    (opened,) = world.every(c.OpenLeg)
    assert (opened.failed_leg_id, opened.cause, opened.sip_code) == (world.dialed[0], 34, 503)
    assert opened.route.trunk == "dear"
    assert call.state is CallState.OPENING
    assert endpoints(world) == ["cheap"]
    world.catch_up()
    assert endpoints(world) == ["cheap", "dear"]


def test_a_leg_that_is_committed_too_late_is_not_dialed() -> None:
    world, call = dialing()
    world.prompt = False
    world.fail_route(call)
    world.wait(5.1)
    world.catch_up()
    assert endpoints(world) == ["cheap"]
    assert world.outcomes == [Disposition.CANCELLED]


def test_a_refused_leg_ends_the_attempt() -> None:
    world, call = dialing()
    world.storage.leg_refusal = ("spending cap", "cap_of_trunk", 60.0)
    world.fail_route(call)
    assert endpoints(world) == ["cheap"]
    assert world.outcomes == [Disposition.CONGESTION]
    assert world.closed.note == "spending cap"


def test_nothing_is_dialed_further_while_the_daemon_stops() -> None:
    world, call = dialing()
    world.tell(e.DrainAsked(60.0))
    world.fail_route(call)
    assert endpoints(world) == ["cheap"]
    assert world.outcomes == [Disposition.CONGESTION]


def test_nothing_is_dialed_further_by_a_campaign_that_was_paused() -> None:
    world, call = dialing()
    world.load(CampaignState.PAUSED)
    world.fail_route(call)
    assert endpoints(world) == ["cheap"]


# --- killed in between --------------------------------------------------------------------------


def test_killed_between_the_leg_s_commit_and_its_originate_nothing_is_dialed_again() -> None:
    world, call = dialing()
    world.prompt = False
    world.fail_route(call)
    world.restart()
    world.prompt = True
    world.find_switch()
    assert endpoints(world) == ["cheap"]
    assert world.outcomes == [Disposition.LOST]
    assert not world.calls


def test_killed_while_the_second_leg_is_dialed_it_is_adopted() -> None:
    world, call = dialing()
    world.fail_route(call)
    world.restart()
    for name in world.trunks:
        world.trunk_is(name, True)
    world.find_switch()
    adopted = world.call
    assert adopted.leg_id == "ccd-0000000002-c2"
    world.fail_route(adopted)
    assert endpoints(world) == ["cheap", "dear", "spare"]
    assert world.dialed[-1] == "ccd-0000000002-c3"


def test_killed_while_the_second_leg_talks_the_talk_goes_on() -> None:
    world, call = dialing()
    world.fail_route(call)
    world.answer(call)
    assert call.state is CallState.TALKING
    world.restart()
    world.find_switch()
    assert world.call.state is CallState.TALKING
    world.hang_up("ccd-0000000002-c2")
    assert world.outcomes == [Disposition.TALKED]
