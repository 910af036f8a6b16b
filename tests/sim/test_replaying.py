"""A day that the simulator lived and storage kept agrees with its own replay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Mode
from ccdialer.errors import Refused
from ccdialer.sim.replaying import FIGURES, real_day, rerun_of, side_by_side, window_of
from ccdialer.sim.result import Day
from ccdialer.sim.scenario import CampaignPlan
from ccdialer.storage.calllog import Log, list_of_then, log_of
from tests.sim.lived import MORNING, an_hour_and_a_half, live_into

SINCE, UNTIL = (MORNING - 3600) * 1000, (MORNING + 4 * 3600) * 1000
SEEDS = range(1, 4)


Kept = tuple[Day, Log, CampaignPlan]


def kept_in(url: str) -> Kept:
    """A day that was lived, its log as storage tells it, and the campaign."""
    with storage.connect(url) as db:
        storage.migrate(db)
        scenario = an_hour_and_a_half(answer_rate={0.0: 0.3, 1.0: 0.45})
        campaign, day = live_into(db, scenario, 5)
        tasks = list_of_then(db, campaign, SINCE, UNTIL)
        log = log_of(db, campaign, SINCE, UNTIL)
    return day, log, CampaignPlan("demo", tasks, campaign.settings)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return kept_in(f"sqlite:///{tmp_path_factory.mktemp('kept')}/site.db")


def test_the_log_tells_the_day_as_it_was(database_url: str) -> None:
    day, log, plan = kept_in(database_url)
    real = real_day(log, plan)
    assert plan.tasks == 3000
    assert real.whole.ended == day.whole.ended
    assert (real.whole.dialed, real.lines_peak) == (day.whole.dialed, day.lines_peak)
    assert real.whole.talk_s == pytest.approx(day.whole.talk_s, abs=1.0)
    assert real.whole.wait_s == pytest.approx(day.whole.wait_s, abs=1.0)
    assert real.utilisation == pytest.approx(day.utilisation, abs=0.003)
    assert sum(agent.calls for agent in real.agents) == day.whole.talked


def test_a_replayed_day_agrees_with_the_day(kept: Kept) -> None:
    _, log, plan = kept
    rerun = rerun_of(log, plan)
    days = [rerun(seed) for seed in SEEDS]
    lines = {line.figure.key: line for line in side_by_side(real_day(log, plan), days, [])}
    for key, width in {
        "utilisation": 0.06,
        "occupancy": 0.06,
        "abandonment": 0.02,
        "answer_rate": 0.04,
        "wait_s": 0.15,
    }.items():
        assert lines[key].own.mean == pytest.approx(lines[key].real, abs=width), key
    for key, share in {"dials": 0.1, "talks": 0.1, "talk_s": 0.1, "talks_per_hour": 0.1}.items():
        assert lines[key].own.mean == pytest.approx(lines[key].real, rel=share), key


def test_it_finds_out_a_day_that_was_another(kept: Kept) -> None:
    """Half the agents: no longer the same day."""
    _, log, plan = kept
    few = dict(list(log.states.items())[::2])
    days = [rerun_of(replace(log, states=few), plan)(seed) for seed in SEEDS]
    lines = {line.figure.key: line for line in side_by_side(real_day(log, plan), days, days)}
    assert not lines["talks"].fits
    assert not lines["dials"].fits
    assert lines["talks"].changed == lines["talks"].own


def test_other_settings_make_another_day_of_the_same_people(kept: Kept) -> None:
    _, log, plan = kept
    rerun = rerun_of(log, plan)
    cautious = rerun.under(replace(plan.settings, mode=Mode.PROGRESSIVE))
    ours, theirs = rerun(1), cautious(1)
    assert theirs.whole.abandonment < 0.01  # agents leave for breaks while their calls ring
    assert ours.whole.abandoned + rerun(2).whole.abandoned > 3
    assert theirs.utilisation < ours.utilisation - 0.05
    assert cautious(1) == theirs


def test_too_short_a_day_is_refused(kept: Kept) -> None:
    _, log, plan = kept
    with pytest.raises(Refused, match="at least 10 talks are needed"):
        window_of(replace(log, calls=log.calls[:5]))
    with pytest.raises(Refused, match="0 calls and 0 talks"):
        window_of(replace(log, calls=()))
    cut = tuple(replace(call, cause=0) for call in log.calls)
    with pytest.raises(Refused, match=f"{len(cut)} calls and 0 talks"):
        rerun_of(replace(log, calls=cut), plan)


def test_figures_have_names_of_their_own() -> None:
    assert len({figure.key for figure in FIGURES}) == len(FIGURES)
