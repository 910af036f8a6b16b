"""Where an inbound call goes, by DID, CRM stage, schedule, owner, last agent.

The first rule that fits decides, and all that were asked are told. Whoever could not be looked up
(he hides his number, or the CRM is silent) goes by rules about the number and the hours alone, and
by the number's fallback where there is none (SPEC C5, C6): a rule without conditions does not take
him.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ccdialer.core.card import LOGIN
from ccdialer.core.conditions import Asked, Check, checks_of
from ccdialer.core.facts import SILENT, Facts, Past
from ccdialer.core.routes import Did, First, Routes, Rule, When
from ccdialer.core.schedule import NO_CALENDAR, Calendar, Schedule, schedule
from ccdialer.core.target import Target, TargetKind, target_of

WAITED_FOR = frozenset({TargetKind.QUEUE, TargetKind.GROUP, TargetKind.AGENT})
"""Kinds whose callers wait in a queue for an agent."""

ANYTHING = When()
NO_DID = Did()


@dataclass(frozen=True, slots=True)
class Step:
    """How a rule was judged."""

    rule: str
    words: str  # the first condition that does not hold, or that all do
    is_match: bool = False


MATCHED = "matched"


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a call goes, and why."""

    did: Did
    target: Target | None  # None: the dialplan's own fallback
    rule: str = ""  # that decided; empty: none did
    reason: str = ""  # a short word: rule.sales, hidden_number, crm_timeout
    queue: str = ""  # in which he waits, where the target is waited for
    owner: str = ""  # login of who is offered him first; empty: nobody
    first: First | None = None  # why that one
    owner_first_s: float | None = None  # for so long; None: as the queue says
    groups: frozenset[str] = frozenset()  # whose agents alone; empty: as the queue says
    priority: int | None = None  # before others of the queue; None: as the queue says
    trace: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule whose conditions are ready to be asked."""

    rule: Rule
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A set of rules, ready for use."""

    routes: Routes
    schedules: Mapping[str, Schedule]
    scenarios: Mapping[str, tuple[Ready, ...]] = field(repr=False)
    version: int = 0  # in the database; 0: of a file

    def did(self, number: str) -> Did:
        """What a number stands for that was called; nothing, where nobody has said it."""
        return self.routes.dids.get(number) or self.routes.other_dids or NO_DID

    def rules(self, number: str) -> tuple[Ready, ...]:
        """The rules that calls of a number go by, in order; none, where nothing is said of it."""
        return self.scenarios.get(self.did(number).scenario, ()) if self.knows(number) else ()

    def knows(self, did: str) -> bool:
        """Whether anything is said of the number."""
        return did in self.routes.dids or self.routes.other_dids is not None


def book_of(routes: Routes, calendar: Calendar = NO_CALENDAR, version: int = 0) -> Book:
    """Prepare rules; `calendar` tells their holidays. Raises ValueError for hours that are none."""
    schedules = {name: schedule(hours, calendar, name) for name, hours in routes.schedules.items()}
    scenarios = {
        name: tuple(Ready(rule, checks_of(rule.when)) for rule in rules)
        for name, rules in routes.scenarios.items()
    }
    if len(scenarios) == 1:
        scenarios[""] = next(iter(scenarios.values()))
    return Book(routes, schedules, scenarios, version)


NO_BOOK = book_of(Routes())


# --- deciding -----------------------------------------------------------------------------------


def route(book: Book, facts: Facts) -> Decision:
    """Where the call goes. Never raises: what no rule takes goes by the number's fallback."""
    did = book.did(facts.did)
    asked = Asked(facts, did, did.zone or book.routes.zone or "UTC", book.schedules)
    trace: list[Step] = []
    for ready in book.rules(facts.did):
        words = _why_not(ready, asked)
        trace.append(Step(ready.rule.name, words or MATCHED, not words))
        if not words:
            rule, reason = ready.rule, f"rule.{ready.rule.name}"
            break
    else:
        rule, reason = Rule("", ANYTHING, did.fallback), _why_fallback(book, facts)
    return replace(_sent(book, rule, asked), reason=reason, trace=tuple(trace))


def _why_not(ready: Ready, asked: Asked) -> str:
    if not ready.checks and asked.facts.unseen:
        return f"it is for callers who can be looked up: {asked.facts.unseen}"
    for check in ready.checks:
        if words := check(asked):
            return words
    return ""


def _why_fallback(book: Book, facts: Facts) -> str:
    if not book.knows(facts.did):
        return "unknown_did"
    if not facts.number:
        return "hidden_number"
    return f"crm_{facts.card.lower()}" if facts.card in SILENT else "no_rule"


# --- what a rule means --------------------------------------------------------------------------


def _sent(book: Book, rule: Rule, asked: Asked) -> Decision:
    """The decision for a rule that fits."""
    target = target_of(rule.to)
    if target is None or target.kind not in WAITED_FOR:
        return Decision(asked.did, target, rule.name)
    groups = {target.name} if target.kind is TargetKind.GROUP else set()
    is_queue = target.kind is TargetKind.QUEUE
    owner, first = _offered(book, rule, target, asked.facts)
    return Decision(
        asked.did,
        target,
        rule.name,
        queue=target.name if is_queue else rule.queue or asked.did.queue,
        owner=owner,
        first=first,
        owner_first_s=rule.owner_first_s,
        groups=frozenset(groups),
        priority=rule.priority,
    )


def _offered(book: Book, rule: Rule, target: Target, facts: Facts) -> tuple[str, First | None]:
    """Who is offered the caller first, by login, and as what."""
    if target.kind is TargetKind.AGENT:
        return target.name, None
    if rule.owner_first_s == 0:
        return "", None
    people = dict(_people(facts))
    for first in book.routes.first if rule.first is None else rule.first:
        who = people.get(first) or ""
        if who.startswith(LOGIN):  # whom the CRM alone knows, nobody can ring
            return who.removeprefix(LOGIN), first
    return "", None


def _people(facts: Facts) -> Iterable[tuple[First, str | None]]:
    past = facts.past or Past()
    yield First.CALLBACK, past.callback_of
    yield First.ATTEMPT, past.tried_by
    yield First.OWNER, facts.owner
    yield First.LAST_AGENT, past.last_agent
