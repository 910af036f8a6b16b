"""Reads routing rules: what `route apply` takes, with every fault at its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import get_type_hints

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ccdialer.core.caller_id import did_of
from ccdialer.core.daytimes import DAILY, mistake_in
from ccdialer.core.routes import Did, Routes, Rule, When
from ccdialer.core.routing import WAITED_FOR
from ccdialer.core.target import TargetKind, target_of
from ccdialer.durations import in_seconds
from ccdialer.errors import ConfigError, NotFound
from ccdialer.schema import Source, composed, nearest, read, text_of

PRESETS = Path(__file__).parent / "presets" / "routes"
LISTS = frozenset(
    each.name for each in fields(When) if get_type_hints(When)[each.name] == tuple[str, ...]
)
"""Conditions that name several words; one may stand there without its brackets."""


@dataclass(frozen=True, slots=True)
class RoutesFile:
    """A file of rules: its text as people wrote it, and what it says."""

    text: str
    routes: Routes


def read_routes(path: Path | str, region: str) -> RoutesFile:
    """The rules in a file. `region` is the ISO 3166 code by which numbers without a country code
    are read. Raises ConfigError with every fault that is in it."""
    path = Path(path)
    text = text_of(path)
    return RoutesFile(text, routes_of(path.name, text, region))


def routes_of(name: str, text: str, region: str) -> Routes:
    """The rules of a text; `name` stands before its faults."""
    root, *more = composed(name, text)
    source = Source(name)
    for node in more:
        source.fault(node, "file", "a second YAML document; all rules of a site stand in one")
    _written_out(root, region)
    found = read(in_seconds(root), Routes, source)
    if found is not None:
        _hold_together(_Page(found, root, source))
    if found is None or source.faults:
        raise ConfigError(source.faults)
    return found


# --- short forms, written out -------------------------------------------------------------------


def _written_out(root: Node, region: str) -> None:
    """One word where a list is meant, hours of every day, numbers in any spelling."""
    for key, _ in _pairs(_below(root, "dids")):
        _spelled(key, region)
    schedules = _below(root, "schedules")
    if isinstance(schedules, MappingNode):
        schedules.value = [(key, _daily(value)) for key, value in schedules.value]
    _listed(root, {"first"})
    for _, rules in _pairs(_below(root, "scenarios")):
        for rule in rules.value if isinstance(rules, SequenceNode) else ():
            _listed(rule, {"first"})
            when = _below(rule, "when")
            _listed(when, LISTS)
            _listed(_below(when, "fields"), None)
            for did in getattr(_below(when, "did"), "value", ()):
                _spelled(did, region)


def _spelled(node: Node, region: str) -> None:
    if isinstance(node, ScalarNode):
        node.value = did_of(node.value, region)


def _daily(node: Node) -> Node:
    if not isinstance(node, ScalarNode):
        return node
    marks = node.start_mark, node.end_mark
    return MappingNode("", [(ScalarNode("", DAILY, *marks), node)], *marks)


def _listed(node: Node | None, keys: Iterable[str] | None) -> None:
    """Values under these keys (None: all) into lists of one."""
    if isinstance(node, MappingNode):
        node.value = [
            (key, _list_of(value) if keys is None or _is_one_of(key, keys) else value)
            for key, value in node.value
        ]


def _is_one_of(key: Node, keys: Iterable[str]) -> bool:
    return isinstance(key, ScalarNode) and key.value in keys


def _list_of(node: Node) -> Node:
    if not isinstance(node, ScalarNode):
        return node
    return SequenceNode("", [node], node.start_mark, node.end_mark)


def _pairs(node: Node | None) -> list[tuple[Node, Node]]:
    return list(node.value) if isinstance(node, MappingNode) else []


def _below(node: Node | None, key: str) -> Node | None:
    """What stands under a key; None: nothing does."""
    return next((value for name, value in _pairs(node) if name.value == key), None)


# --- what must go together ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Page:
    """Rules as they were read, and where each of them stands."""

    routes: Routes
    root: Node
    source: Source

    def fault(self, path: Iterable[str | int], sentence: str) -> None:
        """At the deepest place of the path that is there."""
        node, words = self.root, ""
        for step in path:
            if isinstance(step, int):
                found, word = node.value[step], f"[{step + 1}]"
            else:
                found, word = _below(node, step), f".{step}" if words else step
            words += word
            if found is None:
                break
            node = found
        self.source.fault(node, words or "file", sentence)

    @property
    def dids(self) -> Iterator[tuple[tuple[str, ...], Did]]:
        """Each number with the path to it."""
        for number, did in self.routes.dids.items():
            yield ("dids", number), did
        if self.routes.other_dids is not None:
            yield ("other_dids",), self.routes.other_dids

    @property
    def rules(self) -> Iterator[tuple[tuple[str | int, ...], str, Rule]]:
        """Each rule with the path to it, and the scenario it is of."""
        for name, rules in self.routes.scenarios.items():
            for place, rule in enumerate(rules):
                yield ("scenarios", name, place), name, rule


def _hold_together(page: _Page) -> None:
    for check in (_schedules, _dids, _names, _conditions, _queues):
        check(page)


def _schedules(page: _Page) -> None:
    for name, hours in page.routes.schedules.items():
        if sentence := mistake_in(hours):
            page.fault(("schedules", name), f"expected {sentence}")
    if page.routes.schedules and not page.routes.zone:
        page.fault(("zone",), "missing: the time zone of the schedules, such as Europe/Moscow")


def _dids(page: _Page) -> None:
    schedules, scenarios = page.routes.schedules, page.routes.scenarios
    for path, did in page.dids:
        if did.schedule and did.schedule not in schedules:
            page.fault((*path, "schedule"), _unknown("schedule", did.schedule, schedules))
        if did.scenario and did.scenario not in scenarios:
            page.fault((*path, "scenario"), _unknown("scenario", did.scenario, scenarios))
        if not did.scenario and len(scenarios) > 1:
            page.fault((*path, "scenario"), f"name one of them: {', '.join(scenarios)}")
    if not any(page.dids):
        page.fault(("dids",), "no number is named; write `other_dids` for whichever is called")


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    names = list(known)
    hint = nearest(name, names) if names else "there is none in this file"
    return f'there is no {what} "{name}"; {hint}'


def _names(page: _Page) -> None:
    seen: set[tuple[str, str]] = set()
    for path, scenario, rule in page.rules:
        if (scenario, rule.name) in seen:
            page.fault((*path, "name"), f'"{rule.name}" is taken; give each rule its own name')
        seen.add((scenario, rule.name))


def _conditions(page: _Page) -> None:
    """A rule for a number, project, channel or city that nothing stands for can never fit."""
    known = {
        "during": set(page.routes.schedules),
        "project": {did.project for _, did in page.dids},
        "ad_channel": {did.ad_channel for _, did in page.dids},
        "city": {did.city for _, did in page.dids},
    }
    if page.routes.other_dids is None:
        known["did"] = set(page.routes.dids)
    for path, _, rule in page.rules:
        for key, names in known.items():
            _known(page, (*path, "when", key), getattr(rule.when, key), names)


WORDS: Mapping[str, str] = {"during": "schedule", "ad_channel": "number with the channel"}


def _known(
    page: _Page, path: tuple[str | int, ...], given: tuple[str, ...], names: set[str]
) -> None:
    key = str(path[-1])
    folded = {name.casefold() for name in names}
    for place, name in enumerate(given):
        if name.casefold() not in folded:
            what = WORDS.get(key, f"number of the {key}" if key != "did" else "number")
            page.fault((*path, place), _unknown(what, name, sorted(filter(None, names))))


def _queues(page: _Page) -> None:
    """Whoever waits for a group or an agent waits in a queue."""
    used: dict[str, list[Did]] = {}
    for place, did in page.dids:
        used.setdefault(did.scenario, []).append(did)
        if _waits(did.fallback) and not did.queue:
            page.fault((*place, "fallback"), QUEUELESS)
    only = len(page.routes.scenarios) == 1
    for path, scenario, rule in page.rules:
        dids = used.get(scenario, []) + (used.get("", []) if only else [])
        if _waits(rule.to) and not rule.queue and not all(did.queue for did in dids):
            page.fault((*path, "to"), QUEUELESS)


QUEUELESS = (
    "in which queue does the caller wait? Give `queue` here or at every number that goes by it"
)


def _waits(words: str) -> bool:
    target = target_of(words)
    return target is not None and target.kind in WAITED_FOR - {TargetKind.QUEUE}


# --- presets ------------------------------------------------------------------------------------


def route_presets() -> dict[str, Path]:
    """The rules that come with ccdialer, by name."""
    return {path.stem: path for path in sorted(PRESETS.glob("*.yaml"))}


def route_preset(name: str) -> str:
    """A shipped file as it stands, remarks and all; raises NotFound."""
    known = route_presets()
    if name not in known:
        raise NotFound(f'there is no preset "{name}"; {nearest(name, known)}')
    return known[name].read_text(encoding="utf-8")
