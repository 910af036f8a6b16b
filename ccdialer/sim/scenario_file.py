"""Reads scenario files: what `ccdialer sim run` lives, and the scenarios that are shipped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ccdialer.campaign_file import RULES, read_settings
from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.errors import ConfigError, NotFound
from ccdialer.schema import Source, composed, documents, nearest, read
from ccdialer.sim.scenario import PLENTY, Callees, Callers, CampaignPlan, Scenario, Team, trunk_name

MOST_CALLBACKS = 100_000
SHIPPED = Path(__file__).parent / "scenarios"


# --- which file ---------------------------------------------------------------------------------


def shipped() -> dict[str, Path]:
    """The scenarios that come with ccdialer, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.yaml"))}


def path_of(name: str) -> Path:
    """The file of a shipped scenario, or the file of that path; raises NotFound."""
    known = shipped()
    path = known.get(name, Path(name))
    if path.is_file():
        return path
    if path.suffix or len(path.parts) > 1:
        raise NotFound(f"there is no file {name}")
    raise NotFound(f'there is no scenario "{name}" and no such file; {nearest(name, known)}')


# --- reading ------------------------------------------------------------------------------------


def read_scenario(path: Path | str) -> Scenario:
    """The scenario of a file; one that does not name itself is called like the file.

    Raises ConfigError with every fault that is in it.
    """
    path = Path(path)
    source = Source(path.name)
    root, *more = documents(path)
    for node in more:
        source.fault(node, "file", "a second YAML document; a file holds one scenario")
    scenario = read(root, Scenario, source, base=Scenario(name=path.stem[:40]))
    if scenario is not None:
        for keys, sentence in _mistakes(scenario):
            node, place = _at(root, keys)
            source.fault(node, place, sentence)
    if source.faults or scenario is None:
        raise ConfigError(source.faults)
    return scenario


Keys = tuple[str | int, ...]


def _mistakes(scenario: Scenario) -> Iterator[tuple[Keys, str]]:
    """What does not go together over the whole scenario, and where it stands."""
    for key in ("campaigns", "teams", "trunks"):
        yield from _names_taken(key, [each.name for each in getattr(scenario, key)])
        if key != "trunks" and not getattr(scenario, key):
            yield (key,), "expected at least one"
    campaigns = [plan.name for plan in scenario.campaigns]
    for number, team in enumerate(scenario.teams):
        for name in team.campaigns:
            if name not in campaigns:
                sentence = f'there is no campaign "{name}"; {nearest(name, campaigns)}'
                yield ("teams", number, "campaigns"), sentence
        if team.starts >= scenario.hours:
            sentence = f"{team.starts:g} is not before the end of the day, {scenario.hours:g} h"
            yield ("teams", number, "starts"), sentence
    yield from _not_simulated(scenario)
    yield from _unknown_trunks(scenario)


def _not_simulated(scenario: Scenario) -> Iterator[tuple[Keys, str]]:
    """Modes that nobody lives here, or not so many."""
    for number, plan in enumerate(scenario.campaigns):
        if plan.settings.mode is Mode.PREVIEW:
            sentence = "preview dials when agents ask, and nobody asks here; use another mode"
            yield ("campaigns", number, "settings", "mode"), sentence
        if plan.settings.mode is not Mode.INBOUND and plan.callers != Callers():
            sentence = "only a queue has callers; give it mode inbound, or leave them out"
            yield ("campaigns", number, "callers"), sentence
        if plan.settings.mode is Mode.CALLBACK and plan.tasks > MOST_CALLBACKS:
            sentence = f"{plan.tasks} callbacks a day; at most {MOST_CALLBACKS}, each has its time"
            yield ("campaigns", number, "tasks"), sentence


def _names_taken(key: str, names: list[str]) -> Iterator[tuple[Keys, str]]:
    for number, name in enumerate(names):
        if name in names[:number]:
            yield (key, number, "name"), f'"{name}" is taken; give each of the {key} its own name'


