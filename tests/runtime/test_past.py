"""What we have had to do with a caller: whose callback he is, who tried him, who talked last."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.facts import Past
from ccdialer.core.queue import Fate
from ccdialer.runtime.past import past_of
from ccdialer.runtime.route_book import RouteBook, read_book
from ccdialer.storage import Database, TaskRow
from ccdialer.storage.callbacks import add_callback
from ccdialer.storage.dnc import DncList, Listing, put_on_list
from tests.core.routing_samples import NOON
from tests.storage.callers import agent_of, callbacks_of, comes, ends, joins, queue_of
from tests.storage.samples import NOW, carry, claim, insert, number, opening, row


def past(db: Database, project_id: int) -> Past:
    return past_of(db, number(1), project_id, read_book(db, RouteBook(), NOON))


def test_of_a_stranger_there_is_nothing(db: Database) -> None:
    assert past(db, queue_of(db).project_id) == Past()


def test_who_talked_last_is_known_by_login(db: Database) -> None:
    queue, anna = queue_of(db), agent_of(db, "anna")
    came = comes(queue)
    carry(db, came, joins(came, anna), ends(came, Fate.ANSWERED, agent_id=anna))
    assert past(db, queue.project_id) == Past(last_agent="login:anna")


def test_a_callback_is_somebodys_or_nobodys(db: Database) -> None:
    callbacks, anna = callbacks_of(db), agent_of(db, "anna")
    task = TaskRow([(number(1), "1")], NOW)
    add_callback(db, callbacks.id, task, NOW)
    found = past(db, callbacks.project_id)
    assert found.callback_of == ""
    assert found.news.startswith('callback of "callbacks" at 2027-01-15 ')
    other = callbacks_of(db, "promised")
    add_callback(db, other.id, task._replace(owner_id=anna, due_at=NOW + 60_000), NOW)
    found = past(db, callbacks.project_id)
    assert found.callback_of == "login:anna"
    assert '"promised" for anna at ' in found.news


def test_who_is_on_a_do_not_call_list_is_known_by_it(db: Database) -> None:
    """On that of the project or of the site, as long as it holds."""
    project, other = queue_of(db).project_id, callbacks_of(db, project="other").project_id
    put_on_list(db, DncList(other), [Listing(number(1))], NOW)
    assert not past(db, project).is_listed
    put_on_list(db, DncList(), [Listing(number(1), until_at=1)], NOW)
    assert not past(db, project).is_listed, "that is over"
    put_on_list(db, DncList(), [Listing(number(1))], NOW)
    assert past(db, project).is_listed


def test_our_attempt_is_told(db: Database) -> None:
    settings = CampaignSettings("PJSIP/{digits}@t", calling_hours=AT_ANY_TIME)
    campaign = storage.upsert_campaign(db, "acme", "spring", settings, NOW)
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign)
    opened = opening(task)
    carry(db, opened)
    db.run("UPDATE attempt SET dialed_at = ?", (NOW,))
    found = past(db, campaign.project_id)
    assert found.tried_by == ""
    assert found.news.startswith('campaign "spring" tried you at 2027-01-15 ')
