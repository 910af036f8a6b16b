"""Scenarios: a contact centre written down: who is called, who works when, over which lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ccdialer.core.campaign import CampaignSettings
from ccdialer.schema import setting
from ccdialer.sim.laws import Shape, Times


class Between(StrEnum):
    """How a value goes from one given hour to the next."""

    STEPS = "steps"
    LINES = "lines"


DELAY = Times(2.5, 0.45)
RING = Times(9.0, 0.6325, Shape.GAMMA, most_s=22.0)
MACHINE_RING = Times(
    mixture=(
        Times(0.0, weight=0.2),
        Times(18.5, 0.108, Shape.NORMAL, weight=0.8),
    )
)
TALK = Times(120.0, 0.9)
WRAP_UP = Times(20.0, 0.6)
MACHINE_TALK = Times(8.0, 0.1443, Shape.UNIFORM)


@dataclass(frozen=True, slots=True)
class Callees:
    """The people of a list. Shares 0..1; hours are counted from the scenario's beginning."""

    answer_rate: dict[float, float] = setting(
        {0.0: 0.35}, "Share of dials that a person answers, by hour.", least=0, most=1000
    )
    between: Between = setting(Between.STEPS, "steps or lines between those hours.")
    noise: float = setting(
        0.0, "Deviation of the answer rate around it, as a share.", least=0, most=1
    )
    noise_memory_s: float = setting(600.0, "How long such a deviation lasts.", least=60, most=86400)
    run_length: int = setting(
        0, "Neighbours in the list who are alike (a region); 0: none are.", least=0, most=100000
    )
    run_spread: float = setting(
        0.5, "Deviation of the answer rate between such runs, as a share.", least=0, most=1
    )
    machine: float = setting(0.30, "Machines, of those not answered by a person.", least=0, most=1)
    busy: float = setting(0.08, "Busy, of those not answered by a person.", least=0, most=1)
    failed: float = setting(
        0.07, "Numbers that do not exist, of those not answered by a person.", least=0, most=1
    )
    rejected: float = setting(0.0, "Declined, of those not answered by a person.", least=0, most=1)
    unreachable: float = setting(
        0.0, "Switched off or out of coverage, of the same.", least=0, most=1
    )
    delay: Times = field(default=DELAY, metadata={"doc": "From the dial to the first ring."})
    ring: Times = field(default=RING, metadata={"doc": "From the first ring to a person's answer."})
    machine_ring: Times = field(
        default=MACHINE_RING, metadata={"doc": "From the first ring to a machine's answer."}
    )
    talk: Times = field(default=TALK, metadata={"doc": "Talk with an agent."})
    talk_factor: dict[float, float] = setting(
        {0.0: 1.0}, "Talks are so many times as long, by hour.", least=0, most=1000
    )
    wrap_up: Times = field(
        default=WRAP_UP, metadata={"doc": "Wrap-up, unless the campaign ends it earlier."}
    )
    judged_person_s: float = setting(
        0.0, "Detection tells a person after this, where the campaign detects.", least=0, most=15
    )
    judged_machine_s: float = setting(
        3.0, "Detection tells a machine after this.", least=0, most=15
    )
    machine_as_person: float = setting(
        0.04, "Share of machines that detection takes for people.", least=0, most=1
    )
    person_as_machine: float = setting(
        0.0, "Share of people whom detection takes for machines.", least=0, most=1
    )
    machine_talk: Times = field(
        default=MACHINE_TALK, metadata={"doc": "An agent's time with a machine taken for a person."}
    )


def dialing_settings(**changes: object) -> CampaignSettings:
    """The shipped settings, with what a scenario would otherwise have to say each time: detection
    on, lines in plenty, and wrap-up ended by the agent."""
    given: dict[str, object] = {
        "dial": "PJSIP/{digits}@simulated",
        "amd": True,
        "max_lines": 10000,
        "wrap_up_s": 300.0,
    }
    return CampaignSettings(**(given | changes))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """A campaign of the scenario."""

    name: str = setting("campaign", "Its name.")
    tasks: int = setting(1_000_000, "People on its list.", least=0, most=100_000_000)
    settings: CampaignSettings = field(
        default_factory=dialing_settings, metadata={"doc": "As in a campaign file."}
    )
    callees: Callees = field(default=Callees(), metadata={"doc": "The people of its list."})


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which a whole team is away: lunch, a meeting."""

    at: float = setting(4.0, "Hour in which it begins.", least=0, most=24)
    for_s: float = setting(1800.0, "How long each is away.", least=1, most=86400)


@dataclass(frozen=True, slots=True)
class Team:
    """Agents who work alike. Hours are counted from the beginning of a day."""

    agents: int = setting(10, "How many.", least=0, most=2000)
    name: str = setting("agent", "Logins are this name and a number.")
    campaigns: tuple[str, ...] = setting((), "The campaigns they work in; none named: all.")
    starts: float = setting(0.0, "Hour in which they sign in.", least=0, most=24)
    ends: float | None = setting(None, "Hour in which they leave; none: at the end.", least=0)
    sign_in_over_s: float = setting(180.0, "They sign in within this.", least=0, most=86400)
    break_every_s: float = setting(
        4500.0, "Mean time between breaks; 0: no breaks.", least=0, most=86400
    )
    break_s: float = setting(240.0, "Length of a break.", least=0, most=86400)
    away: tuple[Away, ...] = setting((), "When all of them are away together.")
    speed_spread: float = setting(
        0.15, "Deviation of the agents' talk and wrap-up times, as a share.", least=0, most=1
    )


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything a simulated site is made of."""

    name: str = setting("scenario", "Its name.")
    about: str = setting("", "What it shows, in a sentence.")
    hours: float = setting(8.0, "Hours of a working day.", least=0.01, most=24)
    days: int = setting(1, "Working days, one after the other.", least=1, most=366)
    stop_dialing_s: float = setting(
        30.0, "Dialing stops so long before the end of a day.", least=0, most=86400
    )
    lines: int = setting(100_000, "Lines of the site, clients' and agents'.", least=1)
    commit_s: float = setting(0.005, "Time that storage takes to commit.", least=0, most=10)
    originate_s: float = setting(0.01, "Time until an originate is on its way.", least=0, most=10)
    join_s: float = setting(0.1, "Time to join client and agent.", least=0, most=10)
    campaigns: tuple[CampaignPlan, ...] = (CampaignPlan(),)
    teams: tuple[Team, ...] = (Team(),)
