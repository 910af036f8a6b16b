"""Names that a CRM has for its ids: asked for once an hour, kept while it does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from ccdialer.crm.fault import CrmFault

FRESH_S = 3600.0
AGAIN_S = 60.0
"""A CRM that did not tell them is asked again after this: meanwhile no caller waits for it."""

Table = Mapping[str, str]


class Names:
    """Tables of names by key, such as the stages of one pipeline; for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tables: dict[str, tuple[float, Table]] = {}

    def table(self, key: str, read: Callable[[], Table]) -> Table:
        """The table; `read` asks the CRM. Raises CrmFault if it was never there."""
        known = self._tables.get(key)
        now = self._clock()
        if known is not None and now - known[0] < FRESH_S:
            return known[1]
        try:
            table = read()
        except CrmFault:
            if known is None:
                raise
            self._tables[key] = (now - FRESH_S + AGAIN_S, known[1])
            return known[1]
        self._tables[key] = (now, table)
        return table
