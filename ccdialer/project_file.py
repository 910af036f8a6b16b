"""Reads and writes project files: what `project apply` takes and `project export` gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from ccdialer.core.project import ProjectSettings
from ccdialer.durations import in_seconds
from ccdialer.errors import ConfigError
from ccdialer.key_values import WHERE, faults_of, page_of_words
from ccdialer.schema import Source, Spec, documents, line_of, plain, read_mapping, specs_of

RULES: dict[str, dict[str, Any]] = {
    "distribution": {
        "doc": "Who gets the next client: longest_idle, or fewest_calls or least_talk of today."
    },
}
"""The sentence and the limits of each setting."""


@dataclass(frozen=True, slots=True)
class ProjectEntry:
    """One project of a file."""

    name: str
    settings: ProjectSettings


def _name(value: str) -> str:
    fits = value and value == value.strip() and value.isprintable() and len(value) <= 100
    return "" if fits else "a name of 1 to 100 printable characters"


def specs() -> dict[str, Spec]:
    """The keys of a project in a file, in order."""
    name = Spec(str, MISSING, {"doc": "Its name, such as sales.", "check": _name})
    return {"name": name} | specs_of(ProjectSettings, RULES)


def read_projects(path: Path | str) -> list[ProjectEntry]:
    """The projects of a file: one, several YAML documents, or a list under `projects:`.

    Raises ConfigError with every fault that is in it.
    """
    path = Path(path)
    source = Source(path.name)
    places: dict[str, int] = {}
    found = []
    for node in (each for page in documents(path) for each in _listed(page)):
        values = read_mapping(in_seconds(node), specs(), source)
        if values is None:
            continue
        name = values.pop("name")
        if name in places:
            source.fault(node, name, f"the project is here twice, first in line {places[name]}")
        places[name] = line_of(node)
        found.append(ProjectEntry(name, ProjectSettings(**values)))
    if source.faults or not found:
        raise ConfigError(source.faults or [f"{path.name}: there is no project in it"])
    return found


def _listed(node: Node) -> list[Node]:
    """What stands in the list under `projects:`; of a page without one, the page."""
    if isinstance(node, MappingNode) and len(node.value) == 1:
        key, value = node.value[0]
        if key.value == "projects" and isinstance(value, SequenceNode):
            return list(value.value)
    return [node]


def changed(settings: ProjectSettings, words: Iterable[str]) -> ProjectSettings:
    """The settings with `key=value` over them. Raises ConfigError with every fault."""
    source = Source(WHERE)
    known = {
        key: replace(spec, default=getattr(settings, key))
        for key, spec in specs_of(ProjectSettings, RULES).items()
    }
    page = in_seconds(page_of_words(words, "distribution=fewest_calls"))
    values = read_mapping(page, known, source)
    if values is None:
        raise ConfigError(faults_of(source))
    return ProjectSettings(**values)


def projects_text(entries: Iterable[ProjectEntry]) -> str:
    """A file that `read_projects` reads back to the same entries; one YAML document for each."""
    pages = ({"name": entry.name} | asdict(entry.settings) for entry in entries)
    texts = (yaml.safe_dump(plain(page), sort_keys=False, allow_unicode=True) for page in pages)
    return "---\n".join(texts)
