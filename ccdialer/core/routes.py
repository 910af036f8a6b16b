"""Routes: by which rules inbound calls are sent, as people write them down."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ccdialer.core.schedule import is_zone
from ccdialer.core.target import mistake_in_target
from ccdialer.core.telling import told


def _zone_mistake(name: str) -> str:
    return "" if not name or is_zone(name) else "a time zone such as Europe/Moscow"


def _name_mistake(name: str) -> str:
    fits = name == name.strip() and name.isprintable() and len(name) <= 60
    return "" if fits else "a name of at most 60 printable characters"


class First(StrEnum):
    """Who can be offered a caller before others, if he is free (SPEC C7, E8)."""

    CALLBACK = "callback"  # whose callback the caller is
    ATTEMPT = "attempt"  # who tried to reach him a while ago
    OWNER = "owner"  # who is responsible for his deal, else for him, by the CRM
    LAST_AGENT = "last_agent"  # who talked with him last


class Opening(StrEnum):
    """Whether the hours of the number that was called have begun."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class When:
    """What must hold for a rule; what is not given does not matter. Words are compared whole,
    whatever their case."""

    did: tuple[str, ...] = told((), "The number that was called is one of these.")
    project: tuple[str, ...] = told((), "Its project is one of these.")
    ad_channel: tuple[str, ...] = told((), "Its advertising channel is one of these.")
    city: tuple[str, ...] = told((), "Its city is one of these.")
    schedule: Opening | None = told(None, "open or closed: the hours of the number called.")
    during: tuple[str, ...] = told((), "One of these schedules is open.")
    hidden: bool | None = told(None, "The caller hides his number, or it cannot be read.")
    known: bool | None = told(None, "The CRM knows him.")
    stage: tuple[str, ...] = told((), "The stage of his deal, else his own, is one of these.")
    pipeline: tuple[str, ...] = told((), "The pipeline of his deal is one of these.")
    owner: tuple[str, ...] = told(
        (), "Who is responsible is one of these: logins, or phone:101, id:7 as the CRM has him."
    )
    least_deals: int | None = told(None, "So many open deals, or more.", least=0, most=1000)
    most_deals: int | None = told(None, "So many open deals, or fewer.", least=0, most=1000)
    fields: dict[str, tuple[str, ...]] = told(
        {}, "Each of these fields of the client has one of its values: segment: [vip, gold]."
    )
    callback: bool | None = told(None, "A callback to him is pending.")
    attempt: bool | None = told(None, "We tried to reach him a while ago.")

    def mistake(self) -> str:
        """What does not go together, or an empty string."""
        least, most = self.least_deals, self.most_deals
        if least is None or most is None or least <= most:
            return ""
        return f"least_deals is {least} and most_deals {most}: no client has so many"


@dataclass(frozen=True, slots=True)
class Rule:
    """Where callers go of whom all of `when` holds."""

    name: str = told("", "Its name, one per scenario.", check=_name_mistake)
    when: When = field(
        default_factory=When,
        metadata={"doc": "What must hold; nothing: it takes whoever could be looked up."},
    )
    to: str = told(
        "", "Where it sends the call: queue sales, extension 200, hangup.", check=mistake_in_target
    )
    queue: str = told("", "In which queue a group or an agent is waited for; else the number's.")
    first: tuple[First, ...] | None = told(
        None, "Who is offered the caller before others, if free; else as for the whole set."
    )
    owner_first_s: float | None = told(
        None, "For so long; 0: nobody is; else as the queue says.", least=0, most=600
    )
    priority: int | None = told(
        None, "Before others of the queue; else as the queue says.", least=0, most=9
    )

    def mistake(self) -> str:
        """What is missing, or an empty string."""
        if not self.name:
            return "name is missing: by it reports and `route explain` call the rule"
        return "" if self.to else "to is missing: where the rule sends the call, as in queue sales"


@dataclass(frozen=True, slots=True)
class Did:
    """A number that is called, and what it stands for (SPEC C3)."""

    project: str = told("", "The project whose client calls here.", check=_name_mistake)
    ad_channel: str = told("", "The advertisement that names it.", check=_name_mistake)
    city: str = told("", "The city it is for.", check=_name_mistake)
    schedule: str = told("", "Its hours, one of the schedules; empty: always open.")
    zone: str = told("", "The time zone of its hours; empty: the set's.", check=_zone_mistake)
    scenario: str = told("", "Which rules it goes by; empty: the only ones there are.")
    queue: str = told("", "Where groups and agents are waited for, unless a rule says it.")
    fallback: str = told(
        "",
        "Where a call goes that no rule takes: who hides his number, or while the CRM is silent;"
        " empty: the dialplan's own fallback.",
        check=mistake_in_target,
    )

    def mistake(self) -> str:
        """What is missing, or an empty string."""
        return "" if self.project else "project is missing: whose client calls this number"


IN_ORDER = (First.CALLBACK, First.ATTEMPT, First.OWNER, First.LAST_AGENT)


@dataclass(frozen=True, slots=True)
class Routes:
    """A whole set of routing rules."""

    title: str = told("", "What these rules are, for people.", check=_name_mistake)
    zone: str = told("", "The time zone of all hours: Europe/Moscow.", check=_zone_mistake)
    app_queue: bool = told(
        False, "Queues are those of Asterisk's app_queue: their names are not looked up here."
    )
    first: tuple[First, ...] = told(
        IN_ORDER, "Who is offered a caller before others, if free: whoever is found first of these."
    )
    schedules: dict[str, dict[str, str]] = told({}, "Hours of the week, by name.")
    scenarios: dict[str, tuple[Rule, ...]] = told(
        {}, "Rules by name of their list; of a list the first that fits decides."
    )
    dids: dict[str, Did] = told({}, "The numbers that are called.")
    other_dids: Did | None = told(None, "What every other number stands for.")
