"""Tells Bitrix24 of calls: into its telephony as an application, else into the client's timeline.

telephony.externalCall.register and .finish work in the context of an application only; an incoming
webhook is refused (WRONG_AUTH_TYPE). What an application registers with the same EXTERNAL_CALL_ID
before it is finished is the same call for 30 minutes, and a call that is finished cannot be
finished again. The timeline has no keys: a comment carries a mark, which is looked for before it is
written a second time (apidocs.bitrix24.com).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ccdialer.core.disposition import Disposition
from ccdialer.core.notice import Direction, Notice, NoticeKind, Parcel
from ccdialer.core.queue import Fate
from ccdialer.crm.fault import CrmFault, bad_answer
from ccdialer.crm.rows import text_of
from ccdialer.crm.saying import Voice, instant, mark_of, marked
from ccdialer.crm.shapes import inner, objects_of
from ccdialer.crm.taking import TAKE_S, Memory, NeverTaken, Taken

NOT_FOUND = "Call is not found"
OUT, IN = 1, 2  # TYPE

_D, _F = Disposition, Fate
OTHER, MISSED, CANCELLED, AWAY = "OTHER", "304", "603-S", "480"
# STATUS_CODE of telephony.externalCall.finish.
STATUS_OF: Mapping[str, str] = {
    _D.TALKED: "200",
    _D.ABANDONED: CANCELLED,
    _D.LEFT: CANCELLED,
    _D.MACHINE: AWAY,
    _D.BUSY: "486",
    _D.NO_ANSWER: MISSED,
    _D.REJECTED: "603",
    _D.UNALLOCATED: "404",
    _D.UNREACHABLE: AWAY,
    _D.CONGESTION: "503",
    _D.FAILED: OTHER,
    _D.CANCELLED: CANCELLED,
    _D.LOST: OTHER,
}
STATUS_OF_CALLER: Mapping[str, str] = {
    _F.ANSWERED: "200",
    _F.LEFT: MISSED,
    _F.SENT_ON: OTHER,
    _F.CALLBACK: MISSED,
    _F.LOST: MISSED,
}


class Portal(Protocol):
    """Calls a method of the portal; raises CrmFault."""

    def call(self, method: str, until: float, **params: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Bitrix24Calls:
    """Takes notices for one portal."""

    name: str
    portal: Portal
    voice: Voice
    is_application: bool = False  # else an incoming webhook
    creates_leads: bool = False  # for numbers that the portal does not know

    def take(self, parcel: Parcel, memory: Memory) -> Taken:
        """Raises CrmFault."""
        notice, until = parcel.notice, time.monotonic() + TAKE_S
        if not notice.number:
            return Taken(note="a hidden number: the portal takes none")
        try:
            if notice.kind is NoticeKind.NOTES or not self.is_application:
                return self._comment(parcel, until)
            if notice.kind is NoticeKind.STARTED:
                return Taken(self._register(notice, until, shows=True))
            return self._finish(parcel, memory, until)
        except CrmFault as fault:
            if fault.reason == "crm_refused" and not isinstance(fault, NeverTaken):
                raise NeverTaken(fault.reason, str(fault)) from fault
            raise

    # --- telephony ------------------------------------------------------------------------------

    def _register(self, notice: Notice, until: float, shows: bool = False) -> str:
        page = self.portal.call(
            "telephony.externalCall.register",
            until,
            **self._user(notice),
            PHONE_NUMBER=notice.number,
            TYPE=IN if notice.direction is Direction.INBOUND else OUT,
            CALL_START_DATE=instant(notice.begun_at),
            CRM_CREATE=int(self.creates_leads),
            SHOW=int(shows),
            EXTERNAL_CALL_ID=notice.call_id,
        )
        call_id = text_of(inner(page, "CALL_ID"))
        if not call_id:
            raise bad_answer("a registered call without CALL_ID")
        return call_id

    def _finish(self, parcel: Parcel, memory: Memory, until: float) -> Taken:
        """The portal's id of the call is kept before the call is finished: whoever finds it, and
        no such call there, has finished it at an earlier try."""
        notice = parcel.notice
        known = parcel.reference or memory.of(NoticeKind.STARTED)
        call_id = known or self._register(notice, until)
        memory.keep(call_id)
        try:
            self._finished(call_id, notice, until)
        except CrmFault as fault:
            if NOT_FOUND not in str(fault):
                raise
            if not parcel.reference:  # the portal has forgotten what began before
                call_id = self._register(notice, until)
                memory.keep(call_id)
                self._finished(call_id, notice, until)
        self._attach(call_id, notice, until)
        return Taken(call_id)

    def _finished(self, call_id: str, notice: Notice, until: float) -> None:
        is_inbound = notice.direction is Direction.INBOUND
        statuses = STATUS_OF_CALLER if is_inbound else STATUS_OF
        self.portal.call(
            "telephony.externalCall.finish",
            until,
            **self._user(notice),
            CALL_ID=call_id,
            DURATION=notice.talk_s,
            STATUS_CODE=statuses.get(notice.result, OTHER),
            FAILED_REASON="" if notice.joined_at else notice.reason[:255],
        )

    def _attach(self, call_id: str, notice: Notice, until: float) -> None:
        heard_at = self.voice.recording_of(notice)
        if heard_at and notice.joined_at:
            self.portal.call(
                "telephony.externalCall.attachRecord",
                until,
                CALL_ID=call_id,
                FILENAME=notice.recording.rpartition("/")[2],
                RECORD_URL=heard_at,
            )

    def _user(self, notice: Notice) -> dict[str, Any]:
        user = self.voice.user_of(notice)
        if user:
            return {"USER_ID": user}
        inner_phone = notice.agent_phone.rpartition("/")[2]
        if not inner_phone:
            told = "the portal must know whose call it is; set `user` of the connector"
            raise NeverTaken("crm_no_user", told)
        return {"USER_PHONE_INNER": inner_phone}

    # --- the timeline ---------------------------------------------------------------------------

    def _comment(self, parcel: Parcel, until: float) -> Taken:
        if parcel.notice.kind is NoticeKind.STARTED:
            return Taken(note="only an application can open a client's card")
        found = self.portal.call(
            "telephony.externalCall.searchCrmEntities", until, PHONE_NUMBER=parcel.notice.number
        )
        clients = objects_of(found, "the list of clients")
        if not clients:
            return Taken(note="the portal knows nobody with this number")
        owner = {
            "ENTITY_ID": clients[0].get("CRM_ENTITY_ID"),
            "ENTITY_TYPE": text_of(clients[0].get("CRM_ENTITY_TYPE")).lower(),
        }
        if parcel.tries > 1 and (written := self._written(parcel, owner, until)):
            return Taken(written)
        comment = marked(parcel, self.voice)
        fields = owner | {"COMMENT": comment}
        return Taken(text_of(self.portal.call("crm.timeline.comment.add", until, fields=fields)))

    def _written(self, parcel: Parcel, owner: Mapping[str, Any], until: float) -> str:
        """Id of the comment, if an earlier try has come so far."""
        page = self.portal.call(
            "crm.timeline.comment.list",
            until,
            filter=owner,
            select=["ID", "COMMENT"],
            order={"ID": "DESC"},
        )
        mark = mark_of(parcel)
        comments = objects_of(page, "the list of comments")
        return next((text_of(c.get("ID")) for c in comments if mark in str(c.get("COMMENT"))), "")
