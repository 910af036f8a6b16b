"""Verdicts: every rule that a task must pass, in their order, each with its values (SPEC F1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ccdialer.core.campaign import CampaignState, Duplicates
from ccdialer.core.limits import RULES, Held, made
from ccdialer.core.schedule import local
from ccdialer.core.task import TaskState
from ccdialer.core.trunk import NoRoute, Rate, Route
from ccdialer.core.ways import allowed, ways
from ccdialer.core.zones import zones_of
from ccdialer.reports import words
from ccdialer.reports.inquiry import Inquiry, starts_at
from ccdialer.storage.capping import RULES as CAP_RULES
from ccdialer.storage.capping import counted
from ccdialer.storage.foresight import LIVE, NUMBERLESS
from ccdialer.storage.holds import Hold
from ccdialer.storage.limits import Standing, standing_of
from ccdialer.storage.on_the_line import ON_THE_LINE


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says of a task now."""

    rule: str  # its key: campaign, due, dnc, window, cap_day ...
    passes: bool | None  # None: it is told, and neither lets pass nor holds
    words: str
    until: int | None = None  # epoch ms, of one that holds, as far as that can be named


Rule = Callable[[Inquiry], Iterator[Verdict]]


def verdicts(case: Inquiry) -> list[Verdict]:
    """What every rule says, were the task dialed now; without a number those of numbers are
    silent."""
    asked = OF_TASKS if case.number == "" else OF_TASKS + OF_NUMBERS
    found = [verdict for rule in asked for verdict in rule(case)]
    told = {verdict.rule for verdict in found if verdict.passes is False}
    return [*found, *(_held(hold) for hold in case.outlook.holds if hold.rule not in told)]


def _said(case: Inquiry, rule: str, otherwise: str, more: str = "") -> Iterator[Verdict]:
    """What the engine's own check says: its hold, or that it lets pass."""
    hold = next((hold for hold in case.outlook.holds if hold.rule == rule), None)
    if hold is None:
        yield Verdict(rule, True, otherwise)
    else:
        yield _held(hold, more)


def _held(hold: Hold, more: str = "") -> Verdict:
    return Verdict(hold.rule, False, hold.reason + more, _end(hold))


def _end(hold: Hold) -> int | None:
    if hold.ends_by is not None:
        return hold.ends_by or None
    return hold.lasts_until or hold.until


# --- the task and its campaign ------------------------------------------------------------------


def asleep(case: Inquiry) -> str:
    """Why the campaign calls nobody; empty: it is at work."""
    name, state = case.campaign.name, case.campaign.state
    if state is not CampaignState.ACTIVE:
        return f'campaign "{name}" is {_STATES[state]}: ccdialer campaign start {name}'
    if case.now < starts_at(case.campaign):
        return f'campaign "{name}" starts on {case.campaign.settings.starts_on}'
    return ""


_STATES = {
    CampaignState.DRAFT: "not started yet",
    CampaignState.PAUSED: "paused",
    CampaignState.STOPPED: "stopped",
    CampaignState.DONE: "done, all of its tasks are settled",
    CampaignState.CANCELLED: "cancelled",
}


def _campaign(case: Inquiry) -> Iterator[Verdict]:
    why, at = asleep(case), starts_at(case.campaign)
    until = at if case.now < at and case.campaign.state is CampaignState.ACTIVE else None
    began = f", started on {case.campaign.settings.starts_on}" if at else ""
    at_work = f'campaign "{case.campaign.name}" is active{began}'
    yield Verdict("campaign", not why, why or at_work, until)


def _standstill(case: Inquiry) -> Iterator[Verdict]:
    yield from _said(case, "standstill", "no emergency stop")


def _due(case: Inquiry) -> Iterator[Verdict]:
    task, limit = case.task, case.campaign.settings.max_attempts
    used = f"{task['attempts']} of {limit} attempts used"
    because = f", because {task['reason']}" if task["reason"] else ""
    if task["held_by"] and task["asked_at"]:
        because = f", held back by the rule {task['held_by']}"
    when = words.at(task["due_at"], case.now)
    if task["due_at"] <= case.now or task["state"] == TaskState.RESERVED:
        yield Verdict("due", True, f"due since {when}, {used}")
    else:
        yield Verdict("due", False, f"not due yet, {used}{because}", task["due_at"])


def _number(case: Inquiry) -> Iterator[Verdict]:
    numbers = case.task["numbers"]
    of = f", one of {len(numbers)} of the client" if len(numbers) > 1 else ""
    yield from _said(case, NUMBERLESS, f"{case.number} is dialed next{of}")


# --- the number and the person ------------------------------------------------------------------


def _lists(case: Inquiry) -> Iterator[Verdict]:
    yield from _said(case, "dnc", "on no do-not-call list")


def _kind(case: Inquiry) -> Iterator[Verdict]:
    settings = case.campaign.settings
    kinds = ", ".join(settings.number_types)
    countries = ", ".join(settings.countries or (case.database.home,))
    yield from _said(case, "number_type", f"of a kind that is dialed: {kinds} of {countries}")


def _duplicates(case: Inquiry) -> Iterator[Verdict]:
    scope = case.campaign.settings.duplicates
    no_other = f"no other task of the person is called first (duplicates: {scope})"
    kept = "other tasks of the person do not matter (duplicates: keep)"
    yield from _said(case, "duplicate", kept if scope is Duplicates.KEEP else no_other)


