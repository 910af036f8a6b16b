"""Carries out the core's storage commands: one transaction a batch, one statement a kind."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ccdialer.core.campaign import CampaignState
from ccdialer.core.commands import (
    CloseAttempt,
    CloseForgotten,
    CloseInbound,
    JoinInbound,
    LoseCaller,
    NoteRecording,
    OpenAttempt,
    OpenInbound,
    OpenLeg,
    OpenRecording,
    PrunePaces,
    RecordAbandoned,
    RecordAgentState,
    RecordJoin,
    RecordLearned,
    RecordMiss,
    RecordPace,
    RecordResult,
    RecordRoute,
    ReleaseTasks,
    ReserveContact,
    ReserveTasks,
    SettleCampaigns,
    SkipContact,
    StorageCommand,
)
from ccdialer.core.events import (
    CallbacksChanged,
    CampaignMoved,
    ContactReserved,
    Event,
    TasksReserved,
)
from ccdialer.storage.agents import record_agent_states
from ccdialer.storage.attempts import (
    ToWall,
    close_attempts,
    open_attempts,
    record_abandoned,
    record_joins,
)
from ccdialer.storage.campaigns import settle_campaigns
from ccdialer.storage.contacts import claim_contact, skip_contacts
from ccdialer.storage.database import Database
from ccdialer.storage.forgotten import close_forgotten, lose_callers
from ccdialer.storage.inbound import close_inbound, join_inbound, open_inbound
from ccdialer.storage.legs import open_legs
from ccdialer.storage.pacing import prune_paces, record_paces, save_memories
from ccdialer.storage.promised import settle_callers
from ccdialer.storage.recordings import note_recordings, open_recordings
from ccdialer.storage.results import record_results, settle_results
from ccdialer.storage.routed import record_routes
from ccdialer.storage.spending import list_caps
from ccdialer.storage.sticky import claim_callbacks, record_misses
from ccdialer.storage.tasks import claim_tasks, release_tasks

# Whom a command may overtake to join earlier ones of its own kind. What is not named here keeps
# its place: an attempt is opened after the close that freed its number.
_PACING = frozenset({RecordLearned, RecordPace, PrunePaces})
_FATES = frozenset({RecordJoin, RecordAbandoned})  # what becomes of an open attempt
_CALLING = _FATES | {
    *(ReserveTasks, ReleaseTasks, OpenAttempt, OpenLeg, CloseAttempt, RecordMiss),
}
_RECORDING = frozenset({OpenRecording, NoteRecording})  # of one attempt they keep their order
_FREE = _PACING | _RECORDING | {RecordAgentState}  # touch tables of their own
_WAITING = frozenset({RecordRoute, OpenInbound, JoinInbound})  # callers; they touch no task
_CALLERS = _WAITING | {CloseInbound}
OVERTAKES: dict[type, frozenset[type]] = {
    **dict.fromkeys(_FREE, _FREE | _CALLING | _CALLERS),
    **dict.fromkeys(_WAITING, _FREE | _CALLING | _CALLERS),
    CloseInbound: _FREE | _FATES | _WAITING,
    **dict.fromkeys(
        _FATES, _FREE | _FATES | {ReserveTasks, ReleaseTasks, OpenAttempt, CloseAttempt}
    ),
    OpenLeg: _FREE | _FATES | {OpenAttempt, ReserveTasks, ReleaseTasks},
    CloseAttempt: _FREE | _FATES | {OpenAttempt},
    OpenAttempt: _FREE | _FATES,
    ReleaseTasks: _FREE | _FATES,
    ReserveTasks: _FREE | _FATES,
    **dict.fromkeys((ReserveContact, SkipContact, RecordResult, SettleCampaigns), frozenset()),
    CloseForgotten: frozenset(),
    LoseCaller: frozenset(),
    RecordMiss: _FREE | _FATES,
}


@dataclass(slots=True)
class _Run:
    kind: type
    commands: list[StorageCommand]
    call_ids: set[str]


@dataclass(frozen=True, slots=True)
class _Bench:
    database: Database
    node: str
    to_wall: ToWall
    now: int


def carry_out(
    database: Database,
    commands: Sequence[StorageCommand],
    node: str,
    to_wall: ToWall,
    now: int | None = None,
) -> list[Event]:
    """Carry out a batch in one transaction; the answers of ReserveTasks and OpenAttempt.

    `to_wall` turns core seconds into epoch ms; `now` is epoch ms, the system clock's if not given.
    Raises StorageBusy with nothing kept (or, if PostgreSQL went away during the commit, perhaps
    all of it): the same batch may be given again, and attempts are neither opened nor closed twice.
    """
    bench = _Bench(database, node, to_wall, time.time_ns() // 1_000_000 if now is None else now)
    events: list[Event] = []
    with database.transaction():
        if any(isinstance(command, OpenAttempt | OpenLeg) for command in commands):
            list_caps(database, locked=True)  # before the sums that a close may lock
        for run in in_runs(commands):
            events += DEEDS[run.kind](bench, run.commands)
    return events


def in_runs(commands: Sequence[StorageCommand]) -> list[_Run]:
    """The commands gathered by kind, as far as their order does not matter."""
    runs: list[_Run] = []
    for command in commands:
        call_id = _call_of(command)
        run = _run_to_join(runs, type(command), call_id)
        if run is None:
            run = _Run(type(command), [], set())
            runs.append(run)
        run.commands.append(command)
        run.call_ids.add(call_id)
    return runs


def _call_of(command: StorageCommand) -> str:
    """The call whose commands keep their order; empty: it is of none."""
    if isinstance(command, OpenInbound):
        return command.caller.call_id
    return getattr(command, "attempt_id", "") or getattr(command, "call_id", "")


def _run_to_join(runs: list[_Run], kind: type, call_id: str) -> _Run | None:
    for run in reversed(runs):
        if run.kind is kind:
            return run
        if run.kind not in OVERTAKES[kind] or (call_id and call_id in run.call_ids):
            return None
    return None


def _reserve(bench: _Bench, commands: list[ReserveTasks]) -> list[Event]:
    answers: list[Event] = []
    for c in commands:
        if c.is_sticky:
            answers.append(claim_callbacks(bench.database, c, bench.now, bench.node, bench.to_wall))
            continue
        tasks = claim_tasks(bench.database, c.campaign_id, c.count, bench.now, bench.node)
        answers.append(TasksReserved(c.campaign_id, tasks, c.count))
    return answers


def _release(bench: _Bench, commands: list[ReleaseTasks]) -> list[Event]:
    release_tasks(bench.database, [i for c in commands for i in c.task_ids], bench.node)
    return []


def _open(bench: _Bench, commands: list[OpenAttempt]) -> list[Event]:
    return [*open_attempts(bench.database, commands, bench.node, bench.to_wall)]


def _open_legs(bench: _Bench, commands: list[OpenLeg]) -> list[Event]:
    return [*open_legs(bench.database, commands, bench.to_wall)]


def _join(bench: _Bench, commands: list[RecordJoin]) -> list[Event]:
    record_joins(bench.database, commands, bench.to_wall)
    return []


def _abandon(bench: _Bench, commands: list[RecordAbandoned]) -> list[Event]:
    record_abandoned(bench.database, commands, bench.to_wall)
    return []


def _close(bench: _Bench, commands: list[CloseAttempt]) -> list[Event]:
    close_attempts(bench.database, commands, bench.to_wall)
    opened = settle_results(bench.database, [c.attempt_id for c in commands])
    return _moved(opened, CampaignState.ACTIVE)


def _open_inbound(bench: _Bench, commands: list[OpenInbound]) -> list[Event]:
    open_inbound(bench.database, commands, bench.node, bench.to_wall)
    return []


def _join_inbound(bench: _Bench, commands: list[JoinInbound]) -> list[Event]:
    join_inbound(bench.database, commands, bench.to_wall)
    return []


def _close_inbound(bench: _Bench, commands: list[CloseInbound]) -> list[Event]:
    made = close_inbound(bench.database, commands, bench.to_wall)
    made += settle_callers(bench.database, [c.call_id for c in commands])
    return [CallbacksChanged(is_moved=False)] if made else []


def _close_forgotten(bench: _Bench, commands: list[CloseForgotten]) -> list[Event]:
    made = []
    for c in commands:
        before = bench.to_wall(c.before)
        made += close_forgotten(bench.database, bench.node, c.living, before, bench.now)
    return [CallbacksChanged(is_moved=False)] if made else []


def _lose(bench: _Bench, commands: list[LoseCaller]) -> list[Event]:
    made = lose_callers(bench.database, commands, bench.to_wall)
    return [CallbacksChanged(is_moved=False)] if made else []


def _moved(campaign_ids: list[int], state: CampaignState) -> list[Event]:
    return [CampaignMoved(campaign_id, state) for campaign_id in campaign_ids]


def _contact(bench: _Bench, commands: list[ReserveContact]) -> list[Event]:
    """Who found nobody may have been told so because all are settled."""
    answers: list[Event] = []
    for c in commands:
        task = claim_contact(bench.database, c, bench.now, bench.node)
        answers.append(ContactReserved(c.agent_id, task))
        if task is None:
            done = settle_campaigns(bench.database, c.campaign_ids, bench.now)
            answers += _moved(done, CampaignState.DONE)
    return answers


def _skip(bench: _Bench, commands: list[SkipContact]) -> list[Event]:
    skip_contacts(bench.database, commands, bench.node, bench.to_wall)
    return []


def _results(bench: _Bench, commands: list[RecordResult]) -> list[Event]:
    opened = record_results(bench.database, commands, bench.to_wall)
    made = settle_callers(bench.database, [c.attempt_id for c in commands])
    news = [CallbacksChanged(is_moved=False)] if made else []
    return [*_moved(opened, CampaignState.ACTIVE), *news]


def _settle(bench: _Bench, commands: list[SettleCampaigns]) -> list[Event]:
    ids = {campaign_id for c in commands for campaign_id in c.campaign_ids}
    return _moved(settle_campaigns(bench.database, ids, bench.now), CampaignState.DONE)


def _open_recordings(bench: _Bench, commands: list[OpenRecording]) -> list[Event]:
    open_recordings(bench.database, commands, bench.node, bench.to_wall)
    return []


def _note_recordings(bench: _Bench, commands: list[NoteRecording]) -> list[Event]:
    note_recordings(bench.database, commands)
    return []


def _agent_states(bench: _Bench, commands: list[RecordAgentState]) -> list[Event]:
    record_agent_states(bench.database, commands, bench.node, bench.to_wall)
    return []


def _misses(bench: _Bench, commands: list[RecordMiss]) -> list[Event]:
    record_misses(bench.database, commands, bench.node, bench.to_wall)
    return []


def _learned(bench: _Bench, commands: list[RecordLearned]) -> list[Event]:
    save_memories(bench.database, commands, bench.to_wall)
    return []


def _paces(bench: _Bench, commands: list[RecordPace]) -> list[Event]:
    record_paces(bench.database, commands, bench.to_wall)
    return []


def _routes(bench: _Bench, commands: list[RecordRoute]) -> list[Event]:
    record_routes(bench.database, commands, bench.node, bench.to_wall)
    return []


def _prune(bench: _Bench, commands: list[PrunePaces]) -> list[Event]:
    prune_paces(bench.database, max(bench.to_wall(c.before) for c in commands))
    return []


DEEDS: dict[type, Callable[..., list[Event]]] = {
    ReserveTasks: _reserve,
    ReleaseTasks: _release,
    OpenAttempt: _open,
    OpenLeg: _open_legs,
    RecordJoin: _join,
    RecordAbandoned: _abandon,
    CloseAttempt: _close,
    OpenRecording: _open_recordings,
    NoteRecording: _note_recordings,
    RecordAgentState: _agent_states,
    RecordMiss: _misses,
    RecordLearned: _learned,
    RecordPace: _paces,
    PrunePaces: _prune,
    RecordRoute: _routes,
    OpenInbound: _open_inbound,
    JoinInbound: _join_inbound,
    CloseInbound: _close_inbound,
    CloseForgotten: _close_forgotten,
    LoseCaller: _lose,
    ReserveContact: _contact,
    SkipContact: _skip,
    RecordResult: _results,
    SettleCampaigns: _settle,
}
