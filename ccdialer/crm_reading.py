"""Reads the section `crm` of config.yaml: each connector by its kind, secrets from their files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ccdialer.crm_settings import (
    KINDS,
    Connector,
    Crm,
    is_database,
    is_name,
    is_secret,
    is_sheltered,
    is_url,
)
from ccdialer.schema import Source, line_of, nearest, read

NEEDED = {"amocrm": "url", "rest": "url", "sql": "query", "csv": "path", "webhook": "url"}
SECRET_FILES = {
    "webhook_file": "webhook",
    "token_file": "token",
    "client_secret_file": "client_secret",
    "database_secret_file": "database",
    "secret_file": "secret",
}
SECRET_CHECKS = {"webhook": is_url, "database": is_database, "secret": is_secret}
ADDRESSES = ("webhook", "url")
ONE_OF_TWO = {
    "bitrix24": ("webhook", "webhook_file"),
    "sql": ("database", "database_secret_file"),
    "webhook": ("secret", "secret_file"),
}


def read_crm(node: Node, cls: type[Crm], source: Source, path: str, base: Crm) -> Crm | None:
    """The section; a connector is read by its `kind`. None if anything was wrong."""
    listed = _taken(node, "connectors")
    crm = read(node, cls, source, path, base)
    if listed is None:
        return crm
    if not isinstance(listed, SequenceNode):
        source.fault(listed, f"{path}.connectors", "expected a list of connectors")
        return None
    found = tuple(_connectors(listed, source, f"{path}.connectors"))
    if crm is None or len(found) < len(listed.value):
        return None
    return replace(crm, connectors=found)


def _taken(node: Node, name: str) -> Node | None:
    """What stands under a key, which is then no more in the mapping."""
    if not isinstance(node, MappingNode):
        return None
    for pair in node.value:
        if isinstance(pair[0], ScalarNode) and pair[0].value == name:
            node.value = [each for each in node.value if each is not pair]
            return pair[1]  # type: ignore[no-any-return]
    return None


def _connectors(listed: SequenceNode, source: Source, path: str) -> Iterator[Connector]:
    lines: dict[str, int] = {}
    for count, node in enumerate(listed.value, 1):
        found = _connector(node, source, f"{path}[{count}]")
        if found is None:
            continue
        if found.name in lines:
            sentence = f"there are two of that name, the first in line {lines[found.name]}"
            source.fault(node, f"{path}[{count}].name", f"{found.name}: {sentence}; name one")
            continue
        lines[found.name] = line_of(node)
        yield found


def _connector(node: Node, source: Source, path: str) -> Connector | None:
    kind = (
        next((value.value for key, value in getattr(node, "value", ()) if key.value == "kind"), "")
        if isinstance(node, MappingNode)
        else ""
    )
    if kind not in KINDS:
        sentence = f'expected a connector with a kind, found "{kind}"; {nearest(str(kind), KINDS)}'
        source.fault(node, f"{path}.kind", sentence)
        return None
    found: Connector | None = read(node, KINDS[kind], source, path)
    if found is None or not _is_whole(found, node, source, path):
        return None
    found = replace(found, name=found.name or found.kind)
    if fault := is_name(found.name):
        source.fault(node, f"{path}.name", f"expected {fault}")
        return None
    return found


def _is_whole(found: Connector, node: Node, source: Source, path: str) -> bool:
    """Whether it has what its kind cannot do without."""
    key = NEEDED.get(found.kind)
    if key and not getattr(found, key):
        source.fault(node, f"{path}.{key}", "missing")
        return False
    either = ONE_OF_TWO.get(found.kind, ())
    given = [key for key in either if getattr(found, key)]
    if either and len(given) != 1:
        source.fault(node, f"{path}.{either[0]}", f"give one of {' and '.join(either)}")
        return False
    return True


# --- secrets in files ---------------------------------------------------------------------------


def with_secrets(crm: Crm, folder: Path, source: Source) -> Crm:
    """The same with the secrets that are in files; paths are relative to the config's folder."""
    found = tuple(_opened(each, folder, source) for each in crm.connectors)
    for each in found:
        for key in ADDRESSES:
            if expected := is_sheltered(getattr(each, key, ""), crm.private):
                place = f"{source.name}: crm.connectors.{each.name}.{key}"
                source.faults.append(f"{place}: expected {expected}")
    return replace(crm, connectors=found)


def _opened(connector: Connector, folder: Path, source: Source) -> Connector:
    changes: dict[str, str] = {}
    for key in ("path", "ca_file"):
        if given := getattr(connector, key, ""):
            changes[key] = str(folder / given)
    for each in fields(connector):
        name = getattr(connector, each.name) if each.name in SECRET_FILES else ""
        if name:
            key = SECRET_FILES[each.name]
            place = f"crm.connectors.{connector.name}.{each.name}"
            changes[key] = _secret(folder / name, key, f"{source.name}: {place}: {name}", source)
    return replace(connector, **changes)  # type: ignore[arg-type]


def _secret(path: Path, key: str, place: str, source: Source) -> str:
    """What is in the file; it is held to the same rules as in the config."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        source.faults.append(f"{place}: {getattr(error, 'strerror', None) or 'not UTF-8'}")
        return ""
    if key in SECRET_CHECKS and (expected := SECRET_CHECKS[key](text)):
        source.faults.append(f"{place}: expected {expected}")
    return text
