"""The history of a client: calls either way and changes, of his project alone, the latest 20."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.core.commands import RecordResult
from ccdialer.core.disposition import Disposition
from ccdialer.core.result import Given, Result
from ccdialer.storage import Database
from ccdialer.storage.client_edits import change_client
from ccdialer.storage.client_history import history_of_client
from ccdialer.storage.client_journal import Occasion
from ccdialer.storage.results import HISTORY_MOST
from tests.storage.client_base import agent_of, client, inbound
from tests.storage.samples import NOW, at, carry, claim, closing, insert, number, opening, row


def talk(db: Database, campaign: Campaign, agent_id: int) -> str:
    """A call to number 1 of which the agent has talked."""
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    opened = opening(task)
    times = {"answered_at": at(3), "joined_at": at(4), "ended_at": at(64)}
    changes = {"disposition": Disposition.TALKED, "agent_id": agent_id, **times}
    carry(db, opened, closing(opened, **changes))
    return opened.attempt_id


def test_calls_and_changes_the_latest_first(db: Database, campaign: Campaign) -> None:
    anna, project = agent_of(db, "anna"), campaign.project_id
    client(db, 1, 1, 2, stage="new")
    attempt_id = talk(db, campaign, anna)
    said = Given(Result.SUCCESS, kind="meeting", comment="on Monday")
    carry(db, RecordResult(attempt_id, 1, campaign.id, anna, at(70), said))
    inbound(db, "a", 2, NOW + 100_000, project_id=project, fate="left")
    inbound(db, "b", 3, NOW + 100_000, project_id=project, fate="left")  # of somebody else
    change_client(db, 1, {"stage": "won"}, Occasion(NOW + 200_000))
    change, call_in, call_out = history_of_client(db, 1, project, [number(1), number(2)])
    assert (change["what"], change["detail"]) == ("stage", {"stage": ["new", "won"]})
    assert (call_in["what"], call_in["number"], call_in["outcome"]) == (
        *("call in", number(2), "left"),
    )
    assert (call_out["what"], call_out["outcome"], call_out["talk_ms"]) == (
        *("call out", "talked", 60_000),
    )
    assert (call_out["agent"], call_out["campaign"]) == ("anna", "demo")
    assert (call_out["result"], call_out["kind"], call_out["comment"]) == (
        *("success", "meeting", "on Monday"),
    )


def test_a_result_callback_is_no_history_but_its_call_is(db: Database, campaign: Campaign) -> None:
    anna = agent_of(db, "anna")
    attempt_id = talk(db, campaign, anna)
    said = Given(Result.CALLBACK, comment="later")
    carry(db, RecordResult(attempt_id, 1, campaign.id, anna, at(70), said))
    (call,) = history_of_client(db, 1, campaign.project_id, [number(1)])
    assert (call["outcome"], call["result"], call["comment"]) == ("talked", None, None)


def test_of_another_project_nothing_is_told(db: Database, campaign: Campaign) -> None:
    talk(db, campaign, agent_of(db, "anna"))
    settings = CampaignSettings("PJSIP/{digits}@t")
    other = storage.upsert_campaign(db, "other", "demo2", settings, NOW)
    inbound(db, "a", 1, NOW, campaign_id=other.id)
    found = history_of_client(db, 1, other.project_id, [number(1)])
    assert [entry["what"] for entry in found] == ["call in"]
    found = history_of_client(db, 1, campaign.project_id, [number(1)])
    assert [entry["what"] for entry in found] == ["call out"]


def test_the_latest_twenty(db: Database, campaign: Campaign) -> None:
    for n in range(HISTORY_MOST + 5):
        inbound(db, f"c{n:02}", 1, NOW + n, project_id=campaign.project_id)
    found = history_of_client(db, 1, campaign.project_id, [number(1)])
    assert [entry["at"] for entry in found] == [NOW + n for n in range(24, 4, -1)]
