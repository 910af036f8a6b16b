"""Reads and writes trunks.yaml: what `trunk apply` takes and `trunk export` gives."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ccdialer.core.trunk import Rate
from ccdialer.errors import ConfigError
from ccdialer.provider import Account, Provider, secret
from ccdialer.schema import Source, documents, read, setting
from ccdialer.trunk_entry import TrunkEntry, price_of
from ccdialer.writing import written

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class TrunkFile:
    """trunks.yaml as a whole."""

    trunks: tuple[TrunkEntry, ...] = setting((), "The trunks of the site, all of them.")


# --- reading ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FoundTrunk:
    """A trunk of a file, with the password that its entry refers to."""

    entry: TrunkEntry
    password: str

    @property
    def account(self) -> Account:
        return Account(self.entry.name, self.entry.provider, self.password)


def read_trunks(path: Path | str, environment: Mapping[str, str] | None = None) -> list[FoundTrunk]:
    """The trunks of a file. Raises ConfigError with every fault that is in it.

    `environment` is what the password `${NAME}` is taken from; the process's own if not given.
    """
    path, folder = Path(path), Path(path).parent
    source = Source(path.name)  # no environment: a reference stays one, for the database
    root, *more = documents(path)
    for node in more:
        source.fault(node, "file", "a second YAML document; all trunks of a site stand in one")
    places = [_with_prices_alone(node) for node in _places(root)]
    file = read(root, TrunkFile, source)
    if file is not None and not file.trunks:
        source.fault(root, "trunks", "expected at least one; `ccdialer trunk disable` rests one")
    known = os.environ if environment is None else environment
    secrets = [
        _Secret(_provider_at(node), node, source, f"trunks[{number}].provider").read(folder, known)
        for number, node in enumerate(places, 1)
    ]
    if file is not None:
        _refuse_twins(file.trunks, places, source)
    if file is None or source.faults:
        raise ConfigError(source.faults)
    return [FoundTrunk(*pair) for pair in zip(file.trunks, secrets, strict=True)]


def _provider_at(node: Node) -> Provider:
    """What the trunk there says of its provider; the faults in it are told elsewhere."""
    section = _below(node, "provider")
    found = None if section is node else read(section, Provider, Source(""))
    return found or Provider()


def _places(root: Node) -> list[Node]:
    """Where each trunk stands; of a file that is not like that, nothing: `read` will tell."""
    listed = _below(root, "trunks")
    return list(listed.value) if isinstance(listed, SequenceNode) else []


def _below(node: Node, key: str) -> Node:
    """What stands under a key; the node itself, if nothing does."""
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for name, value in pairs if name.value == key), node)


def _with_prices_alone(trunk: Node) -> Node:
    """`7495: 0.9` among the prices is short for `7495: {price: 0.9}`."""
    prices = _below(trunk, "prices")
    if isinstance(prices, MappingNode) and prices is not trunk:
        prices.value = [(key, _under_price(value)) for key, value in prices.value]
    return trunk


def _under_price(node: Node) -> Node:
    if not isinstance(node, ScalarNode):
        return node
    marks = node.start_mark, node.end_mark
    return MappingNode("", [(ScalarNode("", "price", *marks), node)], *marks)


def _refuse_twins(trunks: Sequence[TrunkEntry], places: Sequence[Node], source: Source) -> None:
    names: set[str] = set()
    for entry, node in zip(trunks, places, strict=True):
        if entry.name in names:
            source.fault(node, "trunks", f'"{entry.name}" is taken; give each trunk its own name')
        names.add(entry.name)


@dataclass(frozen=True, slots=True)
class _Secret:
    """The password of a trunk, and where faults in it are told."""

    provider: Provider
    node: Node
    source: Source
    path: str

    def read(self, folder: Path, environment: Mapping[str, str]) -> str:
        """The password itself; empty, and a fault, if it cannot be had."""
        given = self.provider
        if given.password and given.password_file:
            return self._wrong("password", "password_file is given too; keep one")
        if not given.login:
            stray = given.password or given.password_file
            return self._wrong("password", "there is no login for it") if stray else ""
        if given.password_file:
            return self._of_file(folder / given.password_file)
        reference = _REFERENCE.fullmatch(given.password)
        if reference is None:
            return given.password or self._wrong("login", "password or password_file is missing")
        if reference[1] not in environment:
            return self._wrong("password", f"set the environment variable {reference[1]}")
        return self._checked("password", environment[reference[1]])

    def _of_file(self, path: Path) -> str:
        try:
            found = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            return self._wrong("password_file", f"{self.provider.password_file}: {reason}")
        return self._checked("password_file", found)

    def _checked(self, key: str, found: str) -> str:
        wanted = secret(found) or ("" if found else "it is empty")
        return self._wrong(key, f"what it refers to is no password: {wanted}") if wanted else found

    def _wrong(self, key: str, sentence: str) -> str:
        section = _below(self.node, "provider")
        self.source.fault(_below(section, key), f"{self.path}.{key}", sentence)
        return ""


# --- writing ------------------------------------------------------------------------------------


def with_prices(entry: TrunkEntry, rates: Iterable[Rate], price_file: str = "") -> TrunkEntry:
    """A kept entry with its prices again, and others in a file."""
    prices = {rate.prefix: price_of(entry, rate) for rate in rates}
    return replace(entry, prices=prices, price_file=price_file)


def trunks_text(entries: Iterable[TrunkEntry]) -> str:
    """A file that `read_trunks` reads back to the same entries."""
    return written(TrunkFile(tuple(entries)))


def without_password(entry: TrunkEntry) -> TrunkEntry:
    """The entry as it may be kept: prices have a place of their own, and in place of a password
    there is the name of a variable."""
    password = entry.provider.password
    if password and not _REFERENCE.fullmatch(password):
        word = re.sub(r"[^A-Z0-9]", "_", entry.name.upper())
        password = f"${{TRUNK_{word}_PASSWORD}}"
    return replace(entry, prices={}, provider=replace(entry.provider, password=password))
