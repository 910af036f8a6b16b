"""Whether what routing rules name is there, and whether every caller has a way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ccdialer import storage
from ccdialer.cli.finding import Finding, ok, warn
from ccdialer.config import Config
from ccdialer.core.campaign import Mode
from ccdialer.core.gaps import Kind, fitting, gaps
from ccdialer.core.routes import Did, Routes
from ccdialer.core.routing import book_of
from ccdialer.core.target import Target, TargetKind, target_of
from ccdialer.errors import CcdialerError
from ccdialer.schema import nearest
from ccdialer.storage import Database
from ccdialer.storage.routes import routes_in_force

OF_NUMBER, OTHERS = "dids.", "other_dids"
"""Places in the file of rules."""


@dataclass(frozen=True, slots=True)
class _Site:
    """What there is, by name."""

    projects: dict[str, int]
    modes: dict[tuple[str, str], Mode]  # of campaigns, by project and name
    logins: frozenset[str]
    groups: frozenset[str]


def strangers(database: Database, routes: Routes) -> list[str]:
    """A sentence for everything that the rules name and the site does not have."""
    site = _site(database)
    found: dict[str, None] = {}  # in order, each once
    for number, did in _dids(routes):
        if did.project not in site.projects:
            found[_no(number, "project", did.project, site.projects)] = None
            continue
        for place, target, queue in _sent(number, did, routes):
            for sentence in _missing(site, did.project, routes.app_queue, target, queue):
                found[f"{place}: {sentence}"] = None
    return list(found)


def _site(database: Database) -> _Site:
    projects = {name: id for id, name in storage.list_projects(database).items()}
    names = {id: name for name, id in projects.items()}
    campaigns = storage.list_campaigns(database)
    agents = storage.list_agents(database)
    return _Site(
        projects,
        {(names[each.project_id], each.name): each.settings.mode for each in campaigns},
        frozenset(agent.login for agent in agents),
        frozenset(group for agent in agents for group in agent.groups),
    )


def _dids(routes: Routes) -> Iterator[tuple[str, Did]]:
    yield from ((f"{OF_NUMBER}{number}", did) for number, did in routes.dids.items())
    if routes.other_dids is not None:
        yield OTHERS, routes.other_dids


def ways(routes: Routes) -> Iterator[tuple[str, Target, str]]:
    """Where calls may go, each with the place that says so and the queue to wait in."""
    for number, did in _dids(routes):
        yield from _sent(number, did, routes)


def _sent(number: str, did: Did, routes: Routes) -> Iterator[tuple[str, Target, str]]:
    """Where its calls may go, each with the place that says so and the queue to wait in."""
    names = [did.scenario] if did.scenario else list(routes.scenarios)
    for name in names:
        for rule in routes.scenarios.get(name, ()):
            if target := target_of(rule.to):
                yield f"scenarios.{name}.{rule.name}", target, rule.queue or did.queue
    if target := target_of(did.fallback):
        yield f"{number}.fallback", target, did.queue


def _missing(
    site: _Site, project: str, app_queue: bool, target: Target, queue: str
) -> Iterator[str]:
    name, kind = target.name, target.kind
    if kind is TargetKind.AGENT and name not in site.logins:
        yield _none("agent", name, site.logins)
    if kind is TargetKind.GROUP and name not in site.groups:
        yield _none("group", name, site.groups)
    if kind is TargetKind.CALLBACK:
        yield from _campaign(site, project, name, Mode.CALLBACK)
    waits_in = name if kind is TargetKind.QUEUE else queue
    if kind in (TargetKind.QUEUE, TargetKind.AGENT, TargetKind.GROUP) and not app_queue:
        yield from _campaign(site, project, waits_in, Mode.INBOUND)


def _campaign(site: _Site, project: str, name: str, mode: Mode) -> Iterator[str]:
    """A queue is a campaign in mode inbound, of the number's project unless another is named."""
    named, slash, rest = name.partition("/")
    place = (named, rest) if slash else (project, name)
    found, what = site.modes.get(place), "queue" if mode is Mode.INBOUND else "callback campaign"
    if found is None:
        known = [
            other for at, other in site.modes if at == place[0] and site.modes[at, other] is mode
        ]
        yield f'project "{place[0]}" has no {what} "{place[1]}"; {_hint(place[1], known)}'
    elif found is not mode:
        yield f'campaign "{place[1]}" of {place[0]} is in mode {found}, not {mode}'


def _no(place: str, what: str, name: str, known: dict[str, int]) -> str:
    return f"{place}: {_none(what, name, frozenset(known))}"


def _none(what: str, name: str, known: frozenset[str]) -> str:
    return f'there is no {what} "{name}"; {_hint(name, sorted(known))}'


def _hint(name: str, known: list[str]) -> str:
    return nearest(name, known) if known else "there is none yet"


# --- callers whom no rule takes -----------------------------------------------------------------

DIALPLAN = "the dialplan's own (context CCDIALER_FALLBACK, else a message)"
WAYLESS = {
    Kind.UNKNOWN: "callers whom no rule fits",
    Kind.KNOWN: "callers whom no rule fits",
    Kind.HIDDEN: "those who hide their numbers",
    Kind.SILENT: "all while the CRM is silent",
}


def wayless(routes: Routes) -> list[str]:
    """A sentence for each number without a fallback that some callers would need: no fault, for
    the dialplan may have one, but nothing to come about by oversight."""
    book, told = book_of(routes), []
    for place, did in _dids(routes):
        number = None if place == OTHERS else place.removeprefix(OF_NUMBER)
        left = frozenset[Kind]() if did.fallback else gaps(book, number)
        if left and next(fitting(book, number), None) is None:
            told.append(f"{place}: no rule fits, and no fallback: its calls go by {DIALPLAN}")
        elif left:
            who = dict.fromkeys(words for kind, words in WAYLESS.items() if kind in left)
            told.append(f"{place}: no fallback: {', '.join(who)} go by {DIALPLAN}")
    return told


# --- for doctor ---------------------------------------------------------------------------------

MOST_TOLD = 5
APPLY = "mend the rules, and: ccdialer route apply FILE"
BEGIN = "ccdialer route preset by-stage > routes.yaml; edit it; ccdialer route apply routes.yaml"


def route_checks(config: Config) -> Iterator[Finding]:
    """Whether callers are routed, and whether what the rules name is still there."""
    try:
        with storage.open_database(config.database) as database:
            yield from _findings(database)
    except CcdialerError:
        return  # told already


def _findings(database: Database) -> Iterator[Finding]:
    found = routes_in_force(database)
    if found is None:
        modes = [each.settings.mode for each in storage.list_campaigns(database)]
        if Mode.INBOUND in modes:
            yield warn("routes", "there are queues, and no rules that send callers there", BEGIN)
        return
    faults = strangers(database, found.routes) + wayless(found.routes)
    for sentence in faults[:MOST_TOLD]:
        yield warn("routes", f"version {found.id}: {sentence}", APPLY)
    if len(faults) > MOST_TOLD:
        yield warn("routes", f"version {found.id}: {len(faults) - MOST_TOLD} more such", APPLY)
    if not faults:
        rules = sum(map(len, found.routes.scenarios.values()))
        numbers = len(found.routes.dids)
        yield ok("routes", f"version {found.id}: rules: {rules}, numbers: {numbers}")
