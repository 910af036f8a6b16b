"""Scenarios: a contact centre written down: who is called, who works when, over which lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ccdialer.campaign_file import read_settings
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.project import Distribution
from ccdialer.core.schedule import is_zone
from ccdialer.schema import Source, read, setting
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
PATIENCE = Times(120.0, shape=Shape.EXPONENTIAL)
MACHINE_TALK = Times(8.0, 0.1443, Shape.UNIFORM)
PLENTY = "simulated"
LONGEST_DAY_H = 24.0


def _hours(values: dict[float, float]) -> str:
    fits = values and all(0.0 <= hour <= LONGEST_DAY_H for hour in values)
    return "" if fits else "a value, or values by hour, from 0 to 24"


def _only_given(node: Any, cls: type[Times], source: Source, path: str, _: Times) -> Times | None:
    """Reads a law of which nothing shipped is kept: a mean beside the shipped mixture would mean
    nothing."""
    return read(node, cls, source, path)


def _name(value: str) -> str:
    fits = value and value == value.strip() and value.isprintable() and len(value) <= 40
    return "" if fits else "a name of 1 to 40 printable characters"


def _places(names: tuple[str, ...]) -> str:
    return "" if all(map(is_zone, names)) else "time zones such as Europe/Moscow"


def _instant(text: str) -> str:
    try:
        fits = not text or datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        fits = False
    return "" if fits else "an instant with its offset, such as 2026-11-30T09:00+03:00"


ALONE: dict[str, Any] = {"alone": "mean_s"}
"""Rules of a law: a number alone is its mean."""
HOURLY: dict[str, Any] = {"least": 0, "check": _hours, "alone": 0}
"""Rules of values by hour: a number alone holds all day."""


@dataclass(frozen=True, slots=True)
class Callees:
    """The people of a list. Shares 0..1; hours are counted from the scenario's beginning."""

    answer_rate: dict[float, float] = setting(
        {0.0: 0.35}, "Share of dials that a person answers, by hour.", most=1, **HOURLY
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
    delay: Times = setting(DELAY, "From the dial to the first ring.", **ALONE)
    ring: Times = setting(RING, "From the first ring to a person's answer.", **ALONE)
    machine_ring: Times = setting(
        MACHINE_RING, "From the first ring to a machine's answer.", reader=_only_given, **ALONE
    )
    talk: Times = setting(TALK, "Talk with an agent.", **ALONE)
    talk_factor: dict[float, float] = setting(
        {0.0: 1.0}, "Talks are so many times as long, by hour.", most=1000, **HOURLY
    )
    wrap_up: Times = setting(WRAP_UP, "Wrap-up, unless the campaign ends it earlier.", **ALONE)
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
    machine_talk: Times = setting(
        MACHINE_TALK, "All of an agent's time that a machine taken for a person costs.", **ALONE
    )

    def mistake(self) -> str:
        """What does not go together, in a sentence; empty: nothing."""
        total = self.machine + self.busy + self.failed + self.rejected + self.unreachable
        words = "machine, busy, failed, rejected and unreachable"
        return f"{words} are {total:g} together, above 1" if total > 1.0 else ""


@dataclass(frozen=True, slots=True)
class Callers:
    """The people who call a queue. Hours are counted from the scenario's beginning."""

    per_hour: dict[float, float] = setting(
        {0.0: 0.0}, "Callers an hour, by hour; each comes by himself.", most=100_000, **HOURLY
    )
    between: Between = setting(Between.STEPS, "steps or lines between those hours.")
    patience: Times = setting(PATIENCE, "He waits so long, and hangs up.", **ALONE)
    talk: Times = setting(TALK, "Talk with an agent.", **ALONE)
    wrap_up: Times = setting(WRAP_UP, "Wrap-up, unless the queue ends it earlier.", **ALONE)
    owned: float = setting(
        0.0, "Share of callers who have an agent of their own, offered first.", least=0, most=1
    )


def dialing_settings(**changes: object) -> CampaignSettings:
    """The shipped settings, with what a scenario would otherwise have to say each time: detection
    on, lines in plenty, wrap-up ended by the agent, and no clock on the wall."""
    given: dict[str, object] = {
        "dial": f"PJSIP/{{digits}}@{PLENTY}",
        "amd": True,
        "max_lines": 10000,
        "wrap_up_s": 300.0,
        "calling_hours": AT_ANY_TIME,
    }
    return CampaignSettings(**(given | changes))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """A campaign of the scenario."""

    name: str = setting("campaign", "Its name.", check=_name)
    tasks: int = setting(1_000_000, "People on its list.", least=0, most=100_000_000)
    settings: CampaignSettings = field(
        default_factory=dialing_settings,
        metadata={"doc": "As in a campaign file.", "reader": read_settings},
    )
    callees: Callees = field(default=Callees(), metadata={"doc": "The people of its list."})
    callers: Callers = field(
        default=Callers(), metadata={"doc": "mode inbound: the people who call it."}
    )
    zones: tuple[str, ...] = setting(
        (), "Time zones of its people by turns; they matter where `begins` is.", check=_places
    )
    distribution: Distribution = setting(
        Distribution.LONGEST_IDLE,
        "Who gets its next client: longest_idle, fewest_calls, least_talk.",
    )
    owned: float = setting(
        1.0, "callback: share of its people who are pinned to an agent.", least=0, most=1
    )


@dataclass(frozen=True, slots=True)
class Trunk:
    """A provider's line group. Campaigns use it whose dial string ends in @ and its name; those
    without a dial string use the cheapest that has a free line."""

    name: str = setting("trunk", "Its name.", check=_name)
    lines: int = setting(30, "Calls at once; one more meets congestion.", least=0, most=100_000)
    congestion: float = setting(0.0, "Share of dials that meet congestion.", least=0, most=1)
    delay_s: float = setting(0.0, "More time until the first ring.", least=0, most=30)
    price: float = setting(
        0.0, "Price of a minute, by which campaigns without a dial string choose.", least=0
    )


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which a whole team is away: lunch, a meeting."""

    at: float = setting(4.0, "Hour in which it begins.", least=0, most=24)
    for_s: float = setting(1800.0, "How long each is away.", least=1, most=86400)


@dataclass(frozen=True, slots=True)
class Team:
    """Agents who work alike. Hours are counted from the beginning of a day."""

    agents: int = setting(10, "How many.", least=0, most=2000)
    name: str = setting("agent", "Logins are this name and a number.", check=_name)
    campaigns: tuple[str, ...] = setting((), "The campaigns they work in; none named: all.")
    starts: float = setting(0.0, "Hour in which they sign in.", least=0, most=24)
    ends: float | None = setting(
        None, "Hour in which they leave; none: at the end.", least=0, most=24
    )
    sign_in_over_s: float = setting(180.0, "They sign in within this.", least=0, most=86400)
    break_every_s: float = setting(
        4500.0, "Mean time between breaks; 0: no breaks.", least=0, most=86400
    )
    break_s: float = setting(240.0, "Length of a break.", least=0, most=86400)
    away: tuple[Away, ...] = setting((), "When all of them are away together.")
    speed_spread: float = setting(
        0.15, "Deviation of the agents' talk and wrap-up times, as a share.", least=0, most=1
    )

    def mistake(self) -> str:
        """What does not go together, in a sentence; empty: nothing."""
        if self.ends is None or self.ends > self.starts:
            return ""
        return f"ends is {self.ends:g}, not after starts, which is {self.starts:g}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything a simulated site is made of."""

    name: str = setting("scenario", "Its name.", check=_name)
    about: str = setting("", "What it shows, in a sentence.")
    hours: float = setting(8.0, "Hours of a working day.", least=0.01, most=24)
    begins: str = setting(
        "",
        "When its first day begins, such as 2026-11-30T09:00+03:00; without it calling hours and "
        "limits are not lived.",
        check=_instant,
    )
    per_day: int = setting(0, "Contacts with one person a day; 0: no limit.", least=0, most=1000)
    per_week: int = setting(0, "The same a week, from Monday on.", least=0, most=1000)
    days: int = setting(1, "Working days, one after the other.", least=1, most=366)
    stop_dialing_s: float = setting(
        30.0, "Dialing stops so long before the end of a day.", least=0, most=86400
    )
    day_ends_known: bool = setting(True, "Pacing is told when dialing stops, as by day_ends.")
    commit_s: float = setting(0.005, "Time that storage takes to commit.", least=0, most=10)
    originate_s: float = setting(0.01, "Time until an originate is on its way.", least=0, most=10)
    join_s: float = setting(0.1, "Time to join client and agent.", least=0, most=10)
    trunks: tuple[Trunk, ...] = setting((), "Its trunks; none named: one with lines in plenty.")
    campaigns: tuple[CampaignPlan, ...] = setting(
        (CampaignPlan(),), "The campaigns that dial, and in mode inbound the queues."
    )
    teams: tuple[Team, ...] = setting((Team(),), "The agents.")


def trunk_name(settings: CampaignSettings) -> str:
    """What stands behind the @ of a dial string; without one, the trunk in plenty."""
    return settings.dial.rpartition("@")[2] if "@" in settings.dial else PLENTY


def trunk_of(scenario: Scenario, settings: CampaignSettings) -> Trunk:
    """The trunk that carries a campaign's calls."""
    name = trunk_name(settings)
    named = [trunk for trunk in scenario.trunks if trunk.name == name]
    return named[0] if named else Trunk(PLENTY, lines=100_000)
