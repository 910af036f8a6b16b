"""Daemons that die at every step, and two daemons at once: the invariants of TRUST A.5 hold.

A step is the commit of a batch, an answer of storage or a fact from Asterisk that the core takes
in, a request that Asterisk carries out, or time that goes by. One seed is one course of events.
"""

from __future__ import annotations

from random import Random

import pytest

from ccdialer.storage import Database
from tests.deaths.laws import all_hold
from tests.deaths.site import Plan, Site
from tests.storage.conftest import db

__all__ = ["db"]

LIVES = 80
EACH_STEP = {life * (life + 1) // 2 for life in range(1, LIVES)}
"""The n-th life ends at its n-th step."""
DANGEROUS_STEPS = 4000
CALLERS = 40


def day(db: Database, plan: Plan) -> Site:
    """A site's day by that plan, with all laws looked at."""
    site = Site(db, plan)
    site.live()
    all_hold(site)
    assert len(site.carrier.invites) >= 20
    return site


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_every_step(db: Database, seed: int) -> None:
    site = day(db, Plan(seed, dies=EACH_STEP.__contains__))
    assert site.nodes[0].deaths >= 25


@pytest.mark.parametrize("seed", range(100, 106))
def test_killed_at_any_step(db: Database, seed: int) -> None:
    fate = Random(seed)
    day(db, Plan(seed, dies=lambda step: step < DANGEROUS_STEPS and fate.random() < 0.01))


@pytest.mark.parametrize("seed", range(200, 203))
def test_two_daemons_work_on_the_same_persons(db: Database, seed: int) -> None:
    site = day(db, Plan(seed, nodes=2))
    nodes = {node for (node,) in db.rows("SELECT DISTINCT node FROM attempt")}
    assert nodes == {node.name for node in site.nodes}


@pytest.mark.parametrize("seed", range(300, 305))
def test_two_daemons_of_which_any_dies_at_any_step(db: Database, seed: int) -> None:
    fate = Random(seed)
    dies = lambda step: step < DANGEROUS_STEPS and fate.random() < 0.005  # noqa: E731
    day(db, Plan(seed, nodes=2, dies=dies))


@pytest.mark.parametrize("seed", range(400, 403))
def test_killed_at_every_step_of_callers(db: Database, seed: int) -> None:
    site = day(db, Plan(seed, dies=EACH_STEP.__contains__, callers=CALLERS))
    assert site.nodes[0].deaths >= 25
    assert len(site.rush.came) == CALLERS


@pytest.mark.parametrize("seed", range(500, 506))
def test_killed_at_any_step_of_callers(db: Database, seed: int) -> None:
    fate = Random(seed)
    dies = lambda step: step < DANGEROUS_STEPS and fate.random() < 0.01  # noqa: E731
    day(db, Plan(seed, dies=dies, callers=CALLERS))


@pytest.mark.parametrize("seed", range(600, 603))
def test_callers_of_two_daemons_of_which_any_dies(db: Database, seed: int) -> None:
    fate = Random(seed)
    dies = lambda step: step < DANGEROUS_STEPS and fate.random() < 0.005  # noqa: E731
    day(db, Plan(seed, nodes=2, dies=dies, callers=CALLERS))
