"""What the daemon has for inbound calls, together: a call is routed over the port, and written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest_asyncio
from structlog.testing import capture_logs

from ccdialer.agi_settings import Agi
from ccdialer.config import Config
from ccdialer.core.commands import RecordRoute
from ccdialer.core.events import CallbacksChanged
from ccdialer.runtime.inbound import Inbound
from ccdialer.storage import Database
from tests.core.routing_samples import DID
from tests.fastagi.pbx import call, head
from tests.lab.ports import free_port
from tests.runtime.floor import Floor, until
from tests.runtime.routing_floor import Site


class House:
    """A floor with rules, and its port."""

    def __init__(self, floor: Floor, site: Site) -> None:
        self.floor, self.site, self.port = floor, site, free_port()
        self.routes: list[RecordRoute] = []
        self.config = Config(agi=Agi(listen=f"127.0.0.1:{self.port}"))
        self.inbound = Inbound(self.config, floor.db, floor.driver, self.routes.append)

    async def ask(self, request: str) -> dict[str, str]:
        return (await call(self.port, head(request))).variables


@pytest_asyncio.fixture
async def house(floor: Floor, db: Database) -> AsyncIterator[House]:
    made = House(floor, Site(db))
    with capture_logs():
        await made.inbound.start()
        yield made
        await made.inbound.close()
        await asyncio.to_thread(made.site.directing.close)


async def test_a_call_is_routed(house: House) -> None:
    found = await house.ask(f"route_by_stage?did={DID}")
    assert (found["CCD_STATUS"], found["CCD_TARGET_KIND"]) == ("OK", "queue")
    assert found["CCD_TARGET"] == "consultants"
    assert [route.call_id for route in house.routes] == [found["CCD_CALL"]]
    assert house.inbound.figures()["scripts"] == {"route_by_stage": {"OK": 1}}


async def test_rules_are_looked_for_again(house: House, db: Database) -> None:
    db.run("DELETE FROM route_version")
    await house.inbound.look()
    assert (await house.ask(f"route_by_stage?did={DID}"))["CCD_REASON"] == "unknown_did"


async def test_a_wish_is_told_to_the_core(house: House) -> None:
    told: list[Any] = []
    with house.floor.driver.watched(lambda fact, deeds: told.append(fact)):
        found = await house.ask("do_not_call")
        assert (found["CCD_STATUS"], found["CCD_REASON"]) == ("OK", "new")
        await until(lambda: CallbacksChanged(False) in told)


async def test_what_was_changed_in_the_file_holds(house: House) -> None:
    fresh = replace(house.config, agi=replace(house.config.agi, secret="s3cret99"))
    await house.inbound.port.reload(fresh)
    assert (await house.ask("do_not_call"))["CCD_STATUS"] == "DENIED"
