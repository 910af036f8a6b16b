"""Where callers end up, end to end: groups and agents as targets, queues that are full or closed,
and a circle of overflows."""

from __future__ import annotations

import time

import pytest

from ccdialer.core.campaign import CampaignState
from ccdialer.storage import campaigns
from tests.lab import reception
from tests.lab.callers import Call
from tests.lab.reception import DID
from tests.lab.running import Make, Running
from tests.lab.test_inbound import (
    STRANGER,
    add_up,
    call_in,
    close_doors,
    found,
    open_doors,
    sign_in,
)

pytestmark = pytest.mark.lab


def test_a_group_and_an_agent_are_targets(make_sqlite: Make) -> None:
    """Both wait in the queue of the number; only the group's agents, or that one, are offered."""
    running = open_doors(make_sqlite, widening=())
    rules = reception.write_rules(running.site)
    text = rules.read_text().replace("to: queue production", "to: agent agent4")
    rules.write_text(text.replace("to: queue consultants", "to: group production"))
    reception.apply_file(running.site, rules)
    running.ask("reload")
    sign_in(running)
    numbers = ("79001000002", STRANGER)
    record = call_in(running, "targets", *[Call(number, DID, 1500) for number in numbers])
    by_number = {number: (fate, queue, login) for number, fate, queue, login, _ in found(running)}
    assert by_number == {
        "79001000002": ("answered", "consultants", "agent4"),
        STRANGER: ("answered", "consultants", "agent3"),
    }
    add_up(running, record)
    close_doors(running)


def test_a_queue_that_is_closed_sends_its_callers_to_another(make_sqlite: Make) -> None:
    running = open_doors(make_sqlite, overflow="queue sales")
    stop(running, "consultants")
    sign_in(running)
    record = call_in(running, "closed", Call(STRANGER, DID, 2500))
    ((_, fate, queue, login, task),) = found(running)
    assert (fate, queue, task) == ("answered", "sales", None)
    assert login in ("agent2", "agent5")
    add_up(running, record)
    close_doors(running)


def test_a_closed_queue_without_another_is_the_sites(make_sqlite: Make) -> None:
    running = open_doors(make_sqlite)
    stop(running, "consultants")
    noted = call_in(running, "closed", Call(STRANGER, DID, 8000))
    assert [note.word for note in noted] == ["INVITE", "ANSWER", "HANGUP"]
    ((_, fate, _, _, task),) = found(running)
    assert fate in ("sent_on", "lost", "left")
    assert task is not None, "nobody was there for him: he is called back"
    close_doors(running)


def test_a_full_queue_sends_its_callers_to_a_phone(make_sqlite: Make) -> None:
    """Nobody waits there; the phone of an extension of the site's answers."""
    running = open_doors(make_sqlite, kept_up=False, max_waiting=0, overflow="extension 203")
    noted = call_in(running, "full", Call(STRANGER, DID, 2500))
    assert [note.word for note in noted] == ["INVITE", "ANSWER", "BYE"]
    ((_, fate, _, login, task),) = found(running)
    assert (fate, login, task) == ("answered", "agent3", None)
    close_doors(running)


def test_queues_that_overflow_in_a_circle_end_at_the_fallback(make_sqlite: Make) -> None:
    running = open_doors(make_sqlite, max_waiting=0, overflow="queue consultants")
    noted = call_in(running, "circle", Call(STRANGER, DID, 8000))
    assert [note.word for note in noted] == ["INVITE", "ANSWER", "HANGUP"]
    assert running.site.asterisk.log().count("round in a circle") == 1
    assert "queue_full" in running.site.asterisk.log()
    assert len(found(running)) == 1
    close_doors(running)


def stop(running: Running, name: str) -> None:
    """The queue does not run."""
    queue = campaigns.find_campaign(running.database, name)
    now = time.time_ns() // 1_000_000
    campaigns.set_campaign_state(running.database, queue.id, CampaignState.PAUSED, now)
    running.ask("reload")
