"""A campaign through a real Asterisk: every outcome told apart, agents by phone and by command."""

from __future__ import annotations

import pytest

from ccdialer.core.campaign import Mode
from tests.lab import sipp
from tests.lab.running import Make, Running
from tests.lab.sipp import Dialing, Manners, wait_until

pytestmark = pytest.mark.lab

MESSAGE, MESSAGE_MS = "sound:im-sorry", 500  # it lasts longer than that
EVERY_OUTCOME = {digit: 1.0 for digit in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)}


def leave(running: Running) -> None:
    """Sign everybody out and end the daemon politely."""
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log


def test_every_outcome_is_told_apart(make: Make) -> None:
    running = make(Manners(ring_ms=(300, 700), talk_ms=(5000, 300), machine_ms=8000))
    running.fill(50, EVERY_OUTCOME, amd=True, ring_timeout_s=3.0, max_lines=20)
    running.start()
    running.ask("login", all=True)
    running.wait_done()
    found = running.dispositions()
    five = dict.fromkeys(
        ("machine", "busy", "congestion", "no_answer", "unallocated", "rejected", "unreachable"), 5
    )
    assert {word: found[word] for word in five} == five
    assert found["talked"] == 15  # digits 1, 2 and 7
    assert running.attempts() == running.invites()
    assert running.states()["done"] == 15
    leave(running)


@pytest.mark.parametrize("mode", [Mode.PREDICTIVE, Mode.POWER])
def test_the_modes_that_dial_ahead_leave_nobody_unresolved(make_sqlite: Make, mode: Mode) -> None:
    running = make_sqlite()
    running.fill(
        60, {1: 1, 2: 2, 3: 1}, mode=mode, safe_harbour="sound:im-sorry", lines_per_agent=2.0
    )
    running.start()
    running.ask("login", all=True)
    running.wait_done()
    assert set(running.dispositions()) <= {"talked", "abandoned", "left", "busy"}
    assert running.dispositions()["talked"] > 30
    assert running.attempts() == running.invites()
    leave(running)


def test_agents_are_rung_per_call(make_sqlite: Make) -> None:
    running = make_sqlite()
    running.fill(0, {1: 1}, kept_up=False, announce="sound:beep")
    running.start()
    running.ask("login", all=True)
    assert running.site.asterisk.channels() == []  # nothing is kept up
    running.fill(20, {1: 1}, kept_up=False, announce="sound:beep")
    running.wait_done()
    assert running.dispositions() == {"talked": 20}
    leave(running)


def test_agents_who_do_not_answer_are_paused_and_their_clients_counted(make_sqlite: Make) -> None:
    running = make_sqlite()
    assert running.site.phones is not None
    running.site.phones.stop()
    running.site.phones = sipp.phones(
        running.site.folder / "deaf", running.site.plan.phones_port, "declines"
    )
    running.fill(30, {1: 1}, kept_up=False)
    running.start()
    running.ask("login", all=True)

    def all_paused() -> bool:
        agents = running.snapshot()["agents"]
        return all(agent["reason"] == "not answering" for agent in agents)

    wait_until(all_paused, 30, "agents paused")
    wait_until(lambda: running.dispositions()["abandoned"] > 0, 10, "a client is counted")
    assert running.dispositions()["talked"] == 0
    leave(running)


def test_an_agent_signs_in_pauses_and_leaves_from_his_phone(make_sqlite: Make) -> None:
    running = make_sqlite()
    running.fill(0, {1: 1}, kept_up=False)
    running.start()

    def press(code: str) -> None:
        dialing = Dialing("agent1", code, running.site.plan.sip_port)
        call = sipp.feature_call(running.site.folder / f"code{code[1:]}", dialing)
        wait_until(lambda: not call.is_running(), 15, f"the end of {code}")

    def state() -> list[tuple[str, str]]:
        return [(agent["state"], agent["reason"]) for agent in running.snapshot()["agents"]]

    press("*41")
    wait_until(lambda: state() == [("available", "")], 5, "signed in")
    press("*432")
    wait_until(lambda: state() == [("paused", "lunch")], 5, "paused")
    press("*44")
    wait_until(lambda: state() == [("available", "")], 5, "ready")
    press("*42")
    wait_until(lambda: state() == [], 5, "signed out")
    leave(running)


def test_a_kept_up_agent_signs_in_from_his_phone(make_sqlite: Make) -> None:
    running = make_sqlite()
    running.fill(3, {1: 1})
    running.start()
    phone = sipp.feature_call(
        running.site.folder / "phone", Dialing("agent1", "*41", running.site.plan.sip_port)
    )
    running.wait_done()
    assert running.dispositions() == {"talked": 3}
    leave(running)
    wait_until(lambda: not phone.is_running(), 10, "his leg is hung up")


