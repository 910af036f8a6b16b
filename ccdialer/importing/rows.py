"""One row of a file into one task: its numbers, its time, its details, or why it is not taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from ccdialer.core.phone import NotANumber, Reader, split_numbers
from ccdialer.core.schedule import is_zone
from ccdialer.core.task import PRIORITIES
from ccdialer.importing.columns import MAX_NUMBERS, Columns
from ccdialer.storage import TaskRow

DEFAULT_PRIORITY = 5
_DUE_FORMATS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y")
_quoted = json.encoder.encode_basestring


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row cannot be taken; `reason` is one sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Remarked:
    """A row was taken, and not all of it could be used."""

    row: TaskRow
    remark: str


Judge = Callable[[Sequence[str]], TaskRow | Remarked | Rejected]


def judge_of(
    columns: Columns,
    read: Reader,
    zone: str | None,
    now: int,
    owners: Mapping[str, int] = MappingProxyType({}),
) -> Judge:
    """What turns the cells of a row into a task. `now` (epoch ms) is when a task is due whose row
    does not say; instants without a zone are in `zone`, or in the machine's own. `owners` are the
    ids of agents by login."""
    places = columns.places
    # JSON pair by pair: a third of the time that an encoder takes for a small object.
    details = [(f"{_quoted(key)}: ", place) for key, place in columns.details]
    numbers_at, external_at, width = columns.numbers, places.get("external_id"), columns.width
    priority_at, due_at, zone_at = (places.get(key) for key in ("priority", "due", "zone"))
    first_at = numbers_at[0] if len(numbers_at) == 1 else None

    def judge(cells: Sequence[str]) -> TaskRow | Remarked | Rejected:
        if len(cells) != width:
            if any(cells[width:]):
                return Rejected(f"{len(cells)} cells, {width} expected; is a delimiter in a cell?")
            cells = [*cells, *[""] * (width - len(cells))]
        # The library takes what follows a semicolon for parameters; here it is a second number.
        is_one = first_at is not None and ";" not in cells[first_at]
        e164 = read(cells[first_at]) if is_one else None  # type: ignore[index]
        if type(e164) is str:  # one plain number, as in nearly every row
            numbers, remark = [(e164, cells[first_at])], ""  # type: ignore[index]
        else:
            numbers, remark = numbers_of([cells[place] for place in numbers_at], read)
        priority = _priority(cells[priority_at]) if priority_at is not None else DEFAULT_PRIORITY
        due = instant(cells[due_at].strip(), zone) if due_at is not None else None
        place = _zone(cells[zone_at]) if zone_at is not None else ""
        if not numbers:
            return Rejected(remark or "no phone number")
        if isinstance(priority, Rejected):
            return priority
        if isinstance(due, Rejected):
            return due
        if isinstance(place, Rejected):
            return place
        noted = ", ".join([key + _quoted(cells[at].strip()) for key, at in details if cells[at]])
        row = TaskRow(
            numbers,
            now if due is None else due,
            priority,
            (cells[external_at].strip() or None) if external_at is not None else None,
            f"{{{noted}}}",
            zone=place,
        )
        return Remarked(row, remark) if remark else row

    return _pinning(judge, places, owners) if {"owner", "group"} & set(places) else judge


def _pinning(judge: Judge, places: Mapping[str, int], owners: Mapping[str, int]) -> Judge:
    """The same judge for rows that say whom a callback is for."""

    def judge_and_pin(cells: Sequence[str]) -> TaskRow | Remarked | Rejected:
        judged = judge(cells)
        if isinstance(judged, Rejected):
            return judged
        whole = [*cells, *[""] * (max(places.values()) + 1 - len(cells))]
        pin = _pin(whole, places, owners)
        if isinstance(pin, Rejected):
            return pin
        row = judged.row if isinstance(judged, Remarked) else judged
        row = row._replace(owner_id=pin[0], owner_group=pin[1])
        return Remarked(row, judged.remark) if isinstance(judged, Remarked) else row

    return judge_and_pin


def _pin(
    cells: Sequence[str], places: Mapping[str, int], owners: Mapping[str, int]
) -> tuple[int | None, str | None] | Rejected:
    """The agent or the group that a callback is for."""
    login = cells[places["owner"]].strip() if "owner" in places else ""
    group = cells[places["group"]].strip() if "group" in places else ""
    if login and group:
        return Rejected(f'owner "{login[:40]}" and group "{group[:40]}": name one of them')
    if login and login not in owners:
        return Rejected(f'owner "{login[:40]}" is no agent\'s login; see: ccdialer agent list')
    return (owners.get(login), group or None)


def numbers_of(cells: Sequence[str], read: Reader) -> tuple[list[tuple[str, str]], str]:
    """The numbers in the cells, each once, in order, with their spelling; and what was left out."""
    found: dict[str, str] = {}
    remarks = []
    for text in (part for cell in cells for part in split_numbers(cell)):
        verdict = read(text)
        if isinstance(verdict, NotANumber):
            remarks.append(verdict.reason)
        elif len(found) < MAX_NUMBERS or verdict in found:
            found.setdefault(verdict, text)
        else:
            remarks.append(f'"{text}" is more than the {MAX_NUMBERS} numbers of a task')
    return list(found.items()), "; ".join(remarks)


def _priority(cell: str) -> int | Rejected:
    text = cell.strip()
    if not text:
        return DEFAULT_PRIORITY
    if text.isdecimal() and len(text) == 1:
        return int(text)
    return Rejected(f'priority "{text[:40]}" is not {PRIORITIES[0]} to {PRIORITIES[-1]}')


@lru_cache(maxsize=4096)
def _zone(cell: str) -> str | Rejected:
    """The IANA name of a time zone; one that is none is no guess where the client lives."""
    text = cell.strip()
    if not text or is_zone(text):
        return text
    return Rejected(
        f'"{text[:40]}" is not a time zone; write a name such as Europe/Moscow, or say'
        " --map area=COLUMN if the column is something else"
    )


@lru_cache(maxsize=4096)
def instant(text: str, zone: str | None) -> int | Rejected | None:
    """Epoch ms of `2026-11-30 09:00`, `2026-11-30T09:00+03:00`, `30.11.2026 9:00` or a date; None
    if there is nothing. Without a zone of its own it is in `zone`, or in the machine's."""
    if not text:
        return None
    moment = _moment(text)
    if moment is None or not 2000 <= moment.year < 2100:
        return Rejected(f'"{text[:40]}" is not an instant; write 2026-11-30 09:00')
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone)) if zone else moment.astimezone()
    return int(moment.timestamp() * 1000)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _DUE_FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - `instant` gives it its zone
        except ValueError:
            continue
    return None
