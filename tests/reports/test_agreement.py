"""`why` agrees with the engine: on any site, for any task, now and at the instant it names.

The engine is the claim and the opened attempt, as storage carries them out, with the trunk that the
core chooses. The clock alone is moved: nobody else is dialed meanwhile, and no call ends.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.campaign import CampaignState
from ccdialer.reports.why import WAITS, Answer, why_task
from tests.reports.examples import on_one_database, undone
from tests.reports.scenes import Scene
from tests.reports.sites import DAY, Site, opens, site_in, some

SECOND = 1000


@on_one_database
@given(st.data())
def test_why_says_what_the_engine_does(scene: Scene, data: st.DataObject) -> None:
    with undone(scene.db.transaction()):
        site = site_in(scene.db, data.draw)
        task_id = data.draw(some(*site.task_ids))
        answer = why_task(site.db, task_id, site.floor, site.now)
        assert answer.may_be_called == opens(site, task_id, site.now), answer.rules
        _prove(site, answer, data)


def _prove(site: Site, answer: Answer, data: st.DataObject) -> None:
    """The instant that is named is the first one; where none is, there is none."""
    task_id, next_at = answer.task["id"], answer.next_at
    is_active = site.campaigns[answer.task["campaign_id"]].state is CampaignState.ACTIVE
    if answer.task["state"] not in WAITS:
        assert not opens(site, task_id, site.now + data.draw(st.integers(0, 40 * DAY)), True)
        return
    if is_active:
        assert (next_at == site.now) == answer.may_be_called
    latest = site.now + 40 * DAY if next_at is None else next_at - SECOND
    before = [latest, data.draw(st.integers(site.now, max(site.now, latest)))]
    for at in before:
        if site.now <= at <= latest:
            assert not opens(site, task_id, at, True), (at, answer.holds)
    if next_at is not None:
        assert opens(site, task_id, next_at, True), answer.holds
    event = "never" if next_at is None else "now" if next_at == site.now else "later"
    SEEN[event] += 1
    SEEN.update(f"{each.rule} {each.passes}" for each in answer.rules)


SEEN: Counter[str] = Counter()