def _person(case: Inquiry) -> Iterator[Verdict]:
    """The pause after an abandoned call, the limits on contacts, the calling hours."""
    standing = standing_of(case.database, case.outlook.candidate)
    at = case.now / 1000
    person, rules = standing.person, standing.rules
    alone = [held for rule in RULES if (held := rule(person, rules, standing.schedules, at))]
    for rule, otherwise, more in _passed(standing, case.number, at):
        own = next((held for held in alone if held.rule == rule), None)
        if own is not None:
            yield _alone(own, more)
        else:
            yield from _said(case, rule, otherwise, more)


def _alone(held: Held, more: str) -> Verdict:
    """Until when this rule alone holds; the engine names the end of all of them together."""
    until = None if held.until is None else -round(-held.until * 1000)
    return Verdict(held.rule, False, held.reason + more, until)


def _passed(standing: Standing, number: str, at: float) -> Iterator[tuple[str, str, str]]:
    """Of each rule on persons what is said if it lets pass, and what is added if it holds."""
    person, rules = standing.person, standing.rules
    pause = f"{rules.abandoned_pause_h:g} h"
    had = "an agent is held for him" if person.has_agent else f"not abandoned within {pause}"
    yield "abandoned_pause", had, ""
    for name, most in rules.caps.items():
        count = made(person, rules, name, at)
        yield f"cap_{name}", f"{count} of {most} contacts per {name}", f" ({count} of {most})"
    if not rules.caps:
        yield "cap_day", "no limit on contacts", ""
    if person.zones:
        where = _place(standing, number)
        yield "window", _hours(standing, at, where), f" ({where})"
    elif any(not each.is_always for each in standing.schedules):
        yield "zone", "", ""


def _hours(standing: Standing, at: float, where: str) -> str:
    watched = [each for each in standing.schedules if not each.is_always]
    if not watched:
        return "calling hours: always"
    clock = local(standing.person.zones[0], at)
    hours = " and ".join(f"the {each.of}'s hours {each.told(clock)}" for each in watched)
    zone = standing.person.zones[0]
    return f"within {hours}; it is {clock:%H:%M} in {zone} ({where})"


def _place(standing: Standing, number: str) -> str:
    """Why that zone."""
    zones = standing.person.zones
    if standing.own_zone:
        return "the zone of his task"
    if len(zones) > 1:
        told = f"by his number he may be in {len(zones)} zones, and all must be open"
        return f"{told}: name the campaign's zone"
    if zones == zones_of(number):
        return "the zone of his number"
    return "the zone of the campaign, as neither task nor number tells one"


def _live(case: Inquiry) -> Iterator[Verdict]:
    yield from _said(case, LIVE, "its number is on no live call")
    yield from _said(case, ON_THE_LINE, "the client is not calling us")


# --- by which line, for how much ----------------------------------------------------------------


def _trunk(case: Inquiry) -> Iterator[Verdict]:
    settings, way = case.campaign.settings, case.outlook.candidate.route
    if isinstance(way, NoRoute):
        yield from _said(case, "trunk", way.reason)
    elif isinstance(way, Route):
        price = f" at {_price(way.rate)}" if way.rate is not None else ""
        by = f"by trunk {way.trunk}{price}" if way.trunk else f"by the dial string {settings.dial}"
        yield Verdict("trunk", True, by)
        if not settings.dial:
            yield from _other_trunks(case, way.trunk)


def _other_trunks(case: Inquiry, chosen: str) -> Iterator[Verdict]:
    """Why it goes by none of them."""
    found = {way.work.trunk.name: way for way in ways(case.fleet, case.number, case.now / 1000)}
    is_allowed = {work.trunk.name for work in allowed(case.fleet.works, case.campaign.settings)}
    for work in case.fleet.works:
        name, way = work.trunk.name, found.get(work.trunk.name)
        if name == chosen:
            continue
        if name not in is_allowed:
            told = "is not among the campaign's" if work.trunk.enabled else "is disabled"
        elif way is None:
            told = "has no price for the number"
        else:
            told = f"would at {_price(way.rate)}" + (f", but: {way.trouble}" if way.trouble else "")
        yield Verdict("trunk", None, f"trunk {name} {told}")


def _price(rate: Rate) -> str:
    fee = f" and {words.money(rate.fee)} a call" if rate.fee else ""
    symbolic = "" if rate.is_literal else ", by rank only"
    return f"{words.money(rate.price)} {rate.currency} a minute{fee}{symbolic}"


def _spending(case: Inquiry) -> Iterator[Verdict]:
    found = counted(case.database, case.outlook.candidate)
    held = {hold.rule for hold in case.outlook.holds}
    for rule in held & set(CAP_RULES.values()):
        yield from _said(case, rule, "")
    for cap, spent in found:
        if CAP_RULES[cap.scope] not in held:
            told = (
                f"spending cap of the {cap.scope} for the {cap.period}, "
                f"{words.money(cap.amount)} {cap.currency}: {words.money(spent.spent)} spent, "
                f"{words.money(spent.held)} held for live calls"
            )
            yield Verdict(CAP_RULES[cap.scope], True, told)
    if not found:
        yield Verdict("spending", True, "no spending cap counts it")


OF_TASKS: tuple[Rule, ...] = (_campaign, _standstill, _due, _number)
OF_NUMBERS: tuple[Rule, ...] = (
    *(_lists, _kind, _duplicates, _person, _live),
    *(_trunk, _spending),
)
