"""A site on a real database: daemons that die at any step, agents, a coordinator, one clock.

A daemon is the real Dialer with the real storage; between them, and between it and its switch, lie
queues, and every step takes one thing out of one of them. What lies in them dies with the daemon;
the switch and the database go on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random

from ccdialer import storage
from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.attempt import attempt_of
from ccdialer.core.campaign import CampaignSettings, CampaignState, History, Mode, OwnerAway
from ccdialer.core.commands import StorageCommand, SwitchCommand
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.dialer import Dialer
from ccdialer.core.disposition import Disposition
from ccdialer.core.limits import SiteRules
from ccdialer.core.trunk import MICRO, Rate, Trunk, TrunkSettings
from ccdialer.storage import CallbackFilter, Database, TaskRow
from ccdialer.storage.callbacks import Pin, list_callbacks, move_callbacks
from ccdialer.storage.dnc import DncList, Listing, put_on_list
from ccdialer.storage.inbound import callers_of
from ccdialer.storage.projects import all_projects
from tests.deaths.callers import Rush, open_queues
from tests.deaths.exchange import Agenda, Carrier, Switch

START = 1_800_000_000.0
PAUSE_S = 30.0  # before anybody is dialed again, whatever the reason
MAX_ATTEMPTS = 2
PER_DAY = 2
RELOAD_EVERY_S, PEOPLE_EVERY_S = 10.0, 2.0
LIMIT_S = 4000.0
MOST_STEPS = 60_000
OWNER_WAIT_S, GROUP_WAIT_S = 20.0, 15.0
LOGINS = ("anna", "bert", "carl", "dora", "emil", "fred")
KEPT_UP = {"anna", "dora"}
SALES = {"anna", "bert", "carl"}
CALLBACK_AT_S = 60.0


def ms(seconds: float) -> int:
    return round(seconds * 1000)


def number(index: int) -> str:
    return f"+7495{index:07}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is random about a site."""

    seed: int
    nodes: int = 1
    dies: Callable[[int], bool] = lambda step: False  # at this step, counted over all lives
    callers: int = 0


