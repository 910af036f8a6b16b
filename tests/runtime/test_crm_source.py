"""A CRM is asked once for a number at a time, by few threads, and spared when it fails."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from ccdialer.core.card import Card
from ccdialer.crm.fault import PACED, CrmFault, too_late
from ccdialer.runtime.crm_source import (
    PREPARE_S,
    WAITING_PER_WORKER,
    Answer,
    CrmSource,
    Terms,
)
from tests.runtime.crm_people import ANNA, DOWN, NUMBER, HandClock, Told, wait_until

PAUSE_S = 10.0


class Site:
    """A source over a told connector, and what it was heard to say."""

    def __init__(self, **terms: object) -> None:
        self.crm = Told()
        self.clock = HandClock()
        self.heard: list[tuple[str, str, Card | None]] = []
        self.source = CrmSource(
            self.crm,
            Terms(pause_s=PAUSE_S, **terms),  # type: ignore[arg-type]
            lambda *told: self.heard.append(told),
            lambda: self.clock.at,
        )

    def ask(self, number: str = NUMBER) -> Answer:
        return self.source.ask(number)

    def fail(self, times: int = 3) -> None:
        self.crm.answer = DOWN
        for n in range(times):
            assert reason(self.ask(f"+{n}")) == DOWN.reason


def reason(answer: Answer) -> str:
    fault = answer.exception(5)
    assert isinstance(fault, CrmFault)
    return fault.reason


def test_an_answer_is_given_and_heard() -> None:
    site = Site()
    assert site.ask().result(5) is ANNA
    site.crm.answer = None
    assert site.ask("+1").result(5) is None
    assert site.heard == [("one", NUMBER, ANNA), ("one", "+1", None)]


def test_whoever_asks_the_same_meanwhile_gets_the_same_answer() -> None:
    site = Site()
    site.crm.gate.clear()
    answers = [site.ask() for _ in range(5)]
    site.crm.gate.set()
    assert {id(each.result(5)) for each in answers} == {id(ANNA)}
    assert site.crm.asked == [NUMBER]
    wait_until(lambda: site.ask().result(5) is ANNA and len(site.crm.asked) > 1)


def test_it_is_spared_after_failures_and_tried_by_one() -> None:
    site = Site()
    site.fail()
    asked = len(site.crm.asked)
    assert reason(site.ask()) == "crm_spared"
    assert len(site.crm.asked) == asked
    site.clock.at += PAUSE_S
    site.crm.gate.clear()
    trial = site.ask()
    assert reason(site.ask("+9")) == "crm_spared", "one tries, the others do not wait for it"
    site.crm.answer = ANNA
    site.crm.gate.set()
    assert trial.result(5) is ANNA
    assert site.ask("+9").result(5) is ANNA
    assert not site.source.breaker.is_tripped


def test_a_failed_trial_makes_the_pause_longer() -> None:
    site = Site()
    site.fail()
    site.clock.at += PAUSE_S
    assert reason(site.ask()) == DOWN.reason
    site.clock.at += PAUSE_S
    assert reason(site.ask()) == "crm_spared"
    site.clock.at += PAUSE_S
    assert reason(site.ask()) == DOWN.reason


def test_an_answer_in_between_closes_it() -> None:
    site = Site()
    site.fail(2)
    site.crm.answer = None
    site.ask().result(5)
    site.fail(2)
    assert not site.source.breaker.is_tripped


def test_answers_that_are_late_for_the_caller_open_it_and_are_kept() -> None:
    site = Site()
    site.crm.gate.clear()
    answers = [site.ask(f"+{n}") for n in range(3)]
    for n in range(3):
        site.source.give_up(f"+{n}")
        site.source.give_up(f"+{n}")  # a second caller of that number
    assert site.source.counts.late == 3
    assert reason(site.ask("+9")) == "crm_spared"
    site.crm.gate.set()
    assert [each.result(5) for each in answers] == [ANNA] * 3
    wait_until(lambda: len(site.heard) == 3)
    assert site.source.breaker.is_tripped, "only a trial closes it"


def test_a_late_failure_is_not_counted_twice() -> None:
    site = Site()
    site.crm.gate.clear()
    site.crm.answer = DOWN
    answer = site.ask()
    site.source.give_up(NUMBER)
    site.crm.gate.set()
    assert reason(answer) == DOWN.reason
    assert site.source.breaker.failures == 1
    site.source.give_up("+unknown")


def test_a_crm_that_asks_for_rest_gets_it() -> None:
    site = Site()
    site.crm.answer = CrmFault("crm_limit", "HTTP 429", 7.0)
    assert reason(site.ask()) == "crm_limit"
    site.clock.at += 6.9
    assert reason(site.ask()) == "crm_spared"
    site.clock.at += 0.2
    site.crm.answer = ANNA
    assert site.ask().result(5) is ANNA


def test_our_own_pace_says_nothing_about_the_crm() -> None:
    site = Site()
    site.crm.answer = CrmFault(PACED, "more than 2 requests a second")
    for n in range(5):
        assert reason(site.ask(f"+{n}")) == PACED
    assert not site.source.breaker.is_tripped


def test_hanging_look_ups_take_no_more_than_their_threads_and_their_queue() -> None:
    site = Site(workers=2)
    site.crm.gate.clear()
    room = 2 + 2 * WAITING_PER_WORKER
    answers = [site.ask(f"+{n}") for n in range(2)]
    wait_until(lambda: len(site.crm.asked) == 2)
    answers += [site.ask(f"+{n}") for n in range(2, room)]
    assert reason(site.ask("+one too many")) == "crm_busy"
    assert len(site.crm.asked) == 2
    site.clock.at += 4.0  # longer than timeout_s: those that wait are given up unasked
    site.crm.gate.set()
    assert [each.result(5) for each in answers[:2]] == [ANNA, ANNA]
    assert {reason(each) for each in answers[2:]} == {too_late("").reason}
    assert len(site.crm.asked) == 2


def test_a_slip_of_a_connector_does_not_end_its_thread() -> None:
    site = Site(workers=1)
    site.crm.answer = ZeroDivisionError("slip")
    assert reason(site.ask()) == "crm_defect"
    site.crm.answer = ANNA
    assert site.ask().result(5) is ANNA
    assert site.source.last_fault == "crm_defect: ZeroDivisionError: slip"


@pytest.mark.parametrize(
    ("terms", "project", "question"),
    [
        ({}, "a", NUMBER),
        ({"projects": frozenset({"a"})}, "a", NUMBER),
        ({"projects": frozenset({"a"})}, "b", ""),
        ({"is_by_project": True}, "a", f"a/{NUMBER}"),
        ({"is_by_project": True}, "", ""),
    ],
)
def test_what_is_asked_for_a_project(terms: dict[str, object], project: str, question: str) -> None:
    assert Site(**terms).source.question(NUMBER, project) == question


def test_a_closed_source_ends_its_threads() -> None:
    site = Site()
    site.ask().result(5)
    site.source.close()
    wait_until(lambda: site.source._threads == 0)


def test_whoever_asks_a_closed_source_is_answered_and_nothing_is_heard_of_it() -> None:
    """A caller who has begun with it goes on with it; its cards are another's by then."""
    site = Site()
    site.crm.gate.clear()
    before = site.ask()
    site.source.close()
    after = [site.ask(f"+{n}") for n in range(20)]
    site.crm.gate.set()
    assert [each.result(5) for each in (before, *after)] == [ANNA] * 21
    assert site.heard == []
    wait_until(lambda: site.source._threads == 0)


