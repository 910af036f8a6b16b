"""Runs one script on one call, and says what came of it, whatever the script does."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ccdialer.core.safe import safe
from ccdialer.fastagi.desk import Desk
from ccdialer.fastagi.head import Head
from ccdialer.fastagi.script import ALWAYS, REASON, STATUS, Script, Status
from ccdialer.fastagi.vocabulary import Agi, AGIError, AGIHangup, Ask, quoted

ALLOWED = tuple(Status)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a script ended, and what it would have set."""

    status: Status
    reason: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""  # for the log: what was raised
    where: str = ""  # file:line of the script


def run(script: Script, head: Head, desk: Desk, ask: Ask) -> Outcome:
    """Let the script answer; never raises."""
    agi = Agi(head, arguments_of(script, head), script.outputs, ask)
    try:
        return _outcome(script, agi, script.function(agi, desk))
    except AGIHangup:
        return Outcome(Status.ERROR, "hangup", agi.values)
    except AGIError as error:
        return Outcome(
            Status.ERROR, "asterisk_refused", agi.values, told(error), where(script, error)
        )
    except BaseException as error:  # SystemExit of a script is no reason for us to end
        return Outcome(Status.ERROR, "script_failed", {}, told(error), where(script, error))


def _outcome(script: Script, agi: Agi, answer: object) -> Outcome:
    match answer:
        case None:
            return Outcome(Status.OK, "", agi.values)
        case (str() as status, reason) if status in ALLOWED:
            return Outcome(Status(status), str(reason), agi.values)
        case (status, _):
            told = f"it returned the status {_shown(status)}"
        case _:
            told = f"it returned {_shown(answer)}"
    trouble = f"{told}; allowed are {', '.join(ALLOWED)}, each with a word why, or nothing (OK)"
    return Outcome(Status.ERROR, "script_failed", {}, trouble, where(script))


def _shown(value: object) -> str:
    return " ".join(ascii(value).split())[:60]


def arguments_of(script: Script, head: Head) -> dict[str, str]:
    """What the dialplan has said by name, and the defaults of what it has not. The secret is not
    handed on."""
    defaults = {name: each.default for name, each in script.arguments.items()}
    return {**defaults, **head.arguments, "secret": ""}


def lacks(script: Script, head: Head) -> str:
    """An argument that the script needs and the dialplan has not given; empty: none."""
    for name, each in script.arguments.items():
        if each.is_needed and not head.arguments.get(name):
            return name
    return ""


def values_of(script: Script | None, outcome: Outcome) -> dict[str, str]:
    """Every variable the script declares, as it is set; of an unknown script, those that every one
    has."""
    outputs = ALWAYS if script is None else script.outputs
    return {
        **dict.fromkeys(outputs, ""),
        **outcome.values,
        STATUS: outcome.status.value,
        REASON: safe(outcome.reason),
    }


def settings_of(script: Script | None, outcome: Outcome) -> list[str]:
    """The commands that set these variables."""
    values = values_of(script, outcome)
    return [f"SET VARIABLE {name} {quoted(value)}" for name, value in values.items()]


def told(error: BaseException) -> str:
    """An exception in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]


def where(script: Script, error: BaseException | None = None) -> str:
    """The innermost line of the script's own file that led to it: `site.py:17`; of what it
    returned, which no traceback tells, where it begins."""
    path = script.function.__code__.co_filename
    trace = None if error is None else error.__traceback__
    lines = [frame.lineno for frame in traceback.extract_tb(trace) if frame.filename == path]
    return f"{Path(path).name}:{lines[-1] if lines else script.function.__code__.co_firstlineno}"
