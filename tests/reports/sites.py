"""Random sites, and the engine that dials one of their tasks: for the proof that `why` is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st

from ccdialer import storage
from ccdialer.core import lines
from ccdialer.core.attempt import client_leg
from ccdialer.core.board import Board, Run
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, Duplicates, Mode
from ccdialer.core.commands import OpenAttempt, ReserveContact, ReserveTasks
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.events import (
    AttemptOpened,
    AttemptRefused,
    ContactReserved,
    TasksReserved,
    TrunksLoaded,
    TrunkStateChanged,
)
from ccdialer.core.floor_rules import FloorRules
from ccdialer.core.limits import Counting, Counts, SiteRules
from ccdialer.core.numbering import NumberType
from ccdialer.core.snapshot import snapshot
from ccdialer.core.task import Task, next_number
from ccdialer.core.trunk import NoRoute, Rate, Trunk, TrunkSettings
from ccdialer.reports.inquiry import Floor
from ccdialer.runtime.calendar import start_of
from ccdialer.storage import Cap, Database, Period, Scope, TaskRow
from ccdialer.storage.dnc import DncList, Listing, put_on_list
from ccdialer.storage.spending import Posting, post
from ccdialer.storage.standstill import stop_all
from tests.reports.examples import undone

NODE, AGENT = "one", 1
HOUR, DAY = 3_600_000, 86_400_000
SPRING = 1_805_000_000_000
"""Epoch ms, 2027-03-14: clocks go forward in America; in Europe two weeks later."""

NUMBERS = (
    *("+79161234567", "+74951234567", "+73832123456"),
    *("+442071234567", "+12125550123", "+79031234567"),
)
ZONES = ("Europe/Moscow", "Asia/Omsk", "America/New_York", "Europe/London", "Australia/Lord_Howe")
HOURS: tuple[dict[str, str], ...] = (
    AT_ANY_TIME,
    {"daily": "09:00-20:00"},
    {"mon-fri": "09:00-13:00, 14:00-20:00", "sat, sun, holidays": "10:00-18:00"},
    {"mon-fri": "02:15-03:00"},
    {"tue": "always"},
)
ENDED = ("busy", "no_answer", "talked", "abandoned", "machine", "lost", "congestion", "failed")

ATTEMPT = """
    INSERT INTO attempt (id, task_id, campaign_id, number, node, opened_at, dialed_at, ringing_at,
        answered_at, ended_at, disposition, counts, note)
    VALUES (?, ?, ?, ?, 'two', ?, ?, ?, ?, ?, ?, ?, '')"""


@dataclass
class Site:
    """A site at `now` (epoch ms), and how its trunks are."""

    db: Database
    now: int
    board: Board
    campaigns: dict[int, Campaign]
    task_ids: list[int]

    @property
    def floor(self) -> Floor:
        """What the daemon would tell of it."""
        told = snapshot(self.board, self.now / 1000)
        return Floor(trunks={row.name: asdict(row) for row in told.trunks})


Draw = Callable[[st.SearchStrategy[Any]], Any]


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def site_in(db: Database, draw: Draw) -> Site:
    """Any site."""
    now = SPRING + draw(st.integers(-20 * DAY, 20 * DAY))
    storage.save_rules(db, _rules(draw), now)
    trunks = _trunks(db, draw, now)
    campaigns = {c.id: c for c in (_campaign(db, draw, n, now) for n in range(draw(some(1, 2, 3))))}
    _caps(db, draw, campaigns, now)
    for number in draw(st.lists(some(*NUMBERS[:3]), max_size=2)):
        project = draw(some(0, *{c.project_id for c in campaigns.values()}))
        until = draw(some(None, now - HOUR, now + 3 * HOUR, now + 30 * HOUR))
        put_on_list(db, DncList(project), [Listing(number, "", until)], now)
    task_ids = [_task(db, draw, campaigns, now) for _ in range(draw(st.integers(1, 4)))]
    task_ids = [task_id for task_id in task_ids if task_id]
    for _ in range(draw(st.integers(0, 4))):
        _attempt(db, draw, draw(some(*task_ids)), now)
    if draw(some(*[False] * 9, True)):
        stop_all(db, "drill", now)
    return Site(db, now, _board(draw, trunks, now), campaigns, task_ids)


def _rules(draw: Draw) -> SiteRules:
    return SiteRules(
        holidays=draw(some("", "RU", "US")),
        more_workdays=draw(some((), ("2027-03-20", "2027-03-28"))),
        calling_hours=draw(some(AT_ANY_TIME, AT_ANY_TIME, {"daily": "08:00-21:00"})),
        per_day=draw(some(0, 0, 1, 2)),
        per_week=draw(some(0, 0, 2)),
        per_month=draw(some(0, 0, 3)),
        counts=draw(some(*Counts)),
        counting=draw(some(*Counting)),
        abandoned_pause_h=draw(some(72.0, 1.5)),
    )


def _trunks(db: Database, draw: Draw, now: int) -> list[Trunk]:
    for n in range(draw(some(0, 1, 2, 2, 3))):
        prefixes = draw(st.lists(some("7", "7916", "7495", "44", "1"), min_size=1, unique=True))
        price = draw(some(1, 2, 3)) * 1_000_000
        is_literal = draw(some(True, True, False))
        rates = {p: Rate(p, price, first_s=1, next_s=1, is_literal=is_literal) for p in prefixes}
        settings = TrunkSettings(f"t{n}", lines=draw(some(0, 1, 30)))
        enabled = draw(some(True, True, True, False))
        storage.upsert_trunk(db, Trunk(0, f"t{n}", settings, rates, enabled), now)
    return storage.list_trunks(db)


def _campaign(db: Database, draw: Draw, n: int, now: int) -> Campaign:
    settings = CampaignSettings(
        dial=draw(some("PJSIP/{digits}@x", "", "")),
        mode=draw(some(Mode.PREDICTIVE, Mode.PROGRESSIVE, Mode.CALLBACK, Mode.PREVIEW)),
        agent_first=draw(some(False, False, True)),
        calling_hours=draw(some(*HOURS[:1], *HOURS)),
        zone=draw(some("", "", *ZONES)),
        number_types=draw(some(tuple(NumberType)[:2], (NumberType.MOBILE,))),
        countries=draw(some(("RU", "GB", "US"), ())),
        denied_prefixes=draw(some((), (), ("+7916",))),
        duplicates=draw(some(*Duplicates)),
        starts_on=draw(some("", "", "2027-03-01", "2027-03-25")),
        trunks=draw(some((), (), ("t0",))),
        max_call_s=600.0,
    )
    found = storage.upsert_campaign(db, draw(some("sales", "care")), f"c{n}", settings, now)
    state = draw(some(*[CampaignState.ACTIVE] * 4, CampaignState.PAUSED))
    return storage.set_campaign_state(db, found.id, state, now)


def _caps(db: Database, draw: Draw, campaigns: dict[int, Campaign], now: int) -> None:
    """Caps, and what was spent in this hour, and is held for calls that live."""
    projects = sorted({c.project_id for c in campaigns.values()})
    trunk_ids = sorted(storage.trunk_names(db)) or [1]
    subjects = {Scope.SITE: [0], Scope.PROJECT: projects, Scope.TRUNK: trunk_ids}
    for _ in range(draw(some(0, 1, 2, 3))):
        scope, period = draw(some(*Scope)), draw(some(*Period))
        amount = draw(some(5, 25, 60)) * 1_000_000
        storage.set_cap(db, Cap(scope, draw(some(*subjects[scope])), period, "RUB", amount))
    for _ in range(draw(some(0, 1, 2))):
        spent, held = (draw(some(0, 10, 30)) * 1_000_000 for _ in range(2))
        place = (draw(some(*projects)), draw(some(*trunk_ids)), "RUB")
        post(db, [Posting(*place, now, spent, held)])


def _task(db: Database, draw: Draw, campaigns: dict[int, Campaign], now: int) -> int | None:
    """None: the campaign has one of its numbers already."""
    numbers = draw(st.lists(some(*NUMBERS), min_size=1, max_size=3, unique=True))
    due_at = now + draw(some(-DAY, -1, 0, 1, 90_000, 5 * HOUR, 3 * DAY))
    zone = draw(some("", "", *ZONES))
    row = TaskRow([(n, n) for n in numbers], due_at, zone=zone)
    campaign_id = draw(some(*campaigns))
    if storage.insert_tasks(db, campaign_id, [row], now) != [None]:
        return None
    found = storage.list_tasks(db, storage.TaskFilter(number=numbers[0], campaign_id=campaign_id))
    task_id = int(found[0]["id"])
    changes = (draw(some(0, 0, 1, 2)), draw(some(None, None, *numbers)), task_id)
    db.run("UPDATE task SET attempts = ?, next_number = ? WHERE id = ?", changes)
    if draw(some(*[False] * 5, True)):
        bad = "UPDATE task_number SET bad = ? WHERE task_id = ? AND e164 = ?"
        db.run(bad, (True, task_id, draw(some(*numbers))))
    return task_id


def _attempt(db: Database, draw: Draw, task_id: int, now: int) -> None:
    """One that is over; or one that lives, where the number has none."""
    task = storage.show_task(db, task_id)
    number = draw(some(*task["numbers"]))["e164"]
    ago = draw(some(1000, 30_000, HOUR, 5 * HOUR, 30 * HOUR, 6 * DAY, 20 * DAY))
    at = now - ago
    is_live = draw(some(*[False] * 6, True))
    if is_live and db.row("SELECT 1 FROM attempt WHERE number = ? AND ended_at IS NULL", (number,)):
        return
    rang, answered = (at + 100 if draw(some(True, False)) else None for _ in range(2))
    ended, disposition = (None, None) if is_live else (at + 500, draw(some(*ENDED)))
    place = (uuid4().hex, task_id, task["campaign_id"], number)
    db.run(ATTEMPT, (*place, at, at + 50, rang, answered, ended, disposition, True))
    if is_live:
        db.run("UPDATE task SET state = 'active' WHERE id = ?", (task_id,))


def _board(draw: Draw, trunks: list[Trunk], now: int) -> Board:
    board = Board(lambda: uuid4().hex, FloorRules(), lambda settings, memory: None)  # type: ignore[arg-type, return-value]
    lines.trunks_loaded(board, TrunksLoaded(tuple(trunks)), now / 1000)
    for trunk in trunks:
        is_usable = draw(some(True, True, True, False))
        told = TrunkStateChanged(trunk.settings.endpoint, is_usable, "" if is_usable else "lost")
        lines.trunk_changed(board, told, now / 1000)
    return board


# --- the engine ---------------------------------------------------------------------------------


def opens(site: Site, task_id: int, at: int, is_started: bool = False) -> bool:
    """Whether the engine opens an attempt of the task at that instant (epoch ms), if nobody else is
    dialed; `is_started`: were its campaign at work. The site is left as it was."""
    with undone(site.db.savepoint()):
        opened = _is_opened(site, task_id, at, is_started)
    return opened


def _is_opened(site: Site, task_id: int, at: int, is_started: bool) -> bool:
    row = storage.show_task(site.db, task_id)
    campaign = site.campaigns[row["campaign_id"]]
    run = Run(campaign, None)  # type: ignore[arg-type]
    run.opens_at = start_of(campaign.settings.starts_on, at / 1000)
    if not (run.is_active or (is_started and run.opens_at is None)):
        return False
    # In front of the others: whether they are called before is not the question.
    site.db.run("UPDATE task SET priority = 0 WHERE priority > 0")
    site.db.run("UPDATE task SET priority = 9 WHERE id = ?", (task_id,))
    without: set[int] = set()
    while True:
        task = _claimed(site, run, task_id, at)
        if task is None:
            return False
        task = lines.priced(site.board, run, task)
        way = lines.choose(site.board, run, task, at / 1000, without)
        if isinstance(way, NoRoute) and way.is_passing:
            return False
        answer = _carry(site, _opening(run, task, at, way), at)
        if isinstance(answer, AttemptOpened):
            return True
        assert isinstance(answer, AttemptRefused)
        if answer.rule != lines.CAP_OF_TRUNK or way.trunk_id in without:  # type: ignore[union-attr]
            return False
        without.add(way.trunk_id)  # type: ignore[union-attr, arg-type]


def _carry(site: Site, command: Any, at: int) -> Any:
    answer, *_ = storage.carry_out(site.db, [command], NODE, lambda s: round(s * 1000), at)
    return answer


def _claimed(site: Site, run: Run, task_id: int, at: int) -> Task | None:
    mode, campaign_id = run.campaign.settings.mode, run.campaign.id
    if mode is Mode.PREVIEW:
        answer = _carry(site, ReserveContact(AGENT, (campaign_id,), at / 1000), at)
        assert isinstance(answer, ContactReserved)
        found = [answer.task] if answer.task is not None else []
    else:
        answer = _carry(site, ReserveTasks(campaign_id, 1, mode is Mode.CALLBACK), at)
        assert isinstance(answer, TasksReserved)
        found = list(answer.tasks)
    return next((task for task in found if task.id == task_id), None)


def _opening(run: Run, task: Task, at: int, way: Any) -> OpenAttempt:
    attempt_id = uuid4().hex
    settings = run.campaign.settings
    is_held = settings.agent_first or settings.mode in (Mode.CALLBACK, Mode.PREVIEW)
    place = (attempt_id, task.id, task.campaign_id, next_number(task), client_leg(attempt_id))
    return OpenAttempt(*place, at / 1000, AGENT if is_held else None, way)
