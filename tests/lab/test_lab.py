"""The lab itself: every callee does what his number says, and nothing is left behind."""

from __future__ import annotations

import itertools
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.lab import install, sipp
from tests.lab.ari import Listener, ask
from tests.lab.asterisk import Asterisk, Plan
from tests.lab.fixtures import Lab, leaks_of, sweep
from tests.lab.sipp import Dialing, wait_until

pytestmark = pytest.mark.lab
APP = "listening"
_serial = itertools.count(1)


def originate(lab: Lab, number: str, **query: object) -> str:
    """Dial the number through the carrier; the id of the channel."""
    channel_id = f"lab-{next(_serial):06}"
    endpoint = f"PJSIP/{number}@carrier"
    values = {"endpoint": endpoint, "app": APP, "timeout": 20} | query
    ask(lab.asterisk.plan, "POST", f"channels/{channel_id}", **values)
    return channel_id


def ended(events: Listener, channel_id: str) -> dict[str, Any]:
    """The end of a channel, waited for."""
    wait_until(lambda: events.of("ChannelDestroyed", channel_id), 15, f"end of {channel_id}")
    return events.of("ChannelDestroyed", channel_id)[0]


def words(lab: Lab, number: str) -> list[str]:
    """What the carrier noted about the number."""
    return [note.word for note in lab.carrier.notes() if note.number == number]


@pytest.mark.parametrize(
    ("digit", "cause", "sip"),
    [(3, 17, 486), (4, 34, 503), (6, 1, 404), (8, 21, 603), (9, 19, 480)],
)
def test_refusals_have_the_cause_of_their_digit(lab: Lab, digit: int, cause: int, sip: int) -> None:
    number = f"7900{digit}777001"
    with Listener(lab.asterisk.plan, APP) as events:
        end = ended(events, originate(lab, number))
    assert end["cause"] == cause
    assert end.get("tech_cause", sip) == sip
    assert words(lab, number) == ["INVITE", str(sip)]


@pytest.mark.parametrize(("digit", "rings"), [(1, False), (2, True), (7, False)])
def test_live_callees_answer_talk_and_hang_up(lab: Lab, digit: int, rings: bool) -> None:
    number = f"7900{digit}777002"
    with Listener(lab.asterisk.plan, APP) as events:
        channel_id = originate(lab, number)
        end = ended(events, channel_id)
        assert events.of("StasisStart", channel_id)
        seen = [event["channel"]["state"] for event in events.of("ChannelStateChange", channel_id)]
    assert end["cause"] == 16
    assert ("Ringing" in seen) == rings
    assert words(lab, number) == ["INVITE", "ANSWER", "BYE"]


def test_a_hang_up_of_ours_reaches_the_callee(lab: Lab) -> None:
    number = "79001777003"
    with Listener(lab.asterisk.plan, APP) as events:
        channel_id = originate(lab, number)
        wait_until(lambda: events.of("StasisStart", channel_id))
        ask(lab.asterisk.plan, "DELETE", f"channels/{channel_id}")
        ended(events, channel_id)
    wait_until(lambda: words(lab, number) == ["INVITE", "ANSWER", "HANGUP"])


def test_an_endless_ring_is_ended_by_cancel(lab: Lab) -> None:
    number = "79005777004"
    with Listener(lab.asterisk.plan, APP) as events:
        end = ended(events, originate(lab, number, timeout=1))
    assert end["cause"] == 19
    wait_until(lambda: words(lab, number) == ["INVITE", "CANCEL"])


@pytest.mark.parametrize(("digit", "verdict"), [(1, "HUMAN"), (0, "MACHINE")])
def test_amd_tells_a_person_from_a_machine(lab: Lab, digit: int, verdict: str) -> None:
    """Our own context runs AMD() and comes back into the application with its verdict."""
    number = f"7900{digit}777005"
    app = lab.asterisk.plan.app
    where = {"app": "", "context": "ccdialer-amd", "extension": "s", "priority": 1}
    with Listener(lab.asterisk.plan, app) as events:
        channel_id = originate(lab, number, **where)
        wait_until(lambda: events.of("StasisStart", channel_id), 12)
        args = events.of("StasisStart", channel_id)[0]["args"]
        ask(lab.asterisk.plan, "DELETE", f"channels/{channel_id}")
    assert args[:2] == ["amd", verdict]
    assert len(args) == 3


