"""A rule that holds a task back is asked in the transaction that opens the attempt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.events import AttemptOpened, AttemptRefused
from ccdialer.storage import Database, permission
from ccdialer.storage.permission import Candidate, Hold
from tests.storage.samples import NOW, carry, claim, insert, opening, row, state_of

LATER = Hold("window", "it is night there", NOW + 3_600_000)
NEVER = Hold("dnc", "on the do-not-call list", None)


def test_the_first_rule_that_holds_is_the_reason(
    db: Database, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(db, campaign, [row(n) for n in range(3)])
    first, second, third = claim(db, campaign)

    def night(database: Database, asked: Sequence[Candidate]) -> Mapping[int, Hold]:
        return {c.task_id: LATER for c in asked if c.task_id == first.id}

    def unwanted(database: Database, asked: Sequence[Candidate]) -> Mapping[int, Hold]:
        return {c.task_id: NEVER for c in asked if c.task_id != third.id}

    monkeypatch.setattr(permission, "CHECKS", (night, unwanted))
    answers = carry(db, opening(first), opening(second), opening(third))
    assert [type(answer) for answer in answers] == [AttemptRefused, AttemptRefused, AttemptOpened]
    assert [answer.reason for answer in answers[:2]] == [LATER.reason, NEVER.reason]  # type: ignore[union-attr]
    assert state_of(db, first.id) == "waiting"
    assert storage.show_task(db, first.id)["due_at"] == LATER.until
    assert state_of(db, second.id) == "cancelled"
    assert state_of(db, third.id) == "active"
