"""How `ccdialer client` reads what is typed: who is meant, and what is to be set of him."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import click

from ccdialer import storage
from ccdialer.cli.naming import number_meant
from ccdialer.core.caller_id import ANY_KIND
from ccdialer.core.client import ClientKind
from ccdialer.core.money import is_currency, micros
from ccdialer.core.phone import NotANumber, normalise
from ccdialer.errors import NotFound, Refused
from ccdialer.storage import Database
from ccdialer.storage.client_pages import ClientFilter, list_clients

TEXTS = ("name", "stage", "pipeline", "city", "channel", "note")
CLIENT_KEYS = (*TEXTS, "kind", "owner", "id", "phone")
DEAL_KEYS = ("title", "stage", "pipeline", "owner", "amount", "currency")
FIELD = "field."
LONGEST_ID = 9  # digits; with more it is a number
CONTACTS_SAID = {True: "is a contact person now", False: "is changed"}


def read_number(text: str, region: str) -> str | None:
    """The number that is typed, E.164; None: it is no number."""
    found = normalise(text, region, ANY_KIND)
    return None if isinstance(found, NotANumber) else found


def one_of(database: Database, text: str, region: str) -> int:
    """The id of the client who is meant: by his id, by a number that only he has, or by the id he
    has elsewhere. Raises NotFound or Refused."""
    number = read_number(text, region)
    if number is None and text.isdecimal() and len(text) <= LONGEST_ID:
        return int(text)
    wanted = ClientFilter(source_id=text) if number is None else ClientFilter(number=number)
    found = [each["id"] for each in list_clients(database, wanted)]
    what = f'the id "{text}"' if number is None else number
    if not found:
        raise NotFound(f"nobody in the client base has {what}; look: ccdialer client find NAME")
    if len(found) > 1:
        several = ", ".join(map(str, found))
        raise Refused(f"clients {several} have {what}; name one by his id here")
    return int(found[0])


def set_of(
    database: Database, pairs: Iterable[str], region: str
) -> tuple[dict[str, Any], list[str]]:
    """What `stage=paid owner=anna field.size=XL` sets of a client, and the numbers he gets."""
    told: dict[str, Any] = {}
    fields: dict[str, str] = {}
    phones: list[str] = []
    for key, value in map(_pair, pairs):
        if key.startswith(FIELD) and key != FIELD:
            fields[key.removeprefix(FIELD)] = value
        elif key == "phone":
            phones.append(number_meant(value, region))
        elif key == "id":
            told["source_id"] = value or None
        elif key == "kind":
            told["kind"] = _kind(value)
        else:
            told |= _shared(database, key, value, (CLIENT_KEYS, f", or {FIELD}NAME"))
    return told | ({"fields": fields} if fields else {}), phones


def set_of_deal(database: Database, pairs: Iterable[str]) -> dict[str, Any]:
    """What `stage=paid amount=1500 currency=RUB` sets of a deal."""
    told: dict[str, Any] = {}
    for key, value in map(_pair, pairs):
        if key == "amount":
            told["amount"] = _amount(value)
        elif key == "currency":
            told["currency"] = _currency(value)
        else:
            told |= _shared(database, key, value, (DEAL_KEYS, ""))
    return told


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not key or not sign:
        raise click.BadParameter(f'"{text}" is not WHAT=VALUE: stage=paid', param_hint="WHAT=VALUE")
    return key.strip(), value.strip()


def _shared(
    database: Database, key: str, value: str, known: tuple[tuple[str, ...], str]
) -> dict[str, Any]:
    """What clients and deals have both: texts, and an owner."""
    keys, more = known
    if key not in keys:
        close = difflib.get_close_matches(key, keys, 1, 0.6)
        hint = f"did you mean {close[0]}?" if close else f"one of {', '.join(keys)}{more}"
        raise click.BadParameter(f'there is no "{key}"; {hint}', param_hint="WHAT=VALUE")
    if key == "owner":
        return {"owner_id": storage.agent_by_login(database, value).id if value else None}
    return {key: value}


def _kind(value: str) -> str:
    if value not in list(ClientKind):
        raise click.BadParameter(f'"{value}" is neither person nor company', param_hint="kind")
    return value


def _amount(value: str) -> int | None:
    found = micros(value.replace(" ", "")) if value else None
    if value and found is None:
        raise click.BadParameter(f'"{value}" is not an amount such as 1500.50', param_hint="amount")
    return found


def _currency(value: str) -> str:
    code = value.upper()
    if code and not is_currency(code):
        raise click.BadParameter(f'"{value}" is not a code such as RUB', param_hint="currency")
    return code