def _unknown_trunks(scenario: Scenario) -> Iterator[tuple[Keys, str]]:
    """Where trunks are named, a campaign's dial string must mean one of them, if it has one."""
    names = [trunk.name for trunk in scenario.trunks]
    for number, plan in enumerate(scenario.campaigns):
        name = trunk_name(plan.settings)
        if names and plan.settings.dial and name not in (*names, PLENTY):
            sentence = f'there is no trunk "{name}"; {nearest(name, names)}'
            yield ("campaigns", number, "settings", "dial"), sentence


def _at(node: Any, keys: Keys) -> tuple[Any, str]:
    """The node at these keys, or the last one on the way there; and the way, in words."""
    for key in keys:
        node = _below(node, key)
    return node, _words(keys)


def _below(node: Any, key: str | int) -> Any:
    """What stands under a key; the node itself, if nothing does."""
    if node.id == "sequence":
        return node.value[key]
    pairs = node.value if node.id == "mapping" else []
    return next((value for name, value in pairs if name.value == key), node)


def _words(keys: Keys) -> str:
    parts = (f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in keys)
    return "".join(parts).removeprefix(".")


# --- changing -----------------------------------------------------------------------------------


def _names(cls: type, *but: str) -> list[str]:
    return [each.name for each in fields(cls) if each.name not in but]


SITE = ("hours", "days", "stop_dialing_s", "commit_s", "originate_s", "join_s")
OF_TEAMS = _names(Team, "name")
OF_CALLEES = _names(Callees)
OF_CALLERS = ("per_hour", "patience")
CHANGEABLE = (*RULES, "tasks", *OF_CALLEES, *OF_CALLERS, *OF_TEAMS, *SITE)


def changed(scenario: Scenario, key: str, text: str) -> Scenario:
    """The scenario with one value changed wherever it stands: a setting or the people of all its
    campaigns, something of all its teams, or of the site. A queue stays one. Raises ConfigError."""
    found: list[tuple[Iterable[str], Callable[[Any], Scenario]]] = [
        # A team's `agents` are a number, a campaign's are names, which nobody has: teams first.
        (OF_TEAMS, lambda reader: replace(scenario, teams=_each(scenario.teams, reader))),
        (("mode",), lambda reader: _with_plans(scenario, "settings", reader, _dials)),
        (RULES, lambda reader: _with_plans(scenario, "settings", reader)),
        (("tasks",), lambda reader: replace(scenario, campaigns=_each(scenario.campaigns, reader))),
        (OF_CALLEES, lambda reader: _with_plans(scenario, "callees", reader)),
        (OF_CALLERS, lambda reader: _with_plans(scenario, "callers", reader, _is_called)),
        (SITE, lambda reader: reader(scenario)),
    ]
    for keys, put in found:
        if key in keys:
            value = put(_reader(key, text))
            faults = [f"{_words(keys)}: {said}" for keys, said in _mistakes(value)]
            if faults:
                raise ConfigError(faults)
            return value
    raise ConfigError([f"{key}: unknown key; {nearest(key, CHANGEABLE)}"])


def _each(parts: tuple[Any, ...], reader: Callable[[Any], Any]) -> tuple[Any, ...]:
    return tuple(reader(part) for part in parts)


def _is_called(plan: CampaignPlan) -> bool:
    return plan.settings.mode is Mode.INBOUND


def _dials(plan: CampaignPlan) -> bool:
    return not _is_called(plan)


def _with_plans(
    scenario: Scenario,
    name: str,
    reader: Callable[[Any], Any],
    concerns: Callable[[CampaignPlan], bool] = lambda plan: True,
) -> Scenario:
    plans = tuple(
        replace(plan, **{name: reader(getattr(plan, name))}) if concerns(plan) else plan
        for plan in scenario.campaigns
    )
    return replace(scenario, campaigns=plans)


def _reader(key: str, text: str) -> Callable[[Any], Any]:
    """How a part of the scenario is given `text` as the value of its `key`."""
    source = Source(key)
    (node,) = composed(key, f"{key}: {text}")

    def reader(part: Any) -> Any:
        how = read_settings if isinstance(part, CampaignSettings) else read
        value = how(node, type(part), source, "", part)
        if source.faults or value is None:
            raise ConfigError([fault.removeprefix(f"{key}:1: ") for fault in source.faults])
        return value

    return reader
