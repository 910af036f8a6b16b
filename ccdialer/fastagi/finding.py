"""Finds scripts: one file, one function, in the shipped folder and in the site's own.

A file that is broken is told and left out; where it ran before, what ran goes on running. A site's
script of a shipped one's name takes its place.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType, ModuleType

from ccdialer.fastagi.script import MARK, NAMES, Script

LOADS_S = 5.0
"""A file that has not been read by then is broken."""


@dataclass(frozen=True, slots=True)
class Source:
    """A script, and the text it was made of."""

    path: Path
    text: bytes
    script: Script


@dataclass(frozen=True, slots=True)
class Broken:
    """A file that holds no script; `why` is for whoever wrote it, with its line."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Scripts:
    """All scripts of a site, by name; `broken` by path."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    broken: Mapping[Path, Broken] = field(default_factory=dict)

    def get(self, name: str) -> Script | None:
        found = self.sources.get(name)
        return None if found is None else found.script


def shipped_folder() -> Path:
    """Where the shipped scripts lie: `agi/` of a checkout, or what pip installed."""
    checkout = Path(__file__).resolve().parent.parent.parent / "agi"
    if checkout.is_dir():
        return checkout
    return Path(sys.prefix) / "share" / "ccdialer" / "agi"


def find(folders: Iterable[Path], before: Scripts | None = None) -> Scripts:
    """The scripts in these folders; of two with one name that of the later folder. What has not
    changed since `before` is kept; a broken file keeps what was there of it."""
    known = {} if before is None else {each.path: each for each in before.sources.values()}
    sources: dict[str, Source] = {}
    broken: dict[Path, Broken] = {}
    for folder in folders:
        try:
            paths = sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))
            if not folder.is_dir():
                raise FileNotFoundError(2, "No such folder")
        except OSError as error:
            broken[folder] = Broken(folder, f"{folder}: {error.strerror or error}")
            continue
        for path in paths:
            found = _found(path, known.get(path))
            if isinstance(found, Source):
                sources[path.stem] = found
                continue
            broken[path] = found
            if path in known:
                sources[path.stem] = known[path]
    return Scripts(sources, broken)


def changes(before: Scripts, after: Scripts) -> list[tuple[str, str]]:
    """What is to be told of a reload: kind (new, changed, broken, gone) and a sentence."""
    told: list[tuple[str, str]] = []
    for name, source in after.sources.items():
        was = before.sources.get(name)
        if was is None:
            told.append(("new", f"{name} ({source.path})"))
        elif was.script is not source.script:
            told.append(("changed", f"{name} ({source.path})"))
    told += [("gone", name) for name in before.sources if name not in after.sources]
    for path, each in after.broken.items():
        runs = path.stem in after.sources and after.sources[path.stem].path == path
        told.append(("broken", f"{each.why}{'; its earlier version goes on' if runs else ''}"))
    return told


def _found(path: Path, known: Source | None) -> Source | Broken:
    try:
        text = path.read_bytes()
    except OSError as error:
        return Broken(path, f"{path.name}: {error.strerror or error}")
    if known is not None and known.text == text:
        return known
    found: list[Source | Broken] = []
    thread = threading.Thread(target=lambda: found.append(_loaded(path, text)), daemon=True)
    thread.start()
    thread.join(LOADS_S)
    return found[0] if found else Broken(path, f"{path.name}: not read within {LOADS_S:g} s")


def _loaded(path: Path, text: bytes) -> Source | Broken:
    module = ModuleType(f"ccdialer_agi_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses of a script look there
    try:
        exec(compile(text, str(path), "exec"), module.__dict__)
    except BaseException as error:  # whatever a file does when it is read
        return Broken(path, _why(path, error))
    scripts = [value for value in vars(module).values() if isinstance(value, FunctionType)]
    declared = [vars(each)[MARK] for each in scripts if MARK in vars(each)]
    if not NAMES.fullmatch(path.stem):
        return Broken(path, f"{path.name}: name it with small letters, digits and underscores")
    if [each.name for each in declared] != [path.stem]:
        names = ", ".join(each.name for each in declared) or "none"
        return Broken(
            path, f"{path.name}: one @script function named {path.stem} is expected; found {names}"
        )
    return Source(path, text, declared[0])


def _why(path: Path, error: BaseException) -> str:
    line = error.lineno if isinstance(error, SyntaxError) else None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == str(path):
            line = frame.lineno
    place = path.name if line is None else f"{path.name}:{line}"
    words = error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}: {error}"
    return " ".join(f"{place}: {words}".split())
