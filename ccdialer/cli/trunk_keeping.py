"""Brings the trunks of a file into the database, and says what is new, changed and gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ccdialer import storage
from ccdialer.core.trunk import Rate, Trunk
from ccdialer.importing.prices import read_prices
from ccdialer.schema import plain
from ccdialer.storage import Database
from ccdialer.storage.settings import from_json, to_json
from ccdialer.trunk_entry import TrunkEntry, trunk_of
from ccdialer.trunk_file import FoundTrunk, read_trunks, without_password


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database keeps of a trunk's entry beside what the dialer needs; no password."""

    entry: TrunkEntry = field(default_factory=TrunkEntry)
    is_removed: bool = False  # it is in the file no more


@dataclass(frozen=True, slots=True)
class Plan:
    """A trunk of a file, ready to be stored and rendered."""

    found: FoundTrunk
    trunk: Trunk


def read_plans(path: Path) -> list[Plan]:
    """The trunks of a file with their price lists. Raises ConfigError or UnreadableFile."""
    return [Plan(found, trunk_of(found.entry, _listed(path, found))) for found in read_trunks(path)]


def _listed(path: Path, found: FoundTrunk) -> list[Rate]:
    entry = found.entry
    return read_prices(path.parent / entry.price_file, entry) if entry.price_file else []


@dataclass(frozen=True, slots=True)
class Stored:
    """A trunk as the database has it."""

    trunk: Trunk
    kept: Kept


def stored_trunks(database: Database) -> dict[str, Stored]:
    """All trunks by name; the disabled and the removed ones too."""
    kept = storage.trunk_connections(database)
    return {
        trunk.name: Stored(trunk, from_json(Kept, kept[trunk.name]))
        for trunk in storage.list_trunks(database)
    }


def keep(database: Database, plans: Sequence[Plan], now: int) -> list[str]:
    """Make the database's trunks those of the plans; a line for each says what it was.

    One that is in no plan is disabled, and its calls and prices stay. One that an admin has
    disabled stays so; one that comes back into the file works again. `now` is epoch ms.
    """
    stored = stored_trunks(database)
    told = [_keep_one(database, plan, stored.get(plan.trunk.name), now) for plan in plans]
    names = {plan.trunk.name for plan in plans}
    gone = [old for name, old in stored.items() if name not in names and not old.kept.is_removed]
    return told + [_take_out(database, old, now) for old in gone]


def _keep_one(database: Database, plan: Plan, old: Stored | None, now: int) -> str:
    """Create or change one trunk; the line that tells of it."""
    trunk, kept = plan.trunk, Kept(without_password(plan.found.entry))
    shown = f'trunk "{trunk.name}"'
    if old is None:
        storage.upsert_trunk(database, trunk, now, to_json(kept))
        return f"{shown}: created; lines: {trunk.settings.lines}, prices: {len(trunk.rates)}"
    trunk = replace(trunk, enabled=old.trunk.enabled or old.kept.is_removed)
    changes = differences(old, Stored(trunk, kept))
    if changes:
        storage.upsert_trunk(database, trunk, now, to_json(kept))
    what = "changed; " + ", ".join(changes) if changes else "unchanged"
    rests = "" if trunk.enabled else f"; it is disabled: ccdialer trunk enable {trunk.name}"
    return f"{shown}: {what}{rests}"


def _take_out(database: Database, old: Stored, now: int) -> str:
    trunk = replace(old.trunk, enabled=False)
    storage.upsert_trunk(database, trunk, now, to_json(replace(old.kept, is_removed=True)))
    return f'trunk "{trunk.name}": not in the file any more, disabled; what it carried is kept'


# --- what changes -------------------------------------------------------------------------------


def differences(before: Stored, after: Stored) -> list[str]:
    """`lines: 30 -> 60` for every key that changes, and how many prices do."""
    old, new = flat(before.kept.entry), flat(after.kept.entry)
    keys = [key for key in new if old.get(key) != new[key]]
    changes = [f"{key}: {_word(old.get(key, ''))} -> {_word(new[key])}" for key in keys]
    if before.kept.is_removed:
        changes.insert(0, "back in the file")
    return changes + _price_changes(before.trunk.rates, after.trunk.rates)


def flat(entry: TrunkEntry) -> dict[str, Any]:
    """Every key but the prices; those of a section as `provider.server`."""
    page = plain(asdict(entry))
    page.pop("prices")
    return dict(_paths(page))


def _paths(page: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in page.items():
        if isinstance(value, dict) and value and key != "by_prefix":
            yield from _paths(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _word(value: Any) -> str:
    return '""' if value == "" else str(value)


def _price_changes(old: Mapping[str, Rate], new: Mapping[str, Rate]) -> list[str]:
    """`prices: 3 new, 2 changed, 1 gone`; nothing, if they are the same."""
    counts = {
        "new": len(new.keys() - old.keys()),
        "changed": sum(old[prefix] != new[prefix] for prefix in old.keys() & new.keys()),
        "gone": len(old.keys() - new.keys()),
    }
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return [f"prices: {told}"] if told else []
