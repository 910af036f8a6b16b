"""Tells amoCRM and Kommo of calls (API v4: calls, and notes at the client's card).

The account itself looks for whose number it is, by its last ten digits (developers.kommo.com,
reference/calls). A call has a key, `uniq`, but what comes of a second one with the same is not
documented; a note has none, and carries a mark. So either is looked for before it is written a
second time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ccdialer.core.card import Card
from ccdialer.core.disposition import Disposition
from ccdialer.core.notice import Direction, Notice, NoticeKind, Parcel
from ccdialer.core.queue import Fate
from ccdialer.crm.fault import CrmFault, bad_answer
from ccdialer.crm.rows import text_of
from ccdialer.crm.saying import Voice, mark_of, marked
from ccdialer.crm.shapes import inner, objects_of
from ccdialer.crm.taking import TAKE_S, Memory, NeverTaken, Taken

SOURCE = "ccdialer"
NOTES_SEEN = "50"
MOST_LEADS = 3
CALL_NOTES = ("call_in", "call_out")

_D, _F = Disposition, Fate
MACHINE, LATER, ABSENT, TALKED, WRONG, NO_ANSWER, BUSY, UNKNOWN = range(1, 9)
# call_status of POST /api/v4/calls.
STATUS_OF: Mapping[str, int] = {
    _D.TALKED: TALKED,
    _D.ABANDONED: LATER,
    _D.LEFT: NO_ANSWER,
    _D.MACHINE: MACHINE,
    _D.BUSY: BUSY,
    _D.NO_ANSWER: NO_ANSWER,
    _D.REJECTED: BUSY,
    _D.UNALLOCATED: WRONG,
    _D.UNREACHABLE: ABSENT,
}
STATUS_OF_CALLER: Mapping[str, int] = {
    _F.ANSWERED: TALKED,
    _F.LEFT: NO_ANSWER,
    _F.SENT_ON: UNKNOWN,
    _F.CALLBACK: LATER,
    _F.LOST: NO_ANSWER,
}
NOBODY = 263
"""Status of the error that says that nobody has this number."""


class Account(Protocol):
    """Asks the account; raises CrmFault."""

    def find(self, number: str, within_s: float) -> Card | None: ...
    def get(self, path: str, until: float, *params: tuple[str, str]) -> Any: ...
    def post(self, path: str, until: float, page: Any) -> tuple[int, Any]: ...


@dataclass(frozen=True, slots=True)
class AmoCrmCalls:
    """Takes notices for one account."""

    name: str
    account: Account
    voice: Voice

    def take(self, parcel: Parcel, memory: Memory) -> Taken:
        """Raises CrmFault."""
        notice, until = parcel.notice, time.monotonic() + TAKE_S
        if notice.kind is NoticeKind.STARTED:
            return Taken(note="amoCRM is told of calls when they are over")
        if not notice.number:
            return Taken(note="a hidden number: nobody's")
        if notice.kind is NoticeKind.NOTES:
            return self._note(parcel, until)
        return self._call(parcel, until)

    def _call(self, parcel: Parcel, until: float) -> Taken:
        notice = parcel.notice
        if parcel.tries > 1 and (logged := self._logged(notice, until)):
            return Taken(logged)
        status, page = self.account.post("calls", until, [self._page(notice)])
        calls = inner(page, "_embedded", "calls")
        if calls:
            return Taken(text_of(objects_of(calls, "the list of calls")[0].get("id")))
        errors = objects_of(inner(page, "errors") or [], "the list of errors")
        if any(error.get("status") == NOBODY for error in errors):
            return Taken(note="the account knows nobody with this number")
        if parcel.tries > 1 and _is_known(page):
            return Taken(note="the account has this call")
        raise _never(status, page)

    def _logged(self, notice: Notice, until: float) -> str:
        """Id of the call, if an earlier try has come so far: it is put to the client's one open
        lead, or to himself where he has none or several."""
        card = self.account.find(notice.number, until - time.monotonic())
        if card is None:
            return ""
        places = [f"contacts/{card.client_id}"]
        places += [f"leads/{deal.id}" for deal in card.deals if deal.is_open][:MOST_LEADS]
        notes = (n for place in places for n in self._notes_of(place, until, CALL_NOTES))
        return next((text_of(n.get("id")) for n in notes if _key_of(n) == notice.call_id), "")

    def _notes_of(
        self, place: str, until: float, kinds: tuple[str, ...] = ()
    ) -> list[dict[str, Any]]:
        """The last notes of a client or lead."""
        wanted = [("filter[note_type][]", kind) for kind in kinds]
        page = self.account.get(
            f"{place}/notes", until, *wanted, ("limit", NOTES_SEEN), ("order[id]", "desc")
        )
        return objects_of(inner(page, "_embedded", "notes") or [], "the list of notes")

    def _page(self, notice: Notice) -> dict[str, Any]:
        is_inbound = notice.direction is Direction.INBOUND
        statuses = STATUS_OF_CALLER if is_inbound else STATUS_OF
        page: dict[str, Any] = {
            "direction": "inbound" if is_inbound else "outbound",
            "uniq": notice.call_id,
            "duration": notice.talk_s,
            "source": SOURCE,
            "phone": notice.number,
            "call_result": notice.said_of or notice.reason or notice.result,
            "call_status": statuses.get(notice.result, UNKNOWN),
            "created_at": notice.begun_at // 1000,
        }
        if heard_at := self.voice.recording_of(notice):
            page["link"] = heard_at
        if user := self.voice.user_of(notice):
            page["responsible_user_id"] = int(user)
        return page

    def _note(self, parcel: Parcel, until: float) -> Taken:
        card = self.account.find(parcel.notice.number, until - time.monotonic())
        if card is None:
            return Taken(note="the account knows nobody with this number")
        if parcel.tries > 1 and (written := self._written(parcel, card, until)):
            return Taken(written)
        text = {"text": marked(parcel, self.voice)}
        page = {"entity_id": int(card.client_id), "note_type": "common", "params": text}
        status, answer = self.account.post("contacts/notes", until, [page])
        notes = inner(answer, "_embedded", "notes")
        if not notes:
            raise _never(status, answer)
        return Taken(text_of(objects_of(notes, "the list of notes")[0].get("id")))

    def _written(self, parcel: Parcel, card: Card, until: float) -> str:
        """Id of the note, if an earlier try has come so far."""
        notes = self._notes_of(f"contacts/{card.client_id}", until)
        mark = mark_of(parcel)
        return next(
            (text_of(n.get("id")) for n in notes if mark in str(inner(n, "params", "text"))), ""
        )


def _key_of(note: Mapping[str, Any]) -> str:
    return text_of(inner(note, "params", "uniq"))


def _is_known(page: Any) -> bool:
    """Whether it is the key that the account objects to."""
    faults = objects_of(inner(page, "validation-errors") or [], "the list of errors")
    paths = [
        text_of(error.get("path"))
        for fault in faults
        for error in objects_of(fault.get("errors") or [], "the errors")
    ]
    return any(path.rpartition(".")[2] == "uniq" for path in paths)


def _never(status: int, page: Any) -> CrmFault:
    """400 comes with what is wrong in `validation-errors`; a 2xx without what was asked for is no
    answer."""
    if 200 <= status < 300:
        return bad_answer(f"HTTP {status} and nothing was made")
    told = text_of(inner(page, "detail")) or text_of(inner(page, "title"))
    faults = inner(page, "validation-errors") or inner(page, "errors") or ""
    return NeverTaken("crm_refused", f"HTTP {status}: {told} {str(faults)[:300]}".rstrip())
