"""The desk of AGI scripts: what a script asks about a call, answered by the rooms that know it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.caller_id import clean, did_of, number_of
from ccdialer.core.campaign import Campaign, Mode
from ccdialer.core.found import CardStatus
from ccdialer.core.queue import Fate
from ccdialer.errors import NotFound, Refused
from ccdialer.fastagi.desk import CardFound, Done, Hours, InboundCall, Person, Routed, TaskWish
from ccdialer.fastagi.script import Status
from ccdialer.runtime.clock import wall_ms
from ccdialer.runtime.directing import Directing, Ringing
from ccdialer.runtime.opening import hours_of_did, hours_of_queue
from ccdialer.runtime.route_book import phone_of
from ccdialer.runtime.wishes import WAITED_S, Write
from ccdialer.storage.app_queue import SiteCall, lost_call, talked
from ccdialer.storage.callbacks import add_callback
from ccdialer.storage.campaigns import find_campaign
from ccdialer.storage.database import Database
from ccdialer.storage.dnc import DncList, Listing, note_listing, put_on_list
from ccdialer.storage.insertion import TaskRow, insert_tasks
from ccdialer.storage.lost import callbacks_of
from ccdialer.storage.refusals import DNC, NUMBER_TYPE, SITE, is_listed, refused
from ccdialer.storage.talks import last_talk

SOURCE = "caller"
"""Of numbers on a do-not-call list whose owners have asked for it by phone."""

LONGEST_TEXT = 250
HIDDEN = Done(Status.NOTFOUND, "hidden_number")
LISTED = Done(Status.DENIED, "do_not_call")
DENIED = {DNC: LISTED, NUMBER_TYPE: Done(Status.DENIED, "number_type")}
"""By the rule that keeps a campaign from dialing a number."""

CALL_ID = re.compile(r"[0-9a-f]{32}")
BY_CARD = {
    CardStatus.OK: Status.OK,
    CardStatus.STALE: Status.OK,
    CardStatus.NOTFOUND: Status.NOTFOUND,
    CardStatus.NONE: Status.NOTFOUND,
    CardStatus.TIMEOUT: Status.TIMEOUT,
    CardStatus.ERROR: Status.ERROR,
}


class Wishing(Protocol):
    """Where wishes are written, or only told."""

    def fulfil(self, key: Hashable, write: Write, waits_s: float = WAITED_S) -> Done: ...


StateOf = Callable[[int], AgentState]
"""What an agent does now, by his id."""


def nobody_is_there(agent_id: int) -> AgentState:
    """Where no daemon runs."""
    return AgentState.OFFLINE


@dataclass(frozen=True, slots=True)
class AgiDesk:
    """Implements `ccdialer.fastagi.desk.Desk`; for threads."""

    database: Database
    directing: Directing
    wishes: Wishing
    node: str
    state_of: StateOf = nobody_is_there

    # --- asking ---------------------------------------------------------------------------------

    def route(self, call: InboundCall) -> Routed:
        """Where the call goes, by the rules; OK with every target, the fallback's too."""
        ringing = Ringing(call.leg_id, call.number, call.did, call.name)
        directed = self.directing.direct(ringing)
        decision, owner, card = directed.decision, directed.owner, directed.found.card
        target = decision.target
        return Routed(
            status=Status.NOTFOUND if target is None else Status.OK,
            reason=decision.reason,
            call_id=directed.call_id,
            target_kind="" if target is None else target.kind,
            target="" if target is None else target.name,
            queue=self.directing.known.queue_name(decision.did.project, decision.queue),
            project=decision.did.project,
            channel=decision.did.ad_channel,
            card=directed.found.status,
            stage=directed.facts.stage,
            pipeline=directed.facts.pipeline,
            client="" if card is None else f"{card.source}:{card.client_id}",
            owner="" if owner is None else owner.login,
            owner_phone="" if owner is None else owner.phone,
            owner_wait_s=directed.owner_wait_s,
        )

    def card(self, call: InboundCall, project: str = "") -> CardFound:
        """Who calls, by the CRM, within its budget."""
        number = self._number(call)
        if not number:
            return CardFound(Status.NOTFOUND, "hidden_number")
        found = self.directing.cards.find(number, project or self._project(call))
        is_stale = found.status is CardStatus.STALE
        return CardFound(BY_CARD[found.status], found.reason, found.card, is_stale)

    def last_agent(self, call: InboundCall, project: str = "") -> Person | None:
        """Who talked with him last in the project, if he still works there."""
        number = self._number(call)
        project_id = self._project_id(project or self._project(call))
        if not number or project_id is None:
            return None
        talk = last_talk(self.database, number, project_id)
        agent = None if talk is None else self.directing.known.agent(talk.agent_id)
        if agent is None or project_id not in agent.projects:
            return None
        state = self.state_of(agent.id)
        is_on_duty = state is not AgentState.OFFLINE
        return Person(agent.login, agent.phone, is_on_duty, state is AgentState.AVAILABLE)

    def hours(self, call: InboundCall, queue: str = "") -> Hours:
        """Whether the queue works now, or the number that was called."""
        at = time.time()
        if not queue:
            return hours_of_did(self.directing.known.book, self._did(call), at)
        try:
            return hours_of_queue(self.database, self._campaign(queue, self._project(call)), at)
        except (NotFound, Refused):
            return Hours(Status.NOTFOUND, "no_queue")

    # --- wishes ---------------------------------------------------------------------------------

    def lost(
        self, call: InboundCall, queue: str = "", reason: str = "", waited_s: float = 0.0
    ) -> Done:
        """Told at every hang-up: who has talked is not lost."""
        fate, why = Fate.SENT_ON if reason else Fate.LEFT, _said(reason)
        told_at = _told_at(call)

        def write(database: Database, now: int) -> Done:
            ended_at = _ended_at(call, told_at or now)
            told = self._site_call(call, queue, ended_at - round(waited_s * 1000))
            told = replace(told, told_at=told_at)
            return _called_back(lost_call(database, told, ended_at, fate, why))

        return self.wishes.fulfil(("lost", *_who(call), queue), write)

    def talked(self, call: InboundCall, agent: str, talk_s: float, queue: str = "") -> Done:
        """Remembered as his last agent; his pending callbacks are done."""
        found = self._agent(agent)
        told_at = _told_at(call)

        def write(database: Database, now: int) -> Done:
            ended_at = _ended_at(call, told_at or now)
            joined_at = ended_at - round(talk_s * 1000)
            told = self._site_call(call, queue, min(joined_at, _came_at(call, ended_at)))
            told = replace(told, told_at=told_at)
            talked(database, told, None if found is None else found.id, joined_at, ended_at)
            return Done(Status.OK, "talked" if found else "unknown_agent")

        return self.wishes.fulfil(("talked", *_who(call), queue, agent), write)

    def call_back(self, call: InboundCall, wish: TaskWish) -> Done:
        """At once and keeping his place; or as the wish says, in the campaign it names. Who would
        not be called is promised nothing: his call goes on, and may yet meet somebody."""
        number = self._number(call)
        if not number:
            return HIDDEN

        def write(database: Database, now: int) -> Done:
            if not wish.campaign:
                return self._called_at_once(database, call, wish, now)
            campaign = self._campaign(wish.campaign, wish.project or self._project(call))
            if campaign.settings.mode is not Mode.CALLBACK:
                return Done(Status.ERROR, "no_callback_campaign")
            if denied := _denied(database, campaign, number, now):
                return denied
            row = _row(wish, number, call, now)
            with suppress(Refused):  # he has asked before
                return Done(Status.OK, "new", add_callback(database, campaign.id, row, now))
            return Done(Status.OK, "known")

        return self.wishes.fulfil(("call_back", *_who(call), wish.campaign), write)

    def _called_at_once(
        self, database: Database, call: InboundCall, wish: TaskWish, now: int
    ) -> Done:
        """By the project's only callback campaign, or the one that his queue names."""
        told = self._site_call(call, "", now, wish.project)
        project_id = told.project_id or SITE
        to = callbacks_of(database, project_id)
        if not isinstance(to, str):
            denied = _denied(database, to, told.number, now)
        else:
            denied = LISTED if is_listed(database, told.number, project_id, now) else None
        if denied is not None:
            return denied
        return _called_back(lost_call(database, told, now, Fate.CALLBACK, _said(wish.note)))

    def add_task(self, call: InboundCall, wish: TaskWish) -> Done:
        """In the campaign that is named; a number is in a campaign once."""
        number = self._number(call)
        if not number:
            return HIDDEN

        def write(database: Database, now: int) -> Done:
            campaign = self._campaign(wish.campaign, wish.project or self._project(call))
            if campaign.settings.mode is Mode.INBOUND:
                return Done(Status.ERROR, "queue_dials_nobody")
            (verdict,) = insert_tasks(database, campaign.id, [_row(wish, number, call, now)], now)
            if verdict is None:
                return Done(Status.OK, "new")
            return Done(Status.OK, "known", verdict.task_id)

        return self.wishes.fulfil(("add_task", *_who(call), wish.campaign), write)

    def do_not_call(self, call: InboundCall, project: str = "", reason: str = "") -> Done:
        """On the project's list, or the site's: no call to him is begun any more."""
        number = self._number(call)
        if not number:
            return HIDDEN
        project_id = self._project_id(project) if project else SITE
        if project_id is None:
            return Done(Status.ERROR, "no_project")

        def write(database: Database, now: int) -> Done:
            on = DncList(project_id, SOURCE)
            listing = Listing(number, _said(reason))
            with database.transaction():
                found = put_on_list(database, on, [listing], now)
                if found.new:
                    note_listing(database, "added", on, now, listing._asdict())
            return Done(Status.OK, "new" if found.new else "known")

        return self.wishes.fulfil(("do_not_call", *_who(call), project), write)

    # --- who and what is meant ------------------------------------------------------------------

    def _number(self, call: InboundCall) -> str:
        return number_of(call.number, self.database.home)

    def _did(self, call: InboundCall) -> str:
        return did_of(call.did, self.database.home)

    def _project(self, call: InboundCall) -> str:
        """The project of the number that was called."""
        return self.directing.known.book.did(self._did(call)).project

    def _project_id(self, project: str) -> int | None:
        return self.directing.known.projects.get(project)

    def _agent(self, name: str) -> Agent | None:
        """By login, dial string (PJSIP/anna-0000001f is a channel of it), or phone."""
        agents = self.directing.known.agents
        dialed = name.rpartition("-")[0] if "/" in name and "-" in name else name
        by_phone = (a for a in agents.values() if a.phone in (name, dialed) or phone_of(a) == name)
        return agents.get(name) or next(by_phone, None)

    def _call_id(self, call: InboundCall) -> str:
        """As its dialplan says, which may have waited no longer for the route that was found."""
        is_told = CALL_ID.fullmatch(call.call_id)
        return call.call_id if is_told else self.directing.calls.known(call.leg_id)

    def _campaign(self, name: str, project: str) -> Campaign:
        """Of the project, else the only one of that name, or `project/name`. Raises NotFound,
        Refused."""
        with suppress(NotFound):
            return find_campaign(self.database, _said(name), _said(project))
        return find_campaign(self.database, _said(name))

    def _site_call(
        self, call: InboundCall, queue: str, arrived_at: int, project: str = ""
    ) -> SiteCall:
        campaign = None
        if queue:
            with suppress(NotFound, Refused):
                campaign = self._campaign(queue, self._project(call))
        project_id = self._project_id(project or self._project(call))
        if project_id is None and campaign is not None:
            project_id = campaign.project_id
        return SiteCall(
            node=self.node,
            leg_id=_said(call.leg_id),
            number=self._number(call),
            project_id=project_id,
            arrived_at=min(arrived_at, wall_ms()),
            call_id=self._call_id(call),
            campaign_id=None if campaign is None else campaign.id,
            queue=_said(queue),
            name=_said(call.name),
            did=self._did(call),
            ad_channel=self.directing.known.book.did(self._did(call)).ad_channel,
        )


