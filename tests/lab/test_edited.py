"""Lists and rules are edited by the command while clients are dialed and the daemon is killed; by
SIPp's record and the database nobody is called who may not be (TRUST A.5, rows 3, 4, 5)."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from ccdialer.core.calls import STALE_S
from ccdialer.core.campaign import CampaignSettings, CampaignState, Mode
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.storage import campaigns
from ccdialer.storage.insertion import TaskRow, insert_tasks
from tests.lab.running import Make, Running
from tests.lab.sipp import Manners, invites
from tests.lab.test_trunks import command

pytestmark = pytest.mark.lab

BRISK = Manners(ring_ms=(100, 200), talk_ms=(250, 100), media=False)
COUNT, ROUNDS, EACH = 150, 5, 8
ONCE_A_DAY = "counts: attempts\nper_day: 1\n"
CLOSED = "calling_hours: 09:00-09:30\nper_day: 1\n"
"""A Russian mobile may be anywhere: half an hour is never open in all zones."""


def test_nobody_is_called_who_may_not_be(make_sqlite: Make) -> None:
    dice = random.Random(4)
    running = make_sqlite(BRISK)
    found = running.fill(COUNT, {1: 3.0, 3: 1.0}, wrap_up_s=0.1, max_attempts=3)
    again(running, found)
    apply(running, ONCE_A_DAY)
    running.start()
    running.ask("login", all=True)
    listed: dict[str, float] = {}
    left = list(found)
    for _ in range(ROUNDS):
        time.sleep(dice.uniform(0.3, 1.5))
        chosen = dice.sample(left, EACH)
        left = [number for number in left if number not in chosen]
        eight = ["8" + number.lstrip("+")[1:] for number in chosen]  # in another spelling
        command(running, "dnc", "add", *eight)
        listed |= dict.fromkeys((number.lstrip("+") for number in chosen), time.time())
        time.sleep(dice.uniform(0.0, 0.5))
        running.kill()
        running.start(is_connected=False)
    time.sleep(1.0)
    apply(running, CLOSED)
    closed_at = time.time()
    running.kill()
    running.start()
    time.sleep(STALE_S)
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log
    dialed = invites(running.site.carrier_log())
    assert len(dialed) >= 20
    nobody_is_dialed_after(running, dict.fromkeys((n for _, n in dialed), closed_at))
    nobody_is_dialed_after(running, listed)
    assert set(Counter(number for _, number in dialed).values()) == {1}
    assert len(set(listed) - {number for _, number in dialed}) > 0
    assert len(dialed) < COUNT


def again(running: Running, found: list[str]) -> None:
    """The same people in a campaign of another project."""
    now = time.time_ns() // 1_000_000
    dial = "PJSIP/{digits}@carrier"
    settings = CampaignSettings(dial, mode=Mode.PROGRESSIVE, calling_hours=AT_ANY_TIME)
    other = campaigns.upsert_campaign(running.database, "other", "other", settings, now)
    for login in ("agent1", "agent2"):
        sql = (
            "INSERT INTO membership (agent_id, project_id) SELECT id, ? FROM agent WHERE login = ?"
        )
        running.database.run(sql, (other.project_id, login))
    insert_tasks(running.database, other.id, [TaskRow(((n, n),), now) for n in found], now)
    campaigns.set_campaign_state(running.database, other.id, CampaignState.ACTIVE, now)


def apply(running: Running, rules: str) -> None:
    path: Path = running.site.folder / "rules.yaml"
    path.write_text(rules)
    command(running, "rules", "apply", str(path))


def nobody_is_dialed_after(running: Running, since: dict[str, float]) -> None:
    """No leg is written after that instant; what was written just before is dialed at once, or
    never."""
    sql = "SELECT number, opened_at FROM attempt"
    for number, opened_at in running.database.rows(sql):
        assert opened_at <= since.get(number.lstrip("+"), 1e12) * 1000, number
    for at, number in invites(running.site.carrier_log()):
        assert at <= since.get(number, 1e12) + STALE_S, number
