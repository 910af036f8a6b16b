"""Reads and writes the rules of a site: what `rules apply` takes and `rules export` gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from ccdialer import calendars
from ccdialer.core.daytimes import DAILY, SATURDAY, mistake_in
from ccdialer.core.limits import SiteRules
from ccdialer.errors import ConfigError, NotFound
from ccdialer.schema import Source, Spec, documents, nearest, read_mapping, specs_of
from ccdialer.writing import page_text

PRESETS = Path(__file__).parent / "presets"


# --- checks: what was expected, or an empty string ----------------------------------------------


def _line(value: str) -> str:
    return "" if value.isprintable() and len(value) <= 300 else "a line of at most 300 characters"


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _checked(value: str) -> str:
    return "" if not value or _date(value) else "a date such as 2026-11-25, or nothing"


def _region(value: str) -> str:
    mistake = calendars.mistake_in(value) if value else ""
    return f"a country or region ({mistake})" if mistake else ""


def _dates(fits: Callable[[date], bool], words: str) -> Callable[[tuple[str, ...]], str]:
    def check(values: tuple[str, ...]) -> str:
        found = [_date(value) for value in values]
        return "" if all(day is not None and fits(day) for day in found) else words

    return check


ANY_DAY = _dates(lambda day: True, "dates such as 2026-12-31")
WEEKEND = _dates(
    lambda day: day.weekday() >= SATURDAY, "Saturdays or Sundays, as dates such as 2026-12-26"
)

RULES: dict[str, dict[str, Any]] = {
    "title": {"doc": "Which rules these are.", "check": _line},
    "source": {"doc": "What they are taken from: a law, a contract.", "check": _line},
    "checked": {"doc": "The day on which they were last compared with it.", "check": _checked},
    # calendar
    "holidays": {
        "doc": "Public holidays of a country or region: RU, US-CA; empty: of none.",
        "check": _region,
    },
    "more_holidays": {"doc": "More dates that have the hours of holidays.", "check": ANY_DAY},
    "no_holidays": {"doc": "Dates that are no holidays here.", "check": ANY_DAY},
    "more_workdays": {
        "doc": "Saturdays and Sundays that are worked; they have a Friday's hours.",
        "check": WEEKEND,
    },
    "calling_hours": {
        "doc": "No campaign calls outside these hours at the client's place: always, or by day.",
        "check": mistake_in,
        "alone": DAILY,
    },
    # contacts
    "per_day": {
        "doc": "Contacts with one person a day, over all projects; 0: no limit.",
        "least": 0,
        "most": 1000,
    },
    "per_week": {"doc": "The same a week, from Monday on.", "least": 0, "most": 1000},
    "per_month": {"doc": "The same a month.", "least": 0, "most": 1000},
    "counts": {"doc": "attempts (every dial that may have rung) or talks (picked up)."},
    "counting": {"doc": "By the client's calendar, or rolling: 24 hours, 7 days, 30 days."},
    # after an abandoned call
    "abandoned_pause_h": {
        "doc": "Who was abandoned is not dialed for so many hours, unless an agent is reserved.",
        "least": 0,
        "most": 720,
    },
}
"""What holds for each rule: its sentence and its limits."""


def specs() -> dict[str, Spec]:
    """The keys of a file of rules, in order."""
    return specs_of(SiteRules, RULES)


# --- reading ------------------------------------------------------------------------------------


def read_rules(path: Path | str) -> SiteRules:
    """The rules in a file; what it does not say is as shipped. Raises ConfigError with every fault
    that is in it."""
    path = Path(path)
    source = Source(path.name)
    root, *more = documents(path)
    for node in more:
        source.fault(node, "file", "a second YAML document; a file holds the rules of one site")
    values = read_mapping(root, specs(), source)
    if values is None or source.faults:
        raise ConfigError(source.faults)
    return SiteRules(**values)


# --- writing ------------------------------------------------------------------------------------


def rules_text(rules: SiteRules) -> str:
    """A file that `read_rules` reads back to the same rules."""
    return page_text(asdict(rules))


# --- presets ------------------------------------------------------------------------------------


def presets() -> dict[str, Path]:
    """The files of rules that come with ccdialer, by name."""
    return {path.stem: path for path in sorted(PRESETS.glob("*.yaml"))}


def preset_text(name: str) -> str:
    """A shipped file as it stands, remarks and all; raises NotFound."""
    known = presets()
    if name not in known:
        raise NotFound(f'there is no preset "{name}"; {nearest(name, known)}')
    return known[name].read_text(encoding="utf-8")
