"""What a script says of itself: its name, arguments, variables and time, as data."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from ccdialer.core.safe import LONGEST
from ccdialer.core.safe import NAME as NAME

STATUS, REASON = "CCD_STATUS", "CCD_REASON"

MARK = "__agi_script__"
NAMES = re.compile(r"[a-z][a-z0-9_]{0,63}")
VARIABLES = re.compile(r"CCD_[A-Z0-9_]{1,60}")


class Status(StrEnum):
    """What CCD_STATUS can be; with all but OK the other variables may be empty."""

    OK = "OK"  # the answer can be used
    NOTFOUND = "NOTFOUND"  # nothing is known of what was asked
    TIMEOUT = "TIMEOUT"  # the answer was not there in time
    ERROR = "ERROR"  # the script, or what it asked, has failed
    DENIED = "DENIED"  # not allowed, or no proper request


OK, NOTFOUND, TIMEOUT, ERROR, DENIED = Status

Answer = tuple[Status, str] | None
"""What a script returns: a status and a short word why; None is (OK, "")."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One `name=value` of the dialplan's line."""

    doc: str
    default: str = ""
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """A variable that the script sets on every path; empty if it knows nothing."""

    doc: str
    most: int = LONGEST  # bytes


ALWAYS = MappingProxyType(
    {
        STATUS: Output("OK, NOTFOUND, TIMEOUT, ERROR or DENIED; only OK may be used."),
        REASON: Output("Why, as one short word; for people and logs."),
    }
)
"""What every script sets."""

EVERYWHERE = MappingProxyType(
    {
        "caller": Argument("Number of the caller; left out: the channel's caller id."),
        "did": Argument("Number that was called; left out: the channel's DNID or extension."),
        "secret": Argument("The site's `agi.secret`, if it has one."),
    }
)
"""Arguments that every script takes."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script as the server runs it."""

    name: str  # of its file and of its function
    doc: str  # the first sentence of the function
    function: Callable[..., Answer]
    arguments: Mapping[str, Argument]
    outputs: Mapping[str, Output]  # CCD_STATUS and CCD_REASON among them
    limit_s: float
    writes: bool = False  # whether it changes anything: `agi test` says so
    more: str = ""  # the rest of what the function says of itself


def script(
    arguments: Mapping[str, str | Argument] = MappingProxyType({}),
    outputs: Mapping[str, str | Output] = MappingProxyType({}),
    limit_s: float = 1.0,
    writes: bool = False,
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Declare a function to be a script: `@script(arguments={"queue": "Its name."})`.

    The function takes `agi` (pyst2's vocabulary, on this call) and `desk` (what ccdialer knows).
    Its docstring is its page. Within `limit_s` it answers, or the call goes on without it.
    Raises ValueError for a declaration that cannot hold.
    """

    if callable(arguments):
        raise ValueError("write @script() with its brackets")
    for name, given in (("arguments", arguments), ("outputs", outputs)):
        if not isinstance(given, Mapping):
            raise ValueError(f'{name} are written {{"NAME": "What it is."}}')

    def declare(function: Callable[..., Answer]) -> Callable[..., Answer]:
        doc, _, more = (inspect.getdoc(function) or "").partition("\n\n")
        declared = Script(
            name=function.__name__,
            doc=" ".join(doc.split()),
            function=function,
            arguments=EVERYWHERE | {n: _told(Argument, a) for n, a in arguments.items()},
            outputs=ALWAYS | {n: _told(Output, o) for n, o in outputs.items()},
            limit_s=limit_s,
            writes=writes,
            more=more.strip(),
        )
        _refuse(declared)
        setattr(function, MARK, declared)
        return function

    return declare


def _told(kind: Callable[[str], Any], given: Any) -> Any:
    return kind(given) if isinstance(given, str) else given


def _takes_two(function: Callable[..., Answer]) -> bool:
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        return False
    return True


def _refuse(declared: Script) -> None:
    faults = [
        f'output "{n}" is no CCD_NAME' for n in declared.outputs if not VARIABLES.fullmatch(n)
    ]
    faults += [f'argument "{n}" is no name' for n in declared.arguments if not NAMES.fullmatch(n)]
    if not NAMES.fullmatch(declared.name):
        faults.append(f'"{declared.name}" is no name of small letters, digits and underscores')
    if not declared.doc:
        faults.append("it has no docstring")
    if not isinstance(declared.limit_s, int | float) or not 0 < declared.limit_s <= 60:
        faults.append(f"limit_s is {declared.limit_s!r}; it is a number of seconds, 60 at most")
    if not _takes_two(declared.function):
        faults.append("it takes two things: agi and desk")
    if inspect.iscoroutinefunction(declared.function):
        faults.append("it is async; write a plain function: it has a thread of its own")
    if faults:
        raise ValueError("; ".join(faults))
