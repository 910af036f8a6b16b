"""What is learned from a log is what was put into it, within the bounds of chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import sqrt

import pytest

from ccdialer import storage
from ccdialer.cli.filters import hour_of_day
from ccdialer.core.disposition import Disposition
from ccdialer.sim.laws import Times, mean_of
from ccdialer.sim.learning import LEAST, Learned, is_enough, learned, shown, working_day
from ccdialer.sim.scenario import Callees, CampaignPlan, Scenario, dialing_settings
from ccdialer.storage import Database
from ccdialer.storage.calllog import Log, LoggedCall, log_of
from ccdialer.writing import written
from tests.sim.lived import MORNING, an_hour_and_a_half, live_into

SINCE, UNTIL = (MORNING - 3600) * 1000, (MORNING + 4 * 3600) * 1000
TRUTH = {"machine": 0.4, "busy": 0.1, "failed": 0.08, "rejected": 0.06, "unreachable": 0.12}
SETTINGS = dialing_settings()


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with storage.connect(database_url) as database:
        storage.migrate(database)
        yield database


def of_a_day(db: Database, **truth: object) -> tuple[Learned, Log]:
    campaign, _ = live_into(db, an_hour_and_a_half(**truth), 7)
    log = log_of(db, campaign, SINCE, UNTIL)
    return learned(log, campaign.settings, hour_of_day), log


def chance(share: float, count: int) -> float:
    """Four standard deviations of a share that was counted."""
    return 4.0 * sqrt(share * (1.0 - share) / count)


def test_a_day_teaches_what_made_it(db: Database) -> None:
    rates = {0.0: 0.2, 1.0: 0.5}
    found, log = of_a_day(db, answer_rate=rates, machine_as_person=0.0, **TRUTH)
    origins = {origin.quantity: origin for origin in found.origins}
    unanswered = origins["machine"].seen
    assert unanswered > 500
    for name, share in TRUTH.items():
        assert getattr(found.callees, name) == pytest.approx(share, abs=chance(share, unanswered))
    by_hour = {hour: [c for c in log.calls if c.dialed_at // 3600 == MORNING // 3600 + hour]
               for hour in (0, 1)}  # fmt: skip
    for hour, rate in rates.items():
        drawn_to_mean = 0.06  # fifty calls of the other hour are in it
        bound = chance(rate, len(by_hour[int(hour)])) + drawn_to_mean
        assert found.callees.answer_rate[hour] == pytest.approx(rate, abs=bound)
    talks = origins["talk"].seen
    assert mean_of(found.callees.talk) == pytest.approx(120.0, abs=4 * 120 * 0.92 / sqrt(talks))
    assert mean_of(found.callees.wrap_up) == pytest.approx(20.0, abs=4 * 20 * 0.65 / sqrt(talks))
    assert mean_of(found.callees.delay) == pytest.approx(2.5, abs=0.2)
    assert found.callees.judged_machine_s == pytest.approx(3.0, abs=0.1)
    assert (found.begins, found.hours) == (9.0, 2.0)
    assert all(len(law.samples) <= 100 for law in (found.callees.talk, found.callees.ring))


def call(disposition: Disposition, number: int = 0, **changes: object) -> LoggedCall:
    at = MORNING + 60.0 * number
    found = LoggedCall(number, at, at + 2, None, None, at + 20, disposition, 17, None)
    return replace(found, **changes)  # type: ignore[arg-type]


def log_with(*calls: LoggedCall) -> Log:
    return Log(1, calls, {}, {})


def talk(number: int, cause: int = 16) -> LoggedCall:
    at = MORNING + 60.0 * number
    instants = {"answered_at": at + 5, "joined_at": at + 6, "ended_at": at + 66}
    return call(Disposition.TALKED, number, cause=cause, **instants)


def test_too_few_calls_leave_what_is_assumed() -> None:
    prior = Callees(answer_rate={0.0: 0.123}, talk=Times(77.0))
    log = log_with(*[talk(n) for n in range(LEAST - 1)])
    found = learned(log, SETTINGS, hour_of_day, prior)
    assert not is_enough(log)
    assert found.callees == prior
    assert {origin.seen for origin in found.origins} == {0}


def test_enough_calls_are_learned_from_each_quantity_by_itself() -> None:
    log = log_with(*[talk(n) for n in range(LEAST)])
    found = learned(log, SETTINGS, hour_of_day)
    seen = {origin.quantity: origin.seen for origin in found.origins}
    assert is_enough(log)
    assert seen["talk"] == LEAST
    assert seen["busy"] == 0  # nobody was busy among nobody
    assert found.callees.busy == Callees().busy
    assert mean_of(found.callees.talk) == 60.0


def test_talks_cut_short_and_calls_that_say_nothing_are_left_out_and_counted() -> None:
    cut = [talk(LEAST + n, cause=0) for n in range(3)]
    full = call(Disposition.CONGESTION, 200)
    log = log_with(*[talk(n) for n in range(LEAST)], *cut, full)
    found = learned(log, SETTINGS, hour_of_day)
    assert found.left_out == {"congestion": 1, "talk cut short": 3}
    seen = {origin.quantity: origin.seen for origin in found.origins}
    assert (seen["answer_rate"], seen["talk"]) == (LEAST + 3, LEAST)


def test_an_hour_with_few_calls_is_drawn_to_the_mean() -> None:
    busy = [call(Disposition.BUSY, n, dialed_at=MORNING + n) for n in range(200)]
    answered = [replace(talk(n), dialed_at=MORNING + n) for n in range(200)]
    evening = replace(talk(500), dialed_at=MORNING + 8 * 3600)
    rates = learned(log_with(*busy, *answered, evening), SETTINGS, hour_of_day).callees.answer_rate
    assert rates[0.0] == pytest.approx(0.5, abs=0.001)
    assert 0.5 < rates[8.0] < 0.52  # one call of one is no rate of 100 %


def test_without_calls_the_day_is_the_usual_one() -> None:
    assert working_day([], hour_of_day) == (9.0, 8.0)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("talk", Times(93.04), "93.0 s in the mean"),
        ("answer_rate", {0.0: 0.25}, "25.0%"),
        ("answer_rate", {0.0: 0.25, 1.0: 0.4}, "25.0% to 40.0% by hour"),
        ("judged_machine_s", 3.0, "3.0 s"),
        ("busy", 0.08, "8.0%"),
    ],
)
def test_in_words(name: str, value: object, words: str) -> None:
    assert shown(name, value) == words


def test_the_file_holds_what_is_not_usual() -> None:
    callees = Callees(busy=0.2, talk=Times(60.0, samples=(50.0, 70.0)))
    text = written(Scenario(campaigns=(CampaignPlan(callees=callees),)))
    assert text.splitlines() == [
        "campaigns:",
        "- callees:",
        "    busy: 0.2",
        "    talk:",
        "      mean_s: 60",
        "      spread: 0",
        "      samples: [50, 70]",
    ]