def test_a_number_that_a_database_quotes_is_masked() -> None:
    site = Site()
    site.crm.answer = CrmFault("crm_database", f'no integer: "{NUMBER}" or 89161234567')
    site.ask().exception(5)
    assert site.source.last_fault == 'crm_database: no integer: "+7916***4567" or 89161***4567'


def test_what_must_be_known_beforehand_is_asked_for_by_no_caller() -> None:
    site = Site()
    site.source.prepare()  # this one needs nothing
    prepared: list[float] = []

    class Thorough(Told):
        def prepare(self, within_s: float) -> None:
            prepared.append(within_s)
            raise DOWN

    source = CrmSource(Thorough(), Terms(), lambda *told: None)
    source.prepare()
    wait_until(lambda: prepared == [PREPARE_S])
    assert source.counts.asked == 0
    assert not source.breaker.is_tripped


def test_many_threads_at_once_leave_nothing_behind() -> None:
    """Whatever becomes of each look-up: it is counted once, and every future ends."""
    crm = Told()
    dice = random.Random(7)

    def find(number: str, within_s: float) -> Card | None:
        fate = dice.random()
        if fate < 0.3:
            raise CrmFault("crm_http_503", "HTTP 503")
        return ANNA if fate < 0.7 else None

    crm.find = find  # type: ignore[method-assign]
    source = CrmSource(crm, Terms(pause_s=0.001, workers=4), lambda *told: None)

    def callers(seed: int) -> int:
        own, asked = random.Random(seed), 0
        for _ in range(200):
            number = f"+{own.randrange(20)}"
            answer = source.ask(number)
            asked += 1
            if own.random() < 0.2:
                source.give_up(number)
            answer.exception(10)
        return asked

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(callers, range(16))) == 3200
    counts = source.counts
    wait_until(lambda: counts.found + counts.unknown + counts.failed == counts.asked)
    assert source.figures()["under_way"] == 0
    assert counts.asked + counts.spared <= 3200
