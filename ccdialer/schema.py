"""YAML text into frozen dataclasses, which are the schema; every mistake is named at its line."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, is_dataclass
from enum import StrEnum
from math import isfinite
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ccdialer.errors import ConfigError

T = TypeVar("T")
Check = Callable[[Any], str]

MAX_BYTES, MAX_DEPTH = 1_000_000, 20
_SECRET = re.compile("password|secret|token|webhook|headers")
_WHOLE = re.compile(r"[-+]?\d{1,18}")
_DECIMAL = re.compile(r"[-+]?(\d{1,18}(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
_VARIABLE = re.compile(r"\$?\$\{([^}]*)\}")
_BOOLS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NULLS = ("", "~", "null")


def setting(default: Any, doc: str, **rules: Any) -> Any:
    """A field of a dataclass that is read from a file: its default, its sentence, its rules.

    `rules`: `least` and `most` bound a number, or every number of a list or mapping; `check` takes
    the value and returns what was expected of it, or an empty string when it is right. `alone` is
    the key of a section or mapping under which a value goes that stands alone: with `mean_s`,
    `talk: 120` means `talk: {mean_s: 120}`. `reader` reads a section in place of `read`.
    """
    metadata = {"doc": doc, **rules}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Spec:
    """What is known of one key: its type, its default (MISSING: it must be given), its rules."""

    type: Any
    default: Any
    rules: Mapping[str, Any]


@dataclass(slots=True)
class Source:
    """A file while it is read: its name, the environment that `${NAME}` means, and the faults."""

    name: str
    environment: Mapping[str, str] | None = None  # None: `${NAME}` has no meaning in this file
    faults: list[str] = field(default_factory=list)

    def fault(self, node: Node, path: str, sentence: str) -> None:
        self.faults.append(f"{self.name}:{line_of(node)}: {path}: {sentence}")


class _Wrong(Exception):
    """A value is not what its type demands; says what was expected, and which item is wrong."""

    def __init__(self, expected: str, item: str = "") -> None:
        super().__init__(expected)
        self.item = item  # empty: all that was given


# --- the dataclasses ----------------------------------------------------------------------------


def specs_of(
    cls: type, rules: Mapping[str, Mapping[str, Any]] | None = None, base: Any = None
) -> dict[str, Spec]:
    """The keys of a dataclass, in order. `rules` by field name stand in for its own metadata, the
    values of `base`, one of its kind, for its defaults."""
    hints = get_type_hints(cls)
    specs = {}
    for each in dataclasses.fields(cls):
        default = each.default if base is None else getattr(base, each.name)
        if base is None and each.default_factory is not MISSING:
            default = each.default_factory()
        elif is_dataclass(hints[each.name]) and default is MISSING:
            default = hints[each.name]()
        known = rules[each.name] if rules else each.metadata
        specs[each.name] = Spec(hints[each.name], default, known)
    return specs


def describe(specs: Mapping[str, Spec], path: str = "") -> Iterator[tuple[str, Spec]]:
    """Every key path with its spec, sections before their keys: what a reference page lists."""
    for key, spec in specs.items():
        yield f"{path}{key}", spec
        if is_dataclass(spec.type):
            yield from describe(specs_of(_class(spec.type), base=spec.default), f"{path}{key}.")


def example(cls: type) -> str:
    """A YAML file with every key, its default, and its sentence as a comment above it."""
    lines: list[str] = []
    for path, spec in describe(specs_of(cls)):
        *sections, key = path.split(".")
        indent = "  " * len(sections)
        if not sections and lines:
            lines.append("")
        lines.append(f"{indent}# {spec.rules['doc']}")
        value = "" if is_dataclass(spec.type) else " " + _flow(spec.default)
        lines.append(f"{indent}{key}:{value}")
    return "\n".join(lines) + "\n"


def plain(value: Any) -> Any:
    """A value as plain YAML data: enums by value, tuples as lists, whole floats as integers."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _flow(value: Any) -> str:
    text = yaml.safe_dump(plain(value), default_flow_style=True, width=1000, allow_unicode=True)
    return '""' if value == "" else text.removesuffix("\n").removesuffix("\n...")


def _class(of_type: Any) -> type:
    return of_type if isinstance(of_type, type) else type(of_type)


# --- the text -----------------------------------------------------------------------------------


