"""What one pacing decision costs a team of 200 with 1,000 calls in flight, after a learned hour.

Machine time of this process is measured, so that neighbors on the machine do not count.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from ccdialer.core.pacing.policy import Decision, Memory, Policy, Scene
from ccdialer.core.pacing.predictive import Predictive
from ccdialer.sim.scenario import Callees, CampaignPlan, Scenario, Team, dialing_settings
from ccdialer.sim.world import World
from tests.bench.rows import Goal, Row, middle
from tests.core.pacing import world as lean

AGENTS, FLYING = 200, 1000
ANSWER_RATE = 0.024  # so few answer that a team of this size needs so many calls in flight
SETTINGS = replace(dialing_settings(), lines_per_agent=10.0)
LIMIT_MS = 5.0
COUNT = 300


@dataclass(slots=True)
class Timed:
    """A policy, and how long each decision took it while enough calls were in flight."""

    policy: Policy
    ms: list[float] = field(default_factory=list)

    def decide(self, scene: Scene, now: float) -> Decision:
        begun = time.process_time()
        decision = self.policy.decide(scene, now)
        if len(scene.in_flight) >= FLYING:
            self.ms.append((time.process_time() - begun) * 1000.0)
        return decision

    def call_ended(self, age_s: float, answered: bool) -> None:
        self.policy.call_ended(age_s, answered)

    def talk_ended(self, duration_s: float) -> None:
        self.policy.talk_ended(duration_s)

    def wrap_up_ended(self, duration_s: float) -> None:
        self.policy.wrap_up_ended(duration_s)

    def memory(self) -> Memory:
        return self.policy.memory()


def decision() -> list[Row]:
    """The policy alone, and a timer of the core that leads to a decision: agents are counted,
    the scene is made, calls are placed."""
    timed = Timed(learned())
    rounds = _rounds(timed)
    return [
        _row("decision", "one decision", timed.ms),
        _row("decision-round", "a decision with all that the core does around it", rounds),
    ]


def learned() -> Predictive:
    """A policy that has paced such a team for an hour."""
    policy = Predictive(SETTINGS)
    lean.World(policy, AGENTS, lambda now: ANSWER_RATE, seed=1).run(1.0)
    return policy


def _rounds(timed: Timed) -> list[float]:
    """Drive the core on until enough decisions were made; the cost of those that timers led to."""
    plan = CampaignPlan(settings=SETTINGS, callees=Callees(answer_rate={0.0: ANSWER_RATE}))
    team = Team(AGENTS, sign_in_over_s=5.0)
    # The next day: the policy's clock has already gone an hour.
    world = World(Scenario(campaigns=(plan,), teams=(team,)), 1, lambda *_: timed, day=1)
    world._prepare()
    rounds: list[float] = []
    while len(timed.ms) < COUNT:
        wake = world.dialer.next_timer()
        if wake is None or world.agenda.next_at() <= wake:
            world.agenda.step()
            continue
        world.agenda.now, before, begun = wake, len(timed.ms), time.process_time()
        commands = world.dialer.fire_timer(wake)
        if len(timed.ms) > before:
            rounds.append((time.process_time() - begun) * 1000.0)
        world._carry_out(commands)
    return rounds


def _row(id: str, what: str, ms: list[float]) -> Row:
    slow = sorted(ms)[int(0.99 * len(ms))]
    text = f"{what}, {AGENTS} agents, {FLYING:,} calls in flight; median, p99 {slow:.1f}"
    return Goal(id, text, "ms", at_most=1.0).row(middle(ms), LIMIT_MS)
