"""Trunks through a real Asterisk: two providers, one of which fails in every way there is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.trunk import cost_of
from tests.lab import sipp
from tests.lab.ports import free_port
from tests.lab.running import Make, Running
from tests.lab.sipp import Note, Sipp, Terms, wait_until
from tests.lab.site import numbers

pytestmark = pytest.mark.lab

PASSWORD = "s;c]r#t"
TERMS = Terms(password=PASSWORD)
FILE = """\
trunks:
  - name: main
    provider:
      server: 127.0.0.1
      port: {main}
      login: "749512"
      password: "{password}"
      addresses: [192.0.2.1]
      retry_s: 3
      qualify_s: 2
      expires_s: 60
    lines: 10
    caller_ids: "74951110001"
    increments: 2/1
    prices: {{7: {{price: 1.37, fee: 0.1}}}}
  - name: spare
    provider: {{server: 127.0.0.1, port: {spare}, addresses: [192.0.2.2], qualify_s: 2}}
    lines: 10
    caller_ids: {{own: "74951110002", by_prefix: {{"79003": "79001110003"}}}}
    increments: 60/60
    prices: {{7: 2.5}}
"""


class Providers:
    """Both, on their ports; `main` can be exchanged for one of other manners."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {"main": free_port(), "spare": free_port()}
        self.running: dict[str, Sipp] = {}
        for name in self.ports:
            self.treats(name, TERMS)

    def treats(self, name: str, terms: Terms) -> None:
        """From now on the provider behaves so."""
        if name in self.running:
            self.running[name].stop()
        self.running[name] = sipp.provider(self.folder / name, self.ports[name], terms)

    def notes(self, name: str, word: str) -> list[str]:
        """The numbers of such notes, in order."""
        return [note.number for note in self.running[name].notes() if note.word == word]

    def stop(self) -> None:
        for each in self.running.values():
            each.stop()


@pytest.fixture
def providers(tmp_path: Path) -> Iterator[Providers]:
    found = Providers(tmp_path / "providers")
    yield found
    found.stop()


