"""The try of the dialplan: what Asterisk itself got from the scripts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ccdialer.ari import AriSettings, dialplan
from ccdialer.ari.dialplan import agi_status, global_variable, keeps_any, tell_kept
from ccdialer.ari.rest import Rest
from tests.lab.agi import Server
from tests.lab.fixtures import Lab, lab

__all__ = ["lab"]
pytestmark = pytest.mark.lab


def asked(lab: Lab, question: Callable[[Rest], Awaitable[Any]]) -> Any:
    plan = lab.asterisk.plan
    settings = AriSettings(plan.ari_url, plan.ari_user, plan.ari_password, plan.app)

    async def ask() -> Any:
        async with Rest(settings) as rest:
            return await question(rest)

    return asyncio.run(ask())


def test_the_status_of_this_try_and_of_no_other(lab: Lab) -> None:
    with Server(lab.asterisk.plan.agi_port, {"is_open": {"CCD_STATUS": "OK"}}):
        assert asked(lab, lambda rest: agi_status(rest, "1001")) == "SUCCESS:OK:11"
    assert asked(lab, lambda rest: agi_status(rest, "1002")) == "FAILURE::11"


def test_a_dialplan_without_the_context(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialplan, "CHECK", "no-such-context")
    monkeypatch.setattr(dialplan, "STEPS", 5)
    assert asked(lab, lambda rest: agi_status(rest, "1003")) is None


def test_a_global_variable(lab: Lab) -> None:
    assert asked(lab, lambda rest: global_variable(rest, "CCDIALER_CLOSED")) == "lab-closed"
    assert asked(lab, lambda rest: global_variable(rest, "CCDIALER_NONE")) == ""


# --- what was kept -------------------------------------------------------------------------------

WORDS = {"7-7.1": "lost_call?channel=7.1", "8-7.0": "talked?channel=7.0"}


def keep(lab: Lab, words: dict[str, str]) -> None:
    for key, word in words.items():
        lab.asterisk.command(f"database put ccdialer-kept {key} {word}")


def entries(lab: Lab, family: str) -> list[str]:
    lines = lab.asterisk.command(f"database show {family}").splitlines()
    return [line.split()[0].rpartition("/")[2] for line in lines if line.startswith("/")]


def test_what_was_kept_is_told_once_in_the_order_in_which_calls_ended(lab: Lab) -> None:
    keep(lab, WORDS)
    answers = {"lost_call": {"CCD_STATUS": "NOTFOUND"}, "talked": {"CCD_STATUS": "OK"}}
    with Server(lab.asterisk.plan.agi_port, answers) as server:
        assert asked(lab, lambda rest: tell_kept(rest, "2001"))
        first, second = server.requests
        assert first.startswith("lost_call?channel=7.1&ago=1")
        assert second.startswith("talked?channel=7.0&ago=1")
        assert asked(lab, lambda rest: tell_kept(rest, "2002"))
        assert len(server.requests) == 2
    assert entries(lab, "ccdialer-kept") == []
    assert not asked(lab, keeps_any)


@pytest.mark.parametrize("status", [None, "", "TIMEOUT", "DENIED"])
def test_what_cannot_be_told_now_waits(lab: Lab, status: str | None) -> None:
    keep(lab, WORDS)
    with contextlib.ExitStack() as stack:
        if status is not None:
            answers = {"lost_call": {"CCD_STATUS": status}}
            stack.enter_context(Server(lab.asterisk.plan.agi_port, answers))
        assert asked(lab, lambda rest: tell_kept(rest, "2003"))
    assert entries(lab, "ccdialer-kept") == list(WORDS)
    assert asked(lab, keeps_any)
    lab.asterisk.command("database deltree ccdialer-kept")


def test_what_is_refused_is_put_aside_and_the_rest_goes_on(lab: Lab) -> None:
    keep(lab, {"6-1.1": "lost_call?channel", **WORDS, "9-1.1": "lost_call?"})
    answers = {"lost_call": {"CCD_STATUS": "ERROR"}, "talked": {"CCD_STATUS": "OK"}}
    with Server(lab.asterisk.plan.agi_port, answers):
        assert asked(lab, lambda rest: tell_kept(rest, "2004"))
    assert entries(lab, "ccdialer-kept") == []
    assert entries(lab, "ccdialer-refused") == ["6-1.1", "7-7.1", "9-1.1"]
    assert "what is kept of call 6-1.1 is refused" in lab.asterisk.log()
    assert asked(lab, lambda rest: global_variable(rest, "CCDIALER_REFUSED")) == "3"
    lab.asterisk.command("database deltree ccdialer-refused")
    lab.asterisk.command('dialplan set global CCDIALER_REFUSED ""')
    assert asked(lab, lambda rest: global_variable(rest, "CCDIALER_REFUSED")) == ""


def test_a_dialplan_that_keeps_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialplan, "KEPT", "no-such-context")
    monkeypatch.setattr(dialplan, "STEPS", 5)
    assert not asked(lab, lambda rest: tell_kept(rest, "2005"))
