"""The demo's proof must not be satisfied by anything but the truth."""

from __future__ import annotations

import pytest

from tests.lab.ledger import Reported, faults_of
from tests.lab.sipp import Note

TALKED, BUSY = "79001000001", "79003000001"
TASKS = [Reported(TALKED, "done"), Reported(BUSY, "failed")]
ATTEMPTS = [Reported(TALKED, "talked"), Reported(BUSY, "busy")]
RECORD = [
    Note(1.0, "INVITE", TALKED, "a"),
    Note(1.1, "ANSWER", TALKED, "a"),
    Note(1.2, "INVITE", BUSY, "b"),
    Note(1.2, "486", BUSY, "b"),
    Note(9.0, "BYE", TALKED, "a"),
]


def test_the_truth_adds_up() -> None:
    assert faults_of(TASKS, ATTEMPTS, RECORD) == []


@pytest.mark.parametrize(
    ("tasks", "attempts", "record", "fault"),
    [
        ([*TASKS, Reported("79001000009", "failed")], ATTEMPTS, RECORD, "never dialed"),
        ([TASKS[0], Reported(BUSY, "waiting")], ATTEMPTS, RECORD, "still waiting"),
        (TASKS, ATTEMPTS[:1], RECORD, "0 times by the report"),
        (TASKS, ATTEMPTS, RECORD[2:], "0 times by the carrier's record"),
        (TASKS, [ATTEMPTS[0], Reported(BUSY, "talked")], RECORD, "the carrier noted 486"),
        (TASKS, ATTEMPTS, [*RECORD, Note(10.0, "INVITE", TALKED, "c")], "after he had been talked"),
    ],
)
def test_each_untruth_is_named(
    tasks: list[Reported], attempts: list[Reported], record: list[Note], fault: str
) -> None:
    assert any(fault in sentence for sentence in faults_of(tasks, attempts, record))