def _said(text: str) -> str:
    """Text of a dialplan or a caller, as a database takes it."""
    return clean(text, LONGEST_TEXT)


def _who(call: InboundCall) -> tuple[str, str]:
    return call.number, call.leg_id


def _told_at(call: InboundCall) -> int | None:
    """Now, of a call whose end nobody heard of when it came. Epoch ms, as below."""
    return None if call.ended_ago_s is None else wall_ms()


def _ended_at(call: InboundCall, told_at: int) -> int:
    return told_at - round((call.ended_ago_s or 0.0) * 1000)


def _came_at(call: InboundCall, ended_at: int) -> int:
    return ended_at - round(call.lasted_s * 1000)


def _called_back(task_id: int | None) -> Done:
    return Done(Status.NOTFOUND, "no_callback") if task_id is None else Done(Status.OK, "", task_id)


def _denied(database: Database, campaign: Campaign, number: str, now: int) -> Done | None:
    """Why the campaign would not dial the number; None: it would."""
    hold = refused(database, [(campaign.id, number)], now).get((campaign.id, number))
    return None if hold is None else DENIED[hold.rule]


def _row(wish: TaskWish, number: str, call: InboundCall, now: int) -> TaskRow:
    note = _said(wish.note)
    details = {"note": note} if note else {}
    return TaskRow(
        [(number, _said(call.number))],
        now + round(wish.after_s * 1000),
        wish.priority,
        details=json.dumps(details, ensure_ascii=False),
    )
