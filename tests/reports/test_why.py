"""`why`: a sentence for every state, and when the number may be called next (SPEC F1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings, CampaignState, Duplicates, Mode
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import next_number
from ccdialer.errors import NotFound
from ccdialer.reports import words
from ccdialer.reports.inquiry import Floor
from ccdialer.reports.why import Answer, why
from ccdialer.storage.dnc import DncList, Listing, put_on_list
from tests.reports.scenes import NOW, Scene
from tests.storage.samples import opening

NUMBER = "+79160000001"
MINUTE = 60_000


def floor(**agents: int) -> Floor:
    return Floor(campaigns={"demo": {"agents": agents, "pacing": "no idle agent"}})


READY = floor(available=1)


def ask(scene: Scene, told: Floor = READY, number: str = NUMBER, later: int = 0) -> Answer:
    (answer,) = why(scene.db, number, told, scene.now + later)
    return answer


def test_an_unknown_number(scene: Scene) -> None:
    with pytest.raises(NotFound, match="no task has the number"):
        why(scene.db, NUMBER, READY, NOW)


def test_due_now_and_nothing_in_the_way(scene: Scene) -> None:
    scene.add(NUMBER)
    answer = ask(scene)
    assert answer.why == "waiting: due for 0 s, not called yet; pacing: no idle agent"
    assert (answer.next_call, answer.next_at, answer.state) == ("now", NOW, "waiting")


def test_waiting_after_no_answer(scene: Scene) -> None:
    scene.add(NUMBER)
    scene.call(Disposition.NO_ANSWER)
    answer = ask(scene, later=19 * MINUTE)
    assert answer.why == "waiting: due in 42 min after no answer (attempt 1 of 3)"
    assert answer.next_at == NOW + 66_000 + 3_600_000
    assert answer.next_call == f"{words.at(answer.next_at, NOW)} (in 42 min)"


def test_what_a_rule_has_decided_is_told(scene: Scene) -> None:
    scene.add(NUMBER)
    scene.call(Disposition.NO_ANSWER, reason="retry rule 2 says so")
    assert ask(scene).why.endswith("after no answer (attempt 1 of 3), because retry rule 2 says so")


def test_who_waits_for_the_hours_of_many_zones_is_told_what_spares_him(scene: Scene) -> None:
    hours = replace(scene.campaign.settings, calling_hours={"mon": "09:00-10:00"})
    storage.upsert_campaign(scene.db, "sales", "demo", hours, NOW)
    scene.add(NUMBER)
    assert "his number tells no time zone: name where he lives" in ask(scene).why
    at_home = replace(hours, zone="Europe/Moscow")
    storage.upsert_campaign(scene.db, "sales", "demo", at_home, NOW)
    answer = ask(scene)
    assert "outside the campaign's hours in Europe/Moscow" in answer.why
    assert "tells no time zone" not in answer.why


def test_our_own_failure_does_not_count(scene: Scene) -> None:
    scene.add(NUMBER)
    scene.call(Disposition.CONGESTION)
    assert "after no line: congestion (not counted; 0 of 3 attempts used)" in ask(scene).why


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (CampaignState.DRAFT, "not started yet"),
        (CampaignState.PAUSED, "paused"),
        (CampaignState.STOPPED, "stopped"),
    ],
)
def test_a_campaign_that_sleeps(scene: Scene, state: CampaignState, told: str) -> None:
    scene.add(NUMBER)
    scene.set_state(state)
    answer = ask(scene)
    assert f'campaign "demo" is {told}: ccdialer campaign start demo' in answer.why
    assert answer.next_call == "now, once the campaign is started"


def test_no_daemon(scene: Scene) -> None:
    scene.add(NUMBER)
    answer = ask(scene, Floor(trouble="the daemon is not running"))
    assert answer.why.endswith("; the daemon is not running")
    assert answer.next_call == "now, once the daemon can dial"


def test_no_agents_and_busy_agents(scene: Scene) -> None:
    scene.add(NUMBER)
    assert "no agents of its project are signed in" in ask(scene, floor()).why
    assert "no agent is available (talking 2)" in ask(scene, floor(talking=2)).why
    assert "agent" not in ask(scene, Floor()).why


def test_the_queue_before_it(scene: Scene) -> None:
    scene.add("+79160000002", priority=9)
    scene.add("+79160000003", due_at=NOW - 1000)
    scene.add("+79160000004", priority=1)
    scene.add(NUMBER)
    assert "2 due tasks go before it; pacing: no idle agent" in ask(scene).why


def test_another_number_of_the_client_is_next(scene: Scene) -> None:
    scene.add("+74950000001", NUMBER)
    assert "the client's number +74950000001 is dialed next" in ask(scene).why
    scene.call(Disposition.UNALLOCATED)
    assert "this number does not exist" in ask(scene, number="+74950000001").why


def test_the_number_that_a_retry_rule_has_chosen_is_next(scene: Scene) -> None:
    scene.add(NUMBER, "+79160000002")
    scene.call(Disposition.BUSY, next_number=NUMBER)
    assert "is dialed next" not in ask(scene).why
    scene.now += 600_000 + 66_000
    assert next_number(scene.reserve()) == NUMBER


@pytest.mark.parametrize(
    ("settings", "is_held"),
    [
        ({}, True),
        ({"agent_first": True}, False),
        ({"mode": Mode.PREVIEW}, False),
        ({"mode": Mode.CALLBACK}, False),
    ],
)
def test_who_was_abandoned_is_called_where_an_agent_is_held(
    scene: Scene, settings: dict[str, Any], is_held: bool
) -> None:
    wanted = replace(scene.campaign.settings, **settings)
    storage.upsert_campaign(scene.db, "sales", "demo", wanted, NOW)
    scene.add(NUMBER)
    scene.call(Disposition.ABANDONED, retry_after_s=0.0, answered_at=NOW / 1000 + 5)
    answer = ask(scene, later=2 * MINUTE)
    assert ("abandoned less than 72 h ago" in answer.why) is is_held
    assert (answer.next_call == "now") is not is_held


def test_reserved(scene: Scene) -> None:
    scene.add(NUMBER)
    scene.reserve()
    assert ask(scene).why.startswith("reserved: held ready by node one;")


def test_being_called_and_talking(scene: Scene) -> None:
    scene.add(NUMBER)
    _, opened = scene.open()
    answer = ask(scene)
    assert answer.why == f"active: being called since {words.at(NOW, NOW)}"
    assert answer.next_call == "when this call has ended, if its result asks for it"
    scene.join(opened)
    assert ask(scene).why.startswith("active: talking with anna since ")
    assert answer.next_at is None


def test_done(scene: Scene) -> None:
    scene.add(NUMBER)
    scene.call(Disposition.TALKED, ended_at=NOW / 1000 + 126)
    answer = ask(scene)
    assert answer.why == f"done: talked with anna {words.at(NOW + 6000, NOW)} for 2 min"
    assert (answer.next_call, answer.next_at) == ("never: the task is settled", None)


def test_failed_when_attempts_are_used_up(scene: Scene) -> None:
    scene.add(NUMBER)
    for _ in range(3):
        scene.call(Disposition.BUSY)
        scene.now += 20 * MINUTE
    told = ask(scene).why
    assert told.startswith("failed: all 3 attempts are used; the last: busy at ")
    assert len(ask(scene).task["tries"]) == 3


def test_failed_because_the_number_does_not_exist(scene: Scene) -> None:
    scene.add(NUMBER)
    scene.call(Disposition.UNALLOCATED)
    assert ask(scene).why.startswith("failed: given up after number does not exist at ")


def test_cancelled(scene: Scene) -> None:
    task_id = scene.add(NUMBER)
    storage.cancel_tasks(scene.db, [task_id], "asked not to be called", NOW)
    assert ask(scene).why == f"cancelled: asked not to be called, {words.at(NOW, NOW)}"


def test_a_live_call_of_another_task(scene: Scene) -> None:
    scene.add(NUMBER)
    scene.open()
    other = storage.upsert_campaign(
        scene.db, "sales", "other", CampaignSettings("PJSIP/{digits}@t"), NOW
    )
    row = storage.TaskRow([(NUMBER, NUMBER)], NOW)
    storage.insert_tasks(scene.db, other.id, [row], NOW)
    first, second = why(scene.db, NUMBER, READY, NOW)
    assert first.campaign == "demo"
    assert f"the number is on a live call of task {first.task['id']}" in second.why


def assign(scene: Scene, **changes: object) -> None:
    """The campaign is an assignment from now on."""
    settings = replace(scene.campaign.settings, mode=Mode.PREVIEW, **changes)
    storage.upsert_campaign(scene.db, "sales", "demo", settings, NOW)


def test_a_contact_of_an_assignment(scene: Scene) -> None:
    scene.add(NUMBER)
    assign(scene)
    assert "it is called when an agent asks for it: ccdialer agent next" in ask(scene).why
    scene.reserve()
    assert "an agent at node one reads it before he calls" in ask(scene).why


def test_a_campaign_that_has_not_begun(scene: Scene) -> None:
    scene.add(NUMBER)
    assign(scene, starts_on="2999-12-31")
    assert 'campaign "demo" starts on 2999-12-31' in ask(scene).why
    assign(scene, starts_on="2020-01-01")
    assert "starts on" not in ask(scene).why


def test_a_listed_client_is_never_called(scene: Scene) -> None:
    scene.add(NUMBER)
    put_on_list(scene.db, DncList(), [Listing(NUMBER, "asked by mail")], NOW)
    answer = ask(scene)
    assert answer.why.startswith("cancelled: on the do-not-call list of the site: asked by mail")
    assert (answer.next_call, answer.next_at) == ("never: the task is settled", None)


def test_a_listed_number_of_a_client_with_another(scene: Scene) -> None:
    scene.add(NUMBER, "+79160000002")
    put_on_list(scene.db, DncList(), [Listing(NUMBER)], NOW)
    told = "this number is on the do-not-call list of the site; the client's number +79160000002"
    assert told in ask(scene).why
    assert ask(scene).next_call == "now"
    assert "do-not-call" not in ask(scene, number="+79160000002").why


def test_a_number_that_the_campaign_does_not_dial_any_more(scene: Scene) -> None:
    scene.add(NUMBER)
    settings = replace(scene.campaign.settings, denied_prefixes=("+7916",))
    storage.upsert_campaign(scene.db, "sales", "demo", settings, NOW)
    answer = ask(scene)
    assert "denied, as all that begin with +7916" in answer.why
    assert (answer.next_call, answer.next_at) == ("never: it ends when its turn comes", None)
    for task in storage.claim_tasks(scene.db, scene.campaign.id, 1, NOW, "one"):
        scene.carry(opening(task, at=NOW / 1000))
    assert ask(scene).state == "cancelled"


def test_a_nearer_task_of_the_person(scene: Scene) -> None:
    settings = CampaignSettings("PJSIP/{digits}@trunk", duplicates=Duplicates.SITE)
    other = storage.upsert_campaign(scene.db, "sales", "other", settings, NOW)
    storage.set_campaign_state(scene.db, other.id, CampaignState.ACTIVE, NOW)
    first = scene.add(NUMBER)
    Scene(scene.db, other, scene.agent_id).add(NUMBER)
    mine, superfluous = why(scene.db, NUMBER, READY, NOW)
    assert f"duplicate of task {first}, which is called first" in superfluous.why
    assert (mine.next_call, superfluous.next_at) == ("now", None)


@pytest.mark.parametrize(
    ("pin", "whom"),
    [({"owner": True}, "its owner anna"), ({"owner_group": "vip"}, "group vip"), ({}, "anyone")],
)
def test_whom_a_callback_waits_for(scene: Scene, pin: dict[str, object], whom: str) -> None:
    settings = CampaignSettings("PJSIP/{digits}@t", Mode.CALLBACK)
    storage.upsert_campaign(scene.db, "sales", "demo", settings, NOW)
    if "owner" in pin:
        pin = {"owner_id": storage.agent_by_login(scene.db, "anna").id}
    scene.add(NUMBER, **pin)
    assert f"not called yet, for {whom}" in ask(scene).why
