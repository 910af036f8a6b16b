"""Does it add up: what ccdialer reports against what the carrier itself wrote down."""

from __future__ import annotations

import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.lab.sipp import Note
from tests.lab.site import Site

ALL = "0"
CLOSED = {"done", "failed", "cancelled"}

ANSWERED = {"talked", "abandoned", "left", "machine", "lost"}
UNANSWERED = {"no_answer", "cancelled", "lost"}
FITTING = {
    "486": {"busy"},
    "503": {"congestion"},
    "404": {"unallocated"},
    "603": {"rejected"},
    "480": {"unreachable"},
    "CANCEL": UNANSWERED,
    "ANSWER": ANSWERED,
}
"""What the carrier noted -> dispositions that may be reported for it."""


@dataclass(frozen=True)
class Reported:
    """An attempt or a task as a command printed it: its number and its disposition or state."""

    number: str
    word: str


def read_attempts(site: Site) -> list[Reported]:
    """All attempts, from `report attempts`."""
    rows = _rows(site, "report", "attempts", "--limit", ALL)
    return [Reported(_digits(row["number"]), str(row["disposition"])) for row in rows]


def read_tasks(site: Site) -> list[Reported]:
    """All tasks of the campaign `demo`, from `task list`."""
    rows = _rows(site, "task", "list", "--campaign", "demo", "--limit", ALL)
    return [Reported(_digits(_first_number(row)), str(row["state"])) for row in rows]


def faults_of(
    tasks: Iterable[Reported], attempts: Iterable[Reported], record: list[Note]
) -> list[str]:
    """One sentence for everything that does not add up; none if all does."""
    reported: dict[str, list[str]] = defaultdict(list)
    for attempt in attempts:
        reported[attempt.number].append(attempt.word)
    rung = Counter(note.number for note in record if note.word == "INVITE")
    return [
        *_open_or_forgotten(list(tasks), rung),
        *_counts_that_differ(reported, rung),
        *_untrue(reported, record),
        *_dialed_after_talk(record, reported),
    ]


def _open_or_forgotten(tasks: list[Reported], rung: Counter[str]) -> Iterator[str]:
    for task in tasks:
        if task.word not in CLOSED:
            yield f"the task of {task.number} is still {task.word}"
        if not rung[task.number]:
            yield f"{task.number} was never dialed"


def _counts_that_differ(reported: dict[str, list[str]], rung: Counter[str]) -> Iterator[str]:
    for number in sorted(set(reported) | set(rung)):
        if len(reported[number]) != rung[number]:
            yield (
                f"{number} was dialed {rung[number]} times by the carrier's record, "
                f"and {len(reported[number])} times by the report"
            )


def _untrue(reported: dict[str, list[str]], record: list[Note]) -> Iterator[str]:
    """Outcomes of a number are compared as sets of possible words, for their order is not kept."""
    for number, ends in _ends(record).items():
        words = list(reported[number])
        for end in ends:
            fitting = next((word for word in words if word in FITTING[end]), None)
            if fitting is None:
                yield f"{number}: the carrier noted {end}, the report says {words or 'nothing'}"
            else:
                words.remove(fitting)


def _dialed_after_talk(record: list[Note], reported: dict[str, list[str]]) -> Iterator[str]:
    answered_at: dict[str, float] = {}
    for note in record:
        if note.word == "ANSWER":
            answered_at.setdefault(note.number, note.at)
        later = note.at > answered_at.get(note.number, note.at)
        if note.word == "INVITE" and later and "talked" in reported[note.number]:
            yield f"{note.number} was dialed again after he had been talked to"


def _ends(record: list[Note]) -> dict[str, list[str]]:
    """Number -> how each of its calls came to its answer or its refusal."""
    found: dict[str, list[str]] = defaultdict(list)
    for note in record:
        if note.word in FITTING:
            found[note.number].append(note.word)
    return found


def _rows(site: Site, *words: str) -> list[dict[str, Any]]:
    argv = [str(site.folder / "ccdialer"), *words, "--format", "json"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def _first_number(row: dict[str, Any]) -> str:
    numbers = row.get("number") or row.get("numbers")
    return str(numbers[0] if isinstance(numbers, list) else numbers).split()[0]


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit())
