"""The same day twice: a scenario lived in the simulator, and on telephones by the same people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from statistics import fmean, stdev
from typing import Any

from ccdialer.core.campaign import Mode
from ccdialer.core.commands import CloseAttempt
from ccdialer.core.metrics import WorkTime, abandonment_rate, share, utilisation
from ccdialer.sim.laws import Shape, Times
from ccdialer.sim.people import Clients, Fate
from ccdialer.sim.result import percentile
from ccdialer.sim.scenario import Callees, CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.world import World
from tests.lab.running import Running
from tests.lab.sipp import Note

AGENTS = 24
TASKS = 2000
WARM_S, LAST_S = 45.0, 270.0  # what is measured, in seconds since the first dial
AFTER_S = 30.0  # the simulated day goes on, so that its end disturbs nothing
LEAST, MOST = 0.01, 0.99  # percentiles of the spread from seed to seed
DAYS, DEVIATIONS = 30, 8.0  # of the spread of the same people

SETTINGS = dialing_settings(
    dial="PJSIP/{digits}@carrier",
    mode=Mode.PREDICTIVE,
    max_abandonment=0.06,  # some twenty in four minutes: enough to be counted
    max_lines=90,
    ring_timeout_s=8.0,
    min_ring_s=6.0,
    wrap_up_s=5.0,
    amd=False,
    max_attempts=1,
)
PEOPLE = Callees(
    answer_rate={0.0: 0.4},
    machine=0.0,
    busy=0.20,
    failed=0.15,
    delay=Times(0.5, 0.4, least_s=0.1),
    ring=Times(3.0, 0.45, Shape.GAMMA, least_s=0.5, most_s=6.5),
    talk=Times(20.0, 0.5, least_s=4.0, most_s=90.0),
    wrap_up=Times(60.0, shape=Shape.FIXED),  # the campaign's limit ends it in both worlds
)
SCENARIO = Scenario(
    name="lab",
    hours=(LAST_S + AFTER_S) / 3600.0,
    stop_dialing_s=0.0,
    day_ends_known=False,  # the real campaign has no day_ends: a run ends in the middle of a minute
    campaigns=(CampaignPlan("demo", TASKS, SETTINGS, PEOPLE),),
    teams=(Team(AGENTS, sign_in_over_s=0.5, break_every_s=0.0, speed_spread=0.0),),
)
FIRST_SIGNS = frozenset({"RINGING", "486", "404"})
OFF_S = 0.010  # how exact SIPp's timers are
AT_ONCE = 0.1  # so many of the clients, at least, find an agent waiting
TOO_SHORT_S = 3.0  # for a talk; an abandoned client is hung up on after two seconds


Bounds = dict[str, tuple[float, float]]
"""Name of a figure -> the least and the most it may be."""


@dataclass(frozen=True)
class Call:
    """One dialed call of either world; instants in seconds."""

    number: str  # digits
    opened_at: float
    dialed_at: float
    answered_at: float | None
    joined_at: float | None
    ended_at: float
    disposition: str


@dataclass(frozen=True)
class Figures:
    """What is compared, over the measured part of a day."""

    utilisation: float
    abandonment: float
    dials_per_minute: float
    answer_rate: float
    wait_s: float  # mean, from live answer to agent


class Unsteady:
    """People who do everything some milliseconds too early or too late."""

    def __init__(self, people: Clients, dice: Random) -> None:
        self._people, self._dice = people, dice

    def fate(self, lead: int, attempt: int, now_s: float) -> Fate:
        fate = self._people.fate(lead, attempt, now_s)
        delay, ring, talk = (self._dice.uniform(-OFF_S, OFF_S) for _ in range(3))
        return replace(
            fate,
            delay_s=fate.delay_s + delay,
            ring_s=fate.ring_s + ring,
            talk_s=fate.talk_s + talk,
        )


class Twin(World):
    """The simulated day as the lab can live it: a client on the telephone does not know when an
    agent has come, so he hangs up so long after his own answer, not after the agent's coming."""

    def __init__(self, scenario: Scenario, seed: int, dice: Random | None = None) -> None:
        """With `dice`, every time is some milliseconds off, as SIPp's are."""
        super().__init__(scenario, seed)
        self.calls: list[Call] = []
        if dice is not None:
            self._clients = {n: Unsteady(people, dice) for n, people in self._clients.items()}

    @property
    def people(self) -> Clients:
        """Whom its only campaign calls."""
        return self._clients[1]

    def _talks_for(self, leg_id: str, fate: Fate) -> float:
        call = self.dialer.board.call_of_leg(leg_id)
        talk_s = super()._talks_for(leg_id, fate)
        if call is None or call.answered_at is None:
            return talk_s
        return max(0.0, talk_s - (self.agenda.now - call.answered_at))

    def _count(self, command: CloseAttempt) -> None:
        super()._count(command)
        if command.dialed_at is not None:
            times = (command.dialed_at, command.answered_at, command.joined_at, command.ended_at)
            self.calls.append(Call("", command.dialed_at, *times, command.disposition))


def numbers() -> list[str]:
    """The list, in E.164; a person's place in it is in his number."""
    return [f"+7901{lead:07}" for lead in range(TASKS)]


def fates(scenario: Scenario, seed: int) -> Iterator[tuple[str, ...]]:
    """The people whom the simulator meets under this seed, as `sipp.people` wants them."""
    people = Twin(scenario, seed).people
    for lead, number in enumerate(numbers()):
        fate = people.fate(lead, 0, 0.0)
        times = (fate.delay_s, min(fate.ring_s, 3600.0), fate.talk_s)
        yield number.lstrip("+"), str(fate.outcome), *(f"{time:.4f}" for time in times)


