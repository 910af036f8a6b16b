"""Does it add up: what became of every caller by the database, against what SIPp saw of him."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise, permutations

from ccdialer.storage.database import Database
from tests.lab.sipp import Note

FITTING = {
    "CANCEL": {"left", "lost"},
    "BYE": {"answered", "left", "sent_on", "lost"},
    "HANGUP": {"answered", "sent_on", "callback", "lost"},
    "486": {"sent_on"},
    "ABORTED": {"answered", "left", "sent_on", "lost"},
}
"""How a call ended for the caller -> what may be said of it. BYE: he hung up, HANGUP: we did,
ABORTED: SIPp has lost him."""

MET_NOBODY = {"left", "lost", "sent_on"}

CALLS = """
    SELECT inbound_call.id, number, fate, queued_at, joined_at, ended_at, agent_id,
        inbound_call.task_id,
        EXISTS (SELECT 1 FROM journal WHERE attempt_id = inbound_call.id AND kind = 'callback')
    FROM inbound_call ORDER BY arrived_at, inbound_call.id"""


@dataclass(frozen=True)
class Row:
    """A call as the database has it; instants in epoch ms."""

    id: str
    number: str  # digits
    fate: str | None
    queued_at: int | None
    joined_at: int | None
    ended_at: int | None
    agent_id: int | None
    task_id: int | None
    is_explained: bool  # the journal says what came of his call in vain


def read_calls(database: Database) -> list[Row]:
    """All calls, in the order in which they came."""
    return [
        Row(call_id, number.lstrip("+"), *rest, is_explained=bool(explained))
        for call_id, number, *rest, explained in database.rows(CALLS)
    ]


def faults_of(record: list[Note], rows: Iterable[Row]) -> list[str]:
    """One sentence for everything that does not add up; none if all does."""
    rows = list(rows)
    return [
        *_forgotten_or_twice(record, rows),
        *_untrue(record, rows),
        *_open(rows),
        *_lost_for_good(rows),
        *_two_at_once(rows),
    ]


def most_who_wait(rows: Iterable[Row]) -> int:
    """How many callers have waited at one and the same instant, at most."""
    steps = []
    for row in rows:
        ends = [at for at in (row.joined_at, row.ended_at) if at is not None]
        if row.queued_at is not None and ends:
            steps += [(row.queued_at, 1), (min(ends), -1)]
    return max(accumulate(step for _, step in sorted(steps)), default=0)


def _forgotten_or_twice(record: list[Note], rows: list[Row]) -> Iterator[str]:
    came = Counter(note.number for note in record if note.word == "INVITE")
    known = Counter(row.number for row in rows)
    for number in sorted(set(came) | set(known)):
        if came[number] != known[number]:
            yield f"{number} called {came[number]} times, and {known[number]} calls are known"


def _untrue(record: list[Note], rows: list[Row]) -> Iterator[str]:
    """The calls of one number, compared in the order in which they came; or in any that fits: who
    came while the socket was cut is found in no order."""
    fates = defaultdict(list)
    for row in rows:
        fates[row.number].append(row.fate)
    for number, ends in _ends(record).items():
        faults = [
            [pair for pair in zip(ends, order, strict=False) if not _fits(*pair)]
            for order in permutations(fates[number])
        ]
        for end, fate in faults[0] if all(faults) else ():
            yield f"{number}: SIPp noted {end}, the database says {fate}"


def _fits(end: str, fate: str | None) -> bool:
    return fate is None or fate in FITTING.get(end, ())


def _open(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        if row.fate is None or row.ended_at is None:
            yield f"the call {row.id} of {row.number} is still open"
        elif (row.fate == "answered") != (row.joined_at is not None):
            yield f"the call {row.id} of {row.number} is {row.fate}, joined at {row.joined_at}"


def _lost_for_good(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        if row.fate in MET_NOBODY and row.number and row.task_id is None and not row.is_explained:
            yield f"{row.number} met nobody ({row.fate}), and nobody is told to call him back"


def _two_at_once(rows: list[Row]) -> Iterator[str]:
    """An agent has one caller at a time."""
    talks = defaultdict(list)
    for row in rows:
        if row.agent_id is not None and row.joined_at is not None and row.ended_at is not None:
            talks[row.agent_id].append((row.joined_at, row.ended_at, row.number))
    for agent, found in talks.items():
        for before, after in pairwise(sorted(found)):
            if after[0] < before[1]:
                yield f"agent {agent} had {before[2]} and {after[2]} at once"


def _ends(record: list[Note]) -> dict[str, list[str]]:
    """Number -> how each of his calls ended, in the order in which they came to us."""
    calls: dict[str, list[Note]] = defaultdict(list)
    for note in sorted(record, key=lambda note: note.at):
        calls[note.call_id].append(note)
    found = defaultdict(list)
    for notes in sorted(calls.values(), key=_came_at):
        found[notes[0].number].append([note.word for note in notes if note.word != "ANSWER"][-1])
    return found


def _came_at(notes: list[Note]) -> float:
    """Of two who call at once the later may come in before the other."""
    return next((note.at for note in notes if note.word == "ANSWER"), notes[0].at)