def test_the_phones_answer_by_themselves(lab: Lab) -> None:
    with Listener(lab.asterisk.plan, APP) as events:
        channel_id = originate(lab, "", endpoint="PJSIP/agent3")
        wait_until(lambda: events.of("StasisStart", channel_id))
        ask(lab.asterisk.plan, "DELETE", f"channels/{channel_id}")
    wait_until(lambda: [n.word for n in lab.phones.notes() if n.number == "agent3"][-1] == "HANGUP")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("*41", ["feature", "login", "PJSIP/agent7", ""]),
        ("*42", ["feature", "logout", "PJSIP/agent7", ""]),
        ("*43", ["feature", "pause", "PJSIP/agent7", ""]),
        ("*435", ["feature", "pause", "PJSIP/agent7", "5"]),
        ("*44", ["feature", "ready", "PJSIP/agent7", ""]),
        ("*45", ["feature", "hangup", "PJSIP/agent7", ""]),
    ],
)
def test_feature_codes_reach_the_daemon(
    lab: Lab, tmp_path: Path, code: str, expected: list[str]
) -> None:
    plan = lab.asterisk.plan
    with Listener(plan, plan.app) as events:
        phone = sipp.feature_call(tmp_path, Dialing("agent7", code, plan.sip_port))
        wait_until(lambda: events.of("StasisStart"))
        start = events.of("StasisStart")[0]
        ask(plan, "DELETE", f"channels/{start['channel']['id']}")
        wait_until(lambda: not phone.is_running())
    assert start["args"] == expected
    assert start["channel"]["state"] == "Up"


def test_a_stranger_cannot_dial_feature_codes(lab: Lab, tmp_path: Path) -> None:
    phone = sipp.feature_call(tmp_path, Dialing("nobody", "*41", lab.asterisk.plan.sip_port))
    wait_until(lambda: not phone.is_running())
    assert not lab.asterisk.channels()


def test_feature_codes_speak_when_no_daemon_was_ever_there(tmp_path: Path) -> None:
    asterisk = Asterisk(tmp_path / "site", Plan(connect="inbound"))
    asterisk.start()
    try:
        phone = sipp.feature_call(tmp_path, Dialing("agent1", "*41", asterisk.plan.sip_port))
        wait_until(lambda: not phone.is_running(), 15)
        assert "feature login of PJSIP/agent1" in asterisk.log()
        assert "does not exist" not in asterisk.log()  # the sound that is played
    finally:
        asterisk.stop()


def test_feature_codes_speak_when_the_daemon_stays_away(tmp_path: Path) -> None:
    """Where Asterisk opens the socket it holds the call for the daemon: not for ever."""
    asterisk = Asterisk(tmp_path / "site", Plan(connect="outbound", feature_limit_s=1))
    asterisk.start()
    try:
        phone = sipp.feature_call(tmp_path, Dialing("agent1", "*44", asterisk.plan.sip_port))
        wait_until(lambda: not phone.is_running(), 15)
        assert "feature ready of PJSIP/agent1" in asterisk.log()
    finally:
        asterisk.stop()


@pytest.mark.parametrize("manner", ["rings", "declines"])
def test_phones_of_other_manners(lab: Lab, tmp_path: Path, manner: str) -> None:
    lab.phones.stop()
    other = sipp.phones(tmp_path, lab.asterisk.plan.phones_port, manner)
    try:
        with Listener(lab.asterisk.plan, APP) as events:
            end = ended(events, originate(lab, "", endpoint="PJSIP/agent2", timeout=1))
    finally:
        other.stop()
        lab.phones.serve()
    assert end["cause"] == {"rings": 19, "declines": 17}[manner]


def test_asterisk_comes_back_on_the_same_ports(lab: Lab) -> None:
    before = ask(lab.asterisk.plan, "GET", "asterisk/info")["status"]["startup_time"]
    wait_until(lambda: int(time.time()) > _epoch(before))  # startup_time has whole seconds
    lab.asterisk.kill()
    lab.asterisk.start()
    assert ask(lab.asterisk.plan, "GET", "asterisk/info")["status"]["startup_time"] != before


def _epoch(stamp: str) -> int:
    return int(time.mktime(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S")))


def test_a_leak_is_found_and_swept(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.lab.fixtures.LEAK_LIMIT_S", 0.5)
    with Listener(lab.asterisk.plan, APP):
        originate(lab, "", endpoint="PJSIP/agent5")
        ask(lab.asterisk.plan, "POST", "bridges/lab-leak")
        found = leaks_of(lab.asterisk)
    assert any(name.startswith("PJSIP/agent5") for name in found)
    assert "lab-leak" in found
    sweep(lab.asterisk)
    assert leaks_of(lab.asterisk) == []


def test_nothing_is_left_after_stop(tmp_path: Path) -> None:
    asterisk = Asterisk(tmp_path / "site")
    asterisk.start()
    mounts = Path("/proc/mounts").read_text()
    asterisk.stop()
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path) not in processes.stdout
    assert str(tmp_path) not in mounts
    assert not asterisk.is_running()


def test_an_asterisk_that_cannot_start_tells_why(tmp_path: Path) -> None:
    asterisk = Asterisk(tmp_path / "site")
    (asterisk.folder / "etc" / "asterisk.conf").write_text("[directories]\nastmoddir => /nowhere\n")
    with pytest.raises(RuntimeError, match="did not start"):
        asterisk.start()


def test_what_is_installed_is_found() -> None:
    found = install.found()
    assert found is not None
    assert found.major >= install.OLDEST
