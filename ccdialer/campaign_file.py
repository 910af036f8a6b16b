"""Reads and writes campaign files: what `campaign apply` takes and `campaign export` gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ccdialer.campaign_rules import PLACE_RULES
from ccdialer.campaign_rules import RULES as RULES
from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.disposition import Disposition
from ccdialer.core.result import fault, of_words
from ccdialer.durations import in_seconds
from ccdialer.errors import ConfigError
from ccdialer.key_values import WHERE, faults_of, page_of_words
from ccdialer.schema import Source, Spec, documents, line_of, plain, read_mapping, specs_of
from ccdialer.writing import differing

AGENT_FIRST_MODES = frozenset({Mode.PROGRESSIVE, Mode.CALLBACK, Mode.PREVIEW})
"""Each call of theirs has its agent before it is placed."""


@dataclass(frozen=True, slots=True)
class CampaignEntry:
    """One campaign of a file: where it belongs, its name, its settings."""

    project: str
    name: str
    settings: CampaignSettings


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
        mode, better = values["mode"], " or ".join(sorted(AGENT_FIRST_MODES))
        sentence = f"a {mode} campaign dials before an agent is chosen; use {better}"
        source.fault(_key_node(node, "agent_first", "mode"), f"{before}agent_first", sentence)
    for digit, words in values["result_codes"].items():
        given = of_words(words)
        if given is not None and (sentence := fault(_Vocabulary(values), given)):
            place = _key_node(node, "result_codes", "success_kinds", "refusal_reasons")
            source.fault(place, f"{before}result_codes.{digit}", sentence)


class _Vocabulary:
    """The results that the values of a file know."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.success_kinds: tuple[str, ...] = values["success_kinds"]
        self.refusal_reasons: tuple[str, ...] = values["refusal_reasons"]


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


def campaigns_text(entries: Iterable[CampaignEntry], is_short: bool = False) -> str:
    """A file that `read_campaigns` reads back to the same entries; one YAML document for each.
    A short one leaves out what is as shipped."""
    return "---\n".join(_document(entry, is_short) for entry in entries)


def _document(entry: CampaignEntry, is_short: bool) -> str:
    settings = page_of(entry.settings)
    if is_short:
        settings = _unlike(settings, page_of(CampaignSettings(dial="")))
    page = {"project": entry.project, "name": entry.name} | settings
    return yaml.safe_dump(plain(page), sort_keys=False, allow_unicode=True, width=1000)


def _unlike(page: dict[str, Any], shipped: dict[str, Any]) -> dict[str, Any]:
    """What differs; of the pauses, which are read over the shipped ones, each by itself."""
    found = {key: value for key, value in page.items() if value != shipped[key]}
    if pauses := found.get("retry_after_s"):
        found["retry_after_s"] = _unlike(pauses, shipped["retry_after_s"])
    return found


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
