"""Calls and what is to be told of them are committed together, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.core.attempt import agent_leg
from ccdialer.core.campaign import Campaign
from ccdialer.core.commands import (
    CloseAttempt,
    OpenAttempt,
    OpenRecording,
    RecordJoin,
    RecordResult,
)
from ccdialer.core.disposition import Disposition
from ccdialer.core.notice import Direction, Notice, NoticeKind, Wish
from ccdialer.core.result import Given
from ccdialer.core.task import TaskMove
from ccdialer.storage import Database
from ccdialer.storage.outbox import Worker, claim_parcels, settle_parcel
from ccdialer.storage.write_back import promise_inbound, promise_starts
from tests.storage.samples import NOW, at, carry, claim, closing, insert, number, opening, row

ALL = frozenset(NoticeKind)
COLUMNS = ("caller_name", "ad_channel", "client_name", "stage", "pipeline", "card_status")
REST = ("target_kind", "target", "reason", "trace")


@pytest.fixture
def agent_id(db: Database) -> int:
    anna = Agent(0, "anna", "Anna", "PJSIP/101", kept_up=False, projects=frozenset())
    return storage.upsert_agent(db, anna, ["acme"], NOW)


@pytest.fixture
def opened(db: Database, campaign: Campaign) -> OpenAttempt:
    insert(db, campaign, [row(1, external_id="order-7")])
    (task,) = claim(db, campaign)
    command = opening(task)
    carry(db, command)
    return command


def told(db: Database, connector: str = "crm") -> list[Notice]:
    """What is handed out, until nothing is left."""
    notices = []
    while parcels := claim_parcels(db, Worker("one", connector), 10, NOW * 2):
        for parcel in parcels:
            notices.append(parcel.notice)
            settle_parcel(db, parcel, "", "", NOW)
    return notices


def talked(o: OpenAttempt, agent_id: int) -> CloseAttempt:
    return closing(
        o,
        disposition=Disposition.TALKED,
        task_move=TaskMove.FINISH,
        joined_at=at(3),
        agent_id=agent_id,
    )


def joined(o: OpenAttempt, agent_id: int) -> RecordJoin:
    return RecordJoin(o.attempt_id, agent_id, agent_leg(o.attempt_id, 1), at(2), at(3))


def test_a_talk_is_told_from_its_begin_to_its_note(
    db: Database, opened: OpenAttempt, agent_id: int
) -> None:
    db.wishes = (Wish("crm", ALL),)
    o = opened
    said = Given("success", "order", comment="wants it on Monday")
    result = RecordResult(o.attempt_id, o.task_id, o.campaign_id, agent_id, at(12), said)
    recording = OpenRecording(o.attempt_id, "demo/x", "wav", at(3))
    for deeds in ([joined(o, agent_id), recording], [talked(o, agent_id)], [result]):
        carry(db, *deeds)
        carry(db, *deeds)  # a replay
    started, call, note = told(db)
    assert [n.kind for n in (started, call, note)] == ["started", "calls", "notes"]
    assert started.result == ""
    assert call == Notice(
        NoticeKind.CALLS,
        o.attempt_id,
        Direction.OUTBOUND,
        number(1),
        project="acme",
        campaign="demo",
        agent="anna",
        agent_phone="PJSIP/101",
        begun_at=NOW + 100,
        joined_at=NOW + 3000,
        ended_at=NOW + 10_000,
        result="talked",
        recording="demo/x.wav",
        task_id=o.task_id,
        external_id="order-7",
    )
    assert call.talk_s == 7
    assert (note.said, note.said_of, note.comment) == ("success", "order", "wants it on Monday")


def test_another_result_is_another_note(db: Database, opened: OpenAttempt, agent_id: int) -> None:
    o = opened
    carry(db, talked(o, agent_id))
    db.wishes = (Wish("crm", ALL),)
    for second, word in ((12, "refusal"), (20, "success")):
        said = Given(word, "order" if word == "success" else "", "dear")
        carry(db, RecordResult(o.attempt_id, o.task_id, o.campaign_id, agent_id, at(second), said))
    assert [n.said for n in told(db)] == ["refusal", "success"]


def test_only_what_is_wished_for_is_promised(
    db: Database, opened: OpenAttempt, agent_id: int
) -> None:
    db.wishes = (
        Wish("crm", frozenset({NoticeKind.CALLS})),
        Wish("other", ALL, frozenset({"another project"})),
        Wish("hook", ALL),
    )
    carry(db, joined(opened, agent_id), talked(opened, agent_id))
    assert [n.kind for n in told(db)] == ["calls"]
    assert told(db, "other") == []
    assert [n.kind for n in told(db, "hook")] == ["started", "calls"]


def test_nobody_is_told_of_a_call_that_was_not_dialed(db: Database, opened: OpenAttempt) -> None:
    db.wishes = (Wish("crm", ALL),)
    carry(db, closing(opened, dialed_at=None, disposition=Disposition.CANCELLED))
    assert told(db) == []


def test_without_wishes_nothing_is_written(
    db: Database, opened: OpenAttempt, agent_id: int
) -> None:
    carry(db, joined(opened, agent_id), talked(opened, agent_id))
    assert db.rows("SELECT id FROM outbox") == []


def test_call_and_promise_are_one_transaction(
    db: Database, opened: OpenAttempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.wishes = (Wish("crm", ALL),)
    monkeypatch.setattr(
        "ccdialer.storage.outbox.PROMISE", "INSERT INTO outbox (nothing) VALUES (?)"
    )
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the driver says
        carry(db, closing(opened))
    assert db.rows("SELECT ended_at FROM attempt") == [(None,)]
    monkeypatch.undo()
    carry(db, closing(opened))
    assert [n.result for n in told(db)] == ["busy"]


def came_in(db: Database, call_id: str, fate: str | None, **more: object) -> None:
    blank = dict.fromkeys((*COLUMNS, *REST), "")
    values = {
        **{
            "id": call_id,
            "node": "one",
            "leg_id": "1.1",
            "number": number(5),
            "did": number(0),
        },
        **{"client_id": "crm:7", "arrived_at": NOW, "ended_at": NOW + 9000, "fate": fate},
        **{"fate_reason": "", **blank, **more},
    }
    names, marks = ", ".join(values), ", ".join("?" for _ in values)
    db.run(f"INSERT INTO inbound_call ({names}) VALUES ({marks})", tuple(values.values()))


def test_a_caller_who_met_nobody_is_missed(db: Database, campaign: Campaign, agent_id: int) -> None:
    db.wishes = (Wish("crm", ALL),)
    came_in(db, "a", "left", campaign_id=campaign.id)
    came_in(db, "b", "answered", joined_at=NOW + 4000, agent_id=agent_id, number="")
    came_in(db, "c", "callback", project_id=campaign.project_id)
    ids = ["a", "b", "c"]
    promise_inbound(db, ids, NOW)
    promise_inbound(db, ids, NOW)
    found = {n.call_id: n for n in told(db)}
    assert {call: n.kind for call, n in found.items()} == {
        "a": "missed",
        "b": "calls",
        "c": "missed",
    }
    assert found["a"].campaign == "demo"
    assert found["a"].line == number(0)
    assert (found["b"].agent, found["b"].talk_s, found["b"].number) == ("anna", 5, "")
    assert (found["c"].project, found["c"].client) == ("acme", "crm:7")


def test_a_caller_who_talks_is_told_at_once(
    db: Database, campaign: Campaign, agent_id: int
) -> None:
    db.wishes = (Wish("crm", ALL),)
    came_in(db, "a", None, agent_id=agent_id, joined_at=NOW, ended_at=None)
    promise_starts(db, ["a"], NOW)
    (notice,) = told(db)
    assert (notice.kind, notice.direction, notice.agent) == ("started", "inbound", "anna")
    assert replace(notice, ended_at=NOW + 1000).talk_s == 1
