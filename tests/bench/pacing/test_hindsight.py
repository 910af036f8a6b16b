from pathlib import Path

import pytest

from tests.bench.pacing.cache import Cache
from tests.bench.pacing.cases import cases, seeds
from tests.bench.pacing.contenders import LEVELS, PREDICTIVE, TRUE, adapted
from tests.bench.pacing.days import Job, Lived
from tests.bench.pacing.hindsight import FINALISTS, best_adapted, best_ratio, final, trial
from tests.bench.pacing.summary import ratio, summary
from tests.bench.pacing.verdict import verdict

CASE = cases()["N20 p20"]
DAYS = range(501, 503)


def lived(talk: float, abandoned: int, answered: int = 1000) -> Lived:
    """`talk` is the share of 100,000 paid seconds."""
    return Lived(100_000.0, talk * 100_000.0, (answered,), (abandoned,), 5000, 200_000.0)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "pacing.jsonl")


def fill(cache: Cache, name: str, *days: Lived) -> None:
    for seed, day in zip(DAYS, days, strict=True):
        cache.add(Job(CASE.name, name, seed), day)


def test_the_best_that_keeps_the_cap_in_the_mean_is_chosen(cache: Cache) -> None:
    names = list(adapted(CASE.agents))
    fill(cache, names[0], lived(0.60, 10), lived(0.60, 10))
    fill(cache, names[1], lived(0.65, 31), lived(0.67, 29))
    fill(cache, names[2], lived(0.70, 31), lived(0.70, 30))
    choice = best_adapted(CASE, DAYS, cache)
    assert choice is not None
    assert (choice.name, choice.utilisation, choice.abandonment) == (names[1], 0.66, 0.03)


def test_a_setting_that_has_not_lived_all_days_is_not_chosen(cache: Cache) -> None:
    cache.add(Job(CASE.name, next(iter(adapted(CASE.agents))), 501), lived(0.6, 1))
    assert best_adapted(CASE, DAYS, cache) is None


def test_between_two_ratios_the_level_of_three_percent_is_taken(cache: Cache) -> None:
    fill(cache, f"ratio {LEVELS[3]:g}", lived(0.60, 20), lived(0.60, 20))
    fill(cache, f"ratio {LEVELS[4]:g}", lived(0.70, 60), lived(0.70, 60))
    choice = best_ratio(CASE, DAYS, cache)
    assert choice is not None
    assert choice.utilisation == pytest.approx(0.625)
    assert choice.name == "ratio 1.3 to 1.4"


def test_the_final_holds_the_best_of_the_trial_and_the_most_careful(cache: Cache) -> None:
    few = sorted({job.seed for job in trial(CASE, seeds(CASE))})
    names = list(adapted(CASE.agents))
    for rank, name in enumerate(names):
        for seed in few:
            cache.add(Job(CASE.name, name, seed), lived(0.5 + rank / 1000.0, 5 + rank))
    finalists = {job.policy for job in final(CASE, seeds(CASE), cache)}
    keeping = [name for rank, name in enumerate(names) if 5 + rank <= 31]
    assert finalists >= {*keeping[-FINALISTS:], names[0]}
    assert not finalists & {*names[27:], names[3]}


def test_settings_that_led_to_the_same_days_are_lived_once(cache: Cache) -> None:
    for job in trial(CASE, seeds(CASE)):
        cache.add(job, lived(0.5, 5))
    named = [job.policy for job in final(CASE, seeds(CASE), cache)]
    assert len({name for name in named if name.startswith("adapt")}) <= 2


def test_ratios_are_taken_over_the_days_that_both_have_lived() -> None:
    ours = {501: lived(0.6, 1), 502: lived(0.9, 1)}
    assert ratio(ours, {501: lived(0.5, 1), 503: lived(0.1, 1)}) == pytest.approx(1.2)
    assert ratio(ours, {}) is None


def test_a_summary_counts_each_campaign_of_each_day() -> None:
    day = Lived(1000.0, 700.0, (100, 100), (2, 4), 500, 1400.0)
    found = summary({1: day, 2: day})
    assert (found.abandonment, found.over, found.answers) == (0.04, 0.5, 200.0)
    assert (found.utilisation, found.lines) == (0.7, 2.0)


def test_a_verdict_names_what_is_missed(cache: Cache) -> None:
    fill(cache, PREDICTIVE, lived(0.75, 20), lived(0.75, 31))
    fill(cache, TRUE, lived(0.75, 20), lived(0.75, 30))
    fill(cache, next(iter(adapted(CASE.agents))), lived(0.70, 20), lived(0.70, 20))
    v = verdict(CASE, DAYS, cache)
    assert v is not None
    assert v.keeps_cap is False  # one of two days is above 3 %
    assert v.beats_hindsight is False  # 1.071 is below 1.08
    assert v.nears_truth is True
    assert not v.holds


def test_the_cache_outlives_its_process_and_a_line_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "pacing.jsonl"
    fill(Cache(path), PREDICTIVE, lived(0.75, 20), lived(0.75, 31))
    with path.open("a") as file:
        file.write('[{"case": "N20')
    again = Cache(path)
    assert again.days(CASE.name, PREDICTIVE, DAYS)[502] == lived(0.75, 31)
    again.forget([PREDICTIVE], ["N5 p20"])
    assert len(Cache(path).days(CASE.name, PREDICTIVE, DAYS)) == 2
    again.forget([PREDICTIVE], [CASE.name])
    assert not Cache(path).days(CASE.name, PREDICTIVE, DAYS)
