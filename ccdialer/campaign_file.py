"""Reads and writes campaign files: what `campaign apply` takes and `campaign export` gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.daytimes import DAILY, mistake_in
from ccdialer.core.disposition import Disposition
from ccdialer.core.schedule import is_zone
from ccdialer.durations import in_seconds
from ccdialer.errors import ConfigError
from ccdialer.key_values import WHERE, faults_of, page_of_words
from ccdialer.schema import Source, Spec, documents, line_of, plain, read_mapping, specs_of
from ccdialer.writing import differing

LONGEST_RETRY_S = 90 * 86400.0
AGENT_FIRST_MODES = frozenset({Mode.PROGRESSIVE})
"""Each call of theirs has its agent before it is placed."""


@dataclass(frozen=True, slots=True)
class CampaignEntry:
    """One campaign of a file: where it belongs, its name, its settings."""

    project: str
    name: str
    settings: CampaignSettings


# --- checks: what was expected, or an empty string ----------------------------------------------


def _name(value: str) -> str:
    fits = value and value == value.strip() and value.isprintable() and len(value) <= 100
    return "" if fits else "a name of 1 to 100 printable characters"


def _dial(value: str) -> str:
    # An ampersand would ring several endpoints with one originate.
    whole = re.fullmatch(r"[A-Za-z0-9]+/[^\s&,]+", value)
    place = "{digits}" in value or "{e164}" in value
    rest = value.replace("{digits}", "").replace("{e164}", "")
    fits = whole and place and not set("{}") & set(rest)
    return "" if fits else "a dial string with {digits} or {e164}, such as PJSIP/{digits}@trunk"


def _caller_id(value: str) -> str:
    fits = re.fullmatch(r'(\+?[0-9]{2,20}|"[^"<>\x00-\x1f]{0,60}" <\+?[0-9]{2,20}>)?', value)
    return "" if fits else 'a number, or "Name" <number>, or nothing'


def _sounds(value: str) -> str:
    uri = r"(sound|recording|number|digits|characters|tone):[^\s,]+"
    return (
        "" if re.fullmatch(rf"({uri}(,{uri})*)?", value) else "media such as sound:ccdialer/sorry"
    )


def _clock(value: str) -> str:
    fits = re.fullmatch(r"(([01][0-9]|2[0-3]):[0-5][0-9])?", value)
    return "" if fits else "a time of the day such as 20:00, or nothing"


def _zone(value: str) -> str:
    return "" if not value or is_zone(value) else "a time zone such as Europe/Moscow, or nothing"


RULES: dict[str, dict[str, Any]] = {
    "dial": {"doc": "Dial string; {digits} is the number, {e164} has its plus.", "check": _dial},
    "mode": {"doc": "predictive, progressive (a call per free agent) or power (several)."},
    # whom, and when he may be called
    "calling_hours": {
        "doc": "When clients are called, by clocks at their place: always, or hours by day.",
        "check": mistake_in,
        "alone": DAILY,
    },
    "zone": {
        "doc": "Where clients live whose task and number tell no zone: Europe/Moscow.",
        "check": _zone,
    },
    # by which agent
    "priority": {"doc": "Of shared agents, 9 gets them first.", "least": 0, "most": 9},
    "weight": {
        "doc": "Share of shared agents among campaigns of equal priority.",
        "least": 0.01,
        "most": 100,
    },
    "agent_first": {"doc": "Ring the agent, and when he is there, the client."},
    # through which line
    "caller_id": {"doc": "What clients see; empty: the trunk's own.", "check": _caller_id},
    "max_lines": {"doc": "Calls at once, talking included.", "least": 1, "most": 10000},
    # how many at once
    "lines_per_agent": {"doc": "power: calls per free agent.", "least": 1, "most": 20},
    "max_abandonment": {
        "doc": "Share of live answers that may meet no agent.",
        "least": 0,
        "most": 0.1,
    },
    "abandonment_window": {"doc": "Where that holds: on each day, or (month) over 30 days."},
    "day_ends": {
        "doc": "When dialing usually ends, by the site's clocks; empty: with the hours in zone.",
        "check": _clock,
    },
    # one call
    "ring_timeout_s": {"doc": "An unanswered call is let go after this.", "least": 5, "most": 180},
    "min_ring_s": {"doc": "And not before this, without agents.", "least": 0, "most": 120},
    "connect_within_s": {
        "doc": "A live answer with no agent by then is abandoned.",
        "least": 0.1,
        "most": 30,
    },
    "max_call_s": {"doc": "No call outlives this.", "least": 10, "most": 86400},
    "safe_harbour": {"doc": "What an abandoned client hears; empty: nothing.", "check": _sounds},
    "announce": {"doc": "What the agent hears before the client.", "check": _sounds},
    "amd": {"doc": "Tell answering machines from people (app_amd)."},
    # after it
    "wrap_up_s": {"doc": "Limit of wrap-up; 0: available at once.", "least": 0, "most": 3600},
    # again
    "max_attempts": {"doc": "Attempts that count, over all numbers.", "least": 1, "most": 100},
    "max_uncounted": {
        "doc": "Of so many attempts in a row that do not count, the last one counts.",
        "least": 1,
        "most": 1000,
    },
    "retry_rules": {"doc": "Rules over those pauses; the first that fits an outcome decides."},
    "retry_after_s": {
        "doc": "Pause before the next attempt, by the result of the last one.",
        "least": 0,
        "most": LONGEST_RETRY_S,
    },
    "best_hour": {"doc": "Call again in hours in which people answer, learned from its calls."},
    "best_hour_within_s": {
        "doc": "And never later than the pause and this.",
        "least": 3600,
        "most": 604800,
    },
}
"""What holds for each setting: its sentence and its limits. Times in seconds."""

PLACE_RULES: dict[str, dict[str, Any]] = {
    "project": {"doc": "The project it belongs to, such as sales.", "check": _name},
    "name": {"doc": "Its name, one per project.", "check": _name},
}


def specs() -> dict[str, Spec]:
    """The keys of a campaign in a file, in order."""
    place = {key: Spec(str, MISSING, rules) for key, rules in PLACE_RULES.items()}
    return place | specs_of(CampaignSettings, RULES)


# --- reading ------------------------------------------------------------------------------------


def read_campaigns(path: Path | str) -> list[CampaignEntry]:
    """The campaigns of a file: one, several YAML documents, or a list under `campaigns:`.

    Raises ConfigError with every fault that is in it.
    """
    path = Path(path)
    source = Source(path.name)
    entries: dict[tuple[str, str], Node] = {}
    found = []
    for node in _campaign_nodes(documents(path), source):
        entry = _entry(node, source)
        if entry is None:
            continue
        place = (entry.project, entry.name)
        if place in entries:
            first = line_of(entries[place])
            source.fault(node, entry.name, f"the campaign is here twice, first in line {first}")
        entries[place] = node
        found.append(entry)
    if source.faults or not found:
        raise ConfigError(source.faults or [f"{path.name}: there is no campaign in it"])
    return found


def _campaign_nodes(found: Iterable[Node], source: Source) -> Iterable[Node]:
    for node in found:
        listed = _listed(node)
        if listed is None:
            yield node
        elif isinstance(listed, SequenceNode):
            yield from listed.value
        else:
            source.fault(listed, "campaigns", "expected a list of campaigns")


def _listed(node: Node) -> Node | None:
    """What stands under `campaigns:`, where that is all there is."""
    if isinstance(node, MappingNode) and len(node.value) == 1:
        key, value = node.value[0]
        if isinstance(key, ScalarNode) and key.value == "campaigns":
            return value  # type: ignore[no-any-return]
    return None


def _entry(node: Node, source: Source) -> CampaignEntry | None:
    values = read_mapping(in_seconds(node), specs(), source)
    if values is None:
        return None
    place = {key: values.pop(key) for key in PLACE_RULES}
    return CampaignEntry(**place, settings=_settings(values, node, source, ""))


def read_settings(
    node: Node, cls: type[CampaignSettings], source: Source, path: str, base: CampaignSettings
) -> CampaignSettings | None:
    """A campaign's settings where they stand alone; what is not given is as in `base`."""
    values = read_mapping(in_seconds(node), specs_of(cls, RULES, base), source, path)
    before = f"{path}." if path else ""
    return None if values is None else _settings(values, node, source, before)