def documents(path: Path) -> list[Node]:
    """The YAML documents of a file, composed and not constructed: every node knows its line.
    Raises ConfigError with one sentence when the file cannot be read as YAML at all."""
    return composed(path.name, text_of(path))


def composed(name: str, text: str) -> list[Node]:
    """The same of a text; `name` stands before its faults."""
    try:
        _refuse_bombs(name, text)
        found = [node for node in yaml.compose_all(text, yaml.SafeLoader) if node is not None]
    except yaml.MarkedYAMLError as error:
        raise ConfigError([_not_yaml(name, error)]) from None
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise ConfigError([f"{name}: not YAML: {str(error).splitlines()[0]}"]) from None
    if not found:
        raise ConfigError([f"{name}: the file is empty"])
    return found


def text_of(path: Path) -> str:
    """The text of a file. Raises ConfigError."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    if len(raw) > MAX_BYTES:
        raise ConfigError([f"{path.name}: larger than {MAX_BYTES} bytes; is it the right file?"])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError([f"{path.name}:{line}: not UTF-8; save the file as UTF-8"]) from None


def _refuse_bombs(name: str, text: str) -> None:
    """Aliases can make a page of text mean a billion values, and deep nesting ends the stack."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = _line(event.start_mark)
            sentence = f"aliases are not read here; write the value of *{event.anchor} out"
            raise ConfigError([f"{name}:{line}: {sentence}"])
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ConfigError([f"{name}:{_line(event.start_mark)}: nested too deeply"])


