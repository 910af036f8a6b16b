"""A process that delivers to a Bitrix24 portal until it is killed: `python -m tests.deaths.postman
DATABASE PORTAL`."""

from __future__ import annotations

import sys
import time

from ccdialer.crm.bitrix24_app import Bitrix24App
from ccdialer.crm.bitrix24_calls import Bitrix24Calls
from ccdialer.crm.pace import Pace
from ccdialer.crm.web import Web
from ccdialer.runtime.delivery import Clocks, Delivery, Route
from ccdialer.storage.database import connect
from tests.crm.telling import VOICE
from tests.storage.samples import NOW


def main(database_url: str, portal: str) -> None:
    """All of the samples is due."""
    app = Bitrix24App(f"{portal}/rest/", Web(("127.0.0.1",), Pace(1e6, 10**6)), _access)
    routes = [Route(Bitrix24Calls("crm", app, VOICE, is_application=True), threads=1)]
    with connect(database_url) as database:
        clocks = Clocks(wall_ms=lambda: NOW + 3_600_000, dice=lambda: 0.0)
        Delivery(database, "one", routes, clocks=clocks).start()
        time.sleep(3600)


def _access(until: float, refused: str) -> str:
    return "access-0"


if __name__ == "__main__":
    main(*sys.argv[1:])
