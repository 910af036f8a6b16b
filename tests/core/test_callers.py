"""Callers wait, are told, go to an agent, elsewhere or away, and each end is written down once."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import MOST_RINGS, CallState
from ccdialer.core.board import Call
from ccdialer.core.campaign import CampaignState, Mode
from ccdialer.core.queue import Fate, Widening
from ccdialer.core.result import Given, Result
from tests.core.world import START, World


def queue_of(*logins: str, kept_up: bool = True, **settings: Any) -> World:
    """Agents on duty for a queue."""
    world = World()
    world.queue(**settings)
    world.sign_in(*logins, kept_up=kept_up)
    return world


def said_to(world: World, call: Call) -> list[str]:
    return [play.sounds for play in world.every(c.Play) if play.leg_id == call.leg_id]


# --- he meets an agent --------------------------------------------------------------------------


@pytest.mark.parametrize("kept_up", [True, False])
def test_a_caller_goes_to_a_free_agent_at_once(kept_up: bool) -> None:
    world = queue_of("anna", kept_up=kept_up)
    call = world.waits()
    assert call.state is CallState.TALKING
    assert world.state("anna") is AgentState.TALKING
    assert world.storage.met[call.attempt_id].agent_id == world.agents["anna"].id
    hushed = world.said.index(c.Hush(call.leg_id, "default"))
    assert world.said.index(c.Entertain(call.leg_id, "default")) < hushed
    assert not world.every(c.RecordJoin)


def test_a_caller_waits_with_music_until_an_agent_is_free() -> None:
    world = queue_of()
    call = world.waits()
    world.wait(30.0)
    assert call.state is CallState.WAITING
    world.sign_in("anna", kept_up=True)
    assert call.state is CallState.TALKING


def test_when_the_agent_hangs_up_so_is_the_caller_and_the_agent_is_free() -> None:
    world = queue_of("anna", "bert", more={"wrap_up_s": 10.0})
    call = world.waits()
    assert call.seat is not None
    login = call.seat.agent.login
    world.wait(60.0)
    world.tell(e.HangUpAsked(world.agents[login].id))
    assert call.leg_id not in world.legs
    fate = world.fate(call)
    assert (fate.fate, fate.queued_at, fate.joined_at) == (Fate.ANSWERED, START, START)
    assert fate.agent_id == world.agents[login].id
    assert world.state(login) is AgentState.WRAP_UP


def test_a_result_is_kept_under_the_call_s_id() -> None:
    world = queue_of("anna")
    call = world.waits()
    world.hang_up(call.leg_id)
    world.result("anna", Given(Result.SUCCESS))
    assert world.storage.results[call.attempt_id].task_id == 0


def test_a_talk_is_recorded_under_the_call_s_id() -> None:
    world = queue_of("anna", more={"record": True})
    call = world.waits()
    (opened,) = world.every(c.OpenRecording)
    assert opened.attempt_id == call.attempt_id
    assert world.every(c.StartRecording)[0].leg_id == call.leg_id


def test_an_agent_is_told_the_queue_while_the_caller_hears_music() -> None:
    world = queue_of("anna", more={"announce": "sound:sales"})
    call = world.waits()
    assert call.state is CallState.CONNECTING
    assert not world.every(c.Hush)
    (play,) = world.every(c.Play)
    world.tell(e.PlaybackEnded(play.playback_id))
    assert call.state is CallState.TALKING


def test_an_announcement_that_never_ends_does_not_hold_the_caller() -> None:
    world = queue_of("anna", more={"announce": "sound:sales"})
    call = world.waits()
    world.wait(16.0)
    assert call.state is CallState.TALKING


# --- his agent does not take him ----------------------------------------------------------------


def test_a_phone_that_does_not_answer_is_passed_over() -> None:
    world = queue_of("anna", kept_up=False)
    world.silent.add("PJSIP/anna")
    call = world.waits()
    leg_id = call.agent_leg_id
    assert leg_id is not None
    world.sign_in("bert", kept_up=True)
    world.hang_up(leg_id, 19)
    assert call.seat is world.seat("bert")
    assert world.seat("anna").missed == 1


def test_the_only_agent_is_rung_again_after_a_while() -> None:
    world = queue_of("anna", kept_up=False)
    world.silent.add("PJSIP/anna")
    call = world.waits()
    assert call.agent_leg_id is not None
    world.hang_up(call.agent_leg_id, 19)
    assert call.state is CallState.WAITING
    world.silent.clear()
    world.wait(4.9)
    assert call.state is CallState.WAITING
    world.wait(0.1)
    assert call.state is CallState.TALKING


def test_a_caller_is_offered_on_however_many_phones_have_failed() -> None:
    """Every agent has missed him, and comes back from the pause that it brought."""
    logins = [f"agent{n}" for n in range(12)]
    world = queue_of(*logins, kept_up=False)
    world.broken |= {f"PJSIP/{login}" for login in logins}
    call = world.waits()
    world.wait(30.0)
    assert call.rings == 3 * len(logins) > MOST_RINGS
    world.broken.clear()
    world.ready("agent7")
    assert call.state is CallState.TALKING


def test_a_phone_of_which_nothing_is_heard_does_not_hold_him_for_ever() -> None:
    world = queue_of("anna", kept_up=False)
    world.silent.add("PJSIP/anna")
    call = world.waits()
    world.wait(world.board.rules.agent_ring_s + world.board.rules.hang_up_grace_s + 2.0)
    assert world.seat("anna").missed == 1
    assert call.state in (CallState.WAITING, CallState.CONNECTING)


def test_a_join_of_which_nothing_is_heard_is_tried_with_another_agent() -> None:
    world = queue_of("anna")
    world.obeys = False
    call = world.waits()
    assert call.join_sent
    world.obeys = True
    world.wait(40.0)
    assert call.state is CallState.TALKING


def test_who_hangs_up_while_his_agent_is_rung_frees_him() -> None:
    world = queue_of("anna", kept_up=False)
    world.silent.add("PJSIP/anna")
    call = world.waits()
    world.hang_up(call.leg_id)
    assert world.fate(call).fate is Fate.LEFT
    assert world.state("anna") is AgentState.AVAILABLE
    assert world.seat("anna").missed == 0
    assert call.agent_leg_id not in world.legs


def test_whose_end_nobody_heard_is_no_fault_of_the_agents() -> None:
    world = queue_of()
    call = world.waits()
    del world.legs[call.leg_id]
    world.sign_in("anna", "bert", kept_up=True)
    assert world.fate(call).fate is Fate.LEFT
    assert [world.seat(login).missed for login in ("anna", "bert")] == [0, 0]


# --- he waits -----------------------------------------------------------------------------------


def test_a_greeting_comes_before_the_music_goes_on() -> None:
    world = queue_of(greeting="sound:welcome")
    call = world.waits()
    assert said_to(world, call) == ["sound:welcome"]
    world.tell(e.PlaybackEnded(call.sound))
    assert world.said[-1] == c.Entertain(call.leg_id, "default")


def test_a_sound_is_cut_short_by_the_join() -> None:
    world = queue_of(greeting="sound:welcome")
    call = world.waits()
    sound = call.sound
    world.sign_in("anna", kept_up=True)
    assert c.Hush(call.leg_id, "default", sound) in world.said
    assert call.state is CallState.TALKING


def test_a_long_name_comes_back_whole() -> None:
    name = "Консультанты по ремонту и обслуживанию"
    world = queue_of(max_wait_s=60.0, overflow=f"queue {name}")
    call = world.waits()
    world.wait(61.0)
    assert unquote(world.back[call.leg_id]["CCD_TARGET"]) == name


def test_who_waits_too_long_goes_to_the_overflow() -> None:
    world = queue_of(max_wait_s=60.0, overflow="queue night shift")
    call = world.waits()
    world.wait(59.9)
    assert call.state is CallState.WAITING
    world.wait(0.1)
    assert world.back[call.leg_id] == {
        "CCD_QUEUE_STATUS": "TIMEOUT",
        "CCD_TARGET_KIND": "queue",
        "CCD_TARGET": "night%20shift",
        "CCD_CALL": call.attempt_id,
    }
    fate = world.fate(call)
    assert (fate.fate, fate.reason) == (Fate.SENT_ON, "timeout to queue night shift")


def test_whose_time_is_over_goes_on_though_there_is_always_one_more_phone_to_ring() -> None:
    world = queue_of("anna", "bert", "carl", kept_up=False, max_wait_s=30.0)
    world.silent |= {"PJSIP/anna", "PJSIP/bert", "PJSIP/carl"}
    call = world.waits()
    world.wait(29.9)
    assert call.state is CallState.CONNECTING
    rung_s = world.board.rules.agent_ring_s + world.board.rules.hang_up_grace_s
    world.wait(rung_s + 1.1)
    assert world.status_of(call) == "TIMEOUT"


def test_a_queue_that_is_stopped_offers_nobody_to_the_next_agent() -> None:
    world = queue_of("anna", "bert", kept_up=False)
    world.silent |= {"PJSIP/anna", "PJSIP/bert"}
    call = world.waits()
    leg_id = call.agent_leg_id
    assert leg_id is not None
    world.load(CampaignState.STOPPED, 9)
    world.hang_up(leg_id, 19)
    world.wait(1.0)
    assert world.status_of(call) == "CLOSED"
    assert len(world.every(c.Originate)) == 1


def test_a_full_queue_lets_nobody_in_but_who_is_served_at_once() -> None:
    world = queue_of(max_waiting=1)
    world.waits()
    assert world.call_in() is None
    (variables,) = world.back.values()
    assert variables["CCD_QUEUE_STATUS"] == "FULL"
    assert variables["CCD_TARGET_KIND"] == variables["CCD_TARGET"] == ""


def test_a_queue_of_no_places_serves_whom_an_agent_is_free_for() -> None:
    world = queue_of("anna", max_waiting=0)
    assert world.waits().state is CallState.TALKING
    assert world.call_in() is None


def test_nobody_waits_where_no_agent_is_signed_in_if_the_queue_says_so() -> None:
    world = queue_of("anna", leave_when_empty=True)
    first, second = world.waits(), world.waits()
    world.sign_out("anna")
    world.hang_up(first.leg_id)
    world.wait(10.0)
    assert world.status_of(second) == "EMPTY"
    assert world.call_in() is None


def test_a_queue_out_of_hours_is_closed_and_who_waits_waits_on() -> None:
    world = World()
    world.queue(9)
    run = world.board.runs[9]
    run.hours_open = ((START - 10.0, START + 10.0),)
    inside = world.waits()
    world.wait(10.0)
    assert world.call_in() is None
    assert inside.state is CallState.WAITING


def test_a_queue_that_is_stopped_gives_its_callers_back_and_talks_go_on() -> None:
    world = queue_of("anna")
    talking, waiting = world.waits(), world.waits()
    world.load(CampaignState.STOPPED, 9)
    assert world.status_of(waiting) == "CLOSED"
    assert talking.state is CallState.TALKING
    world.hang_up(talking.leg_id)


def test_an_unknown_queue_gives_a_caller_back() -> None:
    world = World()
    assert world.call_in(queue=77) is None
    (variables,) = world.back.values()
    assert variables["CCD_QUEUE_STATUS"] == "UNKNOWN"


def test_two_calls_of_one_id_are_two_callers() -> None:
    world = queue_of()
    call = world.waits()
    assert call.caller is not None
    world.legs["other"] = True
    twin = c.OpenInbound(9, call.caller, world.now).caller
    world.tell(e.CallerQueued(9, type(twin)(twin.call_id, "other")))
    assert len(world.calls) == 2
    world.tell(e.CallerQueued(9, call.caller))  # told twice
    assert len(world.calls) == 2


# --- he is told, and asks to be called back -----------------------------------------------------


def test_he_hears_his_place_from_time_to_time() -> None:
    world = queue_of(announce_every_s=30.0, announce_place=True)
    first, second = world.waits(), world.waits()
    world.wait(30.0)
    assert said_to(world, first) == ["sound:queue-youarenext,sound:queue-thankyou"]
    assert said_to(world, second) == [
        "sound:queue-thereare,sound:digits/2,sound:queue-callswaiting,sound:queue-thankyou"
    ]


def test_who_takes_the_offer_keeps_his_place() -> None:
    world = queue_of(offer_callback_after_s=20.0, offer_sound="sound:press-1")
    call = world.waits()
    world.tell(e.DigitPressed(call.leg_id, "1"))
    assert call.state is CallState.WAITING, "he was offered nothing yet"
    world.wait(20.0)
    assert said_to(world, call) == ["sound:press-1"]
    world.tell(e.DigitPressed(call.leg_id, "5"))
    assert call.state is CallState.WAITING
    world.tell(e.DigitPressed(call.leg_id, "1"))
    assert world.status_of(call) == "CALLBACK"
    fate = world.fate(call)
    assert (fate.fate, fate.keeps_place_from) == (Fate.CALLBACK, START)


def test_who_is_on_a_do_not_call_list_is_not_offered_a_callback() -> None:
    world = queue_of(offer_callback_after_s=20.0, offer_sound="sound:press-1")
    call = world.waits(may_be_called=False)
    world.wait(60.0)
    assert said_to(world, call) == []
    world.tell(e.DigitPressed(call.leg_id, "1"))
    assert call.state is CallState.WAITING


def test_a_hidden_number_is_not_offered_a_callback() -> None:
    world = queue_of(offer_callback_after_s=20.0, offer_sound="sound:press-1")
    call = world.waits(number="")
    world.wait(40.0)
    assert said_to(world, call) == []


# --- the world ends, and begins again -----------------------------------------------------------


def test_who_is_still_there_after_a_cut_waits_on_with_music() -> None:
    world = queue_of()
    stays, goes = world.waits(), world.waits()
    world.lose_switch()
    del world.legs[goes.leg_id]
    world.find_switch()
    assert stays.state is CallState.WAITING
    assert world.said[-1] == c.Entertain(stays.leg_id, "default")
    assert world.fate(goes).fate is Fate.LOST


def test_nobody_is_sent_back_while_asterisk_is_away() -> None:
    world = queue_of(max_wait_s=60.0)
    call = world.waits()
    world.lose_switch()
    world.wait(100.0)
    assert call.state is CallState.WAITING
    world.find_switch()
    world.wait(1.0)
    assert world.status_of(call) == "TIMEOUT"


@pytest.mark.parametrize("kept_up", [True, False])
def test_callers_live_through_a_restart_of_the_daemon(kept_up: bool) -> None:
    world = queue_of("anna", kept_up=kept_up)
    talking, waiting = world.waits(), world.waits("+79160000002")
    world.wait(7.0)
    world.restart()
    world.find_switch()
    talks, waits = (world.board.calls[call.attempt_id] for call in (talking, waiting))
    assert (talks.state, waits.state) == (CallState.TALKING, CallState.WAITING)
    assert waits.opened_at == START
    world.hang_up(talking.leg_id)
    assert waits.state is CallState.TALKING
    assert world.fate(talking).fate is Fate.ANSWERED
    world.hang_up(waiting.leg_id)


def test_whose_join_was_not_written_down_is_found_with_his_agent() -> None:
    world = queue_of("anna")
    call = world.waits()
    del world.storage.met[call.attempt_id]
    world.restart()
    world.find_switch()
    assert world.board.calls[call.attempt_id].state is CallState.TALKING
    assert call.attempt_id in world.storage.met


def test_a_drain_lets_callers_wait_until_its_limit_and_lets_nobody_in() -> None:
    world = queue_of()
    call = world.waits()
    world.tell(e.DrainAsked(30.0))
    assert world.call_in() is None
    world.wait(29.0)
    assert call.state is CallState.WAITING
    world.wait(1.0)
    assert world.status_of(call) == "ERROR"


def test_who_hangs_up_as_he_is_sent_on_has_left() -> None:
    world = queue_of(max_wait_s=60.0, overflow="queue night shift")
    call = world.waits()
    world.wait(59.9)
    del world.legs[call.leg_id]  # nobody has told of it yet
    world.wait(0.1)
    assert world.fate(call).fate is Fate.LEFT


def test_nobody_who_was_not_looked_up_is_kept() -> None:
    world = World()
    world.legs["a.1"] = True
    world.tell(e.CallerArrived("a.1", "sales"))
    assert world.back["a.1"]["CCD_QUEUE_STATUS"] == "ERROR"


def test_a_queue_dials_nobody() -> None:
    world = World()
    world.campaign(10, mode=Mode.INBOUND)
    world.sign_in("anna")
    world.wait(60.0)
    assert not world.dialed
    assert not world.every(c.ReserveTasks)


# --- in a random world --------------------------------------------------------------------------

LOGINS = ("anna", "bert", "carl")
KEPT_UP = {"anna", "bert"}
SALES, NONE = frozenset({"sales"}), frozenset[str]()
SOME = st.integers(0, 10_000)


class Rush(RuleBasedStateMachine):
    """Callers and agents come and go as they like, Asterisk and daemon too: what `check` demands
    after every fact holds, and at the end each caller was written down once."""

    @initialize(
        announce=st.sampled_from(["", "sound:beep"]),
        wrap_up_s=st.sampled_from([0.0, 5.0]),
        greeting=st.sampled_from(["", "sound:hello"]),
        prompt=st.booleans(),
    )
    def begin(self, announce: str, wrap_up_s: float, greeting: str, prompt: bool) -> None:
        self.world = World(prompt=prompt)
        for login in LOGINS:
            self.world.agent(login, login in KEPT_UP, SALES if login == "anna" else NONE)
        more = {"announce": announce, "wrap_up_s": wrap_up_s, "record": True}
        rings = (Widening(0.0, ("sales",)), Widening(8.0))
        told = {"announce_place": True, "announce_wait": True, "announce_every_s": 7.0}
        offer = {"offer_callback_after_s": 5.0, "offer_sound": "sound:1", "max_wait_s": 40.0}
        self.world.queue(8, {**more, "priority": 7}, widening=rings, **told, **offer)
        self.world.queue(9, more, greeting=greeting, max_waiting=2, leave_when_empty=True)
        self.world.campaign(30, 1, wrap_up_s=wrap_up_s)

    @rule(login=st.sampled_from(LOGINS))
    def an_agent_comes(self, login: str) -> None:
        self.world.sign_in(login, kept_up=login in KEPT_UP)
        self.world.ready(login)

    @rule(login=st.sampled_from(LOGINS))
    def an_agent_goes(self, login: str) -> None:
        self.world.sign_out(login)

    @rule(login=st.sampled_from(LOGINS))
    def an_agent_pauses(self, login: str) -> None:
        self.world.pause(login)

    @rule(login=st.sampled_from(LOGINS))
    def an_agent_is_done(self, login: str) -> None:
        self.world.tell(e.HangUpAsked(self.world.agents[login].id))

    @rule(login=st.sampled_from(LOGINS), is_silent=st.booleans())
    def a_phone_falls_silent_or_not(self, login: str, is_silent: bool) -> None:
        phones = self.world.silent
        (phones.add if is_silent else phones.discard)(f"PJSIP/{login}")

    @rule(
        queue=st.sampled_from([8, 9]),
        number=st.sampled_from(["", "+79161112233"]),
        owner=st.sampled_from(["", *LOGINS]),
    )
    def somebody_calls(self, queue: int, number: str, owner: str) -> None:
        owner_id = self.world.agents[owner].id if owner else None
        self.world.call_in(number, queue, owner_id=owner_id, owner_wait_s=6.0)

    @rule(queue=st.sampled_from([8, 9]), login=st.sampled_from(LOGINS))
    def there_is_a_rush(self, queue: int, login: str) -> None:
        """Everything works for a while."""
        self.world.obeys = True
        self.world.silent.clear()
        self.world.find_switch()
        for id in (1, 8, 9):
            self.world.load(CampaignState.ACTIVE, id)
        self.an_agent_comes(login)
        for _ in range(3):
            self.somebody_calls(queue, "+79161112233", login)
        self.world.catch_up()

    def _some(self, some: int, legs: list[str]) -> str:
        return legs[some % len(legs)] if legs else "nobody"

    @rule(some=SOME)
    def a_caller_hangs_up(self, some: int) -> None:
        callers = [leg for leg in sorted(self.world.legs) if leg.startswith("1764")]
        self.world.hang_up(self._some(some, callers))

    @rule(some=SOME)
    def a_leg_ends(self, some: int) -> None:
        self.world.hang_up(self._some(some, sorted(self.world.legs)), 38)

    @rule(some=SOME)
    def a_key_is_pressed(self, some: int) -> None:
        self.world.tell(e.DigitPressed(self._some(some, sorted(self.world.legs)), "1"))

    @rule(some=SOME)
    def a_client_answers(self, some: int) -> None:
        clients = [leg for leg in sorted(self.world.legs) if leg[-3:-1] == "-c"]
        leg_id = self._some(some, clients)
        if clients:
            self.world.legs[leg_id] = True
        self.world.tell(e.LegAnswered(leg_id))

    @rule(some=SOME)
    @precondition(lambda self: self.world.every(c.Play))
    def a_sound_ends(self, some: int) -> None:
        self.world.tell(
            e.PlaybackEnded(
                self._some(some, [play.playback_id for play in self.world.every(c.Play)])
            )
        )

    @rule()
    def news_arrive(self) -> None:
        self.world.catch_up()

    @rule(some=SOME)
    @precondition(lambda self: self.world.news)
    def some_news_arrive_first(self, some: int) -> None:
        index = some % len(self.world.news)
        event = self.world.news[index]
        del self.world.news[index]
        self.world.tell(event)

    @rule()
    def the_socket_is_cut(self) -> None:
        self.world.lose_switch()

    @rule(is_restarted=st.booleans())
    def the_socket_is_mended(self, is_restarted: bool) -> None:
        if is_restarted:
            self.world.legs.clear()
            self.world.bridges.clear()
        self.world.find_switch()

    @rule(sessions_first=st.booleans())
    def the_daemon_is_killed(self, sessions_first: bool) -> None:
        self.world.restart(sessions_first)
        self.world.find_switch()

    @rule(obeys=st.booleans())
    def asterisk_obeys_or_not(self, obeys: bool) -> None:
        self.world.obeys = obeys

    @rule(id=st.sampled_from([1, 8, 9]), state=st.sampled_from(CampaignState))
    def a_queue_changes(self, id: int, state: CampaignState) -> None:
        self.world.load(state, id)

    @rule(seconds=st.sampled_from([0.5, 5.0, 16.0, 45.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.wait(seconds)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self._run_out()

    def _run_out(self) -> None:
        world = self.world
        world.prompt = world.obeys = True
        world.catch_up()
        world.find_switch()
        for play in world.every(c.Play):
            world.tell(e.PlaybackEnded(play.playback_id))
        world.tell(e.DrainAsked(60.0))
        world.wait(10_000.0)
        assert not world.board.calls
        assert not world.board.waiting
        assert set(world.storage.callers) == set(world.storage.gone), "a caller is forgotten"
        let_go = {each.leg_id for kind in (c.SendBack, c.HangUp) for each in world.every(kind)}
        left = {leg for leg in world.legs if leg.startswith("1764")}
        assert left <= let_go, "a caller waits for ever"
        for gone in world.storage.gone.values():
            assert (gone.call_id in world.storage.met) == (gone.fate is Fate.ANSWERED)
            if gone.fate is Fate.SENT_ON and gone.call_id not in world.doubtful:
                assert gone.call_id in world.sent_on, "nobody has him, or knows of it"


Rush.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestRush = Rush.TestCase
