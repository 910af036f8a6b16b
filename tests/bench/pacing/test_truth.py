import pytest

from ccdialer.core.pacing.durations import TALK_EDGES
from ccdialer.sim.laws import Shape, Times
from ccdialer.sim.people import Clients
from ccdialer.sim.scenario import Callees, dialing_settings
from tests.bench.pacing.truth import Clock, Fates, Knowing, Lasting, TrueAnswering, TrueDurations

SETTINGS = dialing_settings()
PLAIN = Callees(  # everybody rings 4 s after 2 s, talks 100 s or 300 s; no machines
    delay=Times(2.0, shape=Shape.FIXED),
    ring=Times(4.0, shape=Shape.FIXED),
    talk=Times(samples=(100.0, 300.0)),
    wrap_up=Times(10.0, shape=Shape.FIXED),
    machine=0.0,
    busy=0.5,
    failed=0.0,
)


@pytest.fixture(scope="module")
def fates() -> Fates:
    return Fates(PLAIN, SETTINGS, originate_s=0.0)


def test_a_call_is_answered_with_the_chance_of_the_moment(fates: Fates) -> None:
    clock = Clock()
    answering = TrueAnswering(fates, lambda now: 0.2 if now < 100.0 else 0.6, clock)
    assert answering.curve().answered[-1] == pytest.approx(0.2, abs=0.001)
    answering.tick((), 100.0)
    assert answering.curve().answered[-1] == pytest.approx(0.6, abs=0.001)


def test_answers_come_in_their_second(fates: Fates) -> None:
    curve = TrueAnswering(fates, lambda now: 0.2, Clock()).curve()
    assert curve.answered[6] == 0.0
    assert curve.answered[7] == pytest.approx(0.2, abs=0.001)
    # half of the 80 % who do not answer were busy after 2 s; 60 % are left, of whom 20 answer
    assert curve.answered_within(4, 5) == pytest.approx(1 / 3, abs=0.01)


def test_answers_that_can_be_prevented_are_left_out(fates: Fates) -> None:
    answering = TrueAnswering(fates, lambda now: 0.2, Clock())
    assert answering.curve(6.0).answered[-1] == 0.0
    assert answering.curve(7.0).answered[-1] == pytest.approx(0.2, abs=0.001)


def test_machines_taken_for_people_are_live_answers() -> None:
    machines = Callees(machine=1.0, machine_as_person=0.25, ring=Times(4.0, shape=Shape.FIXED))
    known = Fates(machines, SETTINGS, originate_s=0.0)
    curve = TrueAnswering(known, lambda now: 0.0, Clock()).curve()
    assert 0.2 < curve.answered[-1] <= 0.255  # some ring for longer than the campaign waits


def test_survival_is_that_of_the_samples() -> None:
    law = Lasting([(100.0, 1.0), (300.0, 3.0)])
    assert law.mean_s == 250.0
    assert (law.survives(100.0), law.survives(100.1), law.survives(301.0)) == (1.0, 0.75, 0.0)


def test_a_talk_outlasts_as_its_law_says() -> None:
    durations = TrueDurations(
        TALK_EDGES, lambda now: Lasting([(100.0, 1.0), (300.0, 1.0)]), Clock()
    )
    assert durations.outlasts(50.0, 100.0) == 0.5
    assert durations.outlasts(150.0, 100.0) == 1.0
    assert durations.outlasts(400.0, 1.0) == 0.0


def test_talks_are_as_long_as_the_agents_and_the_hour_make_them() -> None:
    callees = Callees(
        talk=PLAIN.talk, wrap_up=PLAIN.wrap_up, machine=0.0, talk_factor={0.0: 1.0, 1.0: 2.0}
    )
    people = Clients(callees, 8.0, 1)
    policy = Knowing(callees, people, [1.5], originate_s=0.0).policy(SETTINGS)
    freeing = policy._freeing
    assert freeing.handle_s == pytest.approx(200.0 * 1.5 + 10.0 * 1.5, rel=0.01)
    policy._answering.tick((), 3600.0)
    freeing.refresh((), (), [5])
    assert freeing.handle_s == pytest.approx(400.0 * 1.5 + 10.0 * 1.5, rel=0.01)
