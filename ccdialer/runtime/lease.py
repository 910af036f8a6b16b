"""The lease: this daemon's name on its database, held while it lives and never shared."""

from __future__ import annotations

import threading

import structlog

from ccdialer.storage.database import Database
from ccdialer.storage.locks import lock_node

log = structlog.get_logger()


class Lease:
    """Held from birth to `release`. Raises StorageUnavailable where another daemon has the name."""

    def __init__(self, database: Database, node: str) -> None:
        self._database = database
        self._node = node
        self._at_work = threading.Lock()
        self._lock = lock_node(database, node)

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def renew(self) -> None:
        """Take the name again if PostgreSQL was restarted under it; to be called on a thread.

        Raises StorageUnavailable while PostgreSQL is away, and its kind NodeTaken if another
        daemon was quicker: then nothing must be written any more.
        """
        with self._at_work:
            if self._lock.held():
                return
            self._lock.release()  # should the server still see the old session, it ends now
            self._lock = lock_node(self._database, self._node)
        log.warning("the node's name was lost with the database, and is taken again")

    def release(self) -> None:
        """Give the name to whoever wants it; once."""
        with self._at_work:
            self._lock.release()
