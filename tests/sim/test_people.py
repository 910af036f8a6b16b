"""People: drawn beforehand, the same for every policy, as the scenario says."""

from itertools import pairwise

import pytest

from ccdialer.sim.laws import Times
from ccdialer.sim.people import Clients, Outcome, workers
from ccdialer.sim.scenario import Away, Between, Callees, Scenario, Team, Trunk

LEADS = 10_000


def people(**changes: object) -> Clients:
    return Clients(Callees(**changes), hours=8.0, seed=7)  # type: ignore[arg-type]


def share(clients: Clients, outcome: Outcome, now_s: float = 0.0) -> float:
    return sum(clients.fate(n, 0, now_s).outcome is outcome for n in range(LEADS)) / LEADS


def test_a_persons_fate_does_not_depend_on_who_was_called_before() -> None:
    backwards = people()
    fates = [backwards.fate(n, 0, 0.0) for n in range(50, -1, -1)][::-1]
    forwards = people()
    assert [forwards.fate(n, 0, 0.0) for n in range(51)] == fates


def test_another_attempt_and_another_seed_are_other_fates() -> None:
    clients = people()
    assert clients.fate(1, 0, 0.0) != clients.fate(1, 1, 0.0)
    assert Clients(Callees(), 8.0, 8).fate(1, 0, 0.0) != clients.fate(1, 0, 0.0)


def test_outcomes_have_their_shares() -> None:
    clients = people(answer_rate={0.0: 0.2})
    assert share(clients, Outcome.PERSON) == pytest.approx(0.2, abs=0.012)
    assert share(clients, Outcome.MACHINE) == pytest.approx(0.8 * 0.30, abs=0.012)
    assert share(clients, Outcome.BUSY) == pytest.approx(0.8 * 0.08, abs=0.012)
    assert share(clients, Outcome.FAILED) == pytest.approx(0.8 * 0.07, abs=0.012)


@pytest.mark.parametrize(
    ("between", "rates"),
    [(Between.STEPS, (0.2, 0.2, 0.6, 0.6)), (Between.LINES, (0.2, 0.4, 0.6, 0.6))],
)
def test_the_answer_rate_has_its_course(between: Between, rates: tuple[float, ...]) -> None:
    clients = people(answer_rate={0.0: 0.2, 4.0: 0.6}, between=between)
    seen = tuple(clients.answer_rate(0, hour * 3600.0) for hour in (0.0, 2.0, 4.0, 7.0))
    assert seen == pytest.approx(rates)


def test_noise_has_its_deviation_and_goes_slowly() -> None:
    clients = people(noise=0.25, noise_memory_s=600.0)
    rates = [clients.answer_rate(0, minute * 60.0) / 0.35 for minute in range(480)]
    deviation = (sum((r - 1.0) ** 2 for r in rates) / len(rates)) ** 0.5
    steps = (sum((b - a) ** 2 for a, b in pairwise(rates)) / 479) ** 0.5
    assert 0.15 < deviation < 0.35
    assert steps < 0.6 * deviation


def test_neighbours_in_the_list_are_alike() -> None:
    clients = people(run_length=100, run_spread=0.5)
    rates = [clients.answer_rate(lead, 0.0) for lead in range(1000)]
    assert len(set(rates)) == 10
    assert len(set(rates[:100])) == 1


def test_talks_get_longer_at_noon() -> None:
    clients = people(talk_factor={0.0: 1.0, 4.0: 1.8}, talk=Times(100.0))
    lead = next(n for n in range(100) if clients.fate(n, 0, 0.0).outcome is Outcome.PERSON)
    morning, afternoon = (clients.fate(lead, 0, hour * 3600.0).talk_s for hour in (1, 5))
    assert afternoon == pytest.approx(1.8 * morning)


def test_agents_come_take_breaks_and_go() -> None:
    scenario = Scenario(teams=(Team(agents=40), Team(agents=2, name="late", starts=4.0, ends=6.0)))
    staff = workers(scenario, seed=1)
    assert [worker.number for worker in staff] == list(range(1, 43))
    assert all(0.0 <= worker.signs_in_s <= 180.0 for worker in staff[:40])
    assert staff[41].login == "late002"
    assert (staff[41].signs_in_s // 3600, staff[41].leaves_s) == (4, 6 * 3600.0)
    breaks = sum(len(worker.breaks) for worker in staff[:40]) / 40
    assert 4.5 < breaks < 7.5  # 8 h, one in 75 + 4 minutes
    assert staff[0].pace == workers(scenario, seed=1, day=3)[0].pace
    assert staff[0].breaks != workers(scenario, seed=1, day=3)[0].breaks


def test_a_team_is_away_together_and_takes_no_breaks_around_that() -> None:
    team = Team(agents=40, break_every_s=900.0, away=(Away(1.0, 1800.0), Away(9.0)))
    for worker in workers(Scenario(teams=(team,)), 3):
        assert (3600.0, 1800.0) in worker.breaks
        near = [at for at, _ in worker.breaks if 3000.0 - 240.0 < at < 5400.0]
        assert near == [3600.0]
        assert list(worker.breaks) == sorted(worker.breaks)
        assert all(at < 8 * 3600.0 for at, _ in worker.breaks)  # the second is after the day


def test_a_trunk_refuses_its_share_and_changes_nobody() -> None:
    poor = Clients(Callees(), 8.0, 7, Trunk(congestion=0.1, delay_s=2.0))
    assert share(poor, Outcome.REFUSED) == pytest.approx(0.1, abs=0.012)
    direct = people()
    for lead in range(50):
        through, fate = poor.fate(lead, 0, 0.0), direct.fate(lead, 0, 0.0)
        assert through.outcome in (fate.outcome, Outcome.REFUSED)
        assert through.talk_s == fate.talk_s
        assert through.delay_s == fate.delay_s + 2.0


def test_who_declines_and_who_is_out_of_reach_have_their_shares() -> None:
    clients = people(answer_rate={0.0: 0.2}, rejected=0.2, unreachable=0.1)
    assert share(clients, Outcome.REJECTED) == pytest.approx(0.8 * 0.2, abs=0.014)
    assert share(clients, Outcome.UNREACHABLE) == pytest.approx(0.8 * 0.1, abs=0.012)