def simulated(scenario: Scenario, seed: int, dice: Random | None = None) -> Figures:
    """A simulated day in figures."""
    world = Twin(scenario, seed, dice)
    world.live()
    return figures(world.calls)


def calls_of(running: Running) -> list[Call]:
    """What a daemon of the lab has written down."""
    rows = running.database.rows(
        "SELECT number, opened_at, dialed_at, answered_at, joined_at, ended_at, disposition"
        " FROM attempt WHERE dialed_at IS NOT NULL AND ended_at IS NOT NULL"
    )
    return [_reported(*row) for row in rows]


def _reported(number: str, opened: int, dialed: int, *rest: Any) -> Call:
    answered, joined, ended, disposition = rest
    seconds = (opened / 1000.0, dialed / 1000.0, _seconds(answered), _seconds(joined))
    return Call(number.lstrip("+"), *seconds, ended / 1000.0, str(disposition))


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000.0


def calls_by_carrier(notes: Iterable[Note]) -> list[Call]:
    """The same by the carrier's own record, which has never heard of ccdialer. It cannot see an
    agent come: a client counts as joined from his answer on, unless he was soon hung up on."""
    seen: dict[str, dict[str, float]] = defaultdict(dict)
    for note in notes:
        seen[note.number][note.word] = note.at
    return [_by_carrier(number, at) for number, at in seen.items()]


def _by_carrier(number: str, at: dict[str, float]) -> Call:
    begun, ended, answered = at["INVITE"], max(at.values()), at.get("ANSWER")
    if answered is None:
        return Call(number, begun, begun, None, None, ended, "unanswered")
    if "HANGUP" in at and ended - answered < TOO_SHORT_S:
        return Call(number, begun, begun, answered, None, ended, "abandoned")
    return Call(number, begun, begun, answered, answered, ended, "talked")


def from_the_answer(calls: Iterable[Call]) -> list[Call]:
    """As the carrier sees them: whoever was joined, was so from his answer on."""
    return [replace(call, joined_at=call.joined_at and call.answered_at) for call in calls]


def on_this_machine(calls: Iterable[Call], notes: Iterable[Note], seed: int) -> Scenario:
    """The scenario with the machine's times as they were in these calls: to commit, until a call
    is on its way (with the carrier's own delay), and to join an agent who waits."""
    rung = {note.number: note.at for note in notes if note.word in FIRST_SIGNS}
    delays = {row[0]: float(row[2]) for row in fates(SCENARIO, seed)}
    found = list(calls)
    late = [rung[c.number] - c.dialed_at - delays[c.number] for c in found if c.number in rung]
    joining = [c.joined_at - c.answered_at for c in found if c.joined_at and c.answered_at]
    return replace(
        SCENARIO,
        commit_s=fmean(call.dialed_at - call.opened_at for call in found),
        originate_s=max(0.0, fmean(late)),
        join_s=percentile(joining, AT_ONCE),
    )


def figures(calls: Sequence[Call]) -> Figures:
    """Figures of a day, over its measured part."""
    begins = min(call.dialed_at for call in calls)
    since, until = begins + WARM_S, begins + LAST_S
    dialed = [call for call in calls if since <= call.dialed_at < until]
    live = [call for call in calls if since <= (call.answered_at or 0.0) < until]
    talked = [call for call in live if call.disposition == "talked"]
    abandoned = sum(call.disposition == "abandoned" for call in live)
    waits = [(call.joined_at or 0.0) - (call.answered_at or 0.0) for call in talked]
    talk_s = sum(_overlap(call, since, until) for call in calls)
    return Figures(
        utilisation=utilisation(WorkTime(AGENTS * (until - since), talk_s=talk_s)),
        abandonment=abandonment_rate(len(talked), abandoned),
        dials_per_minute=60.0 * len(dialed) / (until - since),
        answer_rate=share(sum(call.answered_at is not None for call in dialed), len(dialed)),
        wait_s=sum(waits) / max(1, len(waits)),
    )


def _overlap(call: Call, since: float, until: float) -> float:
    if call.joined_at is None:
        return 0.0
    return max(0.0, min(call.ended_at, until) - max(call.joined_at, since))


def spread(days: Iterable[Figures]) -> Bounds:
    """Of each figure, the bounds that the simulator itself keeps from seed to seed."""
    found = list(days)
    values = {name: [getattr(day, name) for day in found] for name in vars(found[0])}
    return {name: (percentile(v, LEAST), percentile(v, MOST)) for name, v in values.items()}


def spread_of_same_people(scenario: Scenario, seed: int) -> Bounds:
    """Much narrower: of each figure, what it can be when the very same people are called and each
    is some milliseconds off, which soon puts every call at another instant."""
    found = [simulated(scenario, seed, Random(n)) for n in range(DAYS)]
    values = {name: [getattr(day, name) for day in found] for name in vars(found[0])}
    return {
        name: (fmean(v) - DEVIATIONS * stdev(v), fmean(v) + DEVIATIONS * stdev(v))
        for name, v in values.items()
    }


def outside(day: Figures, bounds: Bounds) -> list[str]:
    """One sentence for each figure that is not within its bounds."""
    return [
        f"{name} is {getattr(day, name):.3f}, not within {low:.3f} and {high:.3f}"
        for name, (low, high) in bounds.items()
        if not low <= getattr(day, name) <= high
    ]
