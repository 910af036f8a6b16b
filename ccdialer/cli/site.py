"""What every command needs of the site it works on: configuration, database, daemon."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from ccdialer import config, storage
from ccdialer.config import Config
from ccdialer.core.campaign import Campaign
from ccdialer.core.task import TaskState
from ccdialer.errors import DaemonUnreachable, Refused
from ccdialer.runtime.ask import ask
from ccdialer.storage import Database


class Site:
    """Found once per command, and only as far as the command asks for it."""

    def __init__(self, asked: Path | None, is_debug: bool = False) -> None:
        self.asked = asked
        self.is_debug = is_debug

    @cached_property
    def path(self) -> Path:
        """Where config.yaml is. Raises ConfigError."""
        return config.find(self.asked)

    @cached_property
    def config(self) -> Config:
        """Raises ConfigError."""
        return config.load(self.path)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The migrated database, closed at the end. Raises StorageUnavailable."""
        with storage.open_database(self.config.database, self.config.numbers.region) as database:
            yield database

    def ask(self, verb: str, **arguments: Any) -> dict[str, Any]:
        """What the daemon answers. Raises DaemonUnreachable or Refused."""
        return ask(self.config.socket, verb, **arguments)

    def poke(self) -> str:
        """Let the daemon see an edit of the database; empty, or why it does not see it now."""
        try:
            self.ask("reload")
        except (DaemonUnreachable, Refused) as error:
            return str(error)
        return ""

    def poke_callbacks(self, is_moved: bool) -> str:
        """Let the daemon see new or moved callbacks; empty, or why it does not see them now."""
        try:
            self.ask("callbacks", moved=is_moved)
        except (DaemonUnreachable, Refused) as error:
            return str(error)
        return ""

    def snapshot(self) -> dict[str, Any] | None:
        """What the floor looks like now; None if no daemon tells."""
        try:
            found: dict[str, Any] = self.ask("status", timeout_s=5.0)["snapshot"]
        except (DaemonUnreachable, Refused):
            return None
        return found


pass_site = click.make_pass_decorator(Site)


def now_ms() -> int:
    """The machine's clock, UTC epoch milliseconds."""
    return time.time_ns() // 1_000_000


def tasks_by_state(database: Database, campaign: Campaign) -> dict[TaskState, int]:
    """How many tasks of each state a campaign has; every state is there."""
    return storage.count_tasks(database).get(campaign.id, dict.fromkeys(TaskState, 0))
