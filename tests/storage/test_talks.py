"""The latest talk counts, out or in, of the project alone; and what of ours a caller may mean."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.disposition import Disposition
from ccdialer.core.queue import Fate
from ccdialer.core.task import TaskMove
from ccdialer.storage import Database, TaskRow
from ccdialer.storage.callbacks import add_callback
from ccdialer.storage.talks import News, PendingCallback, Tried, last_talk, news_of
from tests.storage.callers import agent_of, callbacks_of, comes, ends, joins, queue_of
from tests.storage.samples import NOW, at, carry, claim, closing, insert, number, opening, row


def talk_out(db: Database, campaign: Campaign, agent_id: int, after_s: float) -> str:
    (task,) = claim(db, campaign, 1)
    o = opening(task, at=at(after_s))
    ended = closing(
        o,
        disposition=Disposition.TALKED,
        task_move=TaskMove.FINISH,
        dialed_at=at(after_s),
        answered_at=at(after_s + 1),
        joined_at=at(after_s + 2),
        ended_at=at(after_s + 9),
        agent_id=agent_id,
    )
    carry(db, o, ended)
    return o.attempt_id


def talk_in(db: Database, queue: Campaign, agent_id: int, after_s: float) -> str:
    came = comes(queue, 1, after_s, call_id=f"{round(after_s):032d}")
    over = ends(came, Fate.ANSWERED, after_s + 9)
    carry(db, came, joins(came, agent_id, after_s + 2), over)
    return came.caller.call_id


def test_the_latest_talk_counts(db: Database, campaign: Campaign) -> None:
    queue, anna, boris = queue_of(db), agent_of(db, "anna"), agent_of(db, "boris")
    project = campaign.project_id
    assert last_talk(db, number(1), project) is None
    insert(db, campaign, [row(1)])
    out = talk_out(db, campaign, anna, 0)
    assert last_talk(db, number(1), project) == (anna, NOW + 2000, out, False)
    came = talk_in(db, queue, boris, 100)
    assert last_talk(db, number(1), project) == (boris, NOW + 102_000, came, True)
    db.run("UPDATE task SET state = 'waiting', due_at = ?", (NOW,))
    again = talk_out(db, campaign, anna, 200)
    assert last_talk(db, number(1), project) == (anna, NOW + 202_000, again, False)


def test_it_is_the_clients_whichever_of_his_numbers_was_called(
    db: Database, campaign: Campaign
) -> None:
    anna = agent_of(db, "anna")
    insert(db, campaign, [TaskRow([(number(1), "1"), (number(2), "2")], NOW)])
    out = talk_out(db, campaign, anna, 0)
    assert last_talk(db, number(2), campaign.project_id) == (anna, NOW + 2000, out, False)


def test_other_projects_and_unanswered_calls_do_not_count(db: Database, campaign: Campaign) -> None:
    queue, anna = queue_of(db), agent_of(db, "anna")
    talk_in(db, queue, anna, 0)
    other = storage.ensure_project(db, "other", NOW)
    assert last_talk(db, number(1), other) is None
    assert last_talk(db, "", campaign.project_id) is None
    left = comes(queue, 2)
    carry(db, left, ends(left))
    assert last_talk(db, number(2), campaign.project_id) is None


def test_what_of_ours_he_may_be_calling_about(db: Database, campaign: Campaign) -> None:
    callbacks, anna, boris = callbacks_of(db), agent_of(db, "anna"), agent_of(db, "boris")
    project = campaign.project_id
    assert news_of(db, number(1), project, NOW) == News()
    insert(db, campaign, [row(1)])
    (task,) = claim(db, campaign, 1)
    o = opening(task, held_agent_id=anna)
    carry(db, o, closing(o, disposition=Disposition.NO_ANSWER))
    news = news_of(db, number(1), project, NOW)
    assert news == News(Tried("demo", NOW, anna, "no_answer"))
    due = TaskRow([(number(1), "1")], NOW + 9000, owner_id=boris)
    task_id = add_callback(db, callbacks.id, due, NOW)
    news = news_of(db, number(1), project, NOW)
    (pending,) = news.callbacks
    assert pending == PendingCallback(task_id, "callbacks", NOW + 9000, boris, "boris", None)
    later = NOW + 25 * 3600 * 1000
    assert news_of(db, number(1), project, later).tried is None
    assert news_of(db, "", project, NOW) == News()
