from pathlib import Path

import pytest

from tests.bench.pacing import __main__ as bench
from tests.bench.pacing.cache import Cache
from tests.bench.pacing.cases import cases, seeds
from tests.bench.pacing.days import Job
from tests.bench.pacing.pool import live_all


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DOCS", "PARTLY", "DAYS", "CACHE", "ROOT"):
        monkeypatch.setattr(bench, name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--rows", "N7 p20"], "no case N7 p20; there are: N5 p20"),
        (["--policies", "magic"], "no policy magic; there are: progressive"),
        (["--again", "magic"], "no policy magic; there are: progressive"),
    ],
)
def test_what_is_not_known_is_named(at_home: Path, words: list[str], message: str) -> None:
    with pytest.raises(SystemExit, match=message):
        bench.main([*words, "--page"])


def test_rows_are_chosen_by_pattern() -> None:
    assert [case.name for case in bench._chosen_cases("N5 p?0,N10 drift")] == [
        *("N5 p20", "N5 p60", "N10 drift")
    ]


def test_hindsight_is_tried_only_when_asked_for() -> None:
    days = [(cases()["N5 p20"], range(501, 503))]
    assert len(bench.Plan(days, ["predictive"]).jobs()) == 2
    assert len(bench.Plan(days, ["predictive", "hindsight"]).jobs()) > 50


def test_others_live_the_first_of_the_days() -> None:
    (case,) = bench._chosen_cases("N5 p20")
    jobs = bench.Plan([(case, seeds(case))], ["predictive", "progressive"]).jobs()
    lived = {
        name: [j.seed for j in jobs if j.policy == name] for name in ("predictive", "progressive")
    }
    assert lived["predictive"] == list(range(501, 531))
    assert lived["progressive"] == list(range(501, 507))


def test_two_processes_live_what_is_asked_for(tmp_path: Path) -> None:
    jobs = [Job("N5 short day", "progressive", seed) for seed in (1, 2, 3)]
    cache = Cache(tmp_path / "pacing.jsonl")
    live_all(jobs, Path(__file__).parents[3], cache.add)
    days = Cache(tmp_path / "pacing.jsonl").days("N5 short day", "progressive", (1, 2, 3))
    assert len(days) == 3
    assert len({day.talk_s for day in days.values()}) == 3
