"""Trunks through a real Asterisk: two providers, one of which fails in every way there is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import sipp
from tests.lab.ports import free_port
from tests.lab.running import Make, Running
from tests.lab.sipp import Sipp, Terms, wait_until

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


def apply(running: Running, providers: Providers) -> str:
    path = running.site.folder / "trunks.yaml"
    path.write_text(FILE.format(**providers.ports, password=PASSWORD))
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
