"""`ccdialer agent`, with the real daemon running beside no Asterisk."""

from __future__ import annotations

import json
import socketserver
import threading

from tests.cli.prompt import Prompt


def test_import_and_list_without_a_daemon(prompt: Prompt) -> None:
    assert "2 accepted" in prompt.import_agents().stdout
    assert "2 duplicates" in prompt.import_agents().stdout
    result = prompt.run("agent", "list", "--format", "csv")
    assert result.stdout.splitlines()[1] == "anna,Anna,PJSIP/anna,false,sales,,offline,,,"
    assert "nobody is signed in" in result.stderr


def test_a_row_of_rubbish(prompt: Prompt) -> None:
    path = prompt.file("agents.csv", "login,phone,projects\n,x,y\nola,,sales\n")
    result = prompt.run("agent", "import", str(path), code=1)
    assert "0 accepted, 0 duplicates, 2 rejected" in result.stdout


def test_a_shift(prompt: Prompt) -> None:
    prompt.import_agents()
    with prompt.daemon():
        rows = prompt.json("agent", "login", "anna", "boris")
        assert [(row["login"], row["state"]) for row in rows] == [
            ("anna", "available"),
            ("boris", "available"),
        ]
        (row,) = prompt.json("agent", "pause", "anna", "--reason", "lunch")
        assert (row["state"], row["note"]) == ("paused", "lunch")
        (anna, boris) = prompt.csv("agent", "list")
        assert (anna["state"], anna["note"], boris["state"]) == ("paused", "lunch", "available")
        assert prompt.json("agent", "ready", "anna")[0]["state"] == "available"
        assert prompt.json("agent", "hangup", "anna")[0]["login"] == "anna"
        rows = prompt.json("agent", "logout", "--all")
        assert {row["state"] for row in rows} == {"offline"}
        refused = prompt.run("agent", "ready", "anna", code=1).stderr
        assert 'agent "anna" is not signed in' in refused
        assert "nobody" in prompt.run("agent", "login", "nobody", code=1).stderr


def test_whom_is_meant(bare: Prompt) -> None:
    for words in (("login",), ("logout",), ("login", "anna", "--all")):
        assert "name agents, or say --all" in bare.run("agent", *words, code=2).stderr


def test_a_phone_that_cannot_be_rung_is_a_sentence(prompt: Prompt) -> None:
    agents = "login,name,phone,kept_up,projects\nvera,Vera,vera,yes,sales\n"
    prompt.run("agent", "import", str(prompt.file("agents.csv", agents)))
    with prompt.daemon():
        result = prompt.run("agent", "login", "vera", code=1)
        assert "no phone can be rung while Asterisk is away" in result.stderr


def test_a_phone_that_does_not_arrive_is_exit_code_1(bare: Prompt) -> None:
    """What a daemon answers when the phone rings in vain."""
    row = {"login": "vera", "state": "offline", "note": "phone did not answer"}
    answer = json.dumps({"ok": True, "result": {"agents": [row]}}).encode() + b"\n"

    class Daemon(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(answer)

    with socketserver.UnixStreamServer(str(bare.socket), Daemon) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        result = bare.run("agent", "login", "vera", code=1)
        thread.join()
    assert "phone did not answer" in result.stdout
    assert "not signed in: vera" in result.stderr