def test_the_older_way_of_connecting_works_too(make_sqlite: Make) -> None:
    running = make_sqlite(connect="inbound")
    running.fill(20, {1: 1, 3: 1})
    running.start()
    running.ask("login", all=True)
    running.wait_done()
    assert running.dispositions() == {"talked": 10, "busy": 10}
    leave(running)


def test_an_abandoned_client_hears_the_message_to_its_end(make_sqlite: Make) -> None:
    running = make_sqlite(Manners(talk_ms=(0, 0), media=False))
    running.fill(3, {1: 1}, mode=Mode.POWER, lines_per_agent=3.0, safe_harbour=MESSAGE)
    running.start()
    running.ask("login", logins=["agent1"])
    wait_until(lambda: running.dispositions()["abandoned"] == 2, 20, "two are abandoned")
    rows = running.database.rows(
        "SELECT ended_at - answered_at FROM attempt WHERE disposition = 'abandoned'"
    )
    assert all(ms >= 2000 + MESSAGE_MS for (ms,) in rows), "not the 2 s, and then the message"
    running.ask("hangup", login="agent1")
    wait_until(lambda: running.dispositions()["talked"] == 1, 10, "the third was talked with")
    leave(running)


def test_an_agent_works_at_an_assignment(make_sqlite: Make) -> None:
    """He asks, his phone rings first, then the client's, they talk, and the result is kept."""
    running = make_sqlite()
    (number,) = running.fill(1, {1: 1}, kept_up=False, mode=Mode.PREVIEW, wrap_up_s=30.0)
    running.start()
    running.ask("login", logins=["agent1"])
    contact = running.ask("next", login="agent1")["contact"]
    assert contact["numbers"] == [number]
    assert running.invites() == {}, "nothing is dialed while he reads"
    attempt = running.ask("call", login="agent1")["attempt"]
    wait_until(lambda: running.snapshot()["calls_by_state"] == {"talking": 1}, 15, "they talk")
    said = {"result": "success", "kind": "meeting set", "comment": "Monday"}
    running.ask("result", login="agent1", **said)
    wait_until(lambda: running.states() == {"done": 1}, 15, "the contact is settled")
    (row,) = running.database.rows("SELECT attempt_id, result, kind, comment FROM result")
    assert row == (attempt, "success", "meeting set", "Monday")
    assert running.invites() == {number.lstrip("+"): 1}
    legs = running.database.rows("SELECT role FROM leg WHERE attempt_id = ?", (attempt,))
    assert sorted(role for (role,) in legs) == ["agent", "client"]
    running.ask("ready", login="agent1")
    is_done = "SELECT state FROM campaign"
    wait_until(lambda: running.database.rows(is_done) == [("done",)], 10, "the assignment is done")
    leave(running)


def test_an_assignment_is_worked_at_from_the_phone(make_sqlite: Make) -> None:
    running = make_sqlite()
    running.fill(2, {1: 1}, kept_up=False, mode=Mode.PREVIEW, wrap_up_s=30.0)
    running.start()
    running.ask("login", logins=["agent1"])

    def press(code: str) -> None:
        dialing = Dialing("agent1", code, running.site.plan.sip_port)
        call = sipp.feature_call(running.site.folder / f"code{code[1:]}", dialing)
        wait_until(lambda: not call.is_running(), 15, f"the end of {code}")

    def state() -> str:
        return str(running.snapshot()["agents"][0]["state"])

    press("*56")
    wait_until(lambda: state() == "reading", 5, "he reads")
    press("*57")
    wait_until(lambda: state() == "wrap_up", 20, "he has talked")
    press("*582")
    wait_until(lambda: running.states() == {"done": 1, "waiting": 1}, 5, "a refusal")
    ((result,),) = running.database.rows("SELECT result FROM result")
    assert result == "refusal"
    leave(running)


def test_the_contact_is_not_rung_if_the_agent_s_phone_does_not_answer(make_sqlite: Make) -> None:
    running = make_sqlite()
    assert running.site.phones is not None
    running.site.phones.stop()
    folder = running.site.folder / "deaf"
    running.site.phones = sipp.phones(folder, running.site.plan.phones_port, "declines")
    running.fill(1, {1: 1}, kept_up=False, mode=Mode.PREVIEW)
    running.start()
    running.ask("login", logins=["agent1"])
    running.ask("next", login="agent1")
    running.ask("call", login="agent1")
    wait_until(lambda: running.dispositions() == {"cancelled": 1}, 10, "the attempt is given up")
    assert running.invites() == {}
    assert running.states() == {"waiting": 1}
    leave(running)
