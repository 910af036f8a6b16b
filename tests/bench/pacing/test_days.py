from dataclasses import replace

import pytest

from tests.bench.pacing import days
from tests.bench.pacing.cases import SEEDS, cases, seeds, shared
from tests.bench.pacing.contenders import FIXED, PROGRESSIVE, contenders
from tests.bench.pacing.days import Job, live
from tests.bench.pacing.page import page
from tests.bench.pacing.summary import summary
from tests.bench.pacing.verdict import Verdict

SHORT = 0.1  # hours


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        name: replace(case, scenario=replace(case.scenario, hours=SHORT))
        for name, case in cases().items()
    }
    monkeypatch.setattr(days, "cases", lambda: known)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("policy", FIXED)
def test_every_contender_lives_a_day_and_lives_it_alike_again(policy: str) -> None:
    job = Job("N5 p60", policy, 1)
    assert live(job) == live(job)
    assert sum(live(job).answered) > 0


@pytest.mark.usefixtures("short")
def test_the_same_people_meet_whoever_paces() -> None:
    first, second = (live(Job("N20 p60", p, 1)).paid_s for p in ("Issabel", PROGRESSIVE))
    # nobody's breaks or sign-in hang on the policy; only a talk may delay a break
    assert first == pytest.approx(second, rel=0.03)


def test_a_tiny_list_ends_with_its_last_dial() -> None:
    day = live(Job("N10 tiny list", PROGRESSIVE, 1))
    assert 299 <= day.dialed <= 300  # the last one in the very instant of the end
    assert day.paid_s < 10 * 3600.0


@pytest.mark.usefixtures("short")
def test_each_of_several_campaigns_is_counted() -> None:
    day = live(Job(shared(15).name, PROGRESSIVE, 1))
    assert len(day.rates) == len(day.answered) == 3
    assert all(day.answered)


def test_the_table_holds_what_the_issue_asks_for() -> None:
    names = set(cases())
    assert names >= {f"N{n} p{p}" for n in (5, 10, 20, 50, 100, 200) for p in (20, 35, 60)}
    assert all(len(seeds(case)) >= 30 for case in cases().values() if case.agents <= 20)
    assert len(cases()) == 47
    assert all(case.agents <= max(SEEDS) for case in cases().values())


def test_hindsight_chooses_among_some_fifty_settings() -> None:
    for case in cases().values():
        found = contenders(case).keys() - FIXED.keys()
        assert 40 <= len([name for name in found if name.startswith("adapt")]) <= 60


def test_the_page_tells_what_was_found() -> None:
    found = {name: summary({1: live(Job("N5 short day", PROGRESSIVE, 1))}) for name in FIXED}
    v = Verdict(cases()["N5 short day"], found, 1.2, None, None, 1.0, 0.995)
    text = page([v])
    assert "1 of 47 cases have been lived" in text
    assert "judged on 1 for teams of 5" in text
    assert "| N5 short day |" in text
    assert "| **1.000** | 1.04 | 0.995 | **no** |" in text
    assert "is reached in 1 of 1 cases." in text
