"""One row of a file into one client: numbers, stage, contact person, sums, deal, or why not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ccdialer.core.client import Business, ClientKind
from ccdialer.core.money import is_currency, micros
from ccdialer.core.phone import Reader
from ccdialer.importing.agents import yes_or_no
from ccdialer.importing.columns import Columns
from ccdialer.importing.rows import Rejected, instant, numbers_of
from ccdialer.storage.clients import ClientRow, ContactRow
from ccdialer.storage.deals import DealRow

KINDS = {
    "person": ClientKind.PERSON,
    "company": ClientKind.COMPANY,
    **dict.fromkeys(("физлицо", "физическое лицо", "частное лицо"), ClientKind.PERSON),
    **dict.fromkeys(("юрлицо", "юридическое лицо", "компания"), ClientKind.COMPANY),
}
TEXTS = ("name", "stage", "pipeline", "city", "channel", "note")
DEAL_TEXTS = {"deal": "title", "deal_stage": "stage", "deal_pipeline": "pipeline"}
HIGHEST_COUNT = 10**9
_ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
_NOUGHTS = re.compile(r"[.,]0+$")  # a spreadsheet's whole number


@dataclass(frozen=True, slots=True)
class ClientReader:
    """How cells are read: numbers, the ids of agents by login, instants without a zone."""

    columns: Columns
    read: Reader
    owners: Mapping[str, int]
    zone: str | None = None


class _Unusable(Exception):
    """A cell cannot be read; the sentence says why."""


def client_of(cells: Sequence[str], how: ClientReader) -> tuple[ClientRow, str] | Rejected:
    """The client that a row tells of, with a remark of what could not be used. An empty cell says
    nothing: what it would be of stays as it is."""
    width = how.columns.width
    if any(cells[width:]):
        return Rejected(f"{len(cells)} cells, {width} expected; is a delimiter in a cell?")
    cells = [*(cell.strip() for cell in cells), *[""] * (width - len(cells))]
    said = {kind: cells[at] for kind, at in how.columns.places.items() if cells[at]}
    try:
        return _client(cells, said, how)
    except _Unusable as fault:
        return Rejected(str(fault))


def _client(
    cells: Sequence[str], said: Mapping[str, str], how: ClientReader
) -> tuple[ClientRow, str]:
    numbers, remark = numbers_of([cells[at] for at in how.columns.numbers], how.read)
    contact, contact_remark = _contact(said, how)
    source_id = _id("source_id", said)
    if not (numbers or source_id or (contact and contact.numbers)):
        raise _Unusable(remark or contact_remark or "neither a phone number nor an id")
    row = ClientRow(
        [e164 for e164, _ in numbers],
        source_id,
        _told(said, how),
        {key: cells[at] for key, at in how.columns.details if cells[at]},
        contact,
        _business(said),
        _deal(said, how),
    )
    return row, "; ".join(filter(None, (remark, contact_remark)))


def _told(said: Mapping[str, str], how: ClientReader) -> dict[str, Any]:
    told: dict[str, Any] = {key: said[key] for key in TEXTS if key in said}
    if "kind" in said:
        if said["kind"].lower() not in KINDS:
            raise _Unusable(
                f'kind "{said["kind"][:40]}" is neither person nor company; if the column is'
                " something else: --map segment=COLUMN"
            )
        told["kind"] = KINDS[said["kind"].lower()]
    if "owner" in said:
        told["owner_id"] = _owner(said["owner"], how)
    if "created" in said:
        told["created_at"] = _usable(instant(said["created"], how.zone))
    return told


def _id(what: str, said: Mapping[str, str]) -> str | None:
    """An id as it stands there, unless others would look the same: two clients are not one."""
    text = said.get(what)
    if text is not None and _ROUNDED.fullmatch(text):
        raise _Unusable(
            f'{what} "{text[:40]}" was rounded by a spreadsheet, others may look the same; format'
            " its column as text there"
        )
    return text


def _owner(login: str, how: ClientReader) -> int:
    if login not in how.owners:
        raise _Unusable(f'owner "{login[:40]}" is no agent\'s login; see: ccdialer agent list')
    return how.owners[login]


def _contact(said: Mapping[str, str], how: ClientReader) -> tuple[ContactRow | None, str]:
    numbers, remark = numbers_of([said.get("contact_phone", "")], how.read)
    name = said.get("contact", "")
    if not name and not numbers:
        return None, remark
    return ContactRow(name, said.get("post", ""), [e164 for e164, _ in numbers]), remark


def _business(said: Mapping[str, str]) -> dict[tuple[Business, str], tuple[int, int]]:
    """The counts and sums that are there; one that is not said is 0."""
    told = {}
    for what in Business:
        count, total = said.get(what, ""), said.get(f"{what}_sum", "")
        if count or total:
            currency = _currency(said.get("currency", ""))
            told[what, currency] = (_count(what, count or "0"), _amount(what, total or "0"))
    return told


def _count(what: str, text: str) -> int:
    whole = _NOUGHTS.sub("", text)
    if not whole.isdecimal() or int(whole) > HIGHEST_COUNT:
        raise _Unusable(f'{what} "{text[:40]}" is not a whole number')
    return int(whole)


def _amount(what: str, text: str) -> int:
    """Spaces between thousands are left out, as `1 500,50`."""
    found = micros("".join(text.split()))
    if found is None:
        raise _Unusable(f'{what}: "{text[:40]}" is not an amount such as 1500.50')
    return found


def _currency(text: str) -> str:
    code = text.upper()
    if code and not is_currency(code):
        raise _Unusable(f'currency "{text[:40]}" is not a code such as RUB')
    return code


def _deal(said: Mapping[str, str], how: ClientReader) -> DealRow | None:
    parts = [key for key in said if key.startswith("deal")]
    if not parts:
        return None
    deal_id = _id("deal_id", said)
    if deal_id is None:
        raise _Unusable(f"a deal needs its id: {parts[0]} is there and deal_id is not")
    told: dict[str, Any] = {DEAL_TEXTS[key]: said[key] for key in parts if key in DEAL_TEXTS}
    if "deal_owner" in said:
        told["owner_id"] = _owner(said["deal_owner"], how)
    if "deal_amount" in said:
        told["amount"] = _amount("deal_amount", said["deal_amount"])
        told["currency"] = _currency(said.get("deal_currency") or said.get("currency", ""))
    is_open = None
    if "deal_closed" in said:
        is_open = not _usable(yes_or_no("deal_closed", said["deal_closed"], False))
    return DealRow(deal_id, told, is_open)


def _usable(found: Any) -> Any:
    if isinstance(found, Rejected):
        raise _Unusable(found.reason)
    return found
