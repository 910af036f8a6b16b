"""Threads of scripts: bounded, replaced when they hang, counted until they come back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from ccdialer.fastagi.crew import Crew, Job

LIMIT_S = 10.0


def wait(holds: Callable[[], object]) -> None:
    until = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.001)


def test_no_more_threads_than_allowed_and_every_job_is_done() -> None:
    crew, lock, running, most, done = Crew(3), threading.Lock(), [0], [0], [0]

    def work() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.002)
        with lock:
            running[0] -= 1
            done[0] += 1

    for _ in range(50):
        crew.submit(Job("x", work))
    wait(lambda: done[0] == 50)
    assert most[0] <= 3
    crew.close()


def test_who_hangs_is_replaced_and_counted_and_goes_when_he_comes_back() -> None:
    crew, let_go, done = Crew(1), threading.Event(), threading.Event()
    hanging = [Job("bad", lambda: let_go.wait(LIMIT_S) and None) for _ in range(3)]
    for job in hanging:
        crew.submit(job)
        wait(lambda job=job: job.is_running)
        crew.give_up(job)
    assert (crew.hanging("bad"), crew.hanging("good"), crew.hanging()) == (3, 0, 3)
    crew.submit(Job("good", done.set))
    assert done.wait(LIMIT_S)
    let_go.set()
    wait(lambda: not crew.hanging())
    crew.close()


def test_what_waits_behind_who_hangs_is_taken_up_at_once() -> None:
    crew, let_go, done = Crew(1), threading.Event(), threading.Event()
    hanging = Job("bad", lambda: let_go.wait(LIMIT_S) and None)
    crew.submit(hanging)
    wait(lambda: hanging.is_running)
    crew.submit(Job("good", done.set))
    assert not done.is_set()
    crew.give_up(hanging)
    assert done.wait(LIMIT_S)
    let_go.set()
    crew.close()


def test_nobody_waits_behind_a_job_that_is_taken_and_not_begun_yet() -> None:
    taken, done = threading.Event(), threading.Event()

    class Slow(Crew):
        def _begin(self, job: Job) -> bool:
            if job.whose == "slow":
                taken.set()
                done.wait(LIMIT_S / 2)
            return super()._begin(job)

    crew = Slow(2)
    crew.submit(Job("slow", lambda: None))
    assert taken.wait(LIMIT_S)
    crew.submit(Job("good", done.set))
    assert done.wait(LIMIT_S / 4)
    crew.close()


def test_what_was_given_up_before_it_began_is_not_begun() -> None:
    crew, let_go, done = Crew(1), threading.Event(), threading.Event()
    first, never = Job("a", lambda: let_go.wait(LIMIT_S) and None), []
    crew.submit(first)
    late = Job("b", lambda: never.append(1))
    crew.submit(late)
    crew.give_up(late)
    crew.submit(Job("c", done.set))
    let_go.set()
    assert done.wait(LIMIT_S)
    assert never == []
    assert crew.hanging() == 0
    crew.close()


def test_giving_up_what_is_done_changes_nothing() -> None:
    crew, job = Crew(1), Job("a", lambda: None)
    crew.submit(job)
    wait(lambda: job.is_done)
    crew.give_up(job)
    assert crew.hanging() == 0
    crew.close()


def test_who_computes_without_end_is_interrupted() -> None:
    crew, turns = Crew(1), [0]

    def spins() -> None:
        while True:
            try:
                turns[0] += 1
            except Exception:
                continue

    job = Job("spins", spins)
    crew.submit(job)
    wait(lambda: turns[0])
    crew.give_up(job)
    wait(lambda: not crew.hanging())
    assert job.is_done
    crew.close()


def test_who_is_given_up_again_and_again_leaves_the_count_right() -> None:
    """Wherever the interruption finds him: in his script, or just behind it."""
    crew, done = Crew(2), threading.Event()
    for n in range(300):
        job = Job("quick", lambda n=n: time.sleep(0.0005 * (n % 3)))
        crew.submit(job)
        wait(lambda job=job: job.is_running)
        time.sleep(0.0001 * (n % 12))
        crew.give_up(job)
    wait(lambda: not crew.hanging())
    crew.submit(Job("good", done.set))
    assert done.wait(LIMIT_S)
    wait(lambda: not crew._due)
    assert 0 < crew._alive <= 2
    crew.close()


def test_a_machine_that_has_no_more_threads_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A site's script may have eaten them all, for a while."""

    def refuses(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    crew, done = Crew(2), threading.Event()
    with monkeypatch.context() as machine:
        machine.setattr(threading.Thread, "start", refuses)
        early = [Job("early", lambda: None) for _ in range(5)]
        for job in early:
            crew.submit(job)
            crew.give_up(job)
    crew.submit(Job("good", done.set))
    assert done.wait(LIMIT_S)
    crew.close()