class Node:
    """One daemon, life after life."""

    def __init__(self, name: str, site: Site) -> None:
        self.name, self.site = name, site
        self.switch = Switch(site.agenda, site.carrier, site.phones)
        self.dialer: Dialer | None = None
        self.queue: deque[StorageCommand] = deque()
        self.answers: deque[e.Event] = deque()
        self.lock: storage.NodeLock | None = None
        self.deaths = 0

    # --- life and death -------------------------------------------------------------------------

    def start(self) -> None:
        """As the daemon does: what an earlier run left, first of all."""
        database = self.site.database
        self.lock = storage.lock_node(database, self.name)
        self.dialer = Dialer(self.site.new_id, None)
        storage.release_reserved(database, self.name)
        self.read()
        sessions = storage.sessions_of(database, self.name)
        attempts = storage.open_attempts_of(database, self.name)
        self.tell_all([*sessions, *attempts, *callers_of(database, self.name)])
        self.site.agenda.after(self.site.dice.uniform(0.0, 2.0), self._connect(self.dialer))

    def _connect(self, dialer: Dialer) -> Callable[[], None]:
        def connect() -> None:
            if self.dialer is dialer:
                seen = self.switch.seen()
                inside = {leg.leg_id for leg in seen.legs if leg.bridge_id is not None}
                self._take_in_callers(dialer, inside)
                self.tell(seen)
                self._take_in_callers(dialer, set(self.switch.callers))
                self.queue.append(
                    c.CloseForgotten(frozenset(self.switch.channels), self.site.agenda.now)
                )
                for trunk in storage.list_trunks(self.site.database):
                    self.tell(e.TrunkStateChanged(trunk.settings.endpoint, True))

        return connect

    def _take_in_callers(self, dialer: Dialer, legs: set[str]) -> None:
        """Who has come while nobody looked, as `arrivals` does: who is in a bridge is told before
        Asterisk's legs are."""
        for leg_id, event in list(self.switch.callers.items()):
            if leg_id in legs and leg_id not in dialer.board.legs:
                self.tell(event)

    def die(self) -> None:
        """SIGKILL."""
        self.dialer, self.deaths = None, self.deaths + 1
        self.queue.clear()
        self.answers.clear()
        self.switch.forsaken()
        self.end()
        self.site.agenda.after(self.site.dice.choice([0.1, 1.0, 5.0, 30.0]), self.start)

    def end(self) -> None:
        """Leave the name to others."""
        if self.lock is not None:
            self.lock.release()
        self.lock = None

    # --- one step -------------------------------------------------------------------------------

    def ways(self) -> list[Callable[[], None]]:
        """What can happen next."""
        if self.dialer is None:
            return []
        wheres = (
            (self.queue, self._commit),
            (self.answers, lambda: self.tell(self.answers.popleft())),
            (self.switch.wire, lambda: self.switch.perform(self.switch.wire.popleft())),
            (self.switch.events, lambda: self.tell(self.switch.events.popleft())),
        )
        return [way for where, way in wheres if where]

    def _commit(self) -> None:
        size = self.site.dice.randint(1, len(self.queue))
        batch = [self.queue.popleft() for _ in range(size)]
        now = ms(self.site.agenda.now)
        answers = storage.carry_out(self.site.database, batch, self.name, ms, now)
        claims = any(isinstance(command, c.ReserveTasks) for command in batch)
        if not claims and self.site.dice.random() < 0.1:  # its commit was not heard of
            answers = storage.carry_out(self.site.database, batch, self.name, ms, now)
        self.answers += answers

    def tell(self, event: e.Event) -> None:
        if self.dialer is not None:
            self._dispatch(self.dialer.receive(event, self.site.agenda.now))

    def tell_all(self, events: Iterable[e.Event]) -> None:
        for event in events:
            self.tell(event)

    def wake(self) -> None:
        """Fire the timers that are due."""
        if self.dialer is not None:
            at = self.dialer.next_timer()
            if at is not None and at <= self.site.agenda.now:
                self._dispatch(self.dialer.fire_timer(self.site.agenda.now))

    def _dispatch(self, commands: list[c.Command]) -> None:
        for command in commands:
            if isinstance(command, StorageCommand):
                self.queue.append(command)
            elif isinstance(command, SwitchCommand) and self.switch.is_heard:
                if isinstance(command, c.HangUp) and command.leg_id in self.switch.channels:
                    self.switch.channels[command.leg_id].is_ending = True
                self.switch.wire.append(command)

    def read(self) -> None:
        """Look for edits."""
        database = self.site.database
        self.tell_all(e.ProjectLoaded(project) for project in all_projects(database))
        self.tell(e.TrunksLoaded(tuple(storage.list_trunks(database))))
        for campaign in storage.list_campaigns(database):
            today = ms(self.site.agenda.now - 86_400)
            history = storage.history_of(database, campaign.id, today, today)
            self.tell(e.CampaignLoaded(campaign, History(history.day, history.month)))