def command(running: Running, *words: str) -> str:
    """What `ccdialer` says at this site."""
    done = subprocess.run(
        [sys.executable, "-m", "ccdialer", *words],
        env=running.site.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def apply(running: Running, providers: Providers, qualify_s: int = 2) -> str:
    path = running.site.folder / "trunks.yaml"
    text = FILE.format(**providers.ports, password=PASSWORD)
    path.write_text(text.replace("qualify_s: 2", f"qualify_s: {qualify_s}"))
    return command(running, "trunk", "apply", str(path))


def is_registered(running: Running) -> bool:
    told = running.site.asterisk.command("pjsip show registrations")
    return "Registered" in told.replace("Unregistered", "")


def test_a_file_becomes_trunks_of_asterisk(make_sqlite: Make, providers: Providers) -> None:
    running = make_sqlite()
    told = apply(running, providers)
    assert "Asterisk has read it\n" in told
    assert "has no endpoint" not in told
    assert "does not register" not in told
    wait_until(lambda: is_registered(running), 20, "the registration, by the password of the file")
    shown = running.site.asterisk.command("pjsip show auth main")
    assert PASSWORD in shown


# --- failover -----------------------------------------------------------------------------------

LEGS = """
    SELECT attempt.number, trunk.name, leg.sip_code, leg.answered_at, leg.ended_at, leg.cost
    FROM leg JOIN attempt ON attempt.id = attempt_id JOIN trunk ON trunk.id = trunk_id
    WHERE role = 'client' ORDER BY attempt.opened_at, leg.id"""
UNAVAILABLE = replace(TERMS, refuses="503 Service Unavailable")
FORGETFUL = replace(TERMS, refuses="403 Forbidden", forgets=True)


def legs(running: Running) -> list[tuple[Any, ...]]:
    """Clients' legs over trunks: number without its plus, trunk, SIP status, answer, end, cost."""
    return [(str(row[0]).lstrip("+"), *row[1:]) for row in running.database.rows(LEGS)]


def over(running: Running, name: str) -> list[str]:
    return [row[0] for row in legs(running) if row[1] == name]


def at_work(make: Make, providers: Providers, **plan: Any) -> Running:
    """A site whose trunks are both up, without a task."""
    running = make(**plan)
    apply(running, providers)
    running.fill_with(SETTINGS, [])
    wait_until(lambda: is_registered(running), 20, "the registration")
    wait_until(lambda: are_up(running, 2), 15, "both answer OPTIONS")
    running.start()
    running.ask("login", all=True)
    return running


def are_up(running: Running, count: int) -> bool:
    """Whether so many trunks answer OPTIONS; phones and the old carrier are not asked."""
    lines = running.site.asterisk.command("pjsip show contacts").splitlines()
    return sum(" Avail " in line for line in lines) == count


SETTINGS = CampaignSettings(
    mode=Mode.PROGRESSIVE,
    calling_hours=AT_ANY_TIME,
    ring_timeout_s=12.0,
    min_ring_s=1.0,
    wrap_up_s=0.5,
    max_attempts=1,
)


def add(running: Running, count: int, mix: dict[int, float], seed: int) -> list[str]:
    """So many more tasks over the trunks; their numbers, without the plus."""
    found = numbers(count, mix, seed)
    running.fill_with(SETTINGS, found)
    running.ask("reload")
    return [number.lstrip("+") for number in found]


def dial(running: Running, count: int, mix: dict[int, float], seed: int = 1) -> list[str]:
    """The same, to the last."""
    found = add(running, count, mix, seed)
    running.wait_done(90)
    return found


def leave(running: Running) -> None:
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log


def test_calls_go_on_over_the_second_while_the_first_answers_503(
    make_sqlite: Make, providers: Providers
) -> None:
    providers.treats("main", UNAVAILABLE)
    running = at_work(make_sqlite, providers)
    found = dial(running, 12, {1: 8, 3: 4})
    assert running.dispositions() == {"talked": 8, "busy": 4}  # and no attempt more than these
    assert sorted(providers.notes("spare", "INVITE")) == sorted(found)
    assert sorted(providers.notes("main", "503")) == sorted(over(running, "main"))
    assert 3 <= len(over(running, "main")) <= 7  # tried, and then left alone
    assert {row[2] for row in legs(running) if row[1] == "main"} == {503}
    assert {row[5] for row in legs(running) if row[3] is not None} == {2_500_000}
    dialed, callers = providers.notes("spare", "INVITE"), providers.notes("spare", "SHOWN")
    shown = dict(zip(dialed, callers, strict=True))
    assert {shown[number] for number in found if number.startswith("79001")} == {"74951110002"}
    assert {shown[number] for number in found if number.startswith("79003")} == {"79001110003"}
    providers.treats("main", TERMS)  # and it comes back by itself
    seeds = iter(range(2, 100))
    wait_until(lambda: is_carried(running, "main", next(seeds)), 75, "main carries again")
    leave(running)


def is_carried(running: Running, name: str, seed: int) -> bool:
    """Whether one of two more calls goes over the trunk and is answered."""
    found = dial(running, 2, {1: 1}, seed)
    return any(row[0] in found and row[1] == name and row[3] for row in legs(running))


def test_calls_go_on_over_the_second_while_the_first_is_silent(
    make_sqlite: Make, providers: Providers
) -> None:
    """First by the time-out of INVITE, and then, as OPTIONS is not answered either, at once."""
    running = at_work(make_sqlite, providers, timer_t1=125)
    providers.running["main"].freeze()
    dial(running, 10, {1: 1})
    assert running.dispositions() == {"talked": 10}
    assert sum(row[1] == "spare" and row[3] is not None for row in legs(running)) == 10
    assert {row[2] for row in legs(running) if row[1] == "main"} <= {408, None}
    assert len(over(running, "main")) < 10
    providers.running["main"].freeze(False)
    wait_until(lambda: are_up(running, 2), 15, "main answers OPTIONS again")
    seeds = iter(range(2, 100))
    wait_until(lambda: is_carried(running, "main", next(seeds)), 30, "main carries again")
    leave(running)


def test_calls_go_on_over_the_second_when_the_registration_is_lost(
    make_sqlite: Make, providers: Providers
) -> None:
    running = at_work(make_sqlite, providers)
    dial(running, 3, {1: 1})
    assert set(over(running, "spare")) == set()
    providers.treats("main", FORGETFUL)
    running.site.asterisk.command("pjsip send register main")
    wait_until(lambda: not is_registered(running), 10, "the registration is refused")
    found = dial(running, 6, {1: 1}, seed=2)
    assert running.dispositions() == {"talked": 9}
    assert set(over(running, "spare")) == set(found)
    providers.treats("main", TERMS)
    wait_until(lambda: is_registered(running), 20, "Asterisk has kept at it")
    seeds = iter(range(3, 100))
    wait_until(lambda: is_carried(running, "main", next(seeds)), 75, "main carries again")
    leave(running)


def test_what_a_client_answers_is_his_answer(make_sqlite: Make, providers: Providers) -> None:
    """Busy, unknown, declined, away, no answer: no other trunk is asked for the same again."""
    running = at_work(make_sqlite, providers)
    dial(running, 10, {3: 2, 5: 2, 6: 2, 8: 2, 9: 2})
    assert running.dispositions() == {
        **{"busy": 2, "no_answer": 2, "unallocated": 2, "rejected": 2, "unreachable": 2}
    }
    assert providers.notes("spare", "INVITE") == []
    assert len(over(running, "main")) == 10
    leave(running)


# --- costs --------------------------------------------------------------------------------------


def test_costs_agree_with_the_providers_own_record(make_sqlite: Make, providers: Providers) -> None:
    """Each leg and the sum, to the millionth; an attempt's cost is that of its legs. That Asterisk
    reads its configuration again meanwhile ends no talk."""
    providers.treats("main", replace(TERMS, talk_ms=(2500, 30)))
    running = at_work(make_sqlite, providers)
    add(running, 10, {1: 8, 3: 2}, seed=1)
    wait_until(lambda: providers.notes("main", "ANSWER"), 20, "a talk")
    assert "provider.qualify_s: 2 -> 3" in apply(running, providers, qualify_s=3)
    running.wait_done(90)
    trunk = storage.find_trunk(running.database, "main")
    rate = trunk.rates["7"]
    said = talks(providers.running["main"].notes())
    billed = {row[0]: row[5] for row in legs(running) if row[3] is not None}
    assert len(said) == 8
    assert billed == {number: cost_of(rate, round(s * 1000)) for number, s in said.items()}
    assert set(billed.values()) == {100_000 + 1_370_000 * 3 // 60}
    assert set(providers.notes("main", "SHOWN")) == {"74951110001"}
    ((cost,),) = running.database.rows("SELECT CAST(SUM(cost) AS BIGINT) FROM attempt")
    assert cost == sum(billed.values())
    leave(running)


def talks(notes: list[Note]) -> dict[str, float]:
    """How long the provider has seen each number talk, in seconds."""
    answered = {note.number: note.at for note in notes if note.word == "ANSWER"}
    ended = {note.number: note.at for note in notes if note.word in ("BYE", "HANGUP")}
    return {number: ended[number] - at for number, at in answered.items()}


# --- the emergency stop -------------------------------------------------------------------------


def test_after_stop_all_nobody_is_called_and_talks_go_on(
    make_sqlite: Make, providers: Providers
) -> None:
    providers.treats("main", replace(TERMS, talk_ms=(6000, 100)))
    running = at_work(make_sqlite, providers)
    add(running, 14, {1: 10, 5: 4}, seed=1)
    main = providers.running["main"]
    wait_until(lambda: is_talking_and_ringing(main.notes()), 20, "talks, and phones that ring")
    told = command(running, "stop-all", "--reason", "wrong list")
    assert "all dialing is stopped" in told
    assert "was told at once" not in told  # the daemon was
    called = providers.notes("main", "INVITE")
    assert "wrong list" in command(running, "status")
    ringing = {number for number in called if number.startswith("79005")}
    wait_until(lambda: ringing <= set(providers.notes("main", "CANCEL")), 5, "who rings is let go")
    wait_until(lambda: running.open_attempts() == 0, 20, "the talks' end")
    assert providers.notes("main", "INVITE") == called
    answered = sorted(providers.notes("main", "ANSWER"))
    assert sorted(providers.notes("main", "BYE")) == answered  # by the clients, in their own time
    command(running, "resume-all")
    running.wait_done(90)
    assert running.dispositions()["talked"] == 10
    leave(running)


def is_talking_and_ringing(notes: list[Note]) -> bool:
    """Whether somebody talks now, and another phone rings."""
    by_word = {word: {note.number for note in notes if note.word == word} for word in WORDS}
    rings = {number for number in by_word["INVITE"] if number.startswith("79005")}
    return bool(by_word["ANSWER"] - by_word["BYE"]) and bool(rings - by_word["CANCEL"])


WORDS = ("INVITE", "ANSWER", "BYE", "CANCEL")
