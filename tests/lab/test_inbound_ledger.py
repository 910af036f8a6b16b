"""The checker of inbound calls must not be satisfied by anything but the truth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.lab.inbound_ledger import Row, faults_of, most_who_wait
from tests.lab.sipp import Note

ANNA, BORIS = "79001000001", "79001000002"
RECORD = [
    Note(1.0, "INVITE", ANNA, "a"),
    Note(1.1, "ANSWER", ANNA, "a"),
    Note(1.2, "INVITE", BORIS, "b"),
    Note(1.3, "ANSWER", BORIS, "b"),
    Note(2.0, "BYE", BORIS, "b"),
    Note(9.0, "HANGUP", ANNA, "a"),
]
TALKED = Row("1" * 32, ANNA, "answered", 1300, 1500, 9000, 7, None, False)
LEFT = Row("2" * 32, BORIS, "left", 1400, None, 2000, None, 3, False)


def test_the_truth_adds_up() -> None:
    assert faults_of(RECORD, [TALKED, LEFT]) == []
    explained = replace(LEFT, task_id=None, is_explained=True)
    assert faults_of(RECORD, [TALKED, explained]) == []


@pytest.mark.parametrize(
    ("rows", "record", "fault"),
    [
        ([TALKED], RECORD, "called 1 times, and 0 calls are known"),
        ([TALKED, LEFT, replace(LEFT, id="3" * 32)], RECORD, "and 2 calls are known"),
        ([TALKED, LEFT], RECORD[:2], "called 0 times"),
        ([replace(TALKED, fate="left", joined_at=None), LEFT], RECORD, "SIPp noted HANGUP"),
        ([TALKED, replace(LEFT, fate=None)], RECORD, "still open"),
        ([TALKED, replace(LEFT, ended_at=None)], RECORD, "still open"),
        ([replace(TALKED, joined_at=None), LEFT], RECORD, "joined at None"),
        ([TALKED, replace(LEFT, joined_at=1)], RECORD, "joined at 1"),
        ([TALKED, replace(LEFT, task_id=None)], RECORD, "nobody is told to call him back"),
        (
            [TALKED, replace(TALKED, id="3" * 32, number=BORIS, joined_at=8000)],
            RECORD,
            "at once",
        ),
    ],
)
def test_each_untruth_is_named(rows: list[Row], record: list[Note], fault: str) -> None:
    assert any(fault in sentence for sentence in faults_of(record, rows))


def test_who_waits_at_once_is_counted_until_he_is_joined_or_leaves() -> None:
    """Who comes as another goes does not wait with him."""
    next_one = replace(LEFT, queued_at=2000, ended_at=2500)
    unserved = replace(TALKED, fate="lost", joined_at=None)
    assert most_who_wait([]) == 0
    assert most_who_wait([replace(LEFT, queued_at=None)]) == 0
    assert most_who_wait([TALKED, LEFT, next_one]) == 2
    assert most_who_wait([unserved, LEFT, next_one]) == 2
    assert most_who_wait([unserved, LEFT, replace(next_one, queued_at=1999)]) == 3
    assert most_who_wait([TALKED, replace(LEFT, queued_at=1500)]) == 1


def test_of_two_calls_of_one_number_the_first_to_be_answered_came_first() -> None:
    overtaken = Note(0.9, "INVITE", ANNA, "c"), Note(3.0, "ANSWER", ANNA, "c")
    record = [*RECORD, *overtaken, Note(4.0, "BYE", ANNA, "c")]
    again = replace(LEFT, id="3" * 32, number=ANNA, queued_at=2900, ended_at=4000)
    assert faults_of(record, [TALKED, LEFT, again]) == []