def _settings(values: dict[str, Any], node: Node, source: Source, before: str) -> CampaignSettings:
    """Values that are right each by itself; `before` stands before their keys in a fault."""
    _hold_together(values, node, source, before)
    values["retry_after_s"] = _merged(values["retry_after_s"], node, source, before)
    return CampaignSettings(**values)


def _hold_together(values: Mapping[str, Any], node: Node, source: Source, before: str) -> None:
    ring, least = values["ring_timeout_s"], values["min_ring_s"]
    if ring < least:
        sentence = f"{plain(ring)} is less than min_ring_s, which is {plain(least)}"
        place = _key_node(node, "ring_timeout_s", "min_ring_s")
        source.fault(place, f"{before}ring_timeout_s", sentence)
    if values["agent_first"] and values["mode"] not in AGENT_FIRST_MODES:
        sentence = f"a {values['mode']} campaign dials before an agent is chosen; use progressive"
        source.fault(_key_node(node, "agent_first", "mode"), f"{before}agent_first", sentence)


def _merged(
    given: Mapping[Disposition, float], node: Node, source: Source, before: str
) -> dict[Disposition, float]:
    """The pauses in the file over the shipped ones."""
    shipped = CampaignSettings(dial="").retry_after_s
    for disposition in given:
        if disposition not in shipped:
            sentence = f"a task whose result is {disposition} is not dialed again; remove it"
            place = f"{before}retry_after_s.{disposition}"
            source.fault(_key_node(node, "retry_after_s"), place, sentence)
    return {**shipped, **given}