@dataclass
class Site:
    """One database, its daemons, and the people who work with them."""

    database: Database
    plan: Plan
    steps: int = 0
    listed: dict[str, float] = field(default_factory=dict)  # do-not-call: number -> since when
    moved: set[int] = field(default_factory=set)  # callbacks that somebody gave another time

    def __post_init__(self) -> None:
        self.dice = Random(self.plan.seed)
        self.agenda = Agenda(START)
        self.carrier = Carrier(self.dice)
        self.carrier.is_written = self._is_written
        self.phones = {f"PJSIP/{login}" for login in LOGINS}
        ids = count(1)
        self.new_id = lambda: f"{next(ids):032x}"
        self.agents = self._agents()
        self._trunks()
        self.campaigns = self._campaigns()
        acme = storage.ensure_project(self.database, "acme", ms(START))
        queues = open_queues(self.database, ms(START))
        self.rush = Rush(self.database, queues, acme, self.plan.callers)
        self.nodes = [Node(name, self) for name in ("one", "two")[: self.plan.nodes]]

    def _is_written(self, leg_id: str, e164: str) -> bool:
        sql = (
            "SELECT number, attempt.ended_at FROM attempt JOIN leg ON attempt_id = attempt.id"
            " WHERE leg.id = ? AND attempt_id = ?"
        )
        row = self.database.row(sql, (leg_id, attempt_of(leg_id)))
        return row is not None and row[0] == e164

    # --- set up ---------------------------------------------------------------------------------

    def _agents(self) -> list[Agent]:
        for login in LOGINS:
            groups = frozenset({"sales"}) if login in SALES else frozenset[str]()
            phone, kept_up = f"PJSIP/{login}", login in KEPT_UP
            agent = Agent(0, login, login, phone, kept_up, frozenset(), groups)
            storage.upsert_agent(self.database, agent, ["acme"], ms(START))
        return storage.list_agents(self.database)

    def _trunks(self) -> None:
        for name, price in (("bad", 1), ("good", 2)):
            rates = {"7": Rate("7", price * MICRO)}
            trunk = Trunk(0, name, TrunkSettings(name, 6), rates)
            storage.upsert_trunk(self.database, trunk, ms(START))

    def _campaigns(self) -> dict[Mode, int]:
        usual = CampaignSettings(
            calling_hours=AT_ANY_TIME,
            ring_timeout_s=4.0,
            min_ring_s=2.0,
            wrap_up_s=2.0,
            max_call_s=60.0,
            max_attempts=MAX_ATTEMPTS,
            safe_harbour="sound:sorry",
            retry_after_s=dict.fromkeys(Disposition, PAUSE_S),
            owner_wait_s=OWNER_WAIT_S,
            group_wait_s=GROUP_WAIT_S,
            owner_pause_limit_s=5.0,
            owner_away=self.dice.choice(list(OwnerAway)),
            record=self.dice.random() < 0.5,
        )
        rules = SiteRules(per_day=PER_DAY, abandoned_pause_h=0.0)
        storage.save_rules(self.database, rules, ms(START))
        found = {}
        for mode, rows in self._rows().items():
            dial = "PJSIP/{digits}@own" if mode is Mode.PROGRESSIVE else ""
            is_first = mode is Mode.PROGRESSIVE and self.dice.random() < 0.3
            settings = replace(usual, mode=mode, dial=dial, agent_first=is_first)
            campaign = storage.upsert_campaign(self.database, "acme", mode, settings, ms(START))
            storage.insert_tasks(self.database, campaign.id, rows, ms(START))
            storage.set_campaign_state(self.database, campaign.id, CampaignState.ACTIVE, ms(START))
            found[mode] = campaign.id
        return found

    def _rows(self) -> dict[Mode, list[TaskRow]]:
        """Clients 7 to 12 are in two campaigns, 12 in three."""
        return {
            Mode.PREDICTIVE: [self._row(index) for index in range(1, 13)],
            Mode.CALLBACK: [self._callback(index) for index in range(7, 19)],
            Mode.PROGRESSIVE: [self._row(index) for index in (12, 19, 20, 21, 22, 23)],
        }

    def _row(self, index: int) -> TaskRow:
        return TaskRow([(number(index), number(index))], ms(START))

    def _callback(self, index: int) -> TaskRow:
        row = self._row(index)._replace(due_at=ms(START + self.dice.uniform(0.0, CALLBACK_AT_S)))
        if index % 6 == 0:
            return row._replace(owner_group="sales")
        if index % 6 == 1:
            return row
        return row._replace(owner_id=self.dice.choice(self.agents).id)

    # --- life -----------------------------------------------------------------------------------

    def live(self) -> None:
        """Until everybody is called, daemons dying as planned; then all of them drain."""
        for node in self.nodes:
            node.start()
        try:
            self._day()
        finally:
            for node in self.nodes:
                node.end()

    def _day(self) -> None:
        self.agenda.after(PEOPLE_EVERY_S, self._people)
        self.agenda.after(RELOAD_EVERY_S, self._reload)
        self.rush.begin(self.agenda, self.dice, self.nodes)
        while not self._is_done():
            self.step()
        for node in self.nodes:
            node.tell(e.DrainAsked(60.0))
            for agent in self.agents:
                node.tell(e.SignOutAsked(agent.id))
        self.is_over = True
        until = self.agenda.now + 120.0
        while self.agenda.now < until:
            self.step()

    is_over = False

    def step(self) -> None:
        """Something happens: what is under way arrives, a daemon dies, or time goes by."""
        self.steps += 1
        assert self.steps < MOST_STEPS, "it does not come to an end"
        living = [node for node in self.nodes if node.dialer is not None]
        if living and not self.is_over and self.plan.dies(self.steps):
            self.dice.choice(living).die()
            return
        ways = [way for node in living for way in node.ways()]
        if ways and self.dice.random() > 0.1:
            self.dice.choice(ways)()
        else:
            self._pass_time(bool(ways))

    def _pass_time(self, is_busy: bool) -> None:
        """To the next thing that happens; not far, while something is under way."""
        timers = [n.dialer.next_timer() for n in self.nodes if n.dialer is not None]
        found = [at for at in (*timers, self.agenda.next_at()) if at is not None]
        at = max(self.agenda.now, min(found, default=self.agenda.now + 1.0))
        if is_busy:
            at = min(at, self.agenda.now + self.dice.uniform(0.0, 0.3))
        self.agenda.run_to(at)
        for node in self.nodes:
            node.wake()

    def _is_done(self) -> bool:
        if self.agenda.now > START + LIMIT_S:
            return True
        if self.steps % 50 or self.agenda.now < START + CALLBACK_AT_S:
            return False
        if any(node.dialer is None for node in self.nodes) or not self.rush.is_over():
            return False
        sql = "SELECT 1 FROM task WHERE state = 'active' OR due_at < ? AND state {open} LIMIT 1"
        sql = sql.replace("{open}", "IN ('waiting', 'reserved')")
        return self.database.row(sql, (ms(self.agenda.now + 3600.0),)) is None

    # --- people ---------------------------------------------------------------------------------

    def _people(self) -> None:
        if self.is_over:
            return
        self.agenda.after(PEOPLE_EVERY_S, self._people)
        for agent in self.agents:
            self._agent(agent)
        if self.dice.random() < 0.05:
            self._move_callbacks()
        if self.dice.random() < 0.01:
            self._list_number(number(self.dice.randint(1, 23)))

    def _agent(self, agent: Agent) -> None:
        at = [n for n in self.nodes if n.dialer is not None and agent.id in n.dialer.board.seats]
        free = [n for n in self.nodes if n.dialer is not None and n.switch.is_heard]
        if not at:
            if free and self.dice.random() < 0.7:
                self.dice.choice(free).tell(e.SignInAsked(agent, self.new_id()))
            return
        node = at[0]
        assert node.dialer is not None
        seat = node.dialer.board.seats[agent.id]
        deed = self.dice.random()
        if seat.state is AgentState.PAUSED and deed < 0.5:
            node.tell(e.ReadyAsked(agent.id))
        elif deed < 0.03:
            node.tell(e.PauseAsked(agent.id, "lunch"))
        elif deed < 0.06:
            node.tell(e.HangUpAsked(agent.id))
        elif deed < 0.08:
            node.tell(e.SignOutAsked(agent.id))

    def _move_callbacks(self) -> None:
        wanted = CallbackFilter(campaign_id=self.campaigns[Mode.CALLBACK])
        rows = list_callbacks(self.database, wanted)
        if not rows:
            return
        pin = self.dice.choice([None, Pin(), Pin(self.dice.choice(self.agents).id)])
        due_at = ms(self.agenda.now + self.dice.choice([0.0, 10.0]))
        chosen = [self.dice.choice(rows)]
        self.moved |= set(move_callbacks(self.database, chosen, due_at, pin, ms(self.agenda.now)))
        for node in self.nodes:
            node.tell(e.CallbacksChanged(True))

    def _list_number(self, e164: str) -> None:
        put_on_list(self.database, DncList(), [Listing(e164)], ms(self.agenda.now))
        self.listed.setdefault(e164, self.agenda.now)
        for node in self.nodes:
            node.tell(e.CallbacksChanged(True))

    def _reload(self) -> None:
        if not self.is_over:
            self.agenda.after(RELOAD_EVERY_S, self._reload)
            for node in self.nodes:
                node.read()
