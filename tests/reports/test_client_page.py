"""A client's page in words and as JSON tells it."""

from __future__ import annotations

from ccdialer.reports.client_page import change, deals, history, lines, record
from ccdialer.storage import Database
from ccdialer.storage.client_edits import change_client
from ccdialer.storage.client_journal import Occasion
from ccdialer.storage.client_pages import show_client
from tests.reports.scenes import Scene
from tests.storage.client_base import CONTACT, NUMBER, client, deal, inbound, project_of
from tests.storage.samples import NOW, number


def test_lines(db: Database) -> None:
    client(db, 1, 1, kind="company", name="Acme", city="Omsk", fields='{"a": "1"}')
    db.run(CONTACT, (5, 1, "Pavel", "boss"))
    db.run(NUMBER, (number(2), project_of(db), 1, 5))
    db.run("INSERT INTO client_business VALUES (1, 'paid', 'RUB', 2, 1500000)")
    told = list(lines(show_client(db, 1)))
    for line in (("kind", "company"), ("city", "Omsk"), ("field.a", "1"), ("numbers", number(1))):
        assert line in told
    assert ("contact", f"Pavel, boss, {number(2)}") in told
    assert ("invoices paid", "2, 1.50 RUB") in told


def test_history_in_words(scene: Scene) -> None:
    db = scene.db
    client(db, 1, 1, stage="new", project_id=scene.campaign.project_id)
    inbound(
        *(db, "a", 1, NOW),
        project_id=scene.campaign.project_id,
        fate="answered",
        agent_id=scene.agent_id,
        joined_at=NOW + 5_000,
        ended_at=NOW + 65_000,
    )
    changed = {"stage": "won", "owner_id": scene.agent_id}
    change_client(db, 1, changed, Occasion(NOW + 90_000))
    deal(db, 3, 1, NOW)
    found, logins = show_client(db, 1), {scene.agent_id: "anna"}
    later, earlier = history(found, logins).rows
    assert later[1:4] == ("stage", "", "stage new -> won, owner nobody -> anna")
    assert earlier[1:6] == ("call in", number(1), "talked", 60.0, "anna")
    assert [row[0] for row in deals(found).rows] == [3]
    page = record(found, logins)
    assert page["history"][1]["talk_s"] == 60.0
    assert page["history"][0]["at"].endswith("Z")
    assert (page["deals"][0]["amount"], page["deals"][0]["closed_at"]) == (None, None)


def test_a_change_in_words() -> None:
    detail = {"deal": 3, "amount": [None, 1_500_000], "closed_at": [5, None], "name": ["", "A"]}
    said = change(detail, {})
    assert said.startswith("deal 3, amount nothing -> 1.5, closed 1970-01-01")
    assert said.endswith("-> open, name nothing -> A")
