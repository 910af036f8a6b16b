"""The try of the dialplan: what Asterisk itself got from the scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ccdialer.ari import AriSettings, dialplan
from ccdialer.ari.dialplan import agi_status, global_variable
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
    monkeypatch.setattr(dialplan, "CONTEXT", "no-such-context")
    monkeypatch.setattr(dialplan, "STEPS", 5)
    assert asked(lab, lambda rest: agi_status(rest, "1003")) is None


def test_a_global_variable(lab: Lab) -> None:
    assert asked(lab, lambda rest: global_variable(rest, "CCDIALER_CLOSED")) == "lab-closed"
    assert asked(lab, lambda rest: global_variable(rest, "CCDIALER_NONE")) == ""
