"""What is known at a moment."""

from tests.core.world import World, talking


def test_whose_leg_it_is() -> None:
    world, call = talking(kept_up=True)
    assert world.board.call_of_leg(call.leg_id) is call
    assert world.board.call_of_leg(str(call.agent_leg_id)) is None
    assert world.board.call_of_leg("unknown") is None


def test_who_is_at_a_phone() -> None:
    world = World()
    world.sign_in("anna", "bert")
    assert world.board.seat_of_phone("PJSIP/bert") is world.seat("bert")
    assert world.board.seat_of_phone("PJSIP/carl") is None


def test_a_kept_up_agent_without_his_leg_has_no_phone() -> None:
    world, call = talking(kept_up=True)
    assert world.board.has_phone(world.seat("anna"))
    world.obeys = False
    world.hang_up(str(call.agent_leg_id))
    assert not world.board.has_phone(world.seat("anna"))


def test_who_can_take_a_call() -> None:
    world = World()
    world.sign_in("anna", "bert")
    world.pause("bert")
    assert world.board.available(world.board.seats.values()) == [world.seat("anna")]
