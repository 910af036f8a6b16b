"""What is promised is brought: once, in order, whatever the other side and the daemon do."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ccdialer.core.notice import Parcel
from ccdialer.core.post import IN_A_ROW, MOST_FAULTS
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.taking import NeverTaken
from ccdialer.runtime.delivery import AT_ONCE, DAY_MS, Clocks, Delivery, Keeping, Route
from ccdialer.storage import Database
from ccdialer.storage.outbox import Promise, promise
from tests.runtime.crm_people import wait_until
from tests.runtime.receivers import Ledger, Time, states
from tests.storage.conftest import db
from tests.storage.samples import NOW
from tests.storage.test_outbox import notice

__all__ = ["db"]


def promised(db: Database, *calls: str, number: str = "", connector: str = "crm") -> None:
    for call in calls:
        subject = number or f"+{call}"
        key = f"{connector}/calls/{call}"
        promise(db, [Promise(connector, key, subject, notice(call, subject), NOW)])


@pytest.fixture
def time() -> Time:
    return Time()


def delivery(db: Database, time: Time, *ledgers: Ledger, per_s: float = 1e9) -> Delivery:
    """The test is the only worker."""
    routes = [Route(ledger, threads=0, per_s=per_s) for ledger in ledgers]
    return Delivery(db, "one", routes, clocks=Clocks(time.now, time.wall_ms, time.throw))


def go_on(delivery: Delivery, time: Time, for_s: float, step_s: float = 1.0) -> None:
    """Rounds to everybody, as time goes by; no thread is started."""
    until = time.at_s + for_s
    while time.at_s < until:
        for post in delivery.rounds:
            delivery.go(post)
        time.at_s += step_s


def failing(*calls: str, fault: CrmFault | None = None) -> object:
    """Whoever is brought one of these calls does not take it."""

    def fail(parcel: Parcel) -> None:
        if parcel.notice.call_id in calls:
            raise fault or CrmFault("crm_http_500", "HTTP 500")

    return fail


def test_all_is_brought_once_and_in_order(db: Database, time: Time) -> None:
    ledger = Ledger()
    promised(db, *"abcdefgh", number="+1")
    go_on(delivery(db, time, ledger), time, 10)
    assert ledger.brought == list("abcdefgh")
    assert {state for _, state in states(db)} == {"done"}


def test_what_was_not_taken_is_brought_again_later(db: Database, time: Time) -> None:
    ledger = Ledger(first=failing("a"))  # type: ignore[arg-type]
    promised(db, "a", "b", number="+1")
    promised(db, "c")
    work = delivery(db, time, ledger)
    work.go(work.rounds[0])
    assert ledger.written == ["c"]
    assert states(db) == [("a", "waiting"), ("b", "waiting"), ("c", "done")]
    ledger.first = failing()  # type: ignore[assignment]
    go_on(work, time, 20)
    assert ledger.written == ["c", "a", "b"]


def test_poison_is_parked_and_holds_nobody_up(db: Database, time: Time) -> None:
    ledger = Ledger(first=failing("a"))  # type: ignore[arg-type]
    promised(db, "a", "b", number="+1")
    work = delivery(db, time, ledger)
    go_on(work, time, 1800)
    assert states(db) == [("a", "waiting"), ("b", "waiting")]
    promised(db, "c")
    go_on(work, time, 6 * 3600, step_s=60)
    assert ledger.brought.count("a") == MOST_FAULTS
    assert states(db) == [("a", "parked"), ("b", "done"), ("c", "done")]
    ((error,),) = db.rows("SELECT last_error FROM outbox WHERE state = 'parked'")
    assert error == "crm_http_500: HTTP 500"


def test_what_will_never_be_taken_is_parked_at_once(db: Database, time: Time) -> None:
    fault = NeverTaken("crm_refused", "ERROR_CORE: User is not found")
    ledger = Ledger(first=failing("a", fault=fault))  # type: ignore[arg-type]
    promised(db, "a", "b", number="+1")
    go_on(delivery(db, time, ledger), time, 3)
    assert ledger.brought == ["a", "b"]
    assert states(db) == [("a", "parked"), ("b", "done")]


@pytest.mark.parametrize("reason", ["crm_unreachable", "crm_denied", "crm_timeout"])
def test_nothing_is_parked_while_the_crm_is_away(db: Database, time: Time, reason: str) -> None:
    calls = [f"c{n}" for n in range(20)]
    ledger = Ledger(first=failing(*calls, fault=CrmFault(reason, "gone")))  # type: ignore[arg-type]
    promised(db, *calls)
    work = delivery(db, time, ledger)
    go_on(work, time, 86_400, step_s=60)
    assert {state for _, state in states(db)} == {"waiting"}
    assert len(ledger.brought) < 86_400 / 300 + 20  # it is left alone, five minutes at a time
    ledger.first = failing()  # type: ignore[assignment]
    go_on(work, time, 7200, step_s=60)
    assert sorted(ledger.written) == sorted(calls)


def test_who_asks_for_rest_is_left_alone(db: Database, time: Time) -> None:
    fault = CrmFault("crm_limit", "HTTP 429: too many requests", rest_s=120.0)
    ledger = Ledger(first=failing("a", fault=fault))  # type: ignore[arg-type]
    promised(db, "a", "b", "c")
    work = delivery(db, time, ledger)
    go_on(work, time, 119)
    assert ledger.brought == ["a"]
    ledger.first = failing()  # type: ignore[assignment]
    go_on(work, time, 10)
    assert sorted(ledger.written) == ["a", "b", "c"]
    assert db.rows("SELECT MAX(faults) FROM outbox") == [(0,)]


def test_one_crm_in_trouble_does_not_hold_up_another(db: Database, time: Time) -> None:
    bad = Ledger("bad", first=failing("a"))  # type: ignore[arg-type]
    good = Ledger("good")
    promised(db, "a", connector="bad")
    promised(db, "a", connector="good")
    go_on(delivery(db, time, bad, good), time, 3)
    assert (bad.written, good.written) == ([], ["a"])


def test_a_defect_of_a_connector_is_told_and_survived(db: Database, time: Time) -> None:
    def slip(parcel: Parcel) -> None:
        if parcel.notice.call_id == "a":
            raise KeyError("CALL_ID")

    ledger = Ledger(first=slip)
    promised(db, "a", "b")
    go_on(delivery(db, time, ledger), time, 2)
    assert ledger.written == ["b"]
    ((error,),) = db.rows("SELECT last_error FROM outbox WHERE key = 'crm/calls/a'")
    assert error == "defect: KeyError: 'CALL_ID'"


def test_what_is_old_is_parked_with_its_last_trouble(db: Database, time: Time) -> None:
    fault = CrmFault("crm_unreachable", "gone")
    ledger = Ledger(first=failing("a", fault=fault))  # type: ignore[arg-type]
    promised(db, "a")
    work = delivery(db, time, ledger)
    go_on(work, time, 100)
    time.at_s += 3 * DAY_MS / 1000
    work.tend()
    ((state, error),) = db.rows("SELECT state, last_error FROM outbox")
    assert (state, error) == ("parked", "too old: crm_unreachable: gone")


def test_a_rate_is_kept_and_what_is_not_come_to_goes_back(db: Database, time: Time) -> None:
    ledger = Ledger()
    promised(db, *"abcdefgh")
    work = delivery(db, time, ledger, per_s=2.0)
    waits: list[float] = []
    work.rounds[0].over = _Waits(waits, time)
    work.go(work.rounds[0])
    assert waits == [0.0] + [0.5] * (AT_ONCE - 1)
    assert ledger.brought == list("abcde")


class _Waits(threading.Event):
    """A stop that does not come, and time that goes by while it is waited for."""

    def __init__(self, waits: list[float], time: Time) -> None:
        super().__init__()
        self._waits, self._time = waits, time

    def wait(self, timeout: float | None = None) -> bool:
        self._waits.append(timeout or 0.0)
        self._time.at_s += timeout or 0.0
        return False


# --- death --------------------------------------------------------------------------------------


class Killed(BaseException):
    """As SIGKILL: nothing of ours runs after it."""


def dies_at(deaths: Iterator[bool]) -> object:
    def perhaps(parcel: Parcel) -> None:
        if next(deaths, False):
            raise Killed

    return perhaps


@pytest.mark.parametrize("step", range(1, 13))
def test_killed_at_a_step_nothing_is_lost_and_nothing_written_twice(
    db: Database, time: Time, step: int
) -> None:
    """Steps: before and after each of six notices is written by the other side."""
    deaths = iter([n == step for n in range(1, 100)])
    ledger = Ledger(first=dies_at(deaths), then=dies_at(deaths))  # type: ignore[arg-type]
    promised(db, *"abc", number="+1")
    promised(db, *"xyz", number="+2")
    for _ in range(3):
        life = delivery(db, time, ledger)
        life.start()
        try:
            go_on(life, time, 30)
        except Killed:
            continue
    assert {state for _, state in states(db)} == {"done"}
    assert sorted(ledger.written) == list("abcxyz")
    assert [call for call in ledger.written if call in "abc"] == list("abc")
    assert [call for call in ledger.written if call in "xyz"] == list("xyz")


def test_a_notice_that_kills_is_parked(db: Database, time: Time) -> None:
    def kill(parcel: Parcel) -> None:
        if parcel.notice.call_id == "a":
            raise Killed

    ledger = Ledger(first=kill)
    promised(db, "a", "b", number="+1")
    for _ in range(MOST_FAULTS + 1):
        life = delivery(db, time, ledger)
        life.start()
        try:
            go_on(life, time, 3)
        except Killed:
            continue
    assert states(db) == [("a", "parked"), ("b", "done")]


# --- threads ------------------------------------------------------------------------------------

LATE = Clocks(wall_ms=lambda: NOW + 1000)
"""When all of the samples is due."""


def test_threads_bring_all_and_stop(db: Database) -> None:
    ledger, done = Ledger(), threading.Event()
    calls = [f"c{n}" for n in range(40)]
    promised(db, *calls[:20], number="+1")
    promised(db, *calls[20:])

    def enough(parcel: Parcel) -> None:
        if len(ledger.written) == len(calls):
            done.set()

    ledger.then = enough
    work = Delivery(db, "one", [Route(ledger, threads=2)], clocks=LATE)
    work.start()
    assert done.wait(60)
    work.close()
    assert sorted(ledger.brought) == sorted(calls)
    assert [call for call in ledger.written if call in calls[:20]] == calls[:20]
    assert {state for _, state in states(db)} == {"done"}


def test_a_route_that_has_changed_begins_anew_others_go_on(db: Database, time: Time) -> None:
    """Two connectors that let nobody in; the webhook of one is mended."""
    denied = CrmFault("crm_denied", "HTTP 401")
    before = [Ledger(name, first=failing("a", "b", fault=denied)) for name in ("crm", "erp")]  # type: ignore[arg-type]
    promised(db, "a")
    promised(db, "b", connector="erp")
    work = Delivery(
        db,
        "one",
        [Route(each, made_of=(each.name, "old")) for each in before],
        clocks=Clocks(time.now, time.wall_ms, time.throw),
    )
    go_on(work, time, 30)
    crm, erp = work.rounds
    assert crm.state.is_troubled
    mended = Ledger("crm")
    others = [Route(mended, made_of=("crm", "new")), Route(Ledger("erp"), made_of=("erp", "old"))]
    work.take(others, Keeping(expires=9.0))
    assert work.rounds[1] is erp
    assert (crm.over.is_set(), erp.over.is_set()) == (True, False)
    assert not work.rounds[0].state.is_troubled
    go_on(work, time, 600)
    assert mended.written == ["a"]
    assert "b" not in before[1].written


def test_a_round_that_is_over_ends_with_what_it_has_in_hand(db: Database) -> None:
    """The threads of the old route bring the one notice to its end, those of the new the rest."""
    begun, go = threading.Event(), threading.Event()

    def slowly(parcel: Parcel) -> None:
        begun.set()
        assert go.wait(30)

    old, new = Ledger(first=slowly), Ledger()
    calls = [f"c{n}" for n in range(6)]
    promised(db, *calls, number="+1")
    work = Delivery(db, "one", [Route(old, threads=1, made_of="old")], clocks=LATE)
    work.start()
    assert begun.wait(30)
    work.take([Route(new, threads=1, made_of="new")], Keeping())
    go.set()
    wait_until(lambda: len(new.written) == 5)
    work.close()
    assert (old.written, new.written) == (calls[:1], calls[1:])
    assert {state for _, state in states(db)} == {"done"}


@pytest.mark.postgres
def test_two_nodes_share_the_work(postgresql_cluster: str) -> None:
    """Each notice goes out once, and of one client in order, whoever brings it."""
    from ccdialer import storage
    from tests import postgres

    with storage.connect(postgres.fresh_database(postgresql_cluster)) as db:
        storage.migrate(db)
        ledger, done = Ledger(), threading.Event()
        calls = [f"c{n:03}" for n in range(120)]
        for call in calls:
            promised(db, call, number=f"+{int(call[1:]) % 7}")

        def enough(parcel: Parcel) -> None:
            if len(ledger.written) == len(calls):
                done.set()

        ledger.then = enough
        nodes = [
            Delivery(db, node, [Route(ledger, threads=2)], clocks=LATE) for node in ("one", "two")
        ]
        for node in nodes:
            node.start()
        assert done.wait(60)
        for node in nodes:
            node.close()
        assert sorted(ledger.brought) == calls
        for subject in range(7):
            mine = [call for call in ledger.written if int(call[1:]) % 7 == subject]
            assert mine == sorted(mine)


def test_failures_in_a_row_are_told_once(
    db: Database, time: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = [f"c{n}" for n in range(IN_A_ROW + 2)]
    ledger = Ledger(first=failing(*calls))  # type: ignore[arg-type]
    promised(db, *calls)
    work = delivery(db, time, ledger)
    go_on(work, time, 60)
    ledger.first = failing()  # type: ignore[assignment]
    go_on(work, time, 600)
    out = capsys.readouterr().out
    assert out.count("a notice was not taken") == 1
    assert out.count("takes notices again") == 1
