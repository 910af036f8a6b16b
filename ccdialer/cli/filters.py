"""Options that narrow a report: which campaign, since when, until when, how many rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import click

from ccdialer.cli.completion import campaign_names
from ccdialer.runtime.calendar import midnight

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO = re.compile(r"(\d{1,5})([mhdw])")
DAYS = {"today": 0, "yesterday": -1}
WANTED = "a date (2026-11-21), a time (2026-11-21 14:30), today, yesterday, or an age (90m, 8h, 7d)"


LARGEST_ID = 2**63 - 1  # that a database takes


class Id(click.ParamType):  # type: ignore[type-arg]
    """The id of a row, or the number of a version."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it, or fail with what is understood."""
        found: int = click.INT.convert(value, param, ctx)
        if not 1 <= found <= LARGEST_ID:
            self.fail(f"there is nothing with the number {value}", param, ctx)
        return found


ID = Id()


class Seconds(click.FloatRange):
    """Seconds within limits; what is no number is none of them."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it, or fail with what is understood."""
        found = super().convert(value, param, ctx)
        if found != found:  # nan is within any limits
            self.fail(f'"{value}" is no number of seconds', param, ctx)
        return found


class Instant(click.ParamType):  # type: ignore[type-arg]
    """An instant as people write it, in this machine's zone; UTC epoch milliseconds."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it, or fail with what is understood."""
        if isinstance(value, int):
            return value
        try:
            return round(_instant(value.strip(), datetime.now().astimezone()).timestamp() * 1000)
        except (ValueError, OverflowError):
            self.fail(f'"{value}" is not {WANTED}', param, ctx)


def _instant(text: str, now: datetime) -> datetime:
    if text == "now":
        return now
    if text in DAYS:
        return datetime.fromtimestamp(midnight(now.timestamp(), DAYS[text])).astimezone()
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    return datetime.fromisoformat(text).astimezone()


class Lasting(click.ParamType):  # type: ignore[type-arg]
    """How long something takes, as people write it: 10m, 2h, 1d; whole minutes."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it, or fail with what is understood."""
        if isinstance(value, int):
            return value
        found = _AGO.fullmatch(value.strip())
        if found is None:
            self.fail(f'"{value}" is not a time such as 10m, 2h or 1d', param, ctx)
        return int(timedelta(**{UNITS[found[2]]: int(found[1])}).total_seconds()) // 60


class LocalDay(click.ParamType):  # type: ignore[type-arg]
    """A calendar day on this machine's clock: its beginning and its end, UTC epoch milliseconds."""

    name = "day"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Read it, or fail with what is understood."""
        if isinstance(value, tuple):
            return value
        at = Instant().convert(value, param, ctx) / 1000
        return round(midnight(at) * 1000), round(midnight(at, 1) * 1000)


def hour_of_day(at: float) -> float:
    """The hour on this machine's clock at an instant in epoch seconds: 9.5 is half past nine."""
    local = datetime.fromtimestamp(at, UTC).astimezone()
    return local.hour + local.minute / 60 + local.second / 3600


campaign_option = click.option(
    "--campaign", shell_complete=campaign_names, help="Of this campaign only."
)


def span_options(command: Decorated) -> Decorated:
    """`--since` and `--until`."""
    since = click.option("--since", type=Instant(), help="From then on: 2026-11-21, today, 8h, 7d.")
    until = click.option("--until", type=Instant(), help="Before then.")
    return since(until(command))


def limit_option(default: int) -> Callable[[Decorated], Decorated]:
    """`--limit`, where 0 is no limit."""
    return click.option(
        "--limit",
        type=click.IntRange(0),
        default=default,
        show_default=True,
        help="At most so many rows; 0: all.",
    )
