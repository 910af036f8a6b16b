"""The diary: a line in the log for each attempt's end, agent's state, campaign's start or stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog

from ccdialer.core.board import Board
from ccdialer.core.campaign import CampaignState
from ccdialer.core.commands import (
    CloseAttempt,
    CloseInbound,
    Command,
    OpenAttempt,
    OpenLeg,
    RecordAgentState,
)
from ccdialer.core.events import (
    AllResumed,
    AllStopped,
    AttemptOpened,
    AttemptRefused,
    CampaignLoaded,
    Event,
    LegRefused,
    OpenAttemptFound,
    SessionFound,
    SignInAsked,
)
from ccdialer.core.lines import CAPS
from ccdialer.core.phone import mask

log = structlog.get_logger()

Fields = dict[str, Any]

SOON_S = 60.0
"""A cap that is asked about again so soon is not spent, but held by calls that live."""


class Diary:
    """Looks on as a watcher of the driver. While it is not kept it costs one call a step."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._attempts: dict[str, tuple[int, str]] = {}  # open ones: campaign and number
        self._logins: dict[int, str] = {}  # of agents on duty
        self._states: dict[int, CampaignState] = {}
        self._cap: tuple[str, bool] | None = None  # last told of, and whether it is all spent
        self._stop: str | None = None
        self._is_kept = False

    def keep(self, is_kept: bool) -> None:
        """Begin to write, or cease to, in the middle of whatever goes on."""
        calls = self._board.calls.values() if is_kept else ()
        self._attempts = {c.attempt_id: (c.run.campaign.id, c.number) for c in calls}
        self._is_kept = is_kept

    def look(self, fact: Event | None, deeds: list[Command]) -> None:
        """Note what is worth a line of the fact and of the deeds it led to."""
        if not self._is_kept:
            return
        note = _FACTS.get(type(fact))
        if note is not None:
            note(self, fact)
        for deed in deeds:
            note = _DEEDS.get(type(deed))
            if note is not None:
                note(self, deed)

    # --- facts ----------------------------------------------------------------------------------

    def _campaign(self, fact: CampaignLoaded) -> None:
        campaign = fact.campaign
        before = self._states.get(campaign.id)
        self._states[campaign.id] = campaign.state
        if before is None and campaign.state is not CampaignState.ACTIVE:
            return  # it stood still before we came
        if before is not campaign.state:
            log.info(f"campaign {campaign.state}", campaign=campaign.name)

    def _person(self, fact: SignInAsked | SessionFound) -> None:
        self._logins[fact.agent.id] = fact.agent.login

    def _attempt_found(self, fact: OpenAttemptFound) -> None:
        self._attempts[fact.attempt_id] = (fact.task.campaign_id, fact.number)

    def _attempt_refused(self, fact: AttemptRefused) -> None:
        self._attempts.pop(fact.attempt_id, None)
        self._refused(fact)

    def _refused(self, fact: AttemptRefused | LegRefused) -> None:
        """A spending cap is told once while it holds; what is spent and held changes meanwhile."""
        told = (fact.reason.partition(":")[0], fact.wait_s > SOON_S)
        if fact.rule in CAPS and told != self._cap:
            log.warning(f"{told[0]} is reached", why=fact.reason, wait_s=round(fact.wait_s))
            self._cap = told

    def _opened(self, fact: AttemptOpened) -> None:
        """What was spent is of an hour that is over."""
        if self._cap is not None and self._cap[1]:
            self._cap = None

    def _stopped(self, fact: AllStopped | AllResumed) -> None:
        reason = fact.reason if isinstance(fact, AllStopped) else None
        if reason is not None and self._stop is None:
            log.warning("all is stopped, nothing is dialed", reason=reason)
        elif reason is None and self._stop is not None:
            log.warning("dialing is free again")
        self._stop = reason

    # --- deeds ----------------------------------------------------------------------------------

    def _attempt_opened(self, deed: OpenAttempt) -> None:
        self._attempts[deed.attempt_id] = (deed.campaign_id, deed.number)

    def _leg_opened(self, deed: OpenLeg) -> None:
        log.info(
            "the next trunk is tried",
            task=deed.task_id,
            attempt=deed.attempt_id,
            trunk=deed.route.trunk,
            number=mask(deed.number),
            **_known(cause=deed.cause or None, sip=deed.sip_code),
        )

    def _attempt_ended(self, deed: CloseAttempt) -> None:
        campaign_id, number = self._attempts.pop(deed.attempt_id, (0, ""))
        log.info(
            f"attempt ended: {deed.disposition}",
            task=deed.task_id,
            attempt=deed.attempt_id,
            **_known(
                campaign=self._campaign_name(campaign_id),
                number=mask(number) if number else None,
                agent=self._login(deed.agent_id),
                cause=deed.cause or None,
                sip=deed.sip_code,
                ring_s=_between(deed.dialed_at, deed.answered_at or deed.ended_at),
                talk_s=_between(deed.joined_at, deed.ended_at),
                note=deed.note or None,
            ),
        )

    def _caller_ended(self, deed: CloseInbound) -> None:
        log.info(
            f"caller ended: {deed.fate}",
            call=deed.call_id,
            **_known(
                queue=self._campaign_name(deed.campaign_id),
                agent=self._login(deed.agent_id),
                wait_s=_between(deed.queued_at, deed.joined_at or deed.ended_at),
                talk_s=_between(deed.joined_at, deed.ended_at),
                why=deed.reason or None,
            ),
        )

    def _agent_moved(self, deed: RecordAgentState) -> None:
        seat = self._board.seats.get(deed.agent_id)
        call = seat.call if seat is not None else None
        log.info(
            f"agent {deed.state}",
            agent=self._login(deed.agent_id),
            **_known(
                reason=deed.reason or None,
                campaign=self._campaign_name(deed.campaign_id),
                task=(call.task.id or None) if call is not None else None,
                attempt=call.attempt_id if call is not None else None,
                number=mask(call.number) if call is not None else None,
            ),
        )
        if seat is None:
            self._logins.pop(deed.agent_id, None)

    # --- names ----------------------------------------------------------------------------------

    def _login(self, agent_id: int | None) -> str | None:
        seat = self._board.seats.get(agent_id or 0)
        if seat is not None:
            self._logins[seat.agent.id] = seat.agent.login
        return None if agent_id is None else self._logins.get(agent_id, str(agent_id))

    def _campaign_name(self, campaign_id: int | None) -> str | None:
        run = self._board.runs.get(campaign_id or 0)
        return run.campaign.name if run is not None else None


def _known(**fields: Any) -> Fields:
    return {key: value for key, value in fields.items() if value is not None}


def _between(since: float | None, until: float) -> float | None:
    return None if since is None else round(until - since, 1)


Note = Callable[[Diary, Any], None]

_FACTS: dict[type, Note] = {
    CampaignLoaded: Diary._campaign,
    SignInAsked: Diary._person,
    SessionFound: Diary._person,
    OpenAttemptFound: Diary._attempt_found,
    AttemptOpened: Diary._opened,
    AttemptRefused: Diary._attempt_refused,
    LegRefused: Diary._refused,
    AllStopped: Diary._stopped,
    AllResumed: Diary._stopped,
}
_DEEDS: dict[type, Note] = {
    OpenAttempt: Diary._attempt_opened,
    OpenLeg: Diary._leg_opened,
    CloseAttempt: Diary._attempt_ended,
    CloseInbound: Diary._caller_ended,
    RecordAgentState: Diary._agent_moved,
}
