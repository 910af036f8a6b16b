"""Clients in a table or view of another database: one query, by the number."""

from __future__ import annotations

import threading
import time
from importlib.util import find_spec
from urllib.parse import urlsplit

from ccdialer.core.card import Card
from ccdialer.core.phone import spellings
from ccdialer.crm.databases import DRIVERS, ENGINES, Mysql, Postgresql, Sqlite
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.rows import card_of_rows


class SqlConnector:
    """Looks a number up by a query; each thread has its own connection."""

    def __init__(self, name: str, url: str, query: str) -> None:
        self.name = name
        self._url = url
        self._query = query
        self._scheme = urlsplit(url).scheme
        self._own = threading.local()

    def find(self, number: str, within_s: float) -> Card | None:
        """Its rows are the client and his deals. Raises CrmFault."""
        until = time.monotonic() + within_s
        rows = self._engine().rows(self._query, spellings(number), until)
        return card_of_rows(self.name, rows)

    def _engine(self) -> Sqlite | Postgresql | Mysql:
        found: Sqlite | Postgresql | Mysql | None = getattr(self._own, "engine", None)
        if found is None:
            driver = DRIVERS.get(self._scheme)
            if driver and find_spec(driver) is None:
                sentence = f"the driver is missing: pip install 'ccdialer[{self._scheme}]'"
                raise CrmFault("crm_driver", sentence)
            found = self._own.engine = ENGINES[self._scheme](self._url)
        return found
