"""The whole machine in a random world: no fact, in whatever order, may break a law of the board."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.board import FloorRules
from ccdialer.core.campaign import CampaignState, History, Mode, OwnerAway
from ccdialer.core.dialer import HANDLERS, WAKES
from ccdialer.core.features import FEATURES
from ccdialer.core.pacing.predictive import Predictive
from ccdialer.core.queue import Fate, Widening
from ccdialer.core.result import Given, Result
from ccdialer.core.timers import Wake
from tests.core.world import World, dialing

LOGINS = ("anna", "bert", "carl", "dora")
KEPT_UP = {"anna", "bert"}
GROUPS = {"anna": frozenset({"sales"}), "carl": frozenset({"sales"})}
CAMPAIGNS = (1, 2, 3, 4, 7, 8, 9)
QUEUES = (7, 8, 9)
PROJECTS = (frozenset({1}), frozenset({2}), frozenset({1, 2}))
UNHEARD = (e.LegEnded, e.LegJoined, e.LegAnswered, e.PlaybackEnded, e.CommandFailed)
EDITS: tuple[dict[str, Any], ...] = (
    {"max_wait_s": 5.0},
    {"max_wait_s": 600.0},
    {"overflow": "queue campaign 7"},
    {"overflow": "queue campaign 9"},
    {"overflow": ""},
    {"max_waiting": 0},
    {"max_waiting": 3},
    {"widening": (Widening(0.0, ("nobody",)), Widening(3.0, ("sales",)))},
    {"widening": ()},
    {"leave_when_empty": True},
    {"offer_callback_after_s": 1.0, "offer_sound": "sound:1", "announce_every_s": 1.0},
    {"music": "", "greeting": ""},
)
TRUNKS = ("cheap", "dear", "spare")
LONG_S = 100_000.0
SOME = st.integers(0, 10_000)


class Chaos(RuleBasedStateMachine):
    """Agents, clients, Asterisk and storage do what they like; then everything is let run out."""

    @initialize(
        mode=st.sampled_from([mode for mode in Mode if mode is not Mode.INBOUND]),
        amd=st.booleans(),
        announce=st.sampled_from(["", "sound:beep"]),
        safe_harbour=st.sampled_from(["", "sound:sorry"]),
        wrap_up_s=st.sampled_from([0.0, 5.0]),
        dial=st.sampled_from(["", "PJSIP/{digits}@trunk"]),
        agent_first=st.booleans(),
        owner_away=st.sampled_from(OwnerAway),
    )
    def begin(self, owner_away: OwnerAway, **chosen: object) -> None:
        self.world = World(FloorRules(pause_reasons={"1": "lunch"}), prompt=False)
        self.world.agents = {}
        for login in LOGINS:
            self.world.agent(login, login in KEPT_UP, GROUPS.get(login, frozenset()))
        self.past: list[e.Event] = []
        for name in TRUNKS:
            self.world.trunk(name, lines=2)
        self.world.campaign(30, 1, lines_per_agent=3.0, ring_timeout_s=20.0, record=True, **chosen)
        self.world.campaign(30, 2, mode=Mode.POWER, ring_timeout_s=20.0, wrap_up_s=0.0)
        waits = {"owner_wait_s": 6.0, "group_wait_s": 3.0, "owner_pause_limit_s": 3.0}
        rules = {"mode": Mode.CALLBACK, "priority": 6, "owner_away": owner_away, **waits}
        self.world.campaign(0, 3, ring_timeout_s=20.0, **rules)
        self.world.campaign(30, 4, mode=Mode.PREVIEW, ring_timeout_s=20.0, reading_s=30.0)

        waits = {"max_wait_s": 30.0, "offer_callback_after_s": 5.0, "offer_sound": "sound:1"}
        rings = (Widening(0.0, ("sales",)), Widening(8.0))
        self.world.queue(8, {"priority": 7}, announce_place=True, widening=rings, **waits)
        more = {"record": True, "announce": chosen["announce"], "wrap_up_s": 5.0}
        self.world.queue(9, more, greeting="sound:hello", max_waiting=3, leave_when_empty=True)
        self.world.projects[7] = 2
        self.world.queue(7, {"priority": 9, "agent_first": True}, overflow="queue campaign 8")
        self.world.change("dora", projects=frozenset({1, 2}))

    def tell(self, event: e.Event) -> None:
        self.past.append(event)
        self.world.tell(event)

    def some_leg(self, some: int) -> str:
        legs = sorted(self.world.legs) or ["ccd-0000000000-c1"]
        return legs[some % len(legs)]

    # --- people -------------------------------------------------------------------------------

    @rule(login=st.sampled_from(LOGINS))
    def somebody_signs_in(self, login: str) -> None:
        self.world.sign_in(login, kept_up=login in KEPT_UP)

    @rule(login=st.sampled_from(LOGINS), serial=SOME)
    def somebody_signs_in_by_phone(self, login: str, serial: int) -> None:
        leg_id = f"phone-{login}-{serial}"
        session_id = self.world.board.new_id()
        self.world.legs[leg_id] = True
        self.world.tell(e.SignInAsked(self.world.agents[login], session_id, leg_id))

    @rule(login=st.sampled_from(LOGINS))
    def somebody_signs_out(self, login: str) -> None:
        self.world.sign_out(login)

    @rule(login=st.sampled_from(LOGINS))
    def somebody_pauses(self, login: str) -> None:
        self.world.pause(login)

    @rule(login=st.sampled_from(LOGINS))
    def somebody_is_ready(self, login: str) -> None:
        self.world.ready(login)

    @rule(login=st.sampled_from(LOGINS))
    def somebody_is_done_with_his_client(self, login: str) -> None:
        self.world.tell(e.HangUpAsked(self.world.agents[login].id))

    @rule(
        login=st.sampled_from(LOGINS),
        feature=st.sampled_from([*FEATURES, "rubbish"]),
    )
    def somebody_calls_a_code(self, login: str, feature: str) -> None:
        self.world.legs[f"phone-{login}"] = True
        self.world.tell(e.PhoneCalled(f"phone-{login}", f"PJSIP/{login}", feature, "1"))

    @rule(login=st.sampled_from(LOGINS))
    def somebody_asks_for_a_contact(self, login: str) -> None:
        self.world.ask(login)

    @rule(login=st.sampled_from(LOGINS))
    def somebody_calls_his_contact(self, login: str) -> None:
        self.world.catch_up()
        self.world.call_contact(login)

    @rule(login=st.sampled_from(LOGINS))
    def somebody_skips_his_contact(self, login: str) -> None:
        self.world.skip(login)

    @rule(login=st.sampled_from(LOGINS), minutes=st.sampled_from([None, 10]))
    def somebody_gives_a_result(self, login: str, minutes: int | None) -> None:
        kind = Result.SUCCESS if minutes is None else Result.CALLBACK
        self.world.result(login, Given(kind, minutes=minutes))

    @rule(some=SOME, digit=st.sampled_from("*1234578"))
    def somebody_presses_a_key(self, some: int, digit: str) -> None:
        self.world.tell(e.DigitPressed(self.some_leg(some), digit))

    @rule(login=st.sampled_from(LOGINS), silent=st.booleans())
    def a_phone_falls_silent_or_not(self, login: str, silent: bool) -> None:
        phones = self.world.silent
        (phones.add if silent else phones.discard)(f"PJSIP/{login}")

    @rule(login=st.sampled_from(LOGINS), broken=st.booleans())
    def a_phone_breaks_or_not(self, login: str, broken: bool) -> None:
        phones = self.world.broken
        (phones.add if broken else phones.discard)(f"PJSIP/{login}")

    @rule(login=st.sampled_from(LOGINS), due_in_s=st.sampled_from([0.0, 1.0, 5.0]))
    def a_client_is_to_be_called_back(self, login: str, due_in_s: float) -> None:
        self.world.callback(login, due_in_s, id=3)
        self.world.tell(e.CallbacksChanged(False))

    @rule()
    def callbacks_are_moved(self) -> None:
        self.world.tell(e.CallbacksChanged(True))

    # --- clients --------------------------------------------------------------------------------

    @rule(some=SOME, seconds=st.sampled_from([0.0, 0.5, 1.9, 2.0]))
    @precondition(lambda self: self.world.dialed)
    def things_go_well(self, some: int, seconds: float) -> None:
        """News arrive in time and a client answers."""
        self.world.catch_up()
        clients = [leg for leg in sorted(self.world.legs) if leg[-3:-1] == "-c"]
        if clients:
            leg_id = clients[some % len(clients)]
            self.world.legs[leg_id] = True
            self.tell(e.LegAnswered(leg_id))
        self.world.catch_up()
        self.world.wait(seconds)
        self.world.catch_up()

    @rule(
        queue=st.sampled_from([*QUEUES, 77]),
        number=st.sampled_from(["", "+79161112233"]),
        owner=st.sampled_from(["", *LOGINS]),
        priority=st.sampled_from([None, 9]),
    )
    def somebody_calls_in(self, queue: int, number: str, owner: str, priority: int | None) -> None:
        owner_id = self.world.agents[owner].id if owner else None
        known = {"owner_id": owner_id, "owner_wait_s": 6.0, "priority": priority}
        self.world.call_in(number, queue, **known)

    @rule(id=st.sampled_from(QUEUES), change=st.sampled_from(EDITS))
    def a_queue_is_edited(self, id: int, change: dict[str, Any]) -> None:
        self.world.edit(id, **change)

    @rule(id=st.sampled_from(QUEUES), mode=st.sampled_from([Mode.INBOUND, Mode.PROGRESSIVE]))
    def a_queue_becomes_a_campaign_or_a_queue_again(self, id: int, mode: Mode) -> None:
        self.world.settings[id] = replace(self.world.settings[id], mode=mode)
        self.world.load(CampaignState.ACTIVE, id)

    @rule(id=st.sampled_from(QUEUES), opens_s=st.sampled_from([-5.0, 0.0, 3.0]))
    def a_queue_has_hours(self, id: int, opens_s: float) -> None:
        opens = self.world.now + opens_s
        self.world.hours[id] = ((opens, opens + 5.0), (opens + 5.0, opens + 9.0))
        self.world.load(CampaignState.ACTIVE, id)

    @rule(
        login=st.sampled_from(LOGINS),
        projects=st.sampled_from(PROJECTS),
        groups=st.sampled_from([frozenset(), frozenset({"sales"})]),
    )
    def an_agent_is_edited(
        self, login: str, projects: frozenset[int], groups: frozenset[str]
    ) -> None:
        self.world.change(login, projects=projects, groups=groups)

    @rule(some=SOME)
    @precondition(lambda self: any(isinstance(news, UNHEARD) for news in self.world.news))
    def a_word_of_asterisk_is_lost(self, some: int) -> None:
        heard = [news for news in self.world.news if isinstance(news, UNHEARD)]
        self.world.news.remove(heard[some % len(heard)])

    @rule(some=SOME, queue=st.sampled_from(QUEUES))
    @precondition(lambda self: self.world.storage.callers)
    def a_caller_comes_from_another_queue(self, some: int, queue: int) -> None:
        """The dialplan has got him back, and sends him into the next queue."""
        sent = [c for c in self.world.storage.gone.values() if c.fate is Fate.SENT_ON]
        if sent:
            caller = self.world.storage.callers[sent[some % len(sent)].call_id].caller
            if caller.leg_id in self.world.back:
                self.world.legs[caller.leg_id] = True
                del self.world.back[caller.leg_id]
                self.tell(e.CallerQueued(queue, caller))

    @rule(some=SOME)
    def a_caller_hangs_up(self, some: int) -> None:
        callers = [leg for leg in sorted(self.world.legs) if leg.startswith("1764")]
        if callers:
            self.world.hang_up(callers[some % len(callers)])

    @rule(some=SOME)
    def a_caller_presses_the_key(self, some: int) -> None:
        callers = [leg for leg in sorted(self.world.legs) if leg.startswith("1764")]
        if callers:
            self.tell(e.DigitPressed(callers[some % len(callers)], "1"))

    @rule(logins=st.sets(st.sampled_from(LOGINS), min_size=1))
    def the_shift_begins(self, logins: set[str]) -> None:
        """Everything works, and agents are there."""
        self.world.obeys = True
        self.world.silent.clear()
        self.world.broken.clear()
        self.world.storage.leg_refusal = None
        self.world.find_switch()
        self.world.tell(e.AllResumed())
        for name in TRUNKS:
            self.world.trunk_is(name, True)
        for id in CAMPAIGNS:
            self.world.load(CampaignState.ACTIVE, id)
        for login in sorted(logins):
            self.world.sign_in(login, kept_up=login in KEPT_UP)
            self.world.ready(login)
        self.world.catch_up()
        self.world.wait(0.5)
        self.world.catch_up()

    @rule(some=SOME)
    def somebody_s_phone_rings(self, some: int) -> None:
        self.tell(e.LegRinging(self.some_leg(some)))

    @rule(some=SOME)
    def somebody_answers(self, some: int) -> None:
        leg_id = self.some_leg(some)
        if leg_id in self.world.legs:
            self.world.legs[leg_id] = True
        self.tell(e.LegAnswered(leg_id))

    @rule(some=SOME, cause=st.sampled_from([0, 16, 17, 19, 34]))
    def somebody_hangs_up(self, some: int, cause: int) -> None:
        for event in list(self.world.ends(self.some_leg(some), cause)):
            self.tell(event)

    @rule(some=SOME, machine=st.booleans())
    def detection_judges(self, some: int, machine: bool) -> None:
        self.tell(e.MachineJudged(self.some_leg(some), machine, "MACHINE"))

    # --- Asterisk and storage -----------------------------------------------------------------

    @rule(some=SOME)
    @precondition(lambda self: self.world.news)
    def some_news_arrive(self, some: int) -> None:
        index = some % len(self.world.news)
        event = self.world.news[index]
        del self.world.news[index]
        self.tell(event)

    @rule()
    def all_news_arrive(self) -> None:
        self.world.catch_up()

    @rule(some=SOME)
    @precondition(lambda self: self.past)
    def an_old_story_is_told_again(self, some: int) -> None:
        event = self.past[some % len(self.past)]
        if not isinstance(event, e.TasksReserved | e.ContactReserved):  # not reserved twice
            self.world.tell(event)

    @rule(some=SOME, deed=st.sampled_from(["Join", "OpenBridge", "DetectMachine", "Play"]))
    def a_deed_fails(self, some: int, deed: str) -> None:
        self.tell(e.CommandFailed(self.some_leg(some), deed, "rubbish"))

    @rule(some=SOME, certain=st.booleans())
    def an_originate_fails(self, some: int, certain: bool) -> None:
        leg_id = self.some_leg(some)
        if certain:
            self.world.legs.pop(leg_id, None)
        self.tell(e.OriginateFailed(leg_id, certain, "rubbish"))

    @rule(some=SOME)
    @precondition(lambda self: self.world.every(c.Play))
    def a_sound_ends(self, some: int) -> None:
        plays = self.world.every(c.Play)
        self.tell(e.PlaybackEnded(plays[some % len(plays)].playback_id))

    @rule(some=SOME, sip_code=st.sampled_from([408, 503, 500, 486, 404]))
    def the_network_ends_a_leg(self, some: int, sip_code: int) -> None:
        for event in list(self.world.ends(self.some_leg(some), 34, sip_code)):
            self.tell(event)

    @rule(some=SOME, prompt=st.booleans())
    @precondition(lambda self: self.world.dialed)
    def a_trunk_does_not_carry_a_call(self, some: int, prompt: bool) -> None:
        """And perhaps the next trunk's leg is committed at once."""
        clients = [leg for leg in sorted(self.world.legs) if leg[-3:-1] == "-c"]
        if clients:
            for event in list(self.world.ends(clients[some % len(clients)], 34, 503)):
                self.tell(event)
        if prompt:
            self.world.catch_up()

    @rule(name=st.sampled_from(TRUNKS), usable=st.booleans())
    def a_trunk_goes_or_comes(self, name: str, usable: bool) -> None:
        self.world.trunk_is(name, usable)

    @rule(refusal=st.sampled_from([None, ("cap", "cap_of_trunk", 30.0), ("no", "", 0.0)]))
    def storage_refuses_legs_or_not(self, refusal: tuple[str, str, float] | None) -> None:
        self.world.storage.leg_refusal = refusal

    @rule(stopped=st.booleans())
    def everything_is_stopped_or_not(self, stopped: bool) -> None:
        self.world.tell(e.AllStopped("fire") if stopped else e.AllResumed())

    @rule(obeys=st.booleans())
    def asterisk_obeys_or_not(self, obeys: bool) -> None:
        self.world.obeys = obeys

    @rule()
    def the_socket_is_lost(self) -> None:
        self.world.lose_switch()

    @rule(restarted=st.booleans())
    def the_socket_is_found(self, restarted: bool) -> None:
        if restarted:
            self.world.legs.clear()
            self.world.bridges.clear()
        self.world.find_switch()

    @rule(sessions_first=st.booleans(), restarted=st.booleans())
    def the_daemon_is_killed(self, sessions_first: bool, restarted: bool) -> None:
        self.world.restart(sessions_first)
        self.the_socket_is_found(restarted)

    @rule(some=SOME)
    def a_task_is_withdrawn(self, some: int) -> None:
        self.world.storage.refuses.add(100_001 + some % 30)

    @rule(id=st.sampled_from(CAMPAIGNS), state=st.sampled_from(CampaignState))
    def a_campaign_changes(self, id: int, state: CampaignState) -> None:
        self.world.load(state, id)

    @rule(seconds=st.sampled_from([0.1, 0.5, 1.0, 2.0, 3.0, 6.0, 16.0, 40.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.wait(seconds)

    # --- the end ----------------------------------------------------------------------------------

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self._run_out()

    def _run_out(self) -> None:
        """Stop, and let time run: nothing may be left of it."""
        world = self.world
        world.prompt = True
        world.obeys = True
        world.catch_up()
        world.find_switch()
        for id in CAMPAIGNS:
            world.load(CampaignState.STOPPED, id)
        world.wait(60.0)
        for play in world.every(c.Play):
            world.tell(e.PlaybackEnded(play.playback_id))
        world.tell(e.DrainAsked(60.0))
        world.wait(LONG_S)
        self._nothing_is_left()

    def _nothing_is_left(self) -> None:
        world = self.world
        board = world.board
        assert not board.calls
        assert not board.waiting
        assert not board.farewells
        assert all(leg.call is None for leg in board.legs.values())
        assert set(board.legs) == {seat.leg_id for seat in board.seats.values() if seat.leg_id}
        assert all(not run.calls and not run.stock for run in board.runs.values())
        assert set(world.storage.opened) == set(world.storage.closed)
        assert not world.storage.reserved
        assert set(world.storage.callers) == set(world.storage.gone), "a caller is forgotten"
        for gone in world.storage.gone.values():
            is_met = gone.call_id in world.storage.met
            assert is_met == (gone.fate is Fate.ANSWERED)
            if gone.fate is Fate.SENT_ON and gone.call_id not in world.doubtful:
                assert gone.call_id in world.sent_on, "nobody has him, or knows of it"
        assert {seat.state.value for seat in board.seats.values()} <= {"available", "paused"}
        opened = [command.attempt_id for command in world.every(c.OpenAttempt)]
        assert len(opened) == len(set(opened))
        assert set(opened) == set(world.storage.opened) | world.storage.refused
        told = [(m.task_id, m.agent_id, m.step, m.at) for m in world.storage.misses]
        assert len(told) == len(set(told)), "a miss was told twice"


Chaos.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestChaos = Chaos.TestCase


# --- the machine's tables and doors -------------------------------------------------------------


def test_every_fact_has_a_handler() -> None:
    assert set(HANDLERS) == set(e.Event.__args__)


def test_every_timer_has_a_deed() -> None:
    assert set(WAKES) == set(Wake)


def test_facts_about_the_unknown_change_nothing() -> None:
    world, call = dialing()
    before = len(world.said)
    for event in (
        e.LegAnswered("somebody-s-phone"),
        e.LegEnded("ccd-9999999999-c1", 16),
        e.LegJoined("ccd-9999999999-b1", "ccd-9999999999-c1"),
        e.AttemptOpened("9999999999"),
        e.AttemptRefused("9999999999", "?"),
        e.PlaybackEnded("ccd-9999999999-p1"),
        e.SignOutAsked(99),
        e.CommandFailed("ccd-9999999999-c1", "Join", "?"),
    ):
        world.tell(event)
    assert world.said[before:] == []
    assert world.calls == [call]


def predictive(world: World, **changes: object) -> Predictive:
    """The policy of a predictive campaign with these settings."""
    world.campaign(0, mode=Mode.PREDICTIVE, **changes)
    policy = world.board.runs[1].policy
    assert isinstance(policy, Predictive)
    return policy


def test_a_new_policy_goes_on_from_what_the_old_one_learned() -> None:
    world = World()
    old = predictive(world)
    for _ in range(7):
        old.call_ended(5.0, answered=True)
    assert predictive(world, max_lines=7) is old
    new = predictive(world, max_abandonment=0.01)
    assert new is not old
    assert new.memory() == old.memory()
    world.campaign(0, mode=Mode.POWER)
    assert predictive(world).memory() == old.memory(), "power learns nothing and forgets nothing"


def test_a_campaign_comes_with_what_an_earlier_life_learned() -> None:
    world, later = World(), World()
    learned = predictive(world)
    for _ in range(7):
        learned.call_ended(5.0, answered=True)
    campaign = world.board.runs[1].campaign
    later.tell(e.CampaignLoaded(campaign, History(), memory=learned.memory()))
    assert later.board.runs[1].policy.memory() == learned.memory()
    later.tell(e.CampaignLoaded(campaign, History()))
    assert later.board.runs[1].learned() == learned.memory()


def test_tasks_of_an_unknown_campaign_go_back() -> None:
    world = World()
    world.add_tasks(1, 7)
    tasks = tuple(world.storage.due)
    world.storage.reserved = {task.id: task for task in tasks}
    commands = world.tell(e.TasksReserved(7, tasks, 1))
    assert commands == [c.ReleaseTasks((tasks[0].id,))]