def _key_node(node: Node, *names: str) -> Node:
    """Where one of the keys stands; the mapping itself if none does."""
    for key, _ in node.value:
        if key.value in names:
            return key  # type: ignore[no-any-return]
    return node


# --- changing -----------------------------------------------------------------------------------


def changed(settings: CampaignSettings, words: Iterable[str]) -> CampaignSettings:
    """The settings with `key=value` over them; `retry_after_s.busy=60` is one of the pauses.

    Raises ConfigError with every fault.
    """
    node = page_of_words(words, "max_abandonment=0.02")
    source = Source(WHERE)
    known = {
        key: replace(spec, default=getattr(settings, key))
        for key, spec in specs_of(CampaignSettings, RULES).items()
    }
    values = read_mapping(in_seconds(node), known, source)
    if values is not None:
        _hold_together(values, node, source, "")
        pauses = values["retry_after_s"]
        _merged(pauses, node, source, "")
        values["retry_after_s"] = settings.retry_after_s | pauses
    if values is None or source.faults:
        raise ConfigError(faults_of(source))
    return CampaignSettings(**values)


# --- writing ------------------------------------------------------------------------------------


def campaigns_text(entries: Iterable[CampaignEntry]) -> str:
    """A file that `read_campaigns` reads back to the same entries; one YAML document for each."""
    return "---\n".join(_document(entry) for entry in entries)


def _document(entry: CampaignEntry) -> str:
    page = {"project": entry.project, "name": entry.name} | page_of(entry.settings)
    return yaml.safe_dump(plain(page), sort_keys=False, allow_unicode=True, width=1000)


def page_of(settings: CampaignSettings) -> dict[str, Any]:
    """Settings as plain data; of the items of a list only what differs from their defaults."""
    lists = {
        key: [differing(item, type(item)()) for item in value]
        for key, value in vars_of(settings).items()
        if isinstance(value, tuple) and value and is_dataclass(value[0])
    }
    return asdict(settings) | lists


def vars_of(settings: CampaignSettings) -> dict[str, Any]:
    """Every setting by name, as it is."""
    return {each.name: getattr(settings, each.name) for each in fields(settings)}