def _not_yaml(name: str, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    place = f"{name}:{mark.line + 1}" if mark else name
    problem = str(error.problem or error.context)
    if "'\\t'" in problem:
        problem = "a tab; YAML is indented with spaces"
    return f"{place}: not YAML: {problem}"


def line_of(node: Node) -> int:
    """The line of a node, from 1."""
    return _line(node.start_mark)


def _line(mark: Any) -> int:
    return int(mark.line) + 1


# --- nodes into values --------------------------------------------------------------------------


def read(
    node: Node, cls: type[T], source: Source, path: str = "", base: T | None = None
) -> T | None:
    """A dataclass from a mapping; None if anything was wrong, `source.faults` says what.

    What is not given is as in `base`, or has its default. A dataclass whose values must go together
    has a method `mistake`: what does not, in a sentence, or an empty string.
    """
    values = read_mapping(node, specs_of(cls, base=base), source, path)
    value = None if values is None else cls(**values)
    if not (mistake := getattr(value, "mistake", str)()):
        return value
    source.fault(node, path or "file", mistake)
    return None


def read_mapping(
    node: Node, specs: Mapping[str, Spec], source: Source, path: str = ""
) -> dict[str, Any] | None:
    """The values of the known keys, defaults filled in; None if anything was wrong."""
    before = len(source.faults)
    if not isinstance(node, MappingNode):
        source.fault(node, path or "file", f"expected keys and values, found {_found(node)}")
        return None
    given = _entries(node, source, path)
    values: dict[str, Any] = {}
    for key, (key_node, value_node) in given.items():
        if key not in specs:
            source.fault(key_node, _join(path, key), f"unknown key; {nearest(key, specs)}")
            continue
        values[key] = _value(value_node, specs[key], source, _join(path, key))
    for key, spec in specs.items():
        if key not in given and spec.default is MISSING:
            source.fault(node, _join(path, key), f"missing: {spec.rules['doc']}")
        values.setdefault(key, spec.default)
    return values if len(source.faults) == before else None


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean password?`, or all that is known."""
    names = list(known)
    close = difflib.get_close_matches(word.lower(), names, 1, 0.6)
    return f"did you mean {close[0]}?" if close else f"known: {', '.join(names)}"


def _entries(node: MappingNode, source: Source, path: str) -> dict[str, tuple[Node, Node]]:
    entries: dict[str, tuple[Node, Node]] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode):
            source.fault(key_node, path or "file", f"expected a key, found {_found(key_node)}")
        elif key_node.value in entries:
            first = line_of(entries[key_node.value][0])
            sentence = f"given twice, first in line {first}"
            source.fault(key_node, _join(path, key_node.value), sentence)
        else:
            entries[key_node.value] = (key_node, value_node)
    return entries


def _value(node: Node, spec: Spec, source: Source, path: str) -> Any:
    given = node
    if "alone" in spec.rules and isinstance(node, ScalarNode) and not _is_null(node):
        node = _under(spec.rules["alone"], node)
    if is_dataclass(spec.type):
        return spec.rules.get("reader", read)(node, spec.type, source, path, spec.default)
    try:
        value = _typed(node, spec.type, source, path)
        _hold(value, spec.rules)
    except _Wrong as expected:
        shown = "what is not shown here" if _SECRET.search(path) else expected.item or _found(given)
        source.fault(node, path, f"expected {expected}, found {shown}")
        return spec.default
    return value


def _typed(node: Node, wanted: Any, source: Source, path: str) -> Any:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in (Union, UnionType):
        if _is_null(node):
            return None
        return _typed(node, next(a for a in arguments if a is not NoneType), source, path)
    if origin is tuple:
        if not isinstance(node, SequenceNode):
            raise _Wrong("a list")
        items = enumerate(node.value, 1)
        return tuple(_typed(item, arguments[0], source, f"{path}[{n}]") for n, item in items)
    if origin is dict:
        if not isinstance(node, MappingNode):
            raise _Wrong("keys and values")
        return _typed_dict(node, arguments, source, path)
    if is_dataclass(wanted):
        return read(node, _class(wanted), source, path)
    return _scalar(_text(node, source, path, wanted), wanted)


def _under(key: object, node: Node) -> Node:
    """A value that stands alone, as the only one of a mapping."""
    marks = node.start_mark, node.end_mark
    return MappingNode("", [(ScalarNode("", str(key), *marks), node)], *marks)


def _typed_dict(node: MappingNode, types: tuple[Any, ...], source: Source, path: str) -> Any:
    typed = {}
    for key, (key_node, value_node) in _entries(node, source, path).items():
        place = _join(path, key)
        try:
            name = _scalar(key, types[0])
        except _Wrong as expected:
            source.fault(key_node, place, f"unknown key; expected {expected}")
            continue
        typed[name] = _value(value_node, Spec(types[1], None, {}), source, place)
    return typed


def _text(node: Node, source: Source, path: str, wanted: Any) -> str:
    if not isinstance(node, ScalarNode) or _is_null(node):
        raise _Wrong(_words(wanted))
    if source.environment is None:
        return str(node.value)

    def expand(match: re.Match[str]) -> str:
        if match[0].startswith("$$"):
            return match[0][1:]
        if match[1] not in (source.environment or {}):
            raise _Wrong(f"the environment variable {match[1]} to be set")
        return (source.environment or {})[match[1]]

    return _VARIABLE.sub(expand, node.value)


def _scalar(text: str, wanted: Any) -> Any:
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        if text not in list(wanted):
            close = difflib.get_close_matches(text.lower(), list(wanted), 1, 0.6)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise _Wrong(f"one of {', '.join(wanted)}{hint}")
        return wanted(text)
    if wanted is bool and text.lower() in _BOOLS:
        return _BOOLS[text.lower()]
    if wanted is int and _WHOLE.fullmatch(text):
        return int(text)
    if wanted is float and _DECIMAL.fullmatch(text) and isfinite(float(text)):
        return float(text)
    if wanted is str:
        return text
    raise _Wrong(_words(wanted))


def _hold(value: Any, rules: Mapping[str, Any]) -> None:
    """Refuse a value outside its rules."""
    least, most = rules.get("least"), rules.get("most")
    items = value.values() if isinstance(value, dict) else value
    for item in items if isinstance(value, dict | tuple) else [value]:
        if isinstance(item, int | float) and not isinstance(item, bool):
            low, high = least is not None and item < least, most is not None and item > most
            if low or high:
                raise _Wrong(_range(least, most), f'"{plain(item)}"')
    if "check" in rules and (expected := rules["check"](value)):
        raise _Wrong(expected)


def _range(least: Any, most: Any) -> str:
    if most is None:
        return f"{least} or more"
    return f"{most} or less" if least is None else f"{least} to {most}"


def _words(wanted: Any) -> str:
    names = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return f"one of {', '.join(wanted)}"
    return names.get(wanted, "a value")


def _is_null(node: Node) -> bool:
    unquoted = isinstance(node, ScalarNode) and node.style is None
    return unquoted and node.value.lower() in _NULLS


def _found(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return "nothing" if _is_null(node) else f'"{node.value[:60]}"'
    return "a list" if isinstance(node, SequenceNode) else "keys and values"


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
